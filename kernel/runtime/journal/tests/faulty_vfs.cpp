// SPDX-License-Identifier: Apache-2.0
#include "faulty_vfs.hpp"

#include "runtime/journal/journal_errors.hpp"

namespace oms::runtime::testing {
namespace {

FaultyDisk disk;

struct File {
    sqlite3_file seen;
    sqlite3_file* base;
};

sqlite3_file* base(sqlite3_file* file) { return reinterpret_cast<File*>(file)->base; }
sqlite3_vfs* base(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

/// What the next call gets instead of being done.
int next_call(int error, bool is_write = false) {
    const Fault fault = disk.fault;
    const std::uint64_t call = ++disk.calls;
    const std::uint64_t written = is_write ? ++disk.writes : 0;
    const bool due = (fault == Fault::error_at && call == disk.at) ||
                     (fault == Fault::errors_from && call >= disk.at) ||
                     (fault == Fault::short_at && is_write && written == disk.at);
    const bool full = fault == Fault::full_at && is_write && written >= disk.at;
    if (!due && !full) return SQLITE_OK;
    disk.hit = true;
    return full ? SQLITE_FULL : error;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    if (const int error = next_call(SQLITE_IOERR_WRITE, true); error != SQLITE_OK) {
        if (disk.fault == Fault::short_at)
            base(file)->pMethods->xWrite(base(file), bytes, size / 2, offset);
        return error;
    }
    if (disk.fault == Fault::no_growth) {
        sqlite3_int64 end = 0;
        base(file)->pMethods->xFileSize(base(file), &end);
        if (offset + size > end) {
            disk.hit = true;
            return SQLITE_FULL;
        }
    }
    return base(file)->pMethods->xWrite(base(file), bytes, size, offset);
}

int sync_file(sqlite3_file* file, int flags) {
    if (const int error = next_call(SQLITE_IOERR_FSYNC); error != SQLITE_OK) return error;
    return base(file)->pMethods->xSync(base(file), flags);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    if (const int error = next_call(SQLITE_IOERR_TRUNCATE); error != SQLITE_OK) return error;
    return base(file)->pMethods->xTruncate(base(file), size);
}

sqlite3_io_methods file_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = [](sqlite3_file* file) { return base(file)->pMethods->xClose(base(file)); };
    methods.xRead = [](sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
        const int error = next_call(SQLITE_IOERR_READ);
        if (error != SQLITE_OK) return error;
        return base(file)->pMethods->xRead(base(file), into, size, offset);
    };
    methods.xWrite = write_file;
    methods.xTruncate = truncate_file;
    methods.xSync = sync_file;
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        const int error = next_call(SQLITE_IOERR_FSTAT);
        if (error != SQLITE_OK) return error;
        return base(file)->pMethods->xFileSize(base(file), size);
    };
    methods.xLock = [](sqlite3_file* file, int level) {
        return base(file)->pMethods->xLock(base(file), level);
    };
    methods.xUnlock = [](sqlite3_file* file, int level) {
        return base(file)->pMethods->xUnlock(base(file), level);
    };
    methods.xCheckReservedLock = [](sqlite3_file* file, int* reserved) {
        return base(file)->pMethods->xCheckReservedLock(base(file), reserved);
    };
    methods.xFileControl = [](sqlite3_file* file, int operation, void* argument) {
        return base(file)->pMethods->xFileControl(base(file), operation, argument);
    };
    methods.xSectorSize = [](sqlite3_file* file) {
        return base(file)->pMethods->xSectorSize(base(file));
    };
    methods.xDeviceCharacteristics = [](sqlite3_file* file) {
        return base(file)->pMethods->xDeviceCharacteristics(base(file));
    };
    return methods;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    static const sqlite3_io_methods methods = file_methods();
    File* opened = reinterpret_cast<File*>(file);
    opened->seen.pMethods = nullptr;
    opened->base = reinterpret_cast<sqlite3_file*>(opened + 1);
    opened->base->pMethods = nullptr;
    if (const int error = next_call(SQLITE_CANTOPEN); error != SQLITE_OK) return error;
    const int result = base(vfs)->xOpen(base(vfs), name, opened->base, flags, given);
    if (result == SQLITE_OK) opened->seen.pMethods = &methods;
    return result;
}

sqlite3_vfs make_vfs() {
    sqlite3_vfs* under = sqlite3_vfs_find(nullptr);
    sqlite3_vfs vfs{};
    vfs.iVersion = 1;
    vfs.szOsFile = under->szOsFile + static_cast<int>(sizeof(File));
    vfs.mxPathname = under->mxPathname;
    vfs.zName = faulty_vfs_name;
    vfs.pAppData = under;
    vfs.xOpen = open_file;
    vfs.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
        const int error = next_call(SQLITE_IOERR_DELETE);
        return error != SQLITE_OK ? error : base(v)->xDelete(base(v), name, sync);
    };
    vfs.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* result) {
        const int error = next_call(SQLITE_IOERR_ACCESS);
        if (error != SQLITE_OK) return error;
        return base(v)->xAccess(base(v), name, flags, result);
    };
    vfs.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) {
        return base(v)->xFullPathname(base(v), name, size, out);
    };
    vfs.xRandomness = [](sqlite3_vfs* v, int size, char* out) {
        return base(v)->xRandomness(base(v), size, out);
    };
    vfs.xSleep = [](sqlite3_vfs* v, int time) { return base(v)->xSleep(base(v), time); };
    vfs.xCurrentTime = [](sqlite3_vfs* v, double* days) {
        return base(v)->xCurrentTime(base(v), days);
    };
    vfs.xGetLastError = [](sqlite3_vfs* v, int size, char* out) {
        return base(v)->xGetLastError(base(v), size, out);
    };
    return vfs;
}

class FaultyDirectory final : public JournalDirectory {
public:
    explicit FaultyDirectory(const std::string& path) : real_(make_posix_directory(path)) {}
    std::string path() const override { return real_->path(); }
    Status make() override { return fails() ? failure() : real_->make(); }
    Result<std::unique_ptr<DirectoryLock>> lock() override {
        if (fails()) return tl::unexpected(failure().error());
        return real_->lock();
    }
    Result<std::vector<std::string>> list() override {
        if (fails()) return tl::unexpected(failure().error());
        return real_->list();
    }
    Status sync() override { return fails() ? failure() : real_->sync(); }
    Status rename(const std::string& from, const std::string& to) override {
        return fails() ? failure() : real_->rename(from, to);
    }
    Status make_read_only(const std::string& name) override {
        return fails() ? failure() : real_->make_read_only(name);
    }
    Result<std::uint64_t> free_bytes() override {
        if (fails()) return tl::unexpected(failure().error());
        return real_->free_bytes();
    }
    std::unique_ptr<WriteBehind> write_behind(const std::string& name) override {
        return real_->write_behind(name);
    }

private:
    static bool fails() { return next_call(SQLITE_IOERR) != SQLITE_OK; }
    Status failure() const {
        return fail(error_journal_io, path(), "the disk fails, as a test told it", "mend the disk");
    }

    std::unique_ptr<JournalDirectory> real_;
};

}  // namespace

std::shared_ptr<JournalDirectory> faulty_directory(const std::string& path) {
    return std::make_shared<FaultyDirectory>(path);
}

FaultyDisk& faulty_disk() {
    static sqlite3_vfs vfs = make_vfs();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    static_cast<void>(registered);
    return disk;
}

}  // namespace oms::runtime::testing
