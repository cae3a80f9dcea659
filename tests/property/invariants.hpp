// SPDX-License-Identifier: Apache-2.0
// What must hold after every step, reckoned naively from the world itself. Each check throws Broken
// with a sentence.
#pragma once

#include "model/world.hpp"

#include <map>
#include <stdexcept>
#include <string>

namespace oms::test {

class Broken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

inline void demand(bool holds, const std::string& sentence) {
    if (!holds) throw Broken(sentence);
}

/// Counts, values, routes, sources, holds and keys of one order.
void check_order(const World& world, const Order& order);

/// Every order, and what spans them: books, holds, timers, watches.
void check_world(const World& world);

/// Two worlds with the same hash that also find the same things by the same names.
void check_same_names(const World& live, const World& other);

/// What is available of each balance of an account inside.
using Available = std::map<BalanceKey, Int128>;
Available available_inside(const World& world);

/// The order has ended: it waits for its retirement.
bool has_ended(const World& world, const Order& order);

std::string digits(Int128 number);

}  // namespace oms::test
