// SPDX-License-Identifier: Apache-2.0
#include "runtime/quarantine.hpp"

#include <fstream>
#include <system_error>

namespace oms::runtime {

Result<Quarantine> Quarantine::open(const std::filesystem::path& path) {
    Quarantine list;
    list.path_ = path;
    std::error_code ignored;
    if (path.empty() || !std::filesystem::exists(path, ignored)) return list;
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#') continue;
        const std::size_t colon = line.find(": ");
        const std::string reason = colon == std::string::npos ? "" : line.substr(colon + 2);
        list.reasons_[line.substr(0, colon)] = reason;
    }
    if (file.bad()) {
        return fail(error_quarantine, path.string(),
                    "the list of quarantined plugins is unreadable",
                    "see the file's permissions; without it a bad plugin would be let in again");
    }
    return list;
}

std::string Quarantine::reason(std::string_view instance) const {
    const auto found = reasons_.find(instance);
    return found == reasons_.end() ? std::string() : found->second;
}

Status Quarantine::add(const std::string& instance, const std::string& reason) {
    reasons_[instance] = reason;
    return write();
}

Status Quarantine::release(std::string_view instance) {
    const auto found = reasons_.find(instance);
    if (found == reasons_.end()) return {};
    reasons_.erase(found);
    return write();
}

Status Quarantine::write() const {
    if (path_.empty()) return {};
    const std::filesystem::path fresh = path_.string() + ".new";
    std::ofstream file(fresh);
    file << "# Plugins that are left out. Start with --release NAME to let one in again.\n";
    for (const auto& [instance, reason] : reasons_) file << instance << ": " << reason << "\n";
    file.close();
    std::error_code error;
    if (file) std::filesystem::rename(fresh, path_, error);
    if (!file || error) {
        return fail(error_quarantine, path_.string(),
                    "the list of quarantined plugins cannot be written",
                    "see that the data directory can be written and has room");
    }
    return {};
}

}  // namespace oms::runtime
