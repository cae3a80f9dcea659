// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/sqlite_database.hpp"

#include "model/assert.hpp"
#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>

namespace oms::runtime {
namespace {

ErrorCode code_of(int result) {
    switch (result & 0xff) {
        case SQLITE_FULL: return error_journal_full;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_ERROR: return error_journal_damaged;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return error_journal_locked;
        default: return error_journal_io;
    }
}

const char* remedy_of(ErrorCode code) {
    if (code == error_journal_full) return "make room on the journal's disk, then start again";
    if (code == error_journal_locked) return "end the other program that has this file open";
    if (code == error_journal_damaged) {
        return "run `oms journal verify`, and restore the file from a copy";
    }
    return "check the disk, the directory's permissions and the system's log, then start again";
}

/// A name as a VFS expects it: with the room behind it where it looks for parameters.
std::unique_ptr<const char, void (*)(const char*)> vfs_name(const std::string& path) {
    const std::string journal = path + "-journal";
    const std::string wal = path + "-wal";
    const char* name =
        sqlite3_create_filename(path.c_str(), journal.c_str(), wal.c_str(), 0, nullptr);
    OMS_ASSERT(name != nullptr);
    return {name, [](const char* made) { sqlite3_free_filename(made); }};
}

}  // namespace

Error sqlite_error(int result, std::string place, std::string_view doing, sqlite3* connection) {
    const ErrorCode code = code_of(result);
    std::string reason = "cannot " + std::string(doing) + ": " + sqlite3_errstr(result);
    if (connection != nullptr) {
        const std::string message = sqlite3_errmsg(connection);
        if (message != sqlite3_errstr(result)) reason += ", " + message;
        if (const int number = sqlite3_system_errno(connection); number != 0) {
            reason += ", " + std::generic_category().message(number);
        }
    }
    reason += " (SQLite " + std::to_string(result) + ")";
    return Error{code, std::move(place), std::move(reason), remedy_of(code)};
}

void Statement::bind(int parameter, std::uint64_t number) {
    sqlite3_bind_int64(handle_.get(), parameter, static_cast<sqlite3_int64>(number));
}

void Statement::bind(int parameter, std::string_view text) {
    sqlite3_bind_text64(handle_.get(), parameter, text.data(), text.size(), nullptr, SQLITE_UTF8);
}

void Statement::bind(int parameter, std::span<const std::byte> bytes) {
    // A null pointer would bind NULL.
    const void* data = bytes.empty() ? static_cast<const void*>("") : bytes.data();
    sqlite3_bind_blob64(handle_.get(), parameter, data, bytes.size(), nullptr);
}

void Statement::bind(int parameter, std::span<const std::uint8_t> bytes) {
    bind(parameter, std::as_bytes(bytes));
}

void Statement::reset() {
    sqlite3_reset(handle_.get());
    sqlite3_clear_bindings(handle_.get());
}

bool Statement::is_number(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_INTEGER;
}

std::uint64_t Statement::number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(handle_.get(), column));
}

std::string Statement::text(int column) const {
    const unsigned char* text = sqlite3_column_text(handle_.get(), column);
    return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

std::span<const std::byte> Statement::bytes(int column) const {
    const void* data = sqlite3_column_blob(handle_.get(), column);
    const int size = sqlite3_column_bytes(handle_.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
}

bool Statement::bytes(int column, std::span<std::uint8_t> into) const {
    const std::span<const std::byte> found = bytes(column);
    if (found.size() != into.size()) return false;
    std::memcpy(into.data(), found.data(), into.size());
    return true;
}

Result<Database> Database::open(const std::string& path, const std::string& vfs, int flags) {
    sqlite3* handle = nullptr;
    // Who uses a connection holds a lock of ours: SQLite's own would be taken for nothing.
    const int result =
        sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, vfs.c_str());
    Database database;
    database.handle_.reset(handle);
    database.path_ = path;
    if (result != SQLITE_OK) {
        return tl::unexpected(sqlite_error(result, path, "open the file", handle));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return database;
}

Status Database::execute(const char* sql) {
    const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return tl::unexpected(error(result, "prepare the file"));
    return {};
}

Result<Statement> Database::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int result =
        sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) return tl::unexpected(error(result, "read the file's tables"));
    return Statement(statement);
}

Result<std::uint64_t> Database::number(const char* sql) {
    Result<Statement> statement = prepare(sql);
    if (!statement) return tl::unexpected(std::move(statement.error()));
    const int result = statement->step();
    if (result == SQLITE_ROW) return statement->number(0);
    if (result == SQLITE_DONE) return std::uint64_t{0};
    return tl::unexpected(error(result, "read the file"));
}

Result<std::string> Database::text(const char* sql) {
    Result<Statement> statement = prepare(sql);
    if (!statement) return tl::unexpected(std::move(statement.error()));
    const int result = statement->step();
    if (result == SQLITE_ROW) return statement->text(0);
    if (result == SQLITE_DONE) return std::string();
    return tl::unexpected(error(result, "read the file"));
}

Error Database::error(int result, std::string_view doing) const {
    return sqlite_error(result, path_, doing, handle_.get());
}

Result<VfsFile> VfsFile::open(sqlite3_vfs* vfs, const std::string& path, int flags) {
    VfsFile file;
    file.path_ = path;
    file.name_ = vfs_name(path);
    auto bytes = std::make_unique<std::byte[]>(static_cast<std::size_t>(vfs->szOsFile));
    auto* handle = reinterpret_cast<sqlite3_file*>(bytes.get());
    // A "super-journal" is the one kind of file that no VFS locks, hides or deletes by itself, and
    // whose directory it syncs after making it.
    const int result =
        vfs->xOpen(vfs, file.name_.get(), handle, flags | SQLITE_OPEN_SUPER_JOURNAL, nullptr);
    if (result != SQLITE_OK) {
        if (handle->pMethods != nullptr) handle->pMethods->xClose(handle);
        return tl::unexpected(sqlite_error(result, path, "open the file"));
    }
    file.file_ = std::move(bytes);
    return file;
}

Result<std::uint64_t> VfsFile::size() {
    sqlite3_int64 size = 0;
    const int result = file()->pMethods->xFileSize(file(), &size);
    if (result != SQLITE_OK) {
        return tl::unexpected(sqlite_error(result, path_, "read the file's size"));
    }
    return static_cast<std::uint64_t>(size);
}

Status VfsFile::read(std::uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
        const std::size_t size = std::min(into.size(), piece_bytes);
        const int result = file()->pMethods->xRead(file(), into.data(), static_cast<int>(size),
                                                   static_cast<sqlite3_int64>(offset));
        // A short read fills the rest with zeros.
        if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) {
            return tl::unexpected(sqlite_error(result, path_, "read the file"));
        }
        offset += size;
        into = into.subspan(size);
    }
    return {};
}

Status VfsFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const std::size_t size = std::min(bytes.size(), piece_bytes);
        const int result = file()->pMethods->xWrite(file(), bytes.data(), static_cast<int>(size),
                                                    static_cast<sqlite3_int64>(offset));
        if (result != SQLITE_OK) {
            return tl::unexpected(sqlite_error(result, path_, "write the file"));
        }
        offset += size;
        bytes = bytes.subspan(size);
    }
    return {};
}

Status VfsFile::sync() {
    const int result = file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL);
    if (result != SQLITE_OK) return tl::unexpected(sqlite_error(result, path_, "sync the file"));
    return {};
}

void VfsFile::close() {
    if (file_ == nullptr) return;
    file()->pMethods->xClose(file());
    file_.reset();
}

Result<bool> vfs_exists(sqlite3_vfs* vfs, const std::string& path) {
    int exists = 0;
    const int result = vfs->xAccess(vfs, path.c_str(), SQLITE_ACCESS_EXISTS, &exists);
    if (result != SQLITE_OK) return tl::unexpected(sqlite_error(result, path, "look for the file"));
    return exists != 0;
}

Status vfs_remove(sqlite3_vfs* vfs, const std::string& path) {
    const int result = vfs->xDelete(vfs, path.c_str(), 1);
    if (result != SQLITE_OK && result != SQLITE_IOERR_DELETE_NOENT) {
        return tl::unexpected(sqlite_error(result, path, "remove the file"));
    }
    return {};
}

}  // namespace oms::runtime
