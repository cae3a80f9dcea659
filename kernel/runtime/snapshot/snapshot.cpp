// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/snapshot.hpp"

#include "model/canonical.hpp"
#include "model/codec.hpp"
#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace oms::runtime {

namespace {

/// Large enough that the way from thread to thread costs nothing, small enough to stay in a cache.
constexpr std::size_t chunk_bytes = std::size_t{256} << 10;

/// So many records before it is folded the world hears of one: a few orders.
constexpr std::size_t records_ahead = 48;

/// An order takes more than this.
constexpr std::size_t order_bytes = 32;

tl::unexpected<Error> interrupted() {
    return fail(error_journal_interrupted, {}, "it was told to end", {});
}

tl::unexpected<Error> damaged(std::string path, const std::string& how) {
    return fail(error_snapshot_damaged, std::move(path), "the snapshot is damaged: " + how,
                "nothing: an older snapshot or the journal itself is used in its place; remove the "
                "file");
}

/// Records that cannot be read or folded are not those that were written.
Error in_snapshot(const Error& error, std::string path) {
    const bool of_the_file = error.code >= error_journal_locked && error.code < 5200;
    return of_the_file ? error : damaged(std::move(path), error.reason).value();
}

struct Chunk {
    std::string bytes;
    Decoder decoder;
};

/// Reads and decodes ahead of whoever folds, so far as there are chunks to read into.
class ReadAhead {
public:
    explicit ReadAhead(SnapshotReader& reader) : reader_(reader), thread_([this] { run(); }) {}
    ~ReadAhead() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        moved_.notify_all();
        thread_.join();
    }
    ReadAhead(const ReadAhead&) = delete;
    ReadAhead& operator=(const ReadAhead&) = delete;

    /// The next chunk, good until the call after; null at the end.
    Result<const Chunk*> next() {
        std::unique_lock lock(mutex_);
        if (given_) {
            ++taken_;
            given_ = false;
            moved_.notify_all();
        }
        moved_.wait(lock, [&] { return taken_ < filled_ || ended_; });
        if (taken_ < filled_) {
            given_ = true;
            return &chunks_[taken_ % chunks_.size()];
        }
        if (!status_) return tl::unexpected(status_.error());
        return nullptr;
    }

private:
    void run() {
        while (true) {
            Chunk* chunk = nullptr;
            {
                std::unique_lock lock(mutex_);
                moved_.wait(lock, [&] { return stopping_ || filled_ - taken_ < chunks_.size(); });
                if (stopping_) return;
                chunk = &chunks_[filled_ % chunks_.size()];
            }
            Result<bool> more = reader_.next(chunk->bytes);
            Status status;
            if (more && *more) status = chunk->decoder.decode(chunk->bytes);
            if (!more) status = tl::unexpected(std::move(more.error()));
            const std::lock_guard lock(mutex_);
            const bool filled = status && *more;
            if (filled) ++filled_;
            if (!filled) ended_ = true;
            if (!status) status_ = std::move(status);
            moved_.notify_all();
            if (ended_) return;
        }
    }

    SnapshotReader& reader_;
    std::array<Chunk, 4> chunks_;
    std::mutex mutex_;  ///< over the rest; a chunk belongs to one side at a time
    std::condition_variable moved_;
    std::uint64_t filled_ = 0;
    std::uint64_t taken_ = 0;
    bool given_ = false;
    bool ended_ = false;
    bool stopping_ = false;
    Status status_;
    std::thread thread_;
};

Status fold_chunk(const oms_batch& chunk, World& world) {
    const sdk::Records records(chunk);
    auto ahead = records.begin();
    std::size_t lead = 0;
    for (const oms_record& record : records) {
        for (; lead < records_ahead && ahead != records.end(); ++ahead, ++lead)
            world.look_ahead(*ahead);
        if (Status status = world.apply(record); !status) return status;
        --lead;
    }
    return {};
}

}  // namespace

Result<SnapshotFacts> write_snapshot(const SegmentPlace& place, const Fold& fold,
                                     const JournalHash& hash, const GoOn& go_on) {
    SnapshotFacts facts;
    facts.seq = fold.world.seq;
    facts.hash = hash;
    facts.observed = fold.observed;
    facts.form = canonical_version;
    facts.orders = fold.world.orders.size();
    Result<std::unique_ptr<SnapshotWriter>> writer = SnapshotWriter::create(place, facts);
    if (!writer) return tl::unexpected(std::move(writer.error()));
    std::string records;
    Status status;
    const auto put = [&] {
        if (status && go_on && !go_on()) status = interrupted();
        if (status) status = (*writer)->add(records);
        records.clear();
    };
    write_world(fold.world, [&](const oms_record& effect) {
        if (!status) return;
        encode(effect, records);
        if (records.size() >= chunk_bytes) put();
    });
    if (status) put();
    if (!status) return tl::unexpected(std::move(status.error()));
    return (*writer)->finish();
}

Result<LoadedSnapshot> load_snapshot(const SegmentPlace& place, const std::string& name,
                                     const GoOn& go_on) {
    Result<SnapshotReader> reader = SnapshotReader::open(place, name);
    if (!reader) return tl::unexpected(std::move(reader.error()));
    if (reader->facts().form != canonical_version) {
        return fail(error_snapshot_version, place.path(name),
                    "the snapshot's records have form " + std::to_string(reader->facts().form) +
                        ", this program reads " + std::to_string(canonical_version),
                    "nothing: the journal itself is used in its place, and snapshots to come have "
                    "this program's form");
    }
    LoadedSnapshot loaded{reader->facts(), std::make_unique<Fold>()};
    World& world = loaded.fold->world;
    world.expect(std::min<std::size_t>(loaded.facts.orders, loaded.facts.bytes / order_bytes));
    ReadAhead ahead(*reader);
    while (true) {
        if (go_on && !go_on()) return interrupted();
        const Result<const Chunk*> chunk = ahead.next();
        Status status;
        if (!chunk) status = tl::unexpected(chunk.error());
        if (status && *chunk == nullptr) break;
        if (status) status = fold_chunk((*chunk)->decoder.view(), world);
        if (!status) return tl::unexpected(in_snapshot(status.error(), place.path(name)));
    }
    if (world.seq != loaded.facts.seq) {
        return damaged(place.path(name), "its records end with seq " + std::to_string(world.seq) +
                                             ", its head says " + std::to_string(loaded.facts.seq));
    }
    loaded.fold->observed = loaded.facts.observed;
    return loaded;
}

}  // namespace oms::runtime
