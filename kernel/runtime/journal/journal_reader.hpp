// SPDX-License-Identifier: Apache-2.0
// A journal that nobody runs, to be read and not to be changed.
#pragma once

#include "runtime/journal/journal_scan.hpp"
#include "runtime/journal/sqlite_journal.hpp"

#include <memory>
#include <optional>

namespace oms::runtime {

/// What lies in a journal's directory, looked at without changing anything.
struct LookedAt {
    std::shared_ptr<JournalDirectory> directory;
    std::unique_ptr<DirectoryLock> lock;
    std::optional<Error> held;  ///< by a process that runs: only sealed segments were looked at
    SegmentPlace place;
    ScanResult found;
};

/// Of the options it heeds those that say where things are. `scan` says how closely to look; its
/// `live` and `mark_path` are found out.
Result<LookedAt> look_at_journal(const SqliteJournalOptions& options, ScanOptions scan);

/// Takes the directory's lock and refuses what opening would refuse; the journal takes no commits.
/// Beside a running process it is the sealed segments alone (`live_seen` is false then). Of the
/// options it heeds those that say where things are, and `check_all`.
struct OpenedToRead {
    std::unique_ptr<Journal> journal;
    bool live_seen = true;
};
Result<OpenedToRead> open_to_read(const SqliteJournalOptions& options);

}  // namespace oms::runtime
