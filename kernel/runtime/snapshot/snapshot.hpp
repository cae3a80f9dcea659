// SPDX-License-Identifier: Apache-2.0
// A world as a file, and a file as a world: the canonical form, in chunks.
#pragma once

#include "runtime/journal/snapshot_files.hpp"
#include "runtime/snapshot/fold.hpp"
#include "runtime/snapshot/go_on.hpp"

#include <memory>
#include <string>

namespace oms::runtime {

/// Writes what was folded up to the commit with this hash. The file is durable when this returns.
Result<SnapshotFacts> write_snapshot(const SegmentPlace& place, const Fold& fold,
                                     const JournalHash& hash, const GoOn& go_on = {});

struct LoadedSnapshot {
    SnapshotFacts facts;
    std::unique_ptr<Fold> fold;
};

/// Reads a snapshot and folds it. A second thread reads and decodes meanwhile.
Result<LoadedSnapshot> load_snapshot(const SegmentPlace& place, const std::string& name,
                                     const GoOn& go_on = {});

}  // namespace oms::runtime
