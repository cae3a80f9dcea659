// SPDX-License-Identifier: Apache-2.0
// One step: its own numbers, the time, and what can go wrong in it. Because each step draws its
// numbers from seed and step alone, a step that is left out leaves the others as they were.
#pragma once

#include "chance.hpp"
#include "figures.hpp"
#include "weather.hpp"

#include <cstdint>

namespace oms::simulation {

using test::Chance;

struct Moment {
    Chance chance;
    std::int64_t now = 0;
    const Weather* weather = nullptr;
    Figures* figures = nullptr;

    /// Whether the fault strikes here, as it does one time in so many where the seed has it.
    bool strikes(Fault fault, std::uint64_t one_in) {
        if (!weather->has(fault) || !chance.one_in(one_in)) return false;
        figures->add(fault);
        return true;
    }
};

}  // namespace oms::simulation
