// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_reader.hpp"

#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/segment_catalog.hpp"

#include <utility>

namespace oms::runtime {

namespace {

class ReadJournal final : public Journal {
public:
    explicit ReadJournal(LookedAt looked)
        : directory_(std::move(looked.directory)),
          lock_(std::move(looked.lock)),
          place_(std::move(looked.place)),
          catalog_(place_),
          last_seq_(looked.found.last_seq),
          epoch_(looked.found.epoch),
          last_hash_(looked.found.last_hash) {
        const ScanResult& found = looked.found;
        for (const FoundSealed& sealed : found.sealed)
            catalog_.add_sealed(sealed.name, sealed.facts.first_seq, sealed.bytes);
        for (const FoundLive& live : found.live) catalog_.add_live(live.first_seq, live.segment);
    }

    Status append(const JournalBatch&) override {
        return fail(error_journal_closed, place_.directory->path(),
                    "the journal was opened to be read", "open it to be written to");
    }
    Status read(std::uint64_t from_seq, const JournalVisitor& visit) override {
        return catalog_.read(from_seq, last_seq_, visit);
    }
    std::uint64_t last_seq() const noexcept override { return last_seq_; }
    std::uint64_t epoch() const noexcept override { return epoch_; }
    bool space_low() const noexcept override { return false; }
    Result<JournalInfo> info() const override {
        JournalInfo info;
        info.place = place_.directory->path();
        info.id = to_hex(place_.id);
        info.last_seq = last_seq_;
        info.epoch = epoch_;
        info.last_hash = last_hash_;
        info.segments = catalog_.segments(last_seq_);
        for (const JournalSegmentInfo& segment : info.segments) info.bytes += segment.bytes;
        const Result<std::uint64_t> free = place_.directory->free_bytes();
        if (!free) return tl::unexpected(free.error());
        info.free_bytes = *free;
        return info;
    }
    const SegmentPlace* place() const noexcept override { return &place_; }
    Status close() override {
        lock_.reset();
        return {};
    }

private:
    std::shared_ptr<JournalDirectory> directory_;
    std::unique_ptr<DirectoryLock> lock_;  ///< null beside a running process
    SegmentPlace place_;
    SegmentCatalog catalog_;
    const std::uint64_t last_seq_;
    const std::uint64_t epoch_;
    const JournalHash last_hash_;
};

}  // namespace

Result<LookedAt> look_at_journal(const SqliteJournalOptions& options, ScanOptions scan) {
    LookedAt looked;
    looked.directory = options.directory_access;
    if (looked.directory == nullptr) looked.directory = make_posix_directory(options.directory);
    SegmentPlace& place = looked.place;
    place.directory = looked.directory.get();
    place.files = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (place.files == nullptr) {
        return fail(error_journal_setting, "vfs", "SQLite has no VFS named \"" + options.vfs + "\"",
                    "register it before, or leave the option out");
    }
    place.database_vfs = place.files->zName;
    if (const Result<std::vector<std::string>> names = looked.directory->list(); !names) {
        return tl::unexpected(names.error());
    }
    scan.mark_path = options.mark.empty() ? place.path(mark_name) : options.mark;
    Result<std::unique_ptr<DirectoryLock>> lock = looked.directory->lock();
    if (lock) {
        looked.lock = std::move(*lock);
    } else {
        if (lock.error().code != error_journal_locked) {
            return tl::unexpected(std::move(lock.error()));
        }
        looked.held = std::move(lock.error());
    }
    scan.live = looked.lock != nullptr;
    Result<ScanResult> found = scan_journal(place, scan);
    if (!found) return tl::unexpected(std::move(found.error()));
    looked.found = std::move(*found);
    return looked;
}

Result<OpenedToRead> open_to_read(const SqliteJournalOptions& options) {
    ScanOptions scan;
    scan.deep = options.check_all;
    Result<LookedAt> looked = look_at_journal(options, std::move(scan));
    if (!looked) return tl::unexpected(std::move(looked.error()));
    if (std::optional<Error> refusal = looked->found.refusal()) {
        return tl::unexpected(std::move(*refusal));
    }
    const bool live_seen = looked->lock != nullptr;
    return OpenedToRead{std::make_unique<ReadJournal>(std::move(*looked)), live_seen};
}

}  // namespace oms::runtime
