// SPDX-License-Identifier: Apache-2.0
// A segment that is complete: a SQLite database that never changes again.
#pragma once

#include "runtime/journal/segment.hpp"

#include <memory>

namespace oms::runtime {

/// What a sealed segment says about itself.
struct SealedFacts {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t commits = 0;
    std::uint64_t epoch = 0;      ///< of the last commit
    JournalHash previous_hash{};  ///< of the commit before the first one
    JournalHash hash{};           ///< of the last commit
};

/// Copies commits into a new sealed segment. Without finish() the file does not count, and the next
/// attempt removes it.
class SealedWriter {
public:
    static Result<std::unique_ptr<SealedWriter>> create(const SegmentPlace& place,
                                                        const std::string& name);
    ~SealedWriter() { abandon(); }
    SealedWriter(const SealedWriter&) = delete;
    SealedWriter& operator=(const SealedWriter&) = delete;

    Status add(const JournalCommit& commit);
    /// Has what was added written out, so that the last sync is no long one.
    Status send();
    /// Says that the segment is complete, writes its digest, and makes both read-only.
    Status finish(const SealedFacts& facts);

    /// Removes what an interrupted copy left behind.
    static Status remove(const SegmentPlace& place, const std::string& name);

private:
    SealedWriter() = default;
    void abandon();
    Status sync_file();

    SegmentPlace place_;
    std::string name_;
    std::unique_ptr<WriteBehind> behind_;  ///< closed behind the database: it drops its locks
    Database database_;
    Statement insert_;
    bool finished_ = false;
};

class SealedSegment {
public:
    /// Fails with error_journal_damaged for a file that was never finished. Any thread; the object
    /// belongs to one at a time.
    static Result<SealedSegment> open(const SegmentPlace& place, const std::string& name);

    const SealedFacts& facts() const { return facts_; }
    /// Visits the commits from the one that holds `from_seq`, unchecked; their frames are valid
    /// during the visit.
    Status read(std::uint64_t from_seq, const JournalVisitor& visit);

private:
    Status read_facts();

    Database database_;
    SealedFacts facts_;
};

/// The digest file beside a sealed segment. An empty text when there is none.
Result<std::string> read_digest_file(const SegmentPlace& place, const std::string& name);
/// What it should hold, from the segment's bytes: as sha256sum(1) writes it.
Result<std::string> digest_file_text(const SegmentPlace& place, const std::string& name);

}  // namespace oms::runtime
