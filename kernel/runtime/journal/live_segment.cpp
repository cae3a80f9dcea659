// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/live_segment.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <array>
#include <mutex>

namespace oms::runtime {
namespace {

constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t wal_header_bytes = 32;
constexpr std::uint64_t wal_frame_bytes = page_bytes + 24;
/// So much is written out at a time while growing: commits beside it do not wait long for the disk.
constexpr std::uint64_t growth_step = std::uint64_t{512} << 10U;
/// Rows of a chunk: a reader must not hold the connection for long even if frames are tiny.
constexpr std::size_t chunk_rows = 256;

std::string wal_path(const SegmentPlace& place, const std::string& name) {
    return place.path(name) + "-wal";
}

}  // namespace

Result<std::shared_ptr<LiveSegment>> LiveSegment::create(const SegmentPlace& place,
                                                         const std::string& name) {
    std::shared_ptr<LiveSegment> segment(new LiveSegment);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (Status status = segment->connect(place, name, flags); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = segment->make_database(place.id); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = segment->prepare_statements(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = place.directory->sync(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    return segment;
}

Result<std::shared_ptr<LiveSegment>> LiveSegment::open(const SegmentPlace& place,
                                                       const std::string& name) {
    std::shared_ptr<LiveSegment> segment(new LiveSegment);
    if (Status status = segment->connect(place, name, SQLITE_OPEN_READWRITE); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = check_tables(segment->database_, place.id, "live"); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = segment->prepare_statements(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    return segment;
}

Result<bool> LiveSegment::is_blank(const SegmentPlace& place, const std::string& name) {
    const std::string path = wal_path(place, name);
    const Result<bool> exists = vfs_exists(place.files, path);
    if (!exists) return tl::unexpected(exists.error());
    if (!*exists) return true;
    Result<VfsFile> wal = VfsFile::open(place.files, path, SQLITE_OPEN_READONLY);
    if (!wal) return tl::unexpected(std::move(wal.error()));
    std::array<std::byte, wal_header_bytes> header{};
    if (Status status = wal->read(0, header); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
    return std::all_of(header.begin(), header.end(), is_zero);
}

Status LiveSegment::forget(const SegmentPlace& place, const std::string& name) {
    Result<VfsFile> wal = VfsFile::open(place.files, wal_path(place, name), SQLITE_OPEN_READWRITE);
    if (!wal) return tl::unexpected(std::move(wal.error()));
    const std::array<std::byte, wal_header_bytes> zeros{};
    if (Status status = wal->write(0, zeros); !status) return status;
    return wal->sync();
}

Status LiveSegment::remove(const SegmentPlace& place, const std::string& name) {
    for (const char* ending : {"-wal", "-journal", ""}) {
        if (Status status = vfs_remove(place.files, place.path(name) + ending); !status) {
            return status;
        }
    }
    return {};
}

Status LiveSegment::connect(const SegmentPlace& place, const std::string& name, int flags) {
    name_ = name;
    path_ = place.path(name);
    directory_ = place.directory;
    Result<Database> database = Database::open(path_, place.database_vfs, flags);
    if (!database) return tl::unexpected(std::move(database.error()));
    database_ = std::move(*database);
    // Exclusive before anything else, so that the WAL's index is in memory, not in a third file.
    return database_.execute(
        "PRAGMA locking_mode=EXCLUSIVE;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=0;"
        "PRAGMA cache_spill=OFF;PRAGMA cache_size=-1024;PRAGMA temp_store=MEMORY");
}

Status LiveSegment::make_database(const JournalId& id) {
    // EXTRA makes the removal of the rollback journal durable: found again after a power cut, it
    // would roll the file back to nothing, and SQLite would drop the WAL.
    const std::string begin = "PRAGMA page_size=" + std::to_string(page_bytes) +
                              ";PRAGMA synchronous=EXTRA;BEGIN EXCLUSIVE";
    if (Status status = database_.execute(begin.c_str()); !status) return status;
    if (Status status = make_tables(database_, id, "live"); !status) return status;
    if (Status status = put_meta(database_, "epoch", "0"); !status) return status;
    return database_.execute("COMMIT;PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL");
}

Status LiveSegment::prepare_statements() {
    const auto count_frames = [](void* self, sqlite3*, const char*, int frames) {
        static_cast<LiveSegment*>(self)->wal_frames_ = static_cast<std::uint64_t>(frames);
        return SQLITE_OK;
    };
    sqlite3_wal_hook(database_.handle(), count_frames, this);
    Result<Statement> insert = database_.prepare(insert_commit);
    if (!insert) return tl::unexpected(std::move(insert.error()));
    insert_ = std::move(*insert);
    Result<Statement> select = database_.prepare(select_commits);
    if (!select) return tl::unexpected(std::move(select.error()));
    select_ = std::move(*select);
    return {};
}

Result<sqlite3_file*> LiveSegment::wal_file() {
    // SQLite opens it when it first reads.
    const Result<std::uint64_t> rows = database_.number("SELECT count(*) FROM meta");
    if (!rows) return tl::unexpected(rows.error());
    sqlite3_file* file = nullptr;
    const int result =
        sqlite3_file_control(database_.handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
    if (result != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
        return fail(error_journal_io, path_, "SQLite did not open the write-ahead log",
                    "check that the directory is writable");
    }
    return file;
}

Status LiveSegment::grow(std::uint64_t wal_bytes) {
    const Result<sqlite3_file*> opened = wal_file();
    if (!opened) return tl::unexpected(opened.error());
    sqlite3_file* file = *opened;
    sqlite3_int64 size = 0;
    int result = file->pMethods->xFileSize(file, &size);
    if (result != SQLITE_OK) return tl::unexpected(database_.error(result, "read the WAL's size"));
    auto at = static_cast<std::uint64_t>(size);
    static const std::array<std::byte, VfsFile::piece_bytes> zeros{};
    const std::unique_ptr<WriteBehind> behind = directory_->write_behind(name_ + "-wal");
    std::uint64_t unsent = 0;
    while (at < wal_bytes) {
        const std::uint64_t piece = std::min<std::uint64_t>(zeros.size(), wal_bytes - at);
        result = file->pMethods->xWrite(file, zeros.data(), static_cast<int>(piece),
                                        static_cast<sqlite3_int64>(at));
        at += piece;
        unsent += piece;
        if (unsent >= growth_step) {
            behind->send();
            unsent = 0;
        }
        if (result == SQLITE_OK && at == wal_bytes)
            result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
        if (result != SQLITE_OK) return tl::unexpected(database_.error(result, "grow the WAL"));
    }
    wal_bytes_ = at;
    return {};
}

Status LiveSegment::prepare(std::uint64_t wal_bytes, std::uint64_t epoch) {
    const std::lock_guard lock(mutex_);
    // Making the file may have been interrupted just before this.
    const Result<std::string> mode = database_.text("PRAGMA journal_mode=WAL");
    if (!mode) return tl::unexpected(mode.error());
    if (Status status = grow(wal_bytes); !status) return status;
    // What is written from now on is of this version, whichever version made the file.
    const std::string version = std::to_string(journal_format_version);
    if (Status status = put_meta(database_, "format", version); !status) return status;
    return put_meta(database_, "epoch", std::to_string(epoch));
}

std::uint64_t LiveSegment::used_bytes() const {
    return wal_header_bytes + wal_frames_.load(std::memory_order_relaxed) * wal_frame_bytes;
}

bool LiveSegment::fits(std::size_t frame_bytes) const {
    // The frame's own pages, and those of the tree above them.
    const std::uint64_t pages = frame_bytes / (page_bytes - 4) + 6;
    return used_bytes() + pages * wal_frame_bytes <= wal_bytes();
}

Status LiveSegment::append(const JournalCommit& commit) {
    const std::lock_guard lock(mutex_);
    bind_commit(insert_, commit);
    const int result = insert_.step();
    if (result != SQLITE_DONE) {
        Error error = database_.error(result, "commit to the journal");
        insert_.reset();
        return tl::unexpected(std::move(error));
    }
    insert_.reset();
    return {};
}

Result<bool> LiveSegment::read(std::uint64_t from_seq, std::size_t limit, CommitChunk& chunk) {
    chunk.clear();
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) return false;
    select_.bind(1, from_seq);
    Result<bool> outcome = true;
    while (chunk.bytes() < limit && chunk.size() < chunk_rows) {
        const int result = select_.step();
        if (result == SQLITE_DONE) break;
        if (result != SQLITE_ROW) {
            outcome = tl::unexpected(database_.error(result, "read the journal"));
            break;
        }
        const Result<JournalCommit> commit = commit_of(select_, path_);
        if (!commit) {
            outcome = tl::unexpected(commit.error());
            break;
        }
        chunk.add(*commit);
    }
    select_.reset();
    return outcome;
}

void LiveSegment::close() {
    const std::lock_guard lock(mutex_);
    insert_ = Statement();
    select_ = Statement();
    database_.close();
}

}  // namespace oms::runtime
