// SPDX-License-Identifier: Apache-2.0
// What both kinds of segment files have in common: names, tables, rows. docs/journal-format.md.
#pragma once

#include "model/result.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/journal/journal_directory.hpp"
#include "runtime/journal/sqlite_database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// What this program writes, and the newest that it reads.
inline constexpr std::uint64_t journal_format_version = 2;
/// "omsJ", in the header of every segment, for file(1) and for us.
inline constexpr std::uint32_t journal_application_id = 0x6f6d734a;
/// SQLite's numbers are signed.
inline constexpr std::uint64_t last_possible_seq = (std::uint64_t{1} << 63U) - 1;
/// SQLite takes no longer blob than this by default.
inline constexpr std::size_t frame_bytes_limit = std::size_t{512} << 20U;

/// Where the segments lie and to which journal they belong.
struct SegmentPlace {
    JournalDirectory* directory = nullptr;
    sqlite3_vfs* files = nullptr;  ///< for what is no database
    std::string database_vfs;      ///< over `files`; for databases
    JournalId id{};

    std::string path(std::string_view name) const {
        return directory->path() + "/" + std::string(name);
    }
};

/// `segment-00000000000000000001.oms`: sealed, never to change; anybody may read it.
std::string sealed_name(std::uint64_t first_seq);
/// The first seq, if `name` is a sealed segment's.
std::optional<std::uint64_t> sealed_first_seq(std::string_view name);
/// `segment-….oms.sha256`: the digest of the whole file, as sha256sum(1) writes it.
std::string digest_name(std::string_view sealed);
/// `live-3.oms`: in use by the process that holds the lock. It becomes a sealed segment by being
/// copied, and is then used again: its WAL is grown already.
std::string live_name(std::uint64_t number);
std::optional<std::uint64_t> live_number(std::string_view name);
inline constexpr std::string_view mark_name = "high-water.mark";

/// Makes the tables of an empty database, within the caller's transaction.
Status make_tables(Database& database, const JournalId& id, std::string_view kind);
/// Fails unless the database is a segment of journal `id`, of this kind, and of a known version.
Status check_tables(Database& database, const JournalId& id, std::string_view kind);
/// The id of the journal that a segment belongs to.
Result<JournalId> read_id(Database& database);

Status put_meta(Database& database, const char* key, std::string_view value);
/// A missing key gives an empty text.
Result<std::string> get_meta(Database& database, const char* key);
Result<std::uint64_t> get_meta_number(Database& database, const char* key);

/// The commits from the one that holds the seq ?1.
inline constexpr const char* select_commits =
    "SELECT first_seq, last_seq, epoch, previous_hash, hash, frame FROM commits WHERE first_seq >= "
    "coalesce((SELECT max(first_seq) FROM commits WHERE first_seq <= ?1), 0) ORDER BY first_seq";
inline constexpr const char* insert_commit =
    "INSERT INTO commits(first_seq, last_seq, epoch, previous_hash, hash, frame) "
    "VALUES(?1, ?2, ?3, ?4, ?5, ?6)";

/// Binds all parameters of `insert_commit`; the commit must stay until the statement is reset.
void bind_commit(Statement& statement, const JournalCommit& commit);
/// The row of `select_commits` that the statement stands on; its frame is valid until the next
/// step.
Result<JournalCommit> commit_of(const Statement& row, const std::string& path);

/// Commits that were copied out of a segment.
class CommitChunk {
public:
    void clear();
    void add(const JournalCommit& commit);
    std::size_t size() const { return commits_.size(); }
    std::size_t bytes() const { return frames_.size(); }
    bool empty() const { return commits_.empty(); }
    JournalCommit operator[](std::size_t index) const;

private:
    struct Stored {
        JournalCommit commit;
        std::size_t offset;
    };
    std::vector<Stored> commits_;
    std::vector<std::byte> frames_;
};

/// Follows the chain, commit by commit.
class ChainCheck {
public:
    ChainCheck() = default;
    ChainCheck(std::uint64_t last_seq, const JournalHash& last_hash, std::uint64_t epoch = 0)
        : started_(true), last_seq_(last_seq), epoch_(epoch), last_hash_(last_hash) {}

    /// Says in which way `commit` is not the next one. It becomes the last one even so, unless it
    /// lies behind, and an inspection can go on. A check that was not told where it stands believes
    /// the first one.
    std::optional<Error> next(const JournalCommit& commit, const std::string& place);

    bool started() const { return started_; }
    std::uint64_t last_seq() const { return last_seq_; }
    std::uint64_t epoch() const { return epoch_; }
    const JournalHash& last_hash() const { return last_hash_; }

private:
    std::optional<Error> follows(const JournalCommit& commit, const std::string& place) const;

    bool started_ = false;
    std::uint64_t last_seq_ = 0;
    std::uint64_t epoch_ = 0;
    JournalHash last_hash_{};
};

/// "seqs 5 to 9", or "seq 5".
std::string seqs_text(std::uint64_t first, std::uint64_t last);

Error gap_error(std::string place, std::uint64_t first, std::uint64_t last);
Error doubled_error(std::string place, std::uint64_t first, std::uint64_t last);

}  // namespace oms::runtime
