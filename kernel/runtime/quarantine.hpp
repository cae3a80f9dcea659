// SPDX-License-Identifier: Apache-2.0
// Which inside plugins are left out because the process ended in their hands: a text file that a
// person can read, one instance a line.
#pragma once

#include "model/result.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace oms::runtime {

inline constexpr ErrorCode error_quarantine = 4232;  ///< the list cannot be read or written

class Quarantine {
public:
    /// An empty path: the list lives in memory alone.
    static Result<Quarantine> open(const std::filesystem::path& path);

    bool has(std::string_view instance) const { return reasons_.find(instance) != reasons_.end(); }
    std::string reason(std::string_view instance) const;
    const std::map<std::string, std::string, std::less<>>& all() const { return reasons_; }

    Status add(const std::string& instance, const std::string& reason);
    Status release(std::string_view instance);

private:
    Status write() const;

    std::filesystem::path path_;
    std::map<std::string, std::string, std::less<>> reasons_;
};

}  // namespace oms::runtime
