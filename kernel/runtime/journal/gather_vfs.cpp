// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/gather_vfs.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <cstddef>
#include <cstring>
#include <list>
#include <mutex>
#include <new>
#include <utility>

namespace oms::runtime {
namespace {

/// SQLite's own VFS takes 17 bits of a write's size, so a gathered one stays below them.
constexpr std::size_t gathered_limit = (std::size_t{1} << 17U) - 1;

/// A WAL file. SQLite allocates it and knows the first member only; the base's file follows it.
struct WalFile {
    sqlite3_file seen;
    std::byte* gathered;   ///< gathered_limit bytes
    std::size_t size;      ///< how many of them are waiting
    sqlite3_int64 offset;  ///< where they belong
};
static_assert(sizeof(WalFile) % 8 == 0, "the base's file needs its alignment");

WalFile* wal(sqlite3_file* file) { return reinterpret_cast<WalFile*>(file); }
sqlite3_file* base_file(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(wal(file) + 1);
}

int flush(sqlite3_file* file) {
    const int size = static_cast<int>(std::exchange(wal(file)->size, 0));
    if (size == 0) return SQLITE_OK;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xWrite(base, wal(file)->gathered, size, wal(file)->offset);
}

int close_file(sqlite3_file* file) {
    // What is gathered and was never synced belongs to a commit that failed.
    delete[] wal(file)->gathered;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xClose(base);
}

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    if (const int result = flush(file); result != SQLITE_OK) return result;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xRead(base, into, size, offset);
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    WalFile& gathering = *wal(file);
    const auto count = static_cast<std::size_t>(size);
    const bool follows = gathering.offset + static_cast<sqlite3_int64>(gathering.size) == offset;
    if (!follows || gathering.size + count > gathered_limit) {
        if (const int result = flush(file); result != SQLITE_OK) return result;
    }
    if (count > gathered_limit) {
        sqlite3_file* base = base_file(file);
        return base->pMethods->xWrite(base, bytes, size, offset);
    }
    if (gathering.size == 0) gathering.offset = offset;
    std::memcpy(gathering.gathered + gathering.size, bytes, count);
    gathering.size += count;
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int result = flush(file); result != SQLITE_OK) return result;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xTruncate(base, size);
}

int sync_file(sqlite3_file* file, int flags) {
    if (const int result = flush(file); result != SQLITE_OK) return result;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xSync(base, flags);
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
    if (const int result = flush(file); result != SQLITE_OK) return result;
    sqlite3_file* base = base_file(file);
    return base->pMethods->xFileSize(base, size);
}

// Nobody locks a WAL file: these are here because SQLite calls whatever a table offers.
int lock_file(sqlite3_file*, int) { return SQLITE_OK; }
int check_lock(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}

int control_file(sqlite3_file* file, int operation, void* argument) {
    sqlite3_file* base = base_file(file);
    return base->pMethods->xFileControl(base, operation, argument);
}

int sector_size(sqlite3_file* file) {
    sqlite3_file* base = base_file(file);
    return base->pMethods->xSectorSize(base);
}

int characteristics(sqlite3_file* file) {
    sqlite3_file* base = base_file(file);
    return base->pMethods->xDeviceCharacteristics(base);
}

sqlite3_io_methods wal_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = close_file;
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    methods.xFileSize = size_of_file;
    methods.xLock = lock_file;
    methods.xUnlock = lock_file;
    methods.xCheckReservedLock = check_lock;
    methods.xFileControl = control_file;
    methods.xSectorSize = sector_size;
    methods.xDeviceCharacteristics = characteristics;
    return methods;
}

sqlite3_vfs* base_vfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    static const sqlite3_io_methods methods = wal_methods();
    sqlite3_vfs* base = base_vfs(vfs);
    if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, name, file, flags, given);
    WalFile* opened = wal(file);
    opened->seen.pMethods = nullptr;
    opened->gathered = new (std::nothrow) std::byte[gathered_limit];
    if (opened->gathered == nullptr) return SQLITE_NOMEM;
    opened->size = 0;
    sqlite3_file* inner = base_file(file);
    inner->pMethods = nullptr;
    const int result = base->xOpen(base, name, inner, flags, given);
    if (result != SQLITE_OK) {
        if (inner->pMethods != nullptr) inner->pMethods->xClose(inner);
        delete[] opened->gathered;
        return result;
    }
    opened->seen.pMethods = &methods;
    return SQLITE_OK;
}

/// Fills in the calls that go to the base as they are: it must see itself as their receiver.
void pass_on(sqlite3_vfs& vfs) {
    vfs.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
        return base_vfs(v)->xDelete(base_vfs(v), name, sync);
    };
    vfs.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* result) {
        return base_vfs(v)->xAccess(base_vfs(v), name, flags, result);
    };
    vfs.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) {
        return base_vfs(v)->xFullPathname(base_vfs(v), name, size, out);
    };
    vfs.xRandomness = [](sqlite3_vfs* v, int size, char* out) {
        return base_vfs(v)->xRandomness(base_vfs(v), size, out);
    };
    vfs.xSleep = [](sqlite3_vfs* v, int microseconds) {
        return base_vfs(v)->xSleep(base_vfs(v), microseconds);
    };
    vfs.xCurrentTime = [](sqlite3_vfs* v, double* days) {
        return base_vfs(v)->xCurrentTime(base_vfs(v), days);
    };
    vfs.xGetLastError = [](sqlite3_vfs* v, int size, char* out) {
        sqlite3_vfs* base = base_vfs(v);
        return base->xGetLastError == nullptr ? 0 : base->xGetLastError(base, size, out);
    };
}

/// They stay registered for the life of the process: a connection may still point at one.
struct Gathering {
    std::string name;
    sqlite3_vfs vfs{};
};

}  // namespace

Result<std::string> gather_vfs(const std::string& base_name) {
    static std::mutex mutex;
    static std::list<Gathering> made;
    const std::lock_guard lock(mutex);
    sqlite3_vfs* base = sqlite3_vfs_find(base_name.empty() ? nullptr : base_name.c_str());
    if (base == nullptr) {
        return fail(error_journal_setting, "vfs", "SQLite has no VFS named \"" + base_name + "\"",
                    "register it before the journal is opened, or leave the option out");
    }
    for (const Gathering& one : made) {
        if (one.vfs.pAppData == base && one.vfs.szOsFile == base->szOsFile + int{sizeof(WalFile)}) {
            return one.name;
        }
    }
    Gathering& one = made.emplace_back();
    one.name = "oms-gather-" + std::to_string(made.size()) + "-" + base->zName;
    one.vfs.iVersion = 1;
    one.vfs.szOsFile = base->szOsFile + int{sizeof(WalFile)};
    one.vfs.mxPathname = base->mxPathname;
    one.vfs.zName = one.name.c_str();
    one.vfs.pAppData = base;
    one.vfs.xOpen = open_file;
    pass_on(one.vfs);
    const int result = sqlite3_vfs_register(&one.vfs, 0);
    if (result != SQLITE_OK) {
        made.pop_back();
        return fail(error_journal_setting, "vfs", sqlite3_errstr(result));
    }
    return one.name;
}

}  // namespace oms::runtime
