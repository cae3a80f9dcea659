// SPDX-License-Identifier: Apache-2.0
// Stands between the kernel and its journal and notes what was to be written and what was said to
// be. What a later life finds is compared with that, byte by byte.
#pragma once

#include "runtime/journal/sqlite_journal.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace oms::simulation {

struct Commit {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t digest = 0;  ///< of the frame
    bool acknowledged = false;
};

/// Of all lives of a journal.
struct Witness {
    std::vector<Commit> commits;
    std::uint64_t appended_bytes = 0;

    std::uint64_t acknowledged_seq() const;
    /// Reads the journal and compares. Says what is wrong; empty: nothing. What was written and not
    /// acknowledged may be there or not; what is not there is forgotten.
    std::string compare(runtime::Journal& journal);
    /// One number for all frames that there are.
    std::uint64_t digest() const;
};

/// FNV-1a.
std::uint64_t digest_of(const void* bytes, std::size_t size,
                        std::uint64_t start = 0xcbf29ce484222325U);

/// The journal, and the witness of it. `journal` is the same, for its housekeeping.
std::unique_ptr<runtime::Journal> witnessed(std::unique_ptr<runtime::SqliteJournal> journal,
                                            Witness& witness);

}  // namespace oms::simulation
