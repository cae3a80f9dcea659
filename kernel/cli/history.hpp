// SPDX-License-Identifier: Apache-2.0
// Reading the journal of a running kernel: from a seq or a time on, as far as wanted.
#pragma once

#include "cli/session.hpp"

#include <cstdint>
#include <functional>

namespace oms::cli {

/// The header of a decision; null when the batch is none.
const oms_decision* header_of(const oms_batch& decision);

/// Whether the decision is about the order, or changes it beside another.
bool concerns(const oms_batch& decision, std::uint64_t order);

/// The seq of the first decision that is not older than this. Times never go backwards, so a few
/// reads find it.
std::uint64_t first_seq_since(Session& session, std::int64_t time_ns);

/// Visits the durable decisions from `from` to `to`, oldest first, until the visitor says no.
void read_history(Session& session, std::uint64_t from, std::uint64_t to,
                  const std::function<bool(const oms_batch&)>& visit);

/// Visits every decision from `from` on and waits for more, until the visitor says no.
void follow(Session& session, std::uint64_t from,
            const std::function<bool(const oms_batch&)>& visit);

}  // namespace oms::cli
