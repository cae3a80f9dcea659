// SPDX-License-Identifier: Apache-2.0
// Makes a failing script shorter: fewer faults, fewer steps, the same invariant broken.
#pragma once

#include "battery.hpp"

namespace oms::simulation {

/// Tries so many scripts at most. Returns the shortest that failed alike.
Failure shrink(Failure failure, unsigned most_tries);

}  // namespace oms::simulation
