// SPDX-License-Identifier: Apache-2.0
// What every verb gets: the options of all of them, and a console.
#pragma once

#include "cli/console.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace oms::cli {

struct Context {
    Console console;
    std::string socket;           ///< --socket, or $OMS_SOCKET
    std::string config;           ///< --config, or $OMS_CONFIG
    std::string origin = "cli";   ///< in which keys are unique
    std::string actor = "cli";    ///< who asks, as the journal names it
    std::string program = "oms";  ///< how this program is called here
    double timeout_s = 10;
    /// The verb that was chosen, ready to run.
    std::function<Exit()> verb;

    std::int64_t timeout_ms() const { return static_cast<std::int64_t>(timeout_s * 1000); }
};

}  // namespace oms::cli
