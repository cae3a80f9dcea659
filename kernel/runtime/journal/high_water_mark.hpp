// SPDX-License-Identifier: Apache-2.0
// The high-water mark: how far the journal went, kept outside of it.
//
// SQLite takes a damaged tail of a WAL for one that was never written. The mark, written after each
// commit and synced now and then, finds that: it is never ahead of what was durable, so a journal
// that ends before it has lost something.
#pragma once

#include "model/result.hpp"
#include "runtime/journal/journal_hash.hpp"
#include "runtime/journal/sqlite_database.hpp"

#include <cstdint>
#include <string>

namespace oms::runtime {

struct Mark {
    JournalId id{};
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    JournalHash hash{};        ///< of the commit that ended with `seq`
    std::uint64_t number = 0;  ///< counts the writes
    bool operator==(const Mark&) const = default;
};

/// A file of two slots, a page apart, written in turn: a torn write costs the newer one alone. A
/// slot is a line of text with its own checksum.
class HighWaterMark {
public:
    static constexpr std::uint64_t slot_distance = 4096;
    static constexpr std::size_t slot_bytes = 256;

    /// Makes the file, durably. Fails if the disk does.
    static Result<HighWaterMark> create(sqlite3_vfs* vfs, const std::string& path,
                                        const Mark& mark);
    /// Reads the file. Fails with error_journal_mark_damaged when neither slot is whole.
    static Result<HighWaterMark> open(sqlite3_vfs* vfs, const std::string& path, bool writable);

    const Mark& mark() const { return mark_; }
    /// One slot could not be read: a write that was torn, or rot.
    bool one_slot_damaged() const { return one_slot_damaged_; }

    /// Writes a slot; durable after sync(). One thread at a time.
    Status write(std::uint64_t epoch, std::uint64_t seq, const JournalHash& hash);
    /// May run beside write().
    Status sync() { return file_.sync(); }

private:
    VfsFile file_;
    std::string text_;
    Mark mark_;
    bool one_slot_damaged_ = false;
};

}  // namespace oms::runtime
