// SPDX-License-Identifier: Apache-2.0
// What a battery leaves for the table at the end of `./dev test --ci`; tests/figures says more.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>

namespace oms::test {

/// As <battery>.figures in the folder that OMS_FIGURES names; nowhere when it names none.
inline void leave_figures(const std::string& battery,
                          const std::map<std::string, std::uint64_t>& figures) {
    const char* folder = std::getenv("OMS_FIGURES");
    if (folder == nullptr) return;
    std::filesystem::create_directories(folder);
    const std::filesystem::path path = std::filesystem::path(folder) / (battery + ".figures");
    std::ofstream file(path);
    for (const auto& [what, count] : figures) file << count << ' ' << what << '\n';
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace oms::test
