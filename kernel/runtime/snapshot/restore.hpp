// SPDX-License-Identifier: Apache-2.0
// Which snapshot a start begins with: the newest that is whole and that this journal led to.
#pragma once

#include "runtime/journal/journal.hpp"
#include "runtime/snapshot/snapshot.hpp"

#include <functional>
#include <optional>
#include <string>

namespace oms::runtime {

/// Told of each snapshot that cannot be used, and why.
using Refused = std::function<void(const Error&)>;

/// Nothing when the journal has no snapshot that is good, or keeps none: then all of it is to be
/// folded. Never fails for a snapshot's sake.
std::optional<LoadedSnapshot> newest_snapshot(Journal& journal, const Refused& refused,
                                              const GoOn& go_on = {});

}  // namespace oms::runtime
