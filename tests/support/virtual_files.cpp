// SPDX-License-Identifier: Apache-2.0
#include "virtual_files.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>
#include <utility>

namespace oms::test {

namespace {

/// SQLite allocates it and knows the first member only.
struct OpenFile {
    sqlite3_file seen;
    VirtualDisk* disk;
    VirtualDisk::Handle* file;
    bool enters;  ///< the first sync makes its name durable as well, as on Unix
};

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

int read_file(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
    if (of(file).disk->is_dark()) return SQLITE_IOERR_READ;
    const std::string& bytes = (*of(file).file)->seen;
    const auto from = std::min(static_cast<std::size_t>(offset), bytes.size());
    const auto wanted = static_cast<std::size_t>(size);
    const std::size_t there = std::min(wanted, bytes.size() - from);
    std::memcpy(into, bytes.data() + from, there);
    std::memset(static_cast<char*>(into) + there, 0, wanted - there);
    return there == wanted ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
    const std::string_view written(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    const bool done =
        of(file).disk->write(**of(file).file, static_cast<std::uint64_t>(offset), written);
    return done ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int sync_file(sqlite3_file* file, int) {
    OpenFile& open = of(file);
    if (!open.disk->sync(**open.file)) return SQLITE_IOERR_FSYNC;
    if (std::exchange(open.enters, false) && !open.disk->sync_directory())
        return SQLITE_IOERR_DIR_FSYNC;
    return SQLITE_OK;
}

sqlite3_io_methods file_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = [](sqlite3_file* file) {
        delete of(file).file;
        return SQLITE_OK;
    };
    methods.xRead = read_file;
    methods.xWrite = write_file;
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
        const bool done =
            of(file).disk->truncate(**of(file).file, static_cast<std::uint64_t>(size));
        return done ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
    };
    methods.xSync = sync_file;
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        *size = static_cast<sqlite3_int64>((*of(file).file)->seen.size());
        return SQLITE_OK;
    };
    methods.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xCheckReservedLock = [](sqlite3_file*, int* reserved) {
        *reserved = 0;
        return SQLITE_OK;
    };
    methods.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
    methods.xSectorSize = [](sqlite3_file*) { return 4096; };
    methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
    return methods;
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
    static const sqlite3_io_methods methods = file_methods();
    OpenFile& open = of(file);
    open.seen.pMethods = nullptr;
    open.disk = name == nullptr ? nullptr : VirtualDisk::find(name);
    if (open.disk == nullptr) return SQLITE_CANTOPEN;
    const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
    const bool is_new = !open.disk->exists(name);
    VirtualDisk::Handle handle;
    if (!open.disk->open(name, create, handle) || handle == nullptr) return SQLITE_CANTOPEN;
    open.file = new (std::nothrow) VirtualDisk::Handle(std::move(handle));
    if (open.file == nullptr) return SQLITE_NOMEM;
    constexpr int journals = SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
    open.enters = is_new && (flags & journals) != 0;
    open.seen.pMethods = &methods;
    if (given != nullptr) *given = flags;
    return SQLITE_OK;
}

sqlite3_vfs make_vfs() {
    sqlite3_vfs vfs{};
    vfs.iVersion = 1;
    vfs.szOsFile = static_cast<int>(sizeof(OpenFile));
    vfs.mxPathname = 512;
    vfs.zName = "oms-virtual";
    vfs.xOpen = open_file;
    vfs.xDelete = [](sqlite3_vfs*, const char* name, int durably) {
        VirtualDisk* disk = VirtualDisk::find(name);
        if (disk == nullptr) return SQLITE_IOERR_DELETE;
        if (!disk->exists(name)) return SQLITE_IOERR_DELETE_NOENT;
        return disk->remove(name, durably != 0) ? SQLITE_OK : SQLITE_IOERR_DELETE;
    };
    vfs.xAccess = [](sqlite3_vfs*, const char* name, int, int* result) {
        const VirtualDisk* disk = VirtualDisk::find(name);
        *result = disk != nullptr && disk->exists(name) ? 1 : 0;
        return SQLITE_OK;
    };
    vfs.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
        sqlite3_snprintf(size, out, "%s", name);
        return SQLITE_OK;
    };
    vfs.xRandomness = [](sqlite3_vfs*, int size, char* out) {
        std::memset(out, 0, static_cast<std::size_t>(size));
        return size;
    };
    vfs.xSleep = [](sqlite3_vfs*, int microseconds) { return microseconds; };
    vfs.xCurrentTime = [](sqlite3_vfs*, double* days) {
        *days = 0;
        return SQLITE_OK;
    };
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    return vfs;
}

class Lock final : public runtime::DirectoryLock {
public:
    explicit Lock(std::shared_ptr<bool> held) : held_(std::move(held)) { *held_ = true; }
    ~Lock() override { *held_ = false; }

private:
    std::shared_ptr<bool> held_;
};

class VirtualDirectory final : public runtime::JournalDirectory {
public:
    VirtualDirectory(VirtualDisk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

    std::string path() const override { return path_; }
    Status make() override { return {}; }
    Result<std::unique_ptr<runtime::DirectoryLock>> lock() override {
        if (*held_) {
            return fail(runtime::error_journal_locked, path_, "another process has it",
                        "end that one first");
        }
        return std::make_unique<Lock>(held_);
    }
    Result<std::vector<std::string>> list() override { return disk_.list(path_); }
    Status sync() override { return said(disk_.sync_directory()); }
    Status rename(const std::string& from, const std::string& to) override {
        const std::string path = path_ + "/" + from;
        if (!disk_.is_dark() && !disk_.exists(path)) {
            return fail(runtime::error_journal_io, path, "there is no such file", "make it first");
        }
        return said(disk_.rename(path, path_ + "/" + to));
    }
    Status make_read_only(const std::string&) override { return said(!disk_.is_dark()); }
    Result<std::uint64_t> free_bytes() override { return disk_.free_bytes; }

private:
    Status said(bool done) const {
        if (done) return {};
        return fail(runtime::error_journal_io, path_, "the power is gone", "wait for it");
    }

    VirtualDisk& disk_;
    std::string path_;
    std::shared_ptr<bool> held_ = std::make_shared<bool>(false);
};

}  // namespace

const char* virtual_vfs() {
    static sqlite3_vfs vfs = make_vfs();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : nullptr;
}

std::shared_ptr<runtime::JournalDirectory> make_virtual_directory(VirtualDisk& disk,
                                                                  const std::string& path) {
    return std::make_shared<VirtualDirectory>(disk, path);
}

void seed_sqlite(std::uint32_t seed) {
    // Zero would mean the machine's own randomness.
    sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed | 1U), nullptr);
    sqlite3_randomness(0, nullptr);
}

}  // namespace oms::test
