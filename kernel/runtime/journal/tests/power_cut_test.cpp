// SPDX-License-Identifier: Apache-2.0
// The power goes at every call to the disk: what was not synced is lost, kept or torn, by chance.
#include "journal_support.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>

namespace oms::runtime::testing {
namespace {

constexpr std::size_t sector = 512;

/// A disk with a cache. The files hold what a program sees; this knows what a power cut leaves.
class CachingDisk {
public:
    struct Change {
        bool truncates = false;
        std::uint64_t offset = 0;  ///< or the size that it is cut to
        std::string bytes;
    };
    struct Image {
        std::string durable;
        std::vector<Change> pending;
    };

    std::map<std::string, Image> files;
    std::map<std::string, Image> removed;  ///< may come back until the directory is synced
    std::uint64_t calls = 0;
    std::uint64_t cut_at = 0;  ///< 0: never
    bool lies = false;         ///< says that it synced, and did not

    bool is_dark() const { return cut_at != 0 && calls >= cut_at; }
    bool next_call() { return ++calls, !is_dark(); }

    void opened(const std::string& path) { files.try_emplace(path); }
    void synced(const std::string& path) {
        if (lies) return;
        Image& image = files[path];
        for (const Change& change : image.pending) apply(image.durable, change);
        image.pending.clear();
    }
    void unlinked(const std::string& path, bool durably) {
        if (!durably && files.count(path) != 0) removed[path] = files[path];
        files.erase(path);
        if (durably) removed.clear();
    }

    /// Leaves in the directory what a power cut would.
    void cut(std::mt19937& random) {
        for (auto& [path, image] : removed) {
            if (files.count(path) == 0 && random() % 2 == 0) files[path] = image;
        }
        removed.clear();
        // Nothing, everything, the beginning, or any part of what was not synced.
        const unsigned kind = random() % 4;
        for (auto& [path, image] : files) {
            std::size_t number = 0;
            const std::size_t kept = random() % (image.pending.size() + 1);
            for (const Change& change : image.pending) {
                const bool keep =
                    kind == 1 || (kind == 2 && number < kept) || (kind == 3 && random() % 2 == 0);
                ++number;
                if (keep) apply(image.durable, kind == 3 ? torn(change, random) : change);
            }
            image.pending.clear();
            write_file(path, image.durable);
        }
        calls = 0;
        cut_at = 0;
    }

private:
    static void apply(std::string& bytes, const Change& change) {
        if (change.truncates) {
            bytes.resize(change.offset);
            return;
        }
        bytes.resize(std::max(bytes.size(), change.offset + change.bytes.size()));
        bytes.replace(change.offset, change.bytes.size(), change.bytes);
    }

    static Change torn(Change change, std::mt19937& random) {
        if (change.bytes.size() <= sector || random() % 2 == 0) return change;
        change.bytes.resize(sector * (1 + random() % (change.bytes.size() / sector)));
        return change;
    }
};

CachingDisk disk;

struct File {
    sqlite3_file seen;
    sqlite3_file* base;
    std::string* path;
};

sqlite3_file* base(sqlite3_file* file) { return reinterpret_cast<File*>(file)->base; }
const std::string& path(sqlite3_file* file) { return *reinterpret_cast<File*>(file)->path; }
sqlite3_vfs* base(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

sqlite3_io_methods file_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 1;
    methods.xClose = [](sqlite3_file* file) {
        delete reinterpret_cast<File*>(file)->path;
        return base(file)->pMethods->xClose(base(file));
    };
    methods.xRead = [](sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
        return base(file)->pMethods->xRead(base(file), into, size, offset);
    };
    methods.xWrite = [](sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
        // The write at which the power goes is on its way.
        if (disk.is_dark()) return SQLITE_IOERR_WRITE;
        const std::string text(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
        disk.files[path(file)].pending.push_back({false, static_cast<std::uint64_t>(offset), text});
        if (!disk.next_call()) return SQLITE_IOERR_WRITE;
        return base(file)->pMethods->xWrite(base(file), bytes, size, offset);
    };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
        if (!disk.next_call()) return SQLITE_IOERR_TRUNCATE;
        disk.files[path(file)].pending.push_back({true, static_cast<std::uint64_t>(size), {}});
        return base(file)->pMethods->xTruncate(base(file), size);
    };
    methods.xSync = [](sqlite3_file* file, int) {
        if (!disk.next_call()) return SQLITE_IOERR_FSYNC;
        disk.synced(path(file));
        return SQLITE_OK;
    };
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        return base(file)->pMethods->xFileSize(base(file), size);
    };
    methods.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    methods.xCheckReservedLock = [](sqlite3_file*, int* reserved) {
        *reserved = 0;
        return SQLITE_OK;
    };
    methods.xFileControl = [](sqlite3_file* file, int operation, void* argument) {
        return base(file)->pMethods->xFileControl(base(file), operation, argument);
    };
    methods.xSectorSize = [](sqlite3_file*) { return 4096; };
    methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
    return methods;
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    static const sqlite3_io_methods methods = file_methods();
    File* opened = reinterpret_cast<File*>(file);
    opened->seen.pMethods = nullptr;
    opened->base = reinterpret_cast<sqlite3_file*>(opened + 1);
    opened->base->pMethods = nullptr;
    if (!disk.next_call()) return SQLITE_CANTOPEN;
    const int result = base(vfs)->xOpen(base(vfs), name, opened->base, flags, given);
    if (result != SQLITE_OK) return result;
    opened->seen.pMethods = &methods;
    opened->path = new std::string(name);
    disk.opened(name);
    return SQLITE_OK;
}

sqlite3_vfs make_vfs() {
    sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.iVersion = 1;
    vfs.pAppData = sqlite3_vfs_find(nullptr);
    vfs.pNext = nullptr;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.zName = "oms-caching";
    vfs.xOpen = open_file;
    vfs.xDelete = [](sqlite3_vfs* v, const char* name, int sync) {
        if (!disk.next_call()) return SQLITE_IOERR_DELETE;
        disk.unlinked(name, sync != 0);
        return base(v)->xDelete(base(v), name, sync);
    };
    vfs.xAccess = [](sqlite3_vfs* v, const char* name, int flags, int* result) {
        return base(v)->xAccess(base(v), name, flags, result);
    };
    vfs.xFullPathname = [](sqlite3_vfs* v, const char* name, int size, char* out) {
        return base(v)->xFullPathname(base(v), name, size, out);
    };
    return vfs;
}

/// The real one, but that syncing it makes removals durable.
class CachingDirectory final : public JournalDirectory {
public:
    explicit CachingDirectory(const std::string& path) : real_(make_posix_directory(path)) {}
    std::string path() const override { return real_->path(); }
    Status make() override { return real_->make(); }
    Result<std::unique_ptr<DirectoryLock>> lock() override { return real_->lock(); }
    Result<std::vector<std::string>> list() override { return real_->list(); }
    Status sync() override {
        if (!disk.next_call()) return fail(error_journal_io, path(), "the power is gone", "wait");
        disk.removed.clear();
        return {};
    }
    Status make_read_only(const std::string& name) override { return real_->make_read_only(name); }
    Result<std::uint64_t> free_bytes() override { return real_->free_bytes(); }

private:
    std::unique_ptr<JournalDirectory> real_;
};

class PowerCut : public ::testing::Test {
protected:
    void SetUp() override {
        static sqlite3_vfs vfs = make_vfs();
        ASSERT_EQ(sqlite3_vfs_register(&vfs, 0), SQLITE_OK);
        options_ = small(folder_);
        options_.segment_bytes = 128U << 10U;
        options_.vfs = "oms-caching";
        options_.directory_access = std::make_shared<CachingDirectory>(folder_.journal());
        disk = CachingDisk();
    }

    void clear() {
        std::filesystem::remove_all(folder_.journal());
        disk = CachingDisk();
    }

    /// One life; ends when the power goes, or after enough commits. Gives what was acknowledged.
    std::uint64_t live(std::uint64_t known) {
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        if (!journal) {
            EXPECT_TRUE(disk.is_dark()) << to_text(journal.error());
            return known;
        }
        EXPECT_GE((*journal)->last_seq(), known);
        const std::uint64_t enough = (*journal)->last_seq() + 90;
        while ((*journal)->last_seq() < enough && append(**journal)) {
        }
        EXPECT_TRUE(disk.is_dark() || (*journal)->last_seq() == enough);
        return (*journal)->last_seq();
    }

    Folder folder_;
    SqliteJournalOptions options_;
};

TEST_F(PowerCut, LosesNothingThatWasAcknowledged) {
    live(0);
    const std::uint64_t calls = disk.calls;
    std::mt19937 random(20);
    std::uint64_t cuts = 0;
    for (std::uint64_t call = 1; call <= calls; call += call < 60 ? 1 : 5) {
        clear();
        std::uint64_t acknowledged = 0;
        // Three lives: the second one may be cut while it recovers.
        for (int life = 0; life < 3; ++life) {
            disk.cut_at = life == 0 ? call : 1 + random() % calls;
            acknowledged = live(acknowledged);
            disk.cut(random);
            ++cuts;
        }
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        ASSERT_NE(journal, nullptr) << "cut at call " << call;
        ASSERT_GE(journal->last_seq(), acknowledged) << "cut at call " << call;
        ASSERT_LE(journal->last_seq(), acknowledged + 1) << "cut at call " << call;
        expect_frames(*journal, 1, journal->last_seq());
        ASSERT_TRUE(journal->close());
        ASSERT_TRUE(faults(options_).empty()) << "cut at call " << call;
        if (HasFailure()) return;
    }
    EXPECT_GT(cuts, 300U);
}

TEST_F(PowerCut, WouldBeNoticedOnADiskThatLies) {
    std::mt19937 random(3);
    std::size_t losses = 0;
    for (std::uint64_t call = 150; call < 350; call += 20) {
        clear();
        disk.lies = true;
        disk.cut_at = call;
        const std::uint64_t acknowledged = live(0);
        disk.cut(random);
        disk.lies = false;
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        if (!journal || (*journal)->last_seq() < acknowledged) ++losses;
    }
    EXPECT_GT(losses, 0U);
}

}  // namespace
}  // namespace oms::runtime::testing
