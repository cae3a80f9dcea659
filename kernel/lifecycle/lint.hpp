// SPDX-License-Identifier: Apache-2.0
// What a table can be read for without playing it: states that nothing reaches, rules that hide one
// another, ends that cannot come, words that lead nowhere.
//
// What is reported is really so. The reverse is not promised: each region is looked at by itself,
// any fact may be true at any time, and any event may come in any order. So a state may count as
// reachable although the events that lead there never come in that order, and a way out may be shut
// by a condition that never holds.
#pragma once

#include "lifecycle/table.hpp"
#include "model/result.hpp"

#include <string>
#include <vector>

namespace oms::lifecycle {

/// Where the parts of a table stand in their document, as `file:line:column`. Lists run beside
/// those of the table; one that is empty or too short names the document as a whole.
struct Places {
    std::string whole;
    std::string ended;
    std::vector<std::vector<std::string>> states;  ///< by region
    std::vector<std::string> slots;
    std::vector<std::string> events;
    std::vector<std::string> answers;
    std::vector<std::string> actions;
    std::vector<std::string> rules;
    std::vector<std::string> statuses;
};

/// An error stops the document from being used, a warning does not.
struct Findings {
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

Findings lint(const Table& table, const Places& places);

}  // namespace oms::lifecycle
