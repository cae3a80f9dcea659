// SPDX-License-Identifier: Apache-2.0
// Which snapshot a start begins with: the newest that is whole and that this journal led to.
#pragma once

#include "runtime/journal/archive_file.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/snapshot/snapshot.hpp"

#include <functional>
#include <optional>
#include <string>

namespace oms::runtime {

/// Told of each snapshot that cannot be used, and why.
using Refused = std::function<void(const Error&)>;

/// Nothing when the journal has no snapshot that is good, or keeps none: then all of it is to be
/// folded. Never fails for a snapshot's sake. Its world reads retired orders from the archive,
/// which must have been there when the snapshot was made; null: only one without them is good.
std::optional<LoadedSnapshot> newest_snapshot(Journal& journal, ArchiveFile* archive,
                                              const Refused& refused, const GoOn& go_on = {});

}  // namespace oms::runtime
