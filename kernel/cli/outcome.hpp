// SPDX-License-Identifier: Apache-2.0
// Asking for something, and telling what came of it.
#pragma once

#include "cli/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace oms::cli {

/// What was asked for, for messages.
struct Asked {
    std::string key;   ///< of the request; may be empty
    std::string what;  ///< "order", "cancel", ...
    std::uint64_t order = 0;
};

/// Sends it. Without an answer the verb ends with Exit::unknown and says how to find out.
runtime::Reply request_known(Session& session, const sdk::Batch& input, const Asked& asked);

/// Tells the reply: for people a line and what the checks said, with --json one object.
Exit tell_reply(Session& session, const runtime::Reply& reply, const Asked& asked);

/// Tells what happens to the orders from a decision on, until all of them have ended. Returns the
/// number of decisions that were told.
std::uint64_t follow_orders(Session& session, const std::vector<std::uint64_t>& orders,
                            std::uint64_t from_seq);

}  // namespace oms::cli
