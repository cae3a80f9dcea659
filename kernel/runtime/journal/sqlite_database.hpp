// SPDX-License-Identifier: Apache-2.0
// SQLite's connections, statements and files, owned, with errors as values.
#pragma once

#include "model/result.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// Turns a result code into an error with a code of the journal's: full, damaged, or not readable.
Error sqlite_error(int result, std::string place, std::string_view doing,
                   sqlite3* connection = nullptr);

/// A prepared statement. Parameters and columns count as in SQLite: from 1 and from 0.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}

    void bind(int parameter, std::uint64_t number);
    void bind(int parameter, std::string_view text);
    /// The bytes must stay as they are until the statement is reset.
    void bind(int parameter, std::span<const std::byte> bytes);
    void bind(int parameter, std::span<const std::uint8_t> bytes);

    /// SQLITE_ROW, SQLITE_DONE or an error.
    int step() { return sqlite3_step(handle_.get()); }
    void reset();

    bool is_number(int column) const;
    std::uint64_t number(int column) const;
    std::string text(int column) const;
    std::span<const std::byte> bytes(int column) const;
    /// False unless the column holds exactly as many bytes as `into`.
    bool bytes(int column, std::span<std::uint8_t> into) const;

private:
    struct Free {
        void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
    };
    std::unique_ptr<sqlite3_stmt, Free> handle_;
};

/// A connection, for one thread at a time. It never checkpoints by itself, not even when it closes.
class Database {
public:
    Database() = default;
    static Result<Database> open(const std::string& path, const std::string& vfs, int flags);

    Status execute(const char* sql);
    Result<Statement> prepare(const char* sql);
    /// The first column of the first row; 0 or an empty text when there is no row.
    Result<std::uint64_t> number(const char* sql);
    Result<std::string> text(const char* sql);

    Error error(int result, std::string_view doing) const;
    sqlite3* handle() const { return handle_.get(); }
    const std::string& path() const { return path_; }
    bool is_open() const { return handle_ != nullptr; }
    void close() { handle_.reset(); }

private:
    struct Free {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Free> handle_;
    std::string path_;
};

/// A file that is no database, through the same VFS, so that whatever a VFS does to files it does
/// to all of ours. Never to be opened on a live segment's main file: closing it would drop the
/// locks that SQLite holds there.
class VfsFile {
public:
    /// A VFS writes at most 128 KiB at once; more fails as if the disk were full.
    static constexpr std::size_t piece_bytes = std::size_t{64} << 10U;

    VfsFile() = default;
    VfsFile(VfsFile&&) = default;
    VfsFile& operator=(VfsFile&&) = default;
    ~VfsFile() { close(); }

    static Result<VfsFile> open(sqlite3_vfs* vfs, const std::string& path, int flags);

    Result<std::uint64_t> size();
    /// Bytes beyond the end read as zeros.
    Status read(std::uint64_t offset, std::span<std::byte> into);
    Status write(std::uint64_t offset, std::span<const std::byte> bytes);
    Status sync();
    void close();
    bool is_open() const { return file_ != nullptr; }

private:
    sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(file_.get()); }
    std::unique_ptr<std::byte[]> file_;
    std::unique_ptr<const char, void (*)(const char*)> name_{nullptr, [](const char*) {}};
    std::string path_;
};

Result<bool> vfs_exists(sqlite3_vfs* vfs, const std::string& path);
/// Removes the file and makes the removal durable; a file that is not there is as good as removed.
Status vfs_remove(sqlite3_vfs* vfs, const std::string& path);

}  // namespace oms::runtime
