// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/sealed_segment.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace oms::runtime {
namespace {

/// Large pages: a frame of many records is read in few pieces.
constexpr const char* sealed_settings =
    "PRAGMA page_size=16384;PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=OFF;"
    "PRAGMA synchronous=OFF;PRAGMA cache_size=-1024;BEGIN EXCLUSIVE";

Status put_facts(Database& database, const SealedFacts& facts) {
    const std::array<std::pair<const char*, std::string>, 7> entries{{
        {"first_seq", std::to_string(facts.first_seq)},
        {"last_seq", std::to_string(facts.last_seq)},
        {"commits", std::to_string(facts.commits)},
        {"epoch", std::to_string(facts.epoch)},
        {"previous_hash", to_hex(facts.previous_hash)},
        {"hash", to_hex(facts.hash)},
        {"sealed", "1"},
    }};
    for (const auto& [key, value] : entries) {
        if (Status status = put_meta(database, key, value); !status) return status;
    }
    return {};
}

Status get_fact(Database& database, const char* key, std::uint64_t& number) {
    const Result<std::uint64_t> found = get_meta_number(database, key);
    if (!found) return tl::unexpected(found.error());
    number = *found;
    return {};
}

Status get_fact(Database& database, const char* key, JournalHash& hash) {
    const Result<std::string> found = get_meta(database, key);
    if (!found) return tl::unexpected(found.error());
    if (from_hex(*found, hash)) return {};
    return fail(error_journal_damaged, database.path(),
                "the file's entry \"" + std::string(key) + "\" is no hash",
                "restore the file from a copy");
}

Status write_digest_file(const SegmentPlace& place, const std::string& name) {
    const Result<std::string> text = digest_file_text(place, name);
    if (!text) return tl::unexpected(text.error());
    Result<VfsFile> file = VfsFile::open(place.files, place.path(digest_name(name)),
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!file) return tl::unexpected(std::move(file.error()));
    if (Status status = file->write(0, std::as_bytes(std::span(*text))); !status) return status;
    return file->sync();
}

}  // namespace

Result<std::unique_ptr<SealedWriter>> SealedWriter::create(const SegmentPlace& place,
                                                           const std::string& name) {
    if (Status status = remove(place, name); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    std::unique_ptr<SealedWriter> writer(new SealedWriter);
    writer->place_ = place;
    writer->name_ = name;
    Result<Database> database = Database::open(place.path(name), place.database_vfs,
                                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!database) return tl::unexpected(std::move(database.error()));
    writer->database_ = std::move(*database);
    if (Status status = writer->database_.execute(sealed_settings); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = make_tables(writer->database_, place.id, "sealed"); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    Result<Statement> insert = writer->database_.prepare(insert_commit);
    if (!insert) return tl::unexpected(std::move(insert.error()));
    writer->insert_ = std::move(*insert);
    writer->behind_ = place.directory->write_behind(name);
    return writer;
}

Status SealedWriter::add(const JournalCommit& commit) {
    bind_commit(insert_, commit);
    const int result = insert_.step();
    if (result != SQLITE_DONE) {
        Error error = database_.error(result, "write to the sealed segment");
        insert_.reset();
        return tl::unexpected(std::move(error));
    }
    insert_.reset();
    return {};
}

Status SealedWriter::sync_file() {
    sqlite3_file* file = nullptr;
    int result = sqlite3_file_control(database_.handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (result == SQLITE_OK) result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
    if (result != SQLITE_OK) return tl::unexpected(database_.error(result, "sync the segment"));
    return {};
}

Status SealedWriter::send() {
    if (Status status = database_.execute("COMMIT"); !status) return status;
    behind_->send();
    return database_.execute("BEGIN EXCLUSIVE");
}

Status SealedWriter::finish(const SealedFacts& facts) {
    // All commits are durable before the file says that it is complete.
    if (Status status = send(); !status) return status;
    if (Status status = sync_file(); !status) return status;
    if (Status status = put_facts(database_, facts); !status) return status;
    if (Status status = database_.execute("COMMIT"); !status) return status;
    if (Status status = sync_file(); !status) return status;
    insert_ = Statement();
    database_.close();
    behind_.reset();
    if (Status status = write_digest_file(place_, name_); !status) return status;
    for (const std::string& made : {name_, digest_name(name_)}) {
        if (Status status = place_.directory->make_read_only(made); !status) return status;
    }
    if (Status status = place_.directory->sync(); !status) return status;
    finished_ = true;
    return {};
}

void SealedWriter::abandon() {
    insert_ = Statement();
    database_.close();
    behind_.reset();
    // If this fails as well, the next attempt tries again.
    if (!finished_ && !name_.empty()) static_cast<void>(remove(place_, name_));
}

Status SealedWriter::remove(const SegmentPlace& place, const std::string& name) {
    for (const std::string& part : {digest_name(name), name + "-journal", name}) {
        if (Status status = vfs_remove(place.files, place.path(part)); !status) return status;
    }
    return {};
}

Result<SealedSegment> SealedSegment::open(const SegmentPlace& place, const std::string& name) {
    SealedSegment segment;
    Result<Database> database =
        Database::open(place.path(name), place.database_vfs, SQLITE_OPEN_READONLY);
    if (!database) return tl::unexpected(std::move(database.error()));
    segment.database_ = std::move(*database);
    if (Status status = check_tables(segment.database_, place.id, "sealed"); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    if (Status status = segment.read_facts(); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    return segment;
}

Status SealedSegment::read_facts() {
    const Result<std::string> sealed = get_meta(database_, "sealed");
    if (!sealed) return tl::unexpected(sealed.error());
    if (*sealed != "1") {
        return fail(error_journal_damaged, database_.path(), "the segment was never completed",
                    "restore the file from a copy");
    }
    for (const auto& [key, number] :
         {std::pair{"first_seq", &facts_.first_seq}, std::pair{"last_seq", &facts_.last_seq},
          std::pair{"commits", &facts_.commits}, std::pair{"epoch", &facts_.epoch}}) {
        if (Status status = get_fact(database_, key, *number); !status) return status;
    }
    if (Status status = get_fact(database_, "previous_hash", facts_.previous_hash); !status) {
        return status;
    }
    return get_fact(database_, "hash", facts_.hash);
}

Status SealedSegment::read(std::uint64_t from_seq, const JournalVisitor& visit) {
    Result<Statement> select = database_.prepare(select_commits);
    if (!select) return tl::unexpected(std::move(select.error()));
    select->bind(1, from_seq);
    while (true) {
        const int result = select->step();
        if (result == SQLITE_DONE) return {};
        if (result != SQLITE_ROW) {
            return tl::unexpected(database_.error(result, "read the segment"));
        }
        const Result<JournalCommit> commit = commit_of(*select, database_.path());
        if (!commit) return tl::unexpected(commit.error());
        if (!visit(*commit)) return {};
    }
}

Result<std::string> read_digest_file(const SegmentPlace& place, const std::string& name) {
    const std::string path = place.path(digest_name(name));
    const Result<bool> exists = vfs_exists(place.files, path);
    if (!exists) return tl::unexpected(exists.error());
    if (!*exists) return std::string();
    Result<VfsFile> file = VfsFile::open(place.files, path, SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    const Result<std::uint64_t> size = file->size();
    if (!size) return tl::unexpected(size.error());
    // Longer than any that we write: different, whatever follows.
    std::string text(std::min<std::uint64_t>(*size, 4096), '\0');
    if (Status status = file->read(0, std::as_writable_bytes(std::span(text))); !status) {
        return tl::unexpected(std::move(status.error()));
    }
    return text;
}

Result<std::string> digest_file_text(const SegmentPlace& place, const std::string& name) {
    Result<VfsFile> file = VfsFile::open(place.files, place.path(name), SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    const Result<std::uint64_t> size = file->size();
    if (!size) return tl::unexpected(size.error());
    Digest digest;
    std::vector<std::byte> piece(VfsFile::piece_bytes);
    for (std::uint64_t at = 0; at < *size; at += piece.size()) {
        const std::size_t count = std::min<std::uint64_t>(piece.size(), *size - at);
        const std::span<std::byte> into = std::span(piece).first(count);
        if (Status status = file->read(at, into); !status) {
            return tl::unexpected(std::move(status.error()));
        }
        digest.add(into);
    }
    return to_hex(digest.finish()) + "  " + name + "\n";
}

}  // namespace oms::runtime
