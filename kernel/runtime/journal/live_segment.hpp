// SPDX-License-Identifier: Apache-2.0
// A segment that is written to: a SQLite database whose rows stay in its WAL.
//
// The WAL is grown beforehand, so that a commit overwrites bytes that the disk already has: no
// allocation, no change of the file's size, one sync. It is never checkpointed. A full segment is
// copied into a sealed one and then forgotten: its WAL's header is cleared, which empties it, while
// its bytes on the disk remain for the next turn.
#pragma once

#include "runtime/journal/fair_mutex.hpp"
#include "runtime/journal/segment.hpp"

#include <atomic>
#include <memory>

namespace oms::runtime {

/// One connection, for the life of the object: a second one, or any other opening and closing of
/// the file in this process, would drop SQLite's locks. Whoever uses it waits for its turn.
class LiveSegment {
public:
    /// Makes the files, durably. They hold no commits.
    static Result<std::shared_ptr<LiveSegment>> create(const SegmentPlace& place,
                                                       const std::string& name);
    /// Opens what is there and changes nothing.
    static Result<std::shared_ptr<LiveSegment>> open(const SegmentPlace& place,
                                                     const std::string& name);
    /// Whether the files hold no commits; found out without SQLite, which would delete the WAL of a
    /// main file that was cut to nothing.
    static Result<bool> is_blank(const SegmentPlace& place, const std::string& name);
    /// Empties a segment that nobody has open.
    static Status forget(const SegmentPlace& place, const std::string& name);
    static Status remove(const SegmentPlace& place, const std::string& name);

    LiveSegment(const LiveSegment&) = delete;
    LiveSegment& operator=(const LiveSegment&) = delete;
    ~LiveSegment() { close(); }

    /// Grows the WAL to `wal_bytes`, unless it has them, and commits the epoch, which writes the
    /// WAL's header: the next commit finds everything ready.
    Status prepare(std::uint64_t wal_bytes, std::uint64_t epoch);

    /// Whether a frame of this size fits into what was grown. Owner's thread.
    bool fits(std::size_t frame_bytes) const;
    /// Returns when the commit is on stable storage.
    Status append(const JournalCommit& commit);

    /// Copies commits from the one that holds `from_seq`, until the chunk has `limit` bytes. False
    /// when the segment was closed meanwhile: its commits are now in a sealed one.
    Result<bool> read(std::uint64_t from_seq, std::size_t limit, CommitChunk& chunk);

    /// Waits for whoever uses it.
    void close();

    const std::string& name() const { return name_; }
    std::uint64_t wal_bytes() const { return wal_bytes_.load(std::memory_order_relaxed); }
    std::uint64_t used_bytes() const;

private:
    LiveSegment() = default;
    Status connect(const SegmentPlace& place, const std::string& name, int flags);
    Status make_database(const JournalId& id);
    Status prepare_statements();
    Status grow(std::uint64_t wal_bytes);
    Result<sqlite3_file*> wal_file();

    std::string name_;
    std::string path_;
    JournalDirectory* directory_ = nullptr;
    FairMutex mutex_;
    Database database_;
    Statement insert_;
    Statement select_;
    std::atomic<std::uint64_t> wal_bytes_{0};   ///< that the file has
    std::atomic<std::uint64_t> wal_frames_{0};  ///< that SQLite has written
};

}  // namespace oms::runtime
