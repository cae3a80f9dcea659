// SPDX-License-Identifier: Apache-2.0
#include "database.hpp"

#include <sqlite3.h>

namespace oms::sql_views {

namespace {

constexpr int busy_timeout_ms = 5000;

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
void Database::Close::operator()(sqlite3* raw) const { sqlite3_close(raw); }

Statement::Statement(Database& database, const std::string& sql) {
    sqlite3_stmt* raw = nullptr;
    const int result = sqlite3_prepare_v3(database.raw(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (result != SQLITE_OK)
        throw DatabaseError(std::string(sqlite3_errmsg(database.raw())) + " in: " + sql);
    raw_.reset(raw);
}

void Statement::fail() const {
    sqlite3* database = sqlite3_db_handle(raw_.get());
    const std::string said = sqlite3_errmsg(database);
    const std::string sql = sqlite3_sql(raw_.get());
    sqlite3_reset(raw_.get());
    throw DatabaseError(said + " in: " + sql);
}

Statement& Statement::bind(int position, std::int64_t number) {
    if (sqlite3_bind_int64(raw_.get(), position, number) != SQLITE_OK) fail();
    return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
    const char* data = text.empty() ? "" : text.data();
    if (sqlite3_bind_text(raw_.get(), position, data, static_cast<int>(text.size()),
                          SQLITE_STATIC) != SQLITE_OK)
        fail();
    return *this;
}

Statement& Statement::bind_null(int position) {
    if (sqlite3_bind_null(raw_.get(), position) != SQLITE_OK) fail();
    return *this;
}

void Statement::run() {
    while (next()) continue;
}

bool Statement::next() {
    const int result = sqlite3_step(raw_.get());
    if (result == SQLITE_ROW) return true;
    if (result != SQLITE_DONE) fail();
    reset();
    return false;
}

void Statement::reset() { sqlite3_reset(raw_.get()); }

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(raw_.get(), column);
}

std::string Statement::text(int column) const {
    const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(raw_.get(), column));
    const int size = sqlite3_column_bytes(raw_.get(), column);
    return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

Database::Database(const std::string& path) {
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    raw_.reset(raw);
    if (result != SQLITE_OK)
        throw DatabaseError("the views' file " + path + " cannot be opened: " +
                            (raw == nullptr ? "no memory" : sqlite3_errmsg(raw)));
    sqlite3_busy_timeout(raw, busy_timeout_ms);
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(raw_.get()) == 0; }

void Database::run(const std::string& sql) {
    char* said = nullptr;
    if (sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, &said) == SQLITE_OK) return;
    const std::string reason = said == nullptr ? "no memory" : said;
    sqlite3_free(said);
    throw DatabaseError(reason + " in: " + sql.substr(0, 2000));
}

}  // namespace oms::sql_views
