// SPDX-License-Identifier: Apache-2.0
// Snapshots as files beside the segments: what a journal came to at one of its seqs, so that a
// start need not read everything before it. docs/journal-format.md.
//
// A snapshot is bytes here, in chunks of whole records; what they mean is their writer's. It can
// always be thrown away: the journal makes it again.
#pragma once

#include "runtime/journal/segment.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// Over the records of all chunks: XXH3 with 128 bits, seeded with the version of their form.
using StateHash = std::array<std::uint8_t, 16>;

/// What a snapshot says about itself.
struct SnapshotFacts {
    std::uint64_t seq = 0;       ///< the last decision that it holds
    JournalHash hash{};          ///< of the commit that ended with `seq`: its place in the chain
    std::uint64_t observed = 0;  ///< the last observation's number when that was decided
    std::uint64_t form = 0;      ///< version of the records' form
    std::uint64_t orders = 0;    ///< that are not archived
    std::uint64_t bytes = 0;     ///< of all chunks with their sizes
    StateHash state_hash{};
    bool operator==(const SnapshotFacts&) const = default;
};

inline constexpr std::uint64_t snapshot_format_version = 1;

/// `snapshot-00000000000000004711.state`
std::string snapshot_name(std::uint64_t seq);
std::optional<std::uint64_t> snapshot_seq(std::string_view name);

/// Newest first.
Result<std::vector<std::string>> list_snapshots(const SegmentPlace& place);
Status remove_snapshot(const SegmentPlace& place, const std::string& name);
/// Removes what interrupted writers left behind, and all but the newest `kept` snapshots.
Status tidy_snapshots(const SegmentPlace& place, std::size_t kept);

/// Writes a file under another name, makes it durable, and gives it its own name then: a snapshot
/// that can be seen was completed.
class SnapshotWriter {
public:
    /// Of the facts it takes those that are known before: seq, hash, observed, form, orders.
    static Result<std::unique_ptr<SnapshotWriter>> create(const SegmentPlace& place,
                                                          const SnapshotFacts& facts);
    ~SnapshotWriter() { abandon(); }
    SnapshotWriter(const SnapshotWriter&) = delete;
    SnapshotWriter& operator=(const SnapshotWriter&) = delete;

    /// Whole records, as many as are worth a read.
    Status add(std::string_view records);
    Result<SnapshotFacts> finish();

private:
    class Hasher;
    SnapshotWriter() = default;
    void abandon();

    SegmentPlace place_;
    std::string name_;
    VfsFile file_;
    SnapshotFacts facts_;
    std::shared_ptr<Hasher> hasher_;
    std::unique_ptr<WriteBehind> behind_;
    std::uint64_t unsent_ = 0;
    bool finished_ = false;
};

class SnapshotReader {
public:
    /// Reads and checks the head. The file is a snapshot of this journal when this succeeds; the
    /// chunks are still to be checked.
    static Result<SnapshotReader> open(const SegmentPlace& place, const std::string& name);

    const SnapshotFacts& facts() const { return facts_; }
    /// The next chunk; false at the end. What was read is sound when the end was reached without an
    /// error: there the hash is compared.
    Result<bool> next(std::string& records);

private:
    class Hasher;
    SnapshotReader() = default;
    Status read_head(const SegmentPlace& place);
    Error damaged(std::string reason) const;

    std::string path_;
    VfsFile file_;
    SnapshotFacts facts_;
    std::uint64_t at_ = 0;
    std::shared_ptr<Hasher> hasher_;
};

/// Reads all of it and keeps nothing. `hash_at` answers the hash of the journal's commit that ended
/// with a seq, or nothing when none did.
std::optional<Error> check_snapshot(
    const SegmentPlace& place, const std::string& name,
    const std::function<std::optional<JournalHash>(std::uint64_t)>& hash_at);

/// The snapshot names another commit than the journal has there.
Error snapshot_differs(const SegmentPlace& place, const std::string& name);

}  // namespace oms::runtime
