// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/segment_keeper.hpp"

#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/sealed_segment.hpp"

#include <algorithm>
#include <utility>

namespace oms::runtime {
namespace {

/// Readers alone wait while a chunk is copied: what is being sealed takes no commits.
constexpr std::size_t copy_chunk_bytes = std::size_t{512} << 10U;
/// So much of a copy is written out at a time: commits beside it do not wait long for the disk.
constexpr std::size_t copy_sent_bytes = std::size_t{512} << 10U;
/// Live files kept for their grown WALs: one in use, one ready, one being sealed.
constexpr std::size_t blank_limit = 2;

}  // namespace

SegmentKeeper::SegmentKeeper(SegmentPlace place, SegmentCatalog& catalog, HighWaterMark& mark,
                             KeeperOptions options)
    : place_(std::move(place)), catalog_(catalog), mark_(mark), options_(std::move(options)) {}

void SegmentKeeper::start() {
    asked_ = true;
    thread_ = std::thread([this] { run(); });
}

void SegmentKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    work_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void SegmentKeeper::run() {
    while (!stopping() && !failed()) {
        static_cast<void>(turn());
        std::unique_lock lock(mutex_);
        work_.wait_for(lock, options_.mark_sync, [&] { return asked_ || stopping(); });
        asked_ = false;
    }
}

Status SegmentKeeper::turn() {
    if (failed()) return failure();
    Status status = try_turn();
    out_of_space_ = !status && status.error().code == error_journal_full;
    // A full disk is no failure as long as there is room in what was prepared; the next turn tries
    // again.
    if (out_of_space_) status = Status();
    if (status) status = watch_space();
    if (!status) fail_with(status.error());
    return status;
}

Status SegmentKeeper::try_turn() {
    if (Status status = sync_mark_when_due(); !status) return status;
    if (Status status = prepare_spare(); !status) return status;
    if (Status status = seal_all(); !status) return status;
    return prepare_spare();
}

std::shared_ptr<LiveSegment> SegmentKeeper::take_spare() {
    std::shared_ptr<LiveSegment> spare;
    {
        const std::lock_guard lock(mutex_);
        spare = std::exchange(spare_, nullptr);
        asked_ = true;
    }
    work_.notify_one();
    return spare;
}

void SegmentKeeper::retire(RetiredSegment segment) {
    {
        const std::lock_guard lock(mutex_);
        retired_.push_back(std::move(segment));
        asked_ = true;
    }
    work_.notify_one();
}

Status SegmentKeeper::prepare_spare() {
    {
        const std::lock_guard lock(mutex_);
        if (spare_ != nullptr) return {};
    }
    Result<std::shared_ptr<LiveSegment>> segment = ready_segment();
    if (!segment) return tl::unexpected(std::move(segment.error()));
    const std::lock_guard lock(mutex_);
    spare_ = std::move(*segment);
    return {};
}

Result<std::shared_ptr<LiveSegment>> SegmentKeeper::ready_segment() {
    std::string name;
    Result<std::shared_ptr<LiveSegment>> segment = nullptr;
    if (!options_.blank.empty()) {
        name = options_.blank.back();
        segment = LiveSegment::open(place_, name);
        // Making it was interrupted, or it is not worth keeping: it holds nothing.
        if (!segment) {
            if (Status status = LiveSegment::remove(place_, name); !status) {
                return tl::unexpected(std::move(status.error()));
            }
        }
        options_.blank.pop_back();
    } else {
        name = live_name(options_.next_number++);
    }
    if (!segment || *segment == nullptr) segment = LiveSegment::create(place_, name);
    if (!segment) return segment;
    if (Status status = (*segment)->prepare(options_.segment_bytes, options_.epoch); !status) {
        (*segment)->close();
        // What could be grown stays; the next attempt goes on from there.
        options_.blank.push_back(name);
        return tl::unexpected(std::move(status.error()));
    }
    return segment;
}

Status SegmentKeeper::seal_all() {
    while (!stopping()) {
        RetiredSegment retired;
        {
            const std::lock_guard lock(mutex_);
            if (retired_.empty()) return {};
            retired = retired_.front();
        }
        if (Status status = seal(retired); !status) return status;
        if (stopping()) return {};
        const std::lock_guard lock(mutex_);
        retired_.pop_front();
    }
    return {};
}

Status SegmentKeeper::seal(const RetiredSegment& retired) {
    const std::string name = sealed_name(retired.first_seq);
    const Result<std::uint64_t> free = place_.directory->free_bytes();
    if (!free) return tl::unexpected(free.error());
    if (*free < retired.segment->used_bytes()) {
        // Trying would take the room that others still have.
        return fail(error_journal_full, place_.path(name), "no room to seal a segment",
                    "make room on the journal's disk");
    }
    if (Status status = copy(retired, name); !status) return status;
    if (stopping()) return {};
    Result<VfsFile> file = VfsFile::open(place_.files, place_.path(name), SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    const Result<std::uint64_t> bytes = file->size();
    if (!bytes) return tl::unexpected(bytes.error());
    // Readers find the sealed one from here on; one that still holds the live one sees it closed.
    catalog_.replace(retired.first_seq, name, *bytes);
    const std::string live = retired.segment->name();
    retired.segment->close();
    if (options_.blank.size() >= blank_limit) return LiveSegment::remove(place_, live);
    if (Status status = LiveSegment::forget(place_, live); !status) return status;
    options_.blank.push_back(live);
    return {};
}

Status SegmentKeeper::copy(const RetiredSegment& retired, const std::string& name) {
    Result<std::unique_ptr<SealedWriter>> writer = SealedWriter::create(place_, name);
    if (!writer) return tl::unexpected(std::move(writer.error()));
    SealedFacts facts;
    ChainCheck check;
    CommitChunk chunk;
    std::size_t unsent = 0;
    for (std::uint64_t next = retired.first_seq; next <= retired.last_seq;) {
        if (stopping()) return {};
        const Result<bool> read = retired.segment->read(next, copy_chunk_bytes, chunk);
        if (!read) return tl::unexpected(read.error());
        if (chunk.empty()) {
            return tl::unexpected(
                gap_error(place_.path(retired.segment->name()), next, retired.last_seq));
        }
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            const JournalCommit commit = chunk[i];
            if (!check.started()) facts.previous_hash = commit.previous_hash;
            if (!check.started()) facts.first_seq = commit.first_seq;
            if (std::optional<Error> error = check.next(commit, retired.segment->name())) {
                return tl::unexpected(std::move(*error));
            }
            if (Status status = (*writer)->add(commit); !status) return status;
            ++facts.commits;
        }
        next = check.last_seq() + 1;
        unsent += chunk.bytes();
        if (unsent >= copy_sent_bytes) {
            if (Status status = (*writer)->send(); !status) return status;
            unsent = 0;
        }
        if (Status status = sync_mark_when_due(); !status) return status;
    }
    facts.last_seq = check.last_seq();
    facts.epoch = check.epoch();
    facts.hash = check.last_hash();
    return (*writer)->finish(facts);
}

Status SegmentKeeper::sync_mark_when_due() {
    const auto now = std::chrono::steady_clock::now();
    if (now - mark_synced_ < options_.mark_sync) return {};
    mark_synced_ = now;
    return sync_mark();
}

Status SegmentKeeper::sync_mark() {
    if (!mark_is_dirty_.exchange(false, std::memory_order_acq_rel)) return {};
    return mark_.sync();
}

Status SegmentKeeper::watch_space() {
    const Result<std::uint64_t> free = place_.directory->free_bytes();
    if (!free) return tl::unexpected(free.error());
    bool has_spare = false;
    {
        const std::lock_guard lock(mutex_);
        has_spare = spare_ != nullptr;
    }
    const std::uint64_t wanted = catalog_.unsealed_bytes() + options_.low_space_bytes +
                                 (has_spare ? 0 : options_.segment_bytes);
    space_low_.store(out_of_space_ || *free < wanted, std::memory_order_release);
    return {};
}

void SegmentKeeper::fail_with(Error error) {
    const std::lock_guard lock(mutex_);
    failure_ = tl::unexpected(std::move(error));
    failed_.store(true, std::memory_order_release);
}

Status SegmentKeeper::failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
}

}  // namespace oms::runtime
