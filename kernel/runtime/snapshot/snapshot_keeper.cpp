// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/snapshot_keeper.hpp"

#include "runtime/journal/journal_errors.hpp"
#include "runtime/no_memory.hpp"
#include "runtime/snapshot/archive_keeping.hpp"
#include "runtime/thread_priority.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace oms::runtime {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds looks_every{500};
/// No more than a fifth of the time is spent on snapshots, however busy the kernel is.
constexpr int rests_times = 4;
constexpr std::chrono::milliseconds rests_after_failure{60'000};
/// What is left on the disk beside a snapshot: the journal goes first.
constexpr std::uint64_t room_left = std::uint64_t{128} << 20;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The world is hardly larger than what made it.
Status has_room(const SegmentPlace& place, std::uint64_t bytes) {
    const Result<std::uint64_t> free = place.directory->free_bytes();
    if (!free) return tl::unexpected(free.error());
    if (*free >= bytes + room_left) return {};
    return fail(error_journal_full, place.directory->path(),
                fmt::format("no room for a snapshot of perhaps {} MiB: {} MiB are free",
                            bytes >> 20, *free >> 20),
                "make room on the journal's disk; until then a start takes longer");
}

/// Folds the journal behind what was folded, up to the commit that ends with `to_seq`.
Result<JournalHash> fold_to(Journal& journal, ArchiveFile& archive, std::uint64_t to_seq,
                            Fold& fold, std::uint64_t& bytes, const GoOn& go_on) {
    Status status;
    JournalHash hash{};
    const auto visit = [&](const JournalCommit& commit) {
        if (go_on && !go_on())
            status = fail(error_journal_interrupted, {}, "it was told to end", {});
        if (status && commit.last_seq > to_seq) {
            status = fail(error_journal_bad_batch, "snapshot",
                          "no commit ends with seq " + std::to_string(to_seq), {});
        }
        if (!status) return false;
        bytes += commit.frame.size();
        hash = commit.hash;
        status =
            fold.take({reinterpret_cast<const char*>(commit.frame.data()), commit.frame.size()});
        if (status) status = relieve(&archive, fold.world.archive, fold.world.seq);
        return status && commit.last_seq < to_seq;
    };
    const Status read = journal.read(fold.world.seq + 1, visit);
    if (!status) return tl::unexpected(std::move(status.error()));
    if (!read) return tl::unexpected(read.error());
    return hash;
}

}  // namespace

Result<SnapshotFacts> make_snapshot(Journal& journal, ArchiveFile& archive, std::uint64_t to_seq,
                                    const Refused& refused, const GoOn& go_on) {
    const SegmentPlace* place = journal.place();
    if (place == nullptr) {
        return fail(error_journal_setting, "snapshot", "a journal in memory has no snapshots", {});
    }
    std::vector<std::string> useless;
    const auto note = [&](const Error& error) {
        if (error.code != error_snapshot_version)
            useless.push_back(error.place.substr(error.place.rfind('/') + 1));
        refused(error);
    };
    std::optional<LoadedSnapshot> base = newest_snapshot(journal, &archive, note, go_on);
    if (go_on && !go_on()) return fail(error_journal_interrupted, {}, "it was told to end", {});
    // One that ends behind `to_seq` was made by hand, or the journal had an end then.
    if (base && base->facts.seq >= to_seq) return base->facts;
    std::unique_ptr<Fold> fold = base ? std::move(base->fold) : std::make_unique<Fold>();
    std::uint64_t bytes = base ? base->facts.bytes : 0;
    if (Status status = archive.begin(fold->world.seq); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    fold->world.archive.read_from(&archive, fold->world.seq);
    const Result<JournalHash> hash = fold_to(journal, archive, to_seq, *fold, bytes, go_on);
    if (!hash) return tl::unexpected(hash.error());
    if (Status status = has_room(*place, bytes); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = write_archive(archive, fold->world.archive, to_seq, true, go_on); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    Result<SnapshotFacts> written = write_snapshot(*place, *fold, *hash, go_on);
    if (!written) return written;
    for (const std::string& name : useless) {
        if (!snapshot_seq(name) || name == snapshot_name(to_seq)) continue;
        if (Status status = remove_snapshot(*place, name); !status) refused(status.error());
    }
    return written;
}

SnapshotKeeper::SnapshotKeeper(Journal& journal, ArchiveFile* archive,
                               const SnapshotOptions& options, std::uint64_t newest, Log& log,
                               Stats& stats)
    : journal_(journal),
      archive_(archive),
      options_(options),
      log_(log),
      stats_(stats),
      newest_(newest) {
    stats_.snapshot_seq.set(newest);
}

void SnapshotKeeper::start() {
    if (options_.after_segments == 0 || archive_ == nullptr) return;
    thread_ = std::thread([this] { run(); });
}

void SnapshotKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    stop_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void SnapshotKeeper::wait_for(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    stop_.wait_for(lock, time, [&] { return stopping_.load(); });
}

void SnapshotKeeper::run() {
    set_priority(Priority::last);
    while (!stopping_) {
        const Clock::time_point start = Clock::now();
        const auto made = turn();
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start);
        if (!made && !stopping_) log_.warning("snapshots", to_text(made.error()));
        wait_for(!made ? rests_after_failure : std::max(looks_every, took * rests_times));
    }
}

/// The seq to which everything is sealed, when enough was sealed since the last snapshot.
std::optional<std::uint64_t> SnapshotKeeper::due() const {
    const Result<JournalInfo> info = journal_.info();
    if (!info || info->space_low) return std::nullopt;
    std::uint32_t sealed = 0;
    std::uint64_t last = 0;
    for (const JournalSegmentInfo& segment : info->segments) {
        if (!segment.sealed) break;
        if (segment.last_seq > newest_) ++sealed;
        last = segment.last_seq;
    }
    if (sealed == 0 || sealed < options_.after_segments) return std::nullopt;
    return last;
}

Result<std::optional<SnapshotFacts>> SnapshotKeeper::turn() {
    if (options_.after_segments == 0 || archive_ == nullptr) return std::nullopt;
    const std::optional<std::uint64_t> to_seq = due();
    if (!to_seq) return std::nullopt;
    const Clock::time_point start = Clock::now();
    const auto note = [&](const Error& error) { log_.warning("snapshots", to_text(error)); };
    const auto go_on = [&] { return !stopping_.load(std::memory_order_relaxed); };
    // It holds a second world: where there is no memory for that, the process goes on without.
    Result<SnapshotFacts> made =
        with_memory([&] { return make_snapshot(journal_, *archive_, *to_seq, note, go_on); });
    if (!made) return tl::unexpected(std::move(made.error()));
    newest_ = made->seq;
    stats_.snapshots.add();
    stats_.snapshot_seq.set(newest_);
    log_.info("snapshots", fmt::format("decisions up to {} in {} MiB, made in {:.1f} s", made->seq,
                                       made->bytes >> 20, seconds_since(start)));
    if (Status status = tidy(); !status) return tl::unexpected(std::move(status.error()));
    return *made;
}

/// No start begins before the oldest snapshot that is left, but at the journal's beginning.
Status SnapshotKeeper::tidy() {
    const SegmentPlace& place = *journal_.place();
    if (Status status = tidy_snapshots(place, std::max(options_.kept, 1U)); !status) return status;
    const Result<std::vector<std::string>> left = list_snapshots(place);
    if (!left) return tl::unexpected(left.error());
    return left->empty() ? Status{} : archive_->prune(snapshot_seq(left->back()).value_or(0));
}

}  // namespace oms::runtime
