// SPDX-License-Identifier: Apache-2.0
// For whoever looks for the reason of a failure: everything that happens, on stderr.
#pragma once

#include <cstdlib>

namespace oms::simulation {

/// Whether OMS_SIMULATION_TALK asks for it.
inline bool talks() {
    static const bool on = std::getenv("OMS_SIMULATION_TALK") != nullptr;
    return on;
}

}  // namespace oms::simulation
