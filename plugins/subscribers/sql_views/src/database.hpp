// SPDX-License-Identifier: Apache-2.0
// SQLite with its failures as exceptions and its handles as objects.
#pragma once

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace oms::sql_views {

/// What SQLite said, with the statement that it said it to.
class DatabaseError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Database;

/// A prepared statement, used again and again. Positions count from 1.
class Statement {
public:
    Statement() = default;
    Statement(Database& database, const std::string& sql);

    Statement& bind(int position, std::int64_t number);
    /// The text must live until the statement has run.
    Statement& bind(int position, std::string_view text);
    Statement& bind_null(int position);
    /// Runs a statement that gives no rows, and makes it ready for the next time.
    void run();
    /// The next row; false: there is none, and the statement is ready for the next time.
    bool next();
    void reset();
    std::int64_t number(int column) const;
    std::string text(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* raw) const;
    };
    [[noreturn]] void fail() const;
    std::unique_ptr<sqlite3_stmt, Finalize> raw_;
};

class Database {
public:
    /// Opens the file, and makes it when it is new. One thread uses it at a time.
    explicit Database(const std::string& path);

    void run(const std::string& sql);
    bool in_transaction() const;
    sqlite3* raw() const { return raw_.get(); }

private:
    struct Close {
        void operator()(sqlite3* raw) const;
    };
    std::unique_ptr<sqlite3, Close> raw_;
};

}  // namespace oms::sql_views
