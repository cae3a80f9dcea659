// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/archive_file.hpp"

#include "model/archive_digest.hpp"
#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace oms::runtime {
namespace {

/// "omsA", in the file's header.
constexpr std::uint64_t archive_application_id = 0x6f6d7341;
constexpr std::size_t findings_at_most = 20;

/// One connection, of this process alone. A commit truncates the rollback journal and syncs it.
constexpr const char* settings =
    "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=TRUNCATE;PRAGMA synchronous=FULL;"
    "PRAGMA cache_size=-2048";

constexpr const char* tables =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE orders(number INTEGER NOT NULL, retired INTEGER NOT NULL, recalled INTEGER,"
    " keys INTEGER NOT NULL, digest BLOB NOT NULL, effects BLOB NOT NULL);"
    "CREATE UNIQUE INDEX orders_by_number ON orders(number, retired);"
    "CREATE INDEX orders_recalled ON orders(recalled) WHERE recalled IS NOT NULL;"
    "CREATE TABLE routes(route INTEGER NOT NULL, retired INTEGER NOT NULL,"
    " number INTEGER NOT NULL, PRIMARY KEY(route, retired)) WITHOUT ROWID;"
    "CREATE INDEX routes_by_number ON routes(number);"
    "CREATE TABLE refs(destination INTEGER NOT NULL, ref TEXT NOT NULL, number INTEGER NOT NULL,"
    " retired INTEGER NOT NULL, PRIMARY KEY(destination, ref, number, retired)) WITHOUT ROWID;"
    "CREATE INDEX refs_by_number ON refs(number);"
    "CREATE TABLE snapshots(seq INTEGER PRIMARY KEY, orders INTEGER NOT NULL,"
    " digest BLOB NOT NULL)";

// What an order's row must be to have been in the archive after the decision ?2.
#define OMS_IN_ARCHIVE "orders.retired <= ?2 AND (orders.recalled IS NULL OR orders.recalled > ?2)"

using DigestBytes = std::array<std::uint8_t, 16>;

DigestBytes to_bytes(const ArchiveDigest& digest) {
    DigestBytes bytes{};
    for (unsigned i = 0; i < 8; ++i) {
        bytes[i] = static_cast<std::uint8_t>(digest.low >> 8U * i);
        bytes[8 + i] = static_cast<std::uint8_t>(digest.high >> 8U * i);
    }
    return bytes;
}

ArchiveDigest from_bytes(const DigestBytes& bytes) {
    ArchiveDigest digest;
    for (unsigned i = 0; i < 8; ++i) {
        digest.low |= std::uint64_t{bytes[i]} << 8U * i;
        digest.high |= std::uint64_t{bytes[8 + i]} << 8U * i;
    }
    return digest;
}

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether the columns hold a digest and the bytes that it is of.
bool is_sound(const Statement& row, std::uint64_t order, int digest, int effects) {
    DigestBytes written{};
    return row.bytes(digest, written) &&
           digest_of_archived(order, text_of(row.bytes(effects))) == from_bytes(written);
}

/// Not an error of the disk's: the file can be made anew.
bool is_of_the_file(ErrorCode code) {
    return code == error_journal_damaged || code == error_journal_foreign ||
           code == error_journal_version || code == error_archive_damaged;
}

Status check_head(Database& database, const JournalId& id) {
    const Result<std::uint64_t> application = database.number("PRAGMA application_id");
    if (!application) return tl::unexpected(application.error());
    const Result<std::uint64_t> version = database.number("PRAGMA user_version");
    if (!version) return tl::unexpected(version.error());
    if (*application != archive_application_id) {
        return fail(error_journal_foreign, database.path(),
                    "the file is no archive, or was never "
                    "completed",
                    remove_the_archive);
    }
    if (*version > archive_format_version) {
        return fail(error_journal_version, database.path(),
                    "the archive has format version " + std::to_string(*version) +
                        ", this program knows versions up to " +
                        std::to_string(archive_format_version),
                    remove_the_archive);
    }
    const Result<JournalId> found = read_id(database);
    if (!found) return tl::unexpected(found.error());
    if (*found == id) return {};
    return fail(error_journal_foreign, database.path(),
                "the archive belongs to journal " + to_hex(*found) + ", this one is " + to_hex(id),
                remove_the_archive);
}

}  // namespace

Result<std::unique_ptr<ArchiveFile>> ArchiveFile::open(
    const SegmentPlace& place, const std::function<void(const Error&)>& told) {
    std::unique_ptr<ArchiveFile> archive(new ArchiveFile(place));
    const Result<bool> exists = vfs_exists(place.files, place.path(archive_name));
    if (!exists) return tl::unexpected(exists.error());
    if (!*exists) return archive;
    Status opened = archive->open_file(false);
    if (!opened && is_of_the_file(opened.error().code)) {
        if (told) told(opened.error());
        opened = archive->remove_file();
    }
    if (!opened) return tl::unexpected(std::move(opened.error()));
    return archive;
}

/// What cannot be opened whole is closed again, and what was not made whole is taken away.
Status ArchiveFile::open_file(bool create) {
    Status status = try_to_open(create);
    if (!status && create) static_cast<void>(remove_file());
    if (!status) release();
    return status;
}

Status ArchiveFile::try_to_open(bool create) {
    const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    Result<Database> database =
        Database::open(place_.path(archive_name), place_.database_vfs, flags);
    if (!database) return tl::unexpected(std::move(database.error()));
    database_ = std::move(*database);
    Status status = database_.execute(settings);
    if (status && create) status = in_transaction([this] { return make_tables(); });
    if (status && create) status = place_.directory->sync();
    if (status) status = check_head(database_, place_.id);
    if (status) status = prepare();
    if (!status) return status;
    const Result<std::uint64_t> through = get_meta_number(database_, "through");
    const Result<std::uint64_t> written = get_meta_number(database_, "written");
    if (!through) return tl::unexpected(through.error());
    if (!written) return tl::unexpected(written.error());
    through_ = *through;
    written_ = *written;
    return {};
}

Status ArchiveFile::make_tables() {
    const std::string head = "PRAGMA application_id=" + std::to_string(archive_application_id) +
                             ";PRAGMA user_version=" + std::to_string(archive_format_version) +
                             ";" + tables;
    Status status = database_.execute(head.c_str());
    if (status) status = put_meta(database_, "journal", to_hex(place_.id));
    if (status) status = put_meta(database_, "through", "0");
    if (status) status = put_meta(database_, "written", "0");
    return status;
}

Status ArchiveFile::prepare() {
    const std::array<std::pair<Statement*, const char*>, 7> all{{
        {&effects_, "SELECT digest, effects FROM orders WHERE number = ?1 AND " OMS_IN_ARCHIVE},
        {&route_,
         "SELECT number FROM routes JOIN orders USING (number, retired)"
         " WHERE route = ?1 AND " OMS_IN_ARCHIVE},
        {&ref_,
         "SELECT number FROM refs JOIN orders USING (number, retired)"
         " WHERE destination = ?1 AND ref = ?3 AND " OMS_IN_ARCHIVE " ORDER BY number DESC"},
        {&retire_,
         "INSERT OR IGNORE INTO orders(number, retired, keys, digest, effects)"
         " VALUES(?1, ?2, ?3, ?4, ?5)"},
        {&recall_,
         "UPDATE orders SET recalled = ?2"
         " WHERE number = ?1 AND recalled IS NULL AND retired < ?2"},
        {&add_route_, "INSERT OR IGNORE INTO routes(route, retired, number) VALUES(?1, ?2, ?3)"},
        {&add_ref_,
         "INSERT OR IGNORE INTO refs(destination, retired, number, ref)"
         " VALUES(?1, ?2, ?3, ?4)"},
    }};
    for (const auto& [statement, sql] : all) {
        Result<Statement> prepared = database_.prepare(sql);
        if (!prepared) return tl::unexpected(std::move(prepared.error()));
        *statement = std::move(*prepared);
    }
    return {};
}

void ArchiveFile::release() {
    for (Statement* statement :
         {&effects_, &route_, &ref_, &retire_, &recall_, &add_route_, &add_ref_})
        *statement = Statement();
    database_.close();
}

Status ArchiveFile::remove_file() {
    release();
    through_ = written_ = 0;
    const std::string path = place_.path(archive_name);
    // The file goes first: a rollback journal alone says nothing.
    Status status = vfs_remove(place_.files, path);
    return status ? vfs_remove(place_.files, path + "-journal") : status;
}

void ArchiveFile::close() {
    const std::lock_guard lock(mutex_);
    release();
}

Error ArchiveFile::damaged(std::string reason) const {
    return {error_archive_damaged, place_.path(archive_name), std::move(reason),
            remove_the_archive};
}

/// An error of SQLite's, as what it means for the archive.
Error ArchiveFile::unreadable(int result) const {
    Error error = database_.error(result, "read the archive");
    return is_of_the_file(error.code) ? damaged(error.reason) : error;
}

// ---- reading ------------------------------------------------------------------------------------

namespace {

/// Leaves the statement as it was found, whatever happens.
class Reading {
public:
    explicit Reading(Statement& statement) : statement_(statement) {}
    ~Reading() { statement_.reset(); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

private:
    Statement& statement_;
};

}  // namespace

Result<std::optional<std::string>> ArchiveFile::effects(std::uint64_t order, std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) return std::nullopt;
    const Reading reading(effects_);
    effects_.bind(1, order);
    effects_.bind(2, seq);
    const int result = effects_.step();
    if (result == SQLITE_DONE) return std::nullopt;
    if (result != SQLITE_ROW) return tl::unexpected(unreadable(result));
    if (!is_sound(effects_, order, 0, 1)) {
        return tl::unexpected(
            damaged("order " + std::to_string(order) + " differs from its digest"));
    }
    return std::string(text_of(effects_.bytes(1)));
}

Result<std::uint64_t> ArchiveFile::order_of_route(std::uint64_t route, std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) return 0;
    const Reading reading(route_);
    route_.bind(1, route);
    route_.bind(2, seq);
    const int result = route_.step();
    if (result == SQLITE_ROW) return route_.number(0);
    if (result != SQLITE_DONE) return tl::unexpected(unreadable(result));
    return 0;
}

Result<std::vector<std::uint64_t>> ArchiveFile::orders_of_ref(std::uint32_t destination,
                                                              std::string_view ref,
                                                              std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    std::vector<std::uint64_t> orders;
    if (!database_.is_open()) return orders;
    const Reading reading(ref_);
    ref_.bind(1, std::uint64_t{destination});
    ref_.bind(2, seq);
    ref_.bind(3, ref);
    while (true) {
        const int result = ref_.step();
        if (result == SQLITE_DONE) return orders;
        if (result != SQLITE_ROW) return tl::unexpected(unreadable(result));
        orders.push_back(ref_.number(0));
    }
}

Result<std::optional<ArchiveSum>> ArchiveFile::sum_at(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) return std::nullopt;
    Result<Statement> row =
        database_.prepare("SELECT orders, digest FROM snapshots WHERE seq = ?1");
    if (!row) return tl::unexpected(std::move(row.error()));
    row->bind(1, seq);
    const int result = row->step();
    if (result == SQLITE_DONE) return std::nullopt;
    DigestBytes digest{};
    if (result != SQLITE_ROW) return tl::unexpected(unreadable(result));
    if (!row->bytes(1, digest)) return std::nullopt;
    return ArchiveSum{row->number(0), from_bytes(digest)};
}

// ---- writing ------------------------------------------------------------------------------------

Status ArchiveFile::in_transaction(const std::function<Status()>& work) {
    Status status = database_.execute("BEGIN IMMEDIATE");
    if (!status) return status;
    status = work();
    if (status) status = database_.execute("COMMIT");
    // What could not be committed is as if it had not been tried.
    if (!status) static_cast<void>(database_.execute("ROLLBACK"));
    return status;
}

Status ArchiveFile::run(Statement& statement) {
    const Reading reading(statement);
    const int result = statement.step();
    if (result == SQLITE_DONE) return {};
    return tl::unexpected(database_.error(result, "write to the archive"));
}

Status ArchiveFile::run(const char* sql, std::uint64_t number) {
    Result<Statement> statement = database_.prepare(sql);
    if (!statement) return tl::unexpected(std::move(statement.error()));
    statement->bind(1, number);
    return run(*statement);
}

Status ArchiveFile::note(std::uint64_t through, std::uint64_t written) {
    Status status = put_meta(database_, "through", std::to_string(through));
    return status ? put_meta(database_, "written", std::to_string(written)) : status;
}

Status ArchiveFile::begin(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    if (begun_) return {};
    begun_ = true;
    if (!database_.is_open() || (seq != 0 && written_ <= seq)) return {};
    if (seq == 0) return remove_file();
    const Status status = in_transaction([&] {
        Status done;
        for (const char* sql :
             {"DELETE FROM orders WHERE retired > ?1",
              "UPDATE orders SET recalled = NULL WHERE recalled > ?1",
              "DELETE FROM routes WHERE retired > ?1", "DELETE FROM refs WHERE retired > ?1",
              "DELETE FROM snapshots WHERE seq > ?1"})
            if (done) done = run(sql, seq);
        return done ? note(seq, seq) : done;
    });
    if (status) through_ = written_ = seq;
    return status;
}

Status ArchiveFile::insert(const ArchivedFact& fact) {
    if (fact.effects.empty()) {
        recall_.bind(1, fact.order);
        recall_.bind(2, fact.seq);
        return run(recall_);
    }
    const DigestBytes digest = to_bytes(digest_of_archived(fact.order, fact.effects));
    retire_.bind(1, fact.order);
    retire_.bind(2, fact.seq);
    retire_.bind(3, std::uint64_t{fact.routes.size() + fact.refs.size()});
    retire_.bind(4, std::span<const std::uint8_t>(digest));
    retire_.bind(5, std::as_bytes(std::span(fact.effects)));
    Status status = run(retire_);
    for (const std::uint64_t route : fact.routes) {
        if (!status) return status;
        add_route_.bind(1, route);
        add_route_.bind(2, fact.seq);
        add_route_.bind(3, fact.order);
        status = run(add_route_);
    }
    for (const auto& [destination, ref] : fact.refs) {
        if (!status) return status;
        add_ref_.bind(1, std::uint64_t{destination});
        add_ref_.bind(2, fact.seq);
        add_ref_.bind(3, fact.order);
        add_ref_.bind(4, ref);
        status = run(add_ref_);
    }
    return status;
}

Status ArchiveFile::add(std::span<const ArchivedFact> facts) {
    if (facts.empty()) return {};
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) {
        if (Status status = open_file(true); !status) return status;
    }
    const std::uint64_t written = std::max(written_, facts.back().seq);
    const Status status = in_transaction([&] {
        for (const ArchivedFact& fact : facts)
            if (Status inserted = insert(fact); !inserted) return inserted;
        return note(through_, written);
    });
    if (status) written_ = written;
    return status;
}

Status ArchiveFile::finish(std::uint64_t seq, const std::optional<ArchiveSum>& sum) {
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) {
        if (Status status = open_file(true); !status) return status;
    }
    const std::uint64_t through = std::max(through_.load(), seq);
    const std::uint64_t written = std::max(written_, seq);
    const Status status = in_transaction([&] {
        Status noted = note(through, written);
        if (!noted || !sum) return noted;
        Result<Statement> row = database_.prepare(
            "INSERT OR REPLACE INTO snapshots(seq, orders, digest) VALUES(?1, ?2, ?3)");
        if (!row) return Status(tl::unexpected(std::move(row.error())));
        const DigestBytes digest = to_bytes(sum->digest);
        row->bind(1, seq);
        row->bind(2, sum->orders);
        row->bind(3, std::span<const std::uint8_t>(digest));
        return run(*row);
    });
    if (!status) return status;
    written_ = written;
    through_ = through;
    return {};
}

Status ArchiveFile::prune(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    if (!database_.is_open()) return {};
    // Two numbers and an order are found by the index on what was recalled.
    constexpr const char* gone =
        "IN (SELECT number, retired FROM orders WHERE recalled IS NOT NULL AND recalled <= ?1)";
    const std::string routes = std::string(
                                   "DELETE FROM routes WHERE number IN (SELECT number FROM "
                                   "orders WHERE recalled IS NOT NULL AND recalled <= ?1) "
                                   "AND (number, retired) ") +
                               gone;
    const std::string refs = std::string(
                                 "DELETE FROM refs WHERE number IN (SELECT number FROM "
                                 "orders WHERE recalled IS NOT NULL AND recalled <= ?1) "
                                 "AND (number, retired) ") +
                             gone;
    return in_transaction([&] {
        Status status;
        for (const char* sql : {routes.c_str(), refs.c_str(),
                                "DELETE FROM orders WHERE recalled IS NOT NULL AND recalled <= ?1",
                                "DELETE FROM snapshots WHERE seq < ?1"})
            if (status) status = run(sql, seq);
        return status;
    });
}

// ---- looking over it ----------------------------------------------------------------------------

namespace {

class ArchiveCheck {
public:
    explicit ArchiveCheck(const SegmentPlace& place) : place_(place) {}

    std::vector<Error> run() {
        if (Status status = look(); !status) note(status.error());
        return std::move(found_);
    }

private:
    struct Snapshot {
        ArchiveSum written;
        ArchiveSum counted;
    };

    Status look() {
        const std::string path = place_.path(archive_name);
        const Result<bool> exists = vfs_exists(place_.files, path);
        if (!exists || !*exists) return exists ? Status{} : tl::unexpected(exists.error());
        Result<Database> database = Database::open(path, place_.database_vfs, SQLITE_OPEN_READONLY);
        if (!database) return tl::unexpected(std::move(database.error()));
        database_ = std::move(*database);
        if (Status status = check_head(database_, place_.id); !status) {
            const Result<bool> waits = transaction_waits(path + "-journal");
            return waits && *waits ? Status{} : status;
        }
        const Result<std::string> sound = database_.text("PRAGMA quick_check(1)");
        if (!sound) return tl::unexpected(sound.error());
        if (*sound != "ok") return tl::unexpected(wrong(*sound));
        Status status = read_snapshots();
        if (status) status = read_orders();
        if (status) status = count_keys();
        if (status) compare();
        return status;
    }

    /// One that was interrupted is undone by whoever next opens the file to write; until then
    /// nobody can read it.
    Result<bool> transaction_waits(const std::string& path) {
        const Result<bool> exists = vfs_exists(place_.files, path);
        if (!exists || !*exists) return exists;
        Result<VfsFile> journal = VfsFile::open(place_.files, path, SQLITE_OPEN_READONLY);
        if (!journal) return tl::unexpected(std::move(journal.error()));
        const Result<std::uint64_t> size = journal->size();
        if (!size || *size == 0) return false;
        note({error_journal_left_over, path,
              "writing to the archive was interrupted, and it was not looked at",
              "nothing: the next start undoes what was half written"});
        return true;
    }

    Status each_row(const char* sql, const std::function<void(const Statement&)>& visit) {
        Result<Statement> rows = database_.prepare(sql);
        if (!rows) return tl::unexpected(std::move(rows.error()));
        int result = 0;
        while ((result = rows->step()) == SQLITE_ROW) visit(*rows);
        if (result == SQLITE_DONE) return {};
        return tl::unexpected(wrong(database_.error(result, "read the archive").reason));
    }

    Status read_snapshots() {
        return each_row("SELECT seq, orders, digest FROM snapshots", [&](const Statement& row) {
            DigestBytes digest{};
            if (!row.bytes(2, digest)) note(wrong("a snapshot's entry has no digest"));
            snapshots_[row.number(0)].written = {row.number(1), from_bytes(digest)};
        });
    }

    Status read_orders() {
        constexpr const char* all = "SELECT number, retired, recalled, digest, effects FROM orders";
        return each_row(all, [&](const Statement& row) {
            const std::uint64_t order = row.number(0);
            if (!is_sound(row, order, 3, 4))
                note(wrong("order " + std::to_string(order) + ", retired by decision " +
                           std::to_string(row.number(1)) + ", differs from its digest"));
            const ArchiveDigest digest = digest_of_archived(order, text_of(row.bytes(4)));
            for (auto& [seq, snapshot] : snapshots_) {
                if (row.number(1) > seq || (row.is_number(2) && row.number(2) <= seq)) continue;
                ++snapshot.counted.orders;
                snapshot.counted.digest.add(digest);
            }
        });
    }

    /// Each order is found by all of its routes and their names.
    Status count_keys() {
        constexpr const char* uncounted =
            "SELECT number, retired FROM orders WHERE keys <>"
            " (SELECT count(*) FROM routes"
            "  WHERE routes.number = orders.number AND routes.retired = orders.retired) +"
            " (SELECT count(*) FROM refs"
            "  WHERE refs.number = orders.number AND refs.retired = orders.retired)";
        return each_row(uncounted, [&](const Statement& row) {
            note(wrong("order " + std::to_string(row.number(0)) +
                       " would not be found by all of its routes"));
        });
    }

    void compare() {
        for (const auto& [seq, snapshot] : snapshots_) {
            if (snapshot.written == snapshot.counted) continue;
            note(wrong("at decision " + std::to_string(seq) + " there were " +
                       std::to_string(snapshot.written.orders) + " retired orders, and " +
                       std::to_string(snapshot.counted.orders) +
                       " are found, or others than those"));
        }
    }

    void note(Error error) {
        if (found_.size() < findings_at_most) found_.push_back(std::move(error));
    }
    Error wrong(std::string reason) const {
        return {error_archive_damaged, place_.path(archive_name), std::move(reason),
                remove_the_archive};
    }

    const SegmentPlace& place_;
    Database database_;
    std::map<std::uint64_t, Snapshot> snapshots_;
    std::vector<Error> found_;
};

}  // namespace

std::vector<Error> check_archive(const SegmentPlace& place) { return ArchiveCheck(place).run(); }

}  // namespace oms::runtime
