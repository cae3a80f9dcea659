// SPDX-License-Identifier: Apache-2.0
// The journal on a disk, in SQLite: a chain of segments. docs/journal-format.md.
#pragma once

#include "runtime/journal/journal.hpp"
#include "runtime/journal/journal_directory.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace oms::runtime {

struct SqliteJournalOptions {
    /// Made if it is not there.
    std::string directory;
    /// The high-water mark; empty: "high-water.mark" in the directory. On another disk it finds the
    /// loss of this one, too.
    std::string mark;
    /// How much of the WAL is written before a live segment is full: three of them are held ready.
    std::uint64_t segment_bytes = std::uint64_t{32} << 20U;
    /// The same for the very first one: growing it is a part of the first start.
    std::uint64_t first_segment_bytes = std::uint64_t{4} << 20U;
    /// space_low() when less is free beside what sealing needs; 0: as much as a segment.
    std::uint64_t low_space_bytes = 0;
    /// How often the mark is synced: what a power cut together with rot can hide.
    std::chrono::milliseconds mark_sync{1000};
    /// Reads and checks every sealed segment at opening. What is read later is checked then.
    bool check_all = false;
    /// The operator knows that the mark is lost, or that what it speaks of is.
    bool accept_missing_mark = false;

    /// False: no thread; append() does the housekeeping when a segment is full, maintain() the
    /// rest. For simulations, where each run must do the same.
    bool background = true;
    /// The VFS below; empty: SQLite's default. It must stay registered.
    std::string vfs;
    /// Several writes of a commit go to that VFS as one.
    bool gather_writes = true;
    /// Null: the real one.
    std::shared_ptr<JournalDirectory> directory_access;
    /// 32 hexadecimal digits for a new journal; empty: drawn at random.
    std::string id;
};

class SqliteJournal : public Journal {
public:
    /// Takes the directory's lock, looks at everything, and refuses what is not what was written:
    /// the error says which seqs are missing or differ, and what can be done about it. Nothing is
    /// changed by an attempt that fails, but the lock file's text.
    static Result<std::unique_ptr<SqliteJournal>> open(const SqliteJournalOptions& options);

    /// Everything that is due: syncs the mark, prepares the next segment, seals full ones, looks at
    /// the disk's space. Only without the background thread; append()'s thread.
    virtual Status maintain() = 0;
};

}  // namespace oms::runtime
