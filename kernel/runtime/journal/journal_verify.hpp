// SPDX-License-Identifier: Apache-2.0
// Looks over a journal that nobody runs: `oms journal verify`.
#pragma once

#include "runtime/journal/journal_scan.hpp"
#include "runtime/journal/sqlite_journal.hpp"

#include <string>
#include <vector>

namespace oms::runtime {

struct JournalReport {
    std::string id;              ///< 32 hexadecimal digits; zeros when no file told it
    std::uint64_t last_seq = 0;  ///< of what was looked at
    std::uint64_t commits = 0;
    std::uint64_t segments = 0;
    JournalHash last_hash{};
    bool live_seen = true;  ///< false: a process runs, and only sealed segments were looked at
    std::vector<JournalFinding> findings;

    bool whole() const;
};

/// Reads every segment, checks the chain, compares sealed files with their digests and the end with
/// the high-water mark. Changes nothing. Of the options it heeds those that say where things are.
Result<JournalReport> verify_journal(
    const SqliteJournalOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress = {});

}  // namespace oms::runtime
