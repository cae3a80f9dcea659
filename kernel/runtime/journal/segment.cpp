// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/segment.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace oms::runtime {
namespace {

constexpr std::string_view sealed_prefix = "segment-";
constexpr std::string_view live_prefix = "live-";
constexpr std::string_view suffix = ".oms";
constexpr std::size_t seq_digits = 20;

constexpr const char* restore =
    "run `oms journal verify` for the whole list, and restore the missing files from a copy";

std::optional<std::uint64_t> number_between(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    name.remove_suffix(std::min(suffix.size(), name.size()));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.begin(), name.end(), number);
    if (error != std::errc{} || end != name.end()) return std::nullopt;
    return number;
}

}  // namespace

std::string sealed_name(std::uint64_t first_seq) {
    const std::string digits = std::to_string(first_seq);
    std::string name(sealed_prefix);
    name.append(seq_digits - digits.size(), '0');
    return name + digits + std::string(suffix);
}

std::optional<std::uint64_t> sealed_first_seq(std::string_view name) {
    const std::optional<std::uint64_t> number = number_between(name, sealed_prefix);
    if (!number || sealed_name(*number) != name) return std::nullopt;
    return number;
}

std::string digest_name(std::string_view sealed) { return std::string(sealed) + ".sha256"; }

std::string live_name(std::uint64_t number) {
    return std::string(live_prefix) + std::to_string(number) + std::string(suffix);
}

std::optional<std::uint64_t> live_number(std::string_view name) {
    const std::optional<std::uint64_t> number = number_between(name, live_prefix);
    if (!number || live_name(*number) != name) return std::nullopt;
    return number;
}

Status make_tables(Database& database, const JournalId& id, std::string_view kind) {
    const std::string sql =
        "PRAGMA application_id=" + std::to_string(journal_application_id) +
        ";PRAGMA user_version=" + std::to_string(journal_format_version) +
        ";CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
        ";CREATE TABLE commits(first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL,"
        " epoch INTEGER NOT NULL, previous_hash BLOB NOT NULL, hash BLOB NOT NULL,"
        " frame BLOB NOT NULL)";
    if (Status status = database.execute(sql.c_str()); !status) return status;
    const std::string version = std::to_string(journal_format_version);
    if (Status status = put_meta(database, "format", version); !status) return status;
    if (Status status = put_meta(database, "journal", to_hex(id)); !status) return status;
    return put_meta(database, "kind", kind);
}

Status check_tables(Database& database, const JournalId& id, std::string_view kind) {
    const Result<std::uint64_t> application = database.number("PRAGMA application_id");
    if (!application) return tl::unexpected(application.error());
    if (*application != journal_application_id) {
        return fail(error_journal_foreign, database.path(), "the file is no segment of a journal",
                    "move it out of the journal's directory");
    }
    const Result<std::uint64_t> version = get_meta_number(database, "format");
    if (!version) return tl::unexpected(version.error());
    if (*version > journal_format_version) {
        return fail(error_journal_version, database.path(),
                    "the file has format version " + std::to_string(*version) +
                        ", this program knows versions up to " +
                        std::to_string(journal_format_version),
                    "start a newer version of oms");
    }
    const Result<JournalId> found = read_id(database);
    if (!found) return tl::unexpected(found.error());
    if (*found != id) {
        return fail(error_journal_foreign, database.path(),
                    "the file belongs to journal " + to_hex(*found) + ", this one is " + to_hex(id),
                    "move it to the journal that it came from");
    }
    const Result<std::string> found_kind = get_meta(database, "kind");
    if (!found_kind) return tl::unexpected(found_kind.error());
    if (*found_kind != kind) {
        return fail(error_journal_foreign, database.path(),
                    "the file says that it is \"" + *found_kind + "\", its name says \"" +
                        std::string(kind) + "\"",
                    "give it the name that it had when it was written");
    }
    return {};
}

Result<JournalId> read_id(Database& database) {
    const Result<std::string> text = get_meta(database, "journal");
    if (!text) return tl::unexpected(text.error());
    JournalId id{};
    if (!from_hex(*text, id)) {
        return fail(error_journal_foreign, database.path(),
                    "the file does not say which journal it belongs to", restore);
    }
    return id;
}

Status put_meta(Database& database, const char* key, std::string_view value) {
    Result<Statement> statement = database.prepare("INSERT OR REPLACE INTO meta VALUES(?1, ?2)");
    if (!statement) return tl::unexpected(std::move(statement.error()));
    statement->bind(1, std::string_view(key));
    statement->bind(2, value);
    const int result = statement->step();
    if (result != SQLITE_DONE) return tl::unexpected(database.error(result, "write to the file"));
    return {};
}

Result<std::string> get_meta(Database& database, const char* key) {
    Result<Statement> statement = database.prepare("SELECT value FROM meta WHERE key = ?1");
    if (!statement) return tl::unexpected(std::move(statement.error()));
    statement->bind(1, std::string_view(key));
    const int result = statement->step();
    if (result == SQLITE_ROW) return statement->text(0);
    if (result == SQLITE_DONE) return std::string();
    return tl::unexpected(database.error(result, "read the file"));
}

Result<std::uint64_t> get_meta_number(Database& database, const char* key) {
    const Result<std::string> text = get_meta(database, key);
    if (!text) return tl::unexpected(text.error());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size()) {
        return fail(error_journal_damaged, database.path(),
                    "the file's entry \"" + std::string(key) + "\" is \"" + *text +
                        "\", a number was expected",
                    restore);
    }
    return number;
}

void bind_commit(Statement& statement, const JournalCommit& commit) {
    statement.bind(1, commit.first_seq);
    statement.bind(2, commit.last_seq);
    statement.bind(3, commit.epoch);
    statement.bind(4, std::span<const std::uint8_t>(commit.previous_hash));
    statement.bind(5, std::span<const std::uint8_t>(commit.hash));
    statement.bind(6, commit.frame);
}

Result<JournalCommit> commit_of(const Statement& row, const std::string& path) {
    JournalCommit commit;
    commit.first_seq = row.number(0);
    commit.last_seq = row.number(1);
    commit.epoch = row.number(2);
    commit.frame = row.bytes(5);
    const bool whole = row.is_number(0) && row.is_number(1) && row.is_number(2) &&
                       row.bytes(3, commit.previous_hash) && row.bytes(4, commit.hash) &&
                       commit.first_seq > 0 && commit.last_seq <= last_possible_seq &&
                       commit.first_seq <= commit.last_seq;
    if (!whole) {
        return fail(error_journal_altered, path,
                    "the row of seq " + std::to_string(commit.first_seq) +
                        " is not what a commit looks like",
                    restore);
    }
    return commit;
}

void CommitChunk::clear() {
    commits_.clear();
    frames_.clear();
}

void CommitChunk::add(const JournalCommit& commit) {
    commits_.push_back({commit, frames_.size()});
    frames_.insert(frames_.end(), commit.frame.begin(), commit.frame.end());
}

JournalCommit CommitChunk::operator[](std::size_t index) const {
    const Stored& stored = commits_[index];
    JournalCommit commit = stored.commit;
    commit.frame = std::span(frames_).subspan(stored.offset, commit.frame.size());
    return commit;
}

std::optional<Error> ChainCheck::next(const JournalCommit& commit, const std::string& place) {
    std::optional<Error> error;
    if (started_) error = follows(commit, place);
    // A commit from behind says nothing about the one after it.
    if (error && commit.last_seq <= last_seq_) return error;
    if (!error) {
        const JournalHash hash = chain_hash(commit.previous_hash, commit.first_seq, commit.last_seq,
                                            commit.epoch, digest_of(commit.frame));
        if (hash != commit.hash) {
            error = Error{error_journal_altered, place,
                          seqs_text(commit.first_seq, commit.last_seq) +
                              " differ from the hash that was written with them",
                          restore};
        }
    }
    started_ = true;
    last_seq_ = commit.last_seq;
    epoch_ = commit.epoch;
    last_hash_ = commit.hash;
    return error;
}

std::optional<Error> ChainCheck::follows(const JournalCommit& commit,
                                         const std::string& place) const {
    if (commit.first_seq > last_seq_ + 1) {
        return gap_error(place, last_seq_ + 1, commit.first_seq - 1);
    }
    if (commit.first_seq <= last_seq_) {
        return doubled_error(place, commit.first_seq, std::min(commit.last_seq, last_seq_));
    }
    if (commit.previous_hash != last_hash_) {
        return Error{error_journal_chain, place,
                     seqs_text(commit.first_seq, commit.last_seq) +
                         " follow another commit than the one that is there, which ends with seq " +
                         std::to_string(last_seq_),
                     restore};
    }
    if (commit.epoch < epoch_) {
        return Error{error_journal_chain, place,
                     seqs_text(commit.first_seq, commit.last_seq) + " were written in epoch " +
                         std::to_string(commit.epoch) + " after epoch " + std::to_string(epoch_),
                     restore};
    }
    return std::nullopt;
}

std::string seqs_text(std::uint64_t first, std::uint64_t last) {
    if (first == last) return "seq " + std::to_string(first);
    return "seqs " + std::to_string(first) + " to " + std::to_string(last);
}

Error gap_error(std::string place, std::uint64_t first, std::uint64_t last) {
    return Error{error_journal_gap, std::move(place),
                 "the journal has a gap: " + seqs_text(first, last) + " missing", restore};
}

Error doubled_error(std::string place, std::uint64_t first, std::uint64_t last) {
    return Error{error_journal_doubled, std::move(place),
                 "the journal has " + seqs_text(first, last) + " twice", restore};
}

}  // namespace oms::runtime
