// SPDX-License-Identifier: Apache-2.0
// What a battery did, to be shown as one table at its end. Workers write theirs as text.
#pragma once

#include "weather.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace oms::simulation {

class Figures {
public:
    void add(std::string_view what, std::uint64_t count = 1) {
        counts_[std::string(what)] += count;
    }
    void add(Fault fault) {
        add("fault " + std::string(fault_names[static_cast<std::size_t>(fault)]));
    }
    std::uint64_t of(std::string_view what) const;

    /// One line a figure; `read` adds what was written.
    std::string write() const;
    void read(std::string_view lines);

    /// What the table of all batteries asks for.
    std::map<std::string, std::uint64_t> promised() const;

    /// The table for people.
    std::string table(double seconds) const;

private:
    std::map<std::string, std::uint64_t, std::less<>> counts_;
};

}  // namespace oms::simulation
