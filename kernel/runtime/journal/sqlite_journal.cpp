// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/sqlite_journal.hpp"

#include "runtime/journal/gather_vfs.hpp"
#include "runtime/journal/high_water_mark.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/journal_scan.hpp"
#include "runtime/journal/segment_catalog.hpp"
#include "runtime/journal/segment_keeper.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

namespace oms::runtime {
namespace {

/// Less would not hold a commit of the usual size.
constexpr std::uint64_t smallest_segment = 64U << 10U;

Result<JournalId> new_id(const std::string& text) {
    JournalId id{};
    if (text.empty()) {
        std::random_device random;
        for (std::uint8_t& byte : id) byte = static_cast<std::uint8_t>(random());
        return id;
    }
    if (from_hex(text, id)) return id;
    return fail(error_journal_setting, "id", "\"" + text + "\" is no journal id",
                "give 32 hexadecimal digits");
}

class OpenJournal final : public SqliteJournal {
public:
    OpenJournal(SqliteJournalOptions options, SegmentPlace place,
                std::unique_ptr<DirectoryLock> lock)
        : options_(std::move(options)), lock_(std::move(lock)), place_(std::move(place)) {}
    ~OpenJournal() override { static_cast<void>(close()); }

    Status begin();

    Status append(const JournalBatch& batch) override;
    Status read(std::uint64_t from_seq, const JournalVisitor& visit) override;
    std::uint64_t last_seq() const noexcept override {
        return last_seq_.load(std::memory_order_acquire);
    }
    std::uint64_t epoch() const noexcept override { return epoch_; }
    bool space_low() const noexcept override { return keeper_ && keeper_->space_low(); }
    Result<JournalInfo> info() const override;
    const SegmentPlace* place() const noexcept override { return &place_; }
    Status close() override;
    Status maintain() override;

private:
    std::string mark_path() const;
    Status clear_left_overs(ScanResult& found);
    Status take_mark(ScanResult& found);
    Status take_segments(ScanResult& found);
    Status start_first_segment(std::vector<std::string>& blank, std::uint64_t number);
    Status check_batch(const JournalBatch& batch) const;
    Status make_room(const JournalBatch& batch);
    Status commit(const JournalBatch& batch);
    Status give_up(Error error);

    const SqliteJournalOptions options_;
    std::unique_ptr<DirectoryLock> lock_;  ///< released last
    SegmentPlace place_;
    std::optional<HighWaterMark> mark_;
    std::unique_ptr<SegmentCatalog> catalog_;
    std::unique_ptr<SegmentKeeper> keeper_;

    // Of the thread that appends.
    std::shared_ptr<LiveSegment> active_;
    std::uint64_t active_first_seq_ = 0;  ///< 0 while it is empty
    Status failure_;
    bool closed_ = false;

    std::uint64_t epoch_ = 0;
    std::atomic<std::uint64_t> last_seq_{0};
    mutable std::mutex tip_mutex_;
    JournalHash last_hash_{};  ///< written with tip_mutex_ by the thread that appends
};

std::string OpenJournal::mark_path() const {
    return options_.mark.empty() ? place_.path(mark_name) : options_.mark;
}

Status OpenJournal::begin() {
    ScanOptions scan;
    scan.deep = options_.check_all;
    scan.mark_path = mark_path();
    Result<ScanResult> found = scan_journal(place_, scan);
    if (!found) return tl::unexpected(std::move(found.error()));
    if (options_.accept_missing_mark && !found->mark) {
        std::erase_if(found->findings, [](const JournalFinding& finding) {
            return finding.error.code == error_journal_mark_missing;
        });
    }
    if (std::optional<Error> refusal = found->refusal()) {
        return tl::unexpected(std::move(*refusal));
    }
    if (Status status = take_mark(*found); !status) return status;
    if (Status status = clear_left_overs(*found); !status) return status;
    if (Status status = take_segments(*found); !status) return status;
    if (!options_.background) return keeper_->turn();
    if (Status status = keeper_->watch_space(); !status) return status;
    keeper_->start();
    return {};
}

Status OpenJournal::take_mark(ScanResult& found) {
    if (found.empty && !found.mark) {
        const Result<JournalId> id = new_id(options_.id);
        if (!id) return tl::unexpected(id.error());
        place_.id = *id;
        found.last_hash = first_hash(*id);
    }
    epoch_ = found.epoch + 1;
    last_seq_ = found.last_seq;
    last_hash_ = found.last_hash;
    if (!found.mark) {
        Result<HighWaterMark> made = HighWaterMark::create(
            place_.files, mark_path(), Mark{place_.id, epoch_, last_seq_, last_hash_, 0});
        if (!made) return tl::unexpected(std::move(made.error()));
        mark_ = std::move(*made);
        return place_.directory->sync();
    }
    found.mark.reset();
    Result<HighWaterMark> opened = HighWaterMark::open(place_.files, mark_path(), true);
    if (!opened) return tl::unexpected(std::move(opened.error()));
    mark_ = std::move(*opened);
    if (Status status = mark_->write(epoch_, last_seq_, last_hash_); !status) return status;
    return mark_->sync();
}

Status OpenJournal::clear_left_overs(ScanResult& found) {
    for (const std::string& name : found.unfinished) {
        if (Status status = SealedWriter::remove(place_, name); !status) return status;
    }
    for (const std::string& name : found.superseded) {
        if (Status status = LiveSegment::forget(place_, name); !status) return status;
        found.blank.push_back(name);
    }
    return {};
}

Status OpenJournal::take_segments(ScanResult& found) {
    catalog_ = std::make_unique<SegmentCatalog>(place_);
    for (const FoundSealed& sealed : found.sealed) {
        catalog_->add_sealed(sealed.name, sealed.facts.first_seq, sealed.bytes);
    }
    std::uint64_t next_number = 1;
    for (const FoundLive& live : found.live) {
        catalog_->add_live(live.first_seq, live.segment);
        next_number = std::max(next_number, *live_number(live.name) + 1);
    }
    for (const std::string& name : found.blank) {
        next_number = std::max(next_number, *live_number(name) + 1);
    }
    if (found.live.empty()) {
        if (Status status = start_first_segment(found.blank, next_number++); !status) return status;
    } else {
        active_ = found.live.back().segment;
        active_first_seq_ = found.live.back().first_seq;
        if (Status status = active_->prepare(0, epoch_); !status) return status;
    }
    KeeperOptions keeper;
    keeper.segment_bytes = options_.segment_bytes;
    keeper.low_space_bytes =
        options_.low_space_bytes == 0 ? options_.segment_bytes : options_.low_space_bytes;
    // Without a thread it is the caller's turns that count, not the clock.
    keeper.mark_sync = options_.background ? options_.mark_sync : std::chrono::milliseconds::zero();
    keeper.epoch = epoch_;
    keeper.blank = std::move(found.blank);
    keeper.next_number = next_number;
    keeper_ = std::make_unique<SegmentKeeper>(place_, *catalog_, *mark_, std::move(keeper));
    for (std::size_t i = 0; i + 1 < found.live.size(); ++i) {
        keeper_->retire({found.live[i].segment, found.live[i].first_seq, found.live[i].last_seq});
    }
    return {};
}

Status OpenJournal::start_first_segment(std::vector<std::string>& blank, std::uint64_t number) {
    Result<std::shared_ptr<LiveSegment>> segment = nullptr;
    while (!blank.empty() && (!segment || *segment == nullptr)) {
        const std::string name = blank.back();
        segment = LiveSegment::open(place_, name);
        blank.pop_back();
        if (segment) break;
        if (Status status = LiveSegment::remove(place_, name); !status) return status;
    }
    if (!segment || *segment == nullptr) segment = LiveSegment::create(place_, live_name(number));
    if (!segment) return tl::unexpected(std::move(segment.error()));
    active_ = std::move(*segment);
    return active_->prepare(std::min(options_.first_segment_bytes, options_.segment_bytes), epoch_);
}

Status OpenJournal::check_batch(const JournalBatch& batch) const {
    if (batch.epoch != epoch_) {
        return fail(error_journal_fenced, "epoch",
                    "a batch of epoch " + std::to_string(batch.epoch) +
                        " came to a journal of epoch " + std::to_string(epoch_),
                    "this engine was superseded: end it");
    }
    const std::uint64_t expected = last_seq_.load(std::memory_order_relaxed) + 1;
    if (batch.first_seq != expected || batch.last_seq < batch.first_seq ||
        batch.last_seq > last_possible_seq || batch.frame.size() > frame_bytes_limit) {
        return fail(error_journal_bad_batch, "batch",
                    "a batch of " + seqs_text(batch.first_seq, batch.last_seq) + " with " +
                        std::to_string(batch.frame.size()) + " bytes came where seq " +
                        std::to_string(expected) + " is next",
                    "this is a fault of the program: report it");
    }
    return {};
}

Status OpenJournal::append(const JournalBatch& batch) {
    if (closed_) {
        return fail(error_journal_closed, place_.directory->path(), "the journal is closed",
                    "open it again");
    }
    if (!failure_) return failure_;
    if (keeper_->failed()) return give_up(keeper_->failure().error());
    if (Status status = check_batch(batch); !status) return status;
    if (Status status = make_room(batch); !status) return give_up(std::move(status.error()));
    if (Status status = commit(batch); !status) return give_up(std::move(status.error()));
    return {};
}

Status OpenJournal::give_up(Error error) {
    failure_ = tl::unexpected(std::move(error));
    return failure_;
}

Status OpenJournal::make_room(const JournalBatch& batch) {
    if (active_first_seq_ == 0) {
        active_first_seq_ = batch.first_seq;
        catalog_->add_live(batch.first_seq, active_);
        return {};
    }
    if (active_->fits(batch.frame.size())) return {};
    if (!options_.background) {
        if (Status status = keeper_->turn(); !status) return status;
    }
    std::shared_ptr<LiveSegment> spare = keeper_->take_spare();
    // Without a spare the WAL grows on: slower, and only as long as the disk has room.
    if (spare == nullptr) return {};
    keeper_->retire({active_, active_first_seq_, batch.first_seq - 1});
    active_ = std::move(spare);
    active_first_seq_ = batch.first_seq;
    catalog_->add_live(batch.first_seq, active_);
    return options_.background ? Status() : keeper_->turn();
}

Status OpenJournal::commit(const JournalBatch& batch) {
    JournalCommit commit;
    commit.first_seq = batch.first_seq;
    commit.last_seq = batch.last_seq;
    commit.epoch = batch.epoch;
    commit.frame = batch.frame;
    commit.previous_hash = last_hash_;
    commit.hash =
        chain_hash(last_hash_, batch.first_seq, batch.last_seq, batch.epoch,
                   batch.frame_digest == nullptr ? digest_of(batch.frame) : *batch.frame_digest);
    if (Status status = active_->append(commit); !status) return status;
    {
        const std::lock_guard lock(tip_mutex_);
        last_hash_ = commit.hash;
        last_seq_.store(batch.last_seq, std::memory_order_release);
    }
    if (Status status = mark_->write(epoch_, batch.last_seq, commit.hash); !status) return status;
    keeper_->marked();
    return {};
}

Status OpenJournal::read(std::uint64_t from_seq, const JournalVisitor& visit) {
    return catalog_->read(from_seq, last_seq(), visit);
}

Result<JournalInfo> OpenJournal::info() const {
    JournalInfo info;
    info.place = place_.directory->path();
    info.id = to_hex(place_.id);
    info.epoch = epoch_;
    {
        const std::lock_guard lock(tip_mutex_);
        info.last_seq = last_seq();
        info.last_hash = last_hash_;
    }
    info.segments = catalog_->segments(info.last_seq);
    for (const JournalSegmentInfo& segment : info.segments) info.bytes += segment.bytes;
    const Result<std::uint64_t> free = place_.directory->free_bytes();
    if (!free) return tl::unexpected(free.error());
    info.free_bytes = *free;
    info.space_low = space_low();
    return info;
}

Status OpenJournal::maintain() {
    if (closed_ || options_.background) return {};
    if (!failure_) return failure_;
    if (Status status = keeper_->turn(); !status) return give_up(std::move(status.error()));
    return {};
}

Status OpenJournal::close() {
    if (std::exchange(closed_, true)) return {};
    Status status;
    if (keeper_) {
        keeper_->stop();
        status = keeper_->sync_mark();
        if (keeper_->failed() && status) status = keeper_->failure();
    }
    keeper_.reset();
    catalog_.reset();
    if (active_) active_->close();
    active_.reset();
    mark_.reset();
    lock_.reset();
    return status;
}

}  // namespace

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const SqliteJournalOptions& options) {
    if (sqlite3_threadsafe() == 0) {
        return fail(error_journal_setting, "sqlite", "this SQLite was built without threads",
                    "use one that was built with SQLITE_THREADSAFE=1");
    }
    if (std::min(options.segment_bytes, options.first_segment_bytes) < smallest_segment) {
        return fail(error_journal_setting, "segment_bytes",
                    "a segment has at least " + std::to_string(smallest_segment) + " bytes",
                    "set a larger size");
    }
    SqliteJournalOptions kept = options;
    if (kept.directory_access == nullptr) {
        kept.directory_access = make_posix_directory(options.directory);
    }
    SegmentPlace place;
    place.directory = kept.directory_access.get();
    place.files = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
    const Result<std::string> gathering = gather_vfs(options.vfs);
    if (!gathering) return tl::unexpected(gathering.error());
    place.database_vfs = options.gather_writes ? *gathering : place.files->zName;
    if (Status status = place.directory->make(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    Result<std::unique_ptr<DirectoryLock>> lock = place.directory->lock();
    if (!lock) return tl::unexpected(std::move(lock.error()));
    auto journal =
        std::make_unique<OpenJournal>(std::move(kept), std::move(place), std::move(*lock));
    if (Status status = journal->begin(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    return journal;
}

}  // namespace oms::runtime
