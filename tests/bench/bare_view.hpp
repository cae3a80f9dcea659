// SPDX-License-Identifier: Apache-2.0
// The C tables through which checks read the bare loop's tables and say what they think.
#pragma once

#include "bare_tables.hpp"

#include <oms/abi/check.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace oms::bench {

class BareLoop;

/// A check of a loaded plugin, with the names of its rules and of its cells' owner.
struct BareCheck {
    oms_plugin* plugin = nullptr;
    const oms_check* capability = nullptr;
    std::uint32_t instance = 0;
    std::vector<std::uint32_t> rules;
};

/// One call into a check.
struct BareCall {
    BareCall(BareLoop& loop, const BareCheck& check, std::uint64_t order);
    bool run(std::uint32_t stage, std::uint64_t route);

    struct View : oms_view {
        BareCall* call = nullptr;
    } view{};
    struct Sink : oms_sink {
        BareCall* call = nullptr;
    } sink{};
    BareLoop& loop;
    const BareCheck& check;
    std::uint64_t order;
    std::uint32_t opinions = 0;
    bool refused = false;

private:
    oms_status get(const oms_key& key, oms_record& row);
    oms_status next(oms_walk& walk, oms_record& row);
    oms_status say(const oms_opinion& opinion);
    oms_status line_row(std::uint64_t of, std::uint32_t index, oms_record& row);
    oms_status term_row(const oms_key& key, oms_record& row);
};

}  // namespace oms::bench
