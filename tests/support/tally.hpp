// SPDX-License-Identifier: Apache-2.0
// How often what happened, so that a generator that has gone quiet is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace oms::test {

struct Tally {
    std::map<std::string, std::uint64_t> counts;
    void add(const std::string& what) { ++counts[what]; }
    std::uint64_t operator[](const std::string& what) const {
        const auto found = counts.find(what);
        return found == counts.end() ? 0 : found->second;
    }
};

}  // namespace oms::test
