// SPDX-License-Identifier: Apache-2.0
// The archive of retired orders, a file beside the segments. It holds facts: an order was retired
// by one decision, as these bytes, and recalled by another. So it answers as it was after any of
// them, and a snapshot need not hold what is here. All of it follows from the journal: it can be
// thrown away and is made again. docs/journal-format.md.
#pragma once

#include "model/archive_reader.hpp"
#include "runtime/journal/segment.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::runtime {

inline constexpr std::string_view archive_name = "archive.db";
inline constexpr std::uint64_t archive_format_version = 1;

/// Bytes are borrowed for the call.
struct ArchivedFact {
    std::uint64_t seq = 0;
    std::uint64_t order = 0;
    std::string_view effects;  ///< empty: the order was recalled
    std::vector<std::uint64_t> routes;
    std::vector<std::pair<std::uint32_t, std::string_view>> refs;  ///< destination and name
};

/// What the archive came to at a snapshot.
struct ArchiveSum {
    std::uint64_t orders = 0;
    ArchiveDigest digest;
    bool operator==(const ArchiveSum&) const = default;
};

/// Any thread; calls take turns, and each is short.
class ArchiveFile final : public ArchiveReader {
public:
    /// Nothing is made before the first fact is written. A file that is damaged, foreign or of a
    /// newer version is as good as none: it says so to `told`, and is made anew.
    static Result<std::unique_ptr<ArchiveFile>> open(
        const SegmentPlace& place, const std::function<void(const Error&)>& told = {});

    std::uint64_t through() const noexcept override { return through_; }
    Result<std::optional<std::string>> effects(std::uint64_t order, std::uint64_t seq) override;
    Result<std::uint64_t> order_of_route(std::uint64_t route, std::uint64_t seq) override;
    Result<std::vector<std::uint64_t>> orders_of_ref(std::uint32_t destination,
                                                     std::string_view ref,
                                                     std::uint64_t seq) override;

    /// What it came to at a snapshot; nothing: it does not know it.
    Result<std::optional<ArchiveSum>> sum_at(std::uint64_t seq);

    /// This process goes on from `seq`: what lies behind it is forgotten, for the journal may have
    /// gone another way since. Only the first call does anything.
    Status begin(std::uint64_t seq);

    /// Facts in the order of their seqs, as many as are worth a sync. Those that it has stay.
    Status add(std::span<const ArchivedFact> facts);
    /// All facts up to `seq` were added, and are read from here on. With a sum there will be a
    /// snapshot of that seq, with which it is compared then.
    Status finish(std::uint64_t seq, const std::optional<ArchiveSum>& sum = {});

    /// No snapshot before `seq` is kept: what was recalled by then is asked for no more.
    Status prune(std::uint64_t seq);

    /// Gives the file back. Whoever reads then finds nothing.
    void close();

private:
    explicit ArchiveFile(SegmentPlace place) : place_(std::move(place)) {}
    Status open_file(bool create);
    Status try_to_open(bool create);
    void release();
    Status remove_file();
    Status make_tables();
    Status prepare();
    Status note(std::uint64_t through, std::uint64_t written);
    Status in_transaction(const std::function<Status()>& work);
    Status insert(const ArchivedFact& fact);
    Status run(Statement& statement);
    Status run(const char* sql, std::uint64_t number);
    Error damaged(std::string reason) const;
    Error unreadable(int result) const;

    SegmentPlace place_;
    std::mutex mutex_;  ///< over the rest
    Database database_;
    Statement effects_, route_, ref_, retire_, recall_, add_route_, add_ref_;
    std::atomic<std::uint64_t> through_{0};
    std::uint64_t written_ = 0;  ///< facts may be there up to this seq
    bool begun_ = false;
};

/// Compares every row with its digest, and all of them with what snapshots found. Changes nothing.
std::vector<Error> check_archive(const SegmentPlace& place);

}  // namespace oms::runtime
