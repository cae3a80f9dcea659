// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_directory.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

namespace oms::runtime {
namespace {

tl::unexpected<Error> system_failure(const std::string& path, std::string_view doing, int number) {
    const ErrorCode code = number == ENOSPC ? error_journal_full : error_journal_io;
    return fail(code, path,
                "cannot " + std::string(doing) + ": " + std::generic_category().message(number),
                code == error_journal_full
                    ? "make room on the journal's disk, then start again"
                    : "check that the directory is there and that this user may write to it");
}

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }

private:
    int number_;
};

class PosixLock final : public DirectoryLock {
public:
    explicit PosixLock(Descriptor file) : file_(std::move(file)) {}
    // The name of the holder goes with the lock.
    ~PosixLock() override { static_cast<void>(::ftruncate(file_.get(), 0) == 0); }

private:
    Descriptor file_;
};

class PosixWriteBehind final : public WriteBehind {
public:
    explicit PosixWriteBehind(Descriptor file) : file_(std::move(file)) {}
    void send() override {
        static_cast<void>(::sync_file_range(file_.get(), 0, 0,
                                            SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE));
    }

private:
    Descriptor file_;
};

/// What the holder wrote into the lock file: "pid 1234".
std::string holder(int file) {
    std::array<char, 64> text{};
    const ssize_t size = ::pread(file, text.data(), text.size() - 1, 0);
    if (size <= 0) return "a process that left no name";
    std::string_view found(text.data(), static_cast<std::size_t>(size));
    found = found.substr(0, found.find('\n'));
    return "the process with " + std::string(found);
}

Status sync_path(const std::string& path) {
    const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0) return system_failure(path, "open the directory", errno);
    if (::fsync(directory.get()) != 0) return system_failure(path, "sync the directory", errno);
    return {};
}

class PosixDirectory final : public JournalDirectory {
public:
    explicit PosixDirectory(std::string path) : path_(std::move(path)) {}

    std::string path() const override { return path_; }

    Status make() override {
        std::error_code error;
        const bool made = std::filesystem::create_directories(path_, error);
        if (error) return system_failure(path_, "make the directory", error.value());
        if (!made) return {};
        const std::filesystem::path parent = std::filesystem::absolute(path_).parent_path();
        return sync_path(parent.string());
    }

    Result<std::unique_ptr<DirectoryLock>> lock() override {
        const std::string path = file("lock");
        Descriptor opened(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
        if (opened.get() < 0) return system_failure(path, "open the lock file", errno);
        if (::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK) return system_failure(path, "lock the file", errno);
            return fail(error_journal_locked, path,
                        "the journal is in use by " + holder(opened.get()),
                        "ask that process through its control socket, or end it before you "
                        "start another one here");
        }
        const std::string name = "pid " + std::to_string(::getpid()) + "\n";
        if (::ftruncate(opened.get(), 0) != 0 ||
            ::pwrite(opened.get(), name.data(), name.size(), 0) < 0) {
            return system_failure(path, "write to the lock file", errno);
        }
        return std::make_unique<PosixLock>(std::move(opened));
    }

    Result<std::vector<std::string>> list() override {
        std::vector<std::string> names;
        std::error_code error;
        std::filesystem::directory_iterator entry(path_, error);
        for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
            names.push_back(entry->path().filename().string());
        }
        if (error) return system_failure(path_, "list the directory", error.value());
        std::sort(names.begin(), names.end());
        return names;
    }

    Status sync() override { return sync_path(path_); }

    Status rename(const std::string& from, const std::string& to) override {
        if (::rename(file(from).c_str(), file(to).c_str()) != 0) {
            return system_failure(file(from), "rename the file", errno);
        }
        return {};
    }

    Status make_read_only(const std::string& name) override {
        const std::string path = file(name);
        if (::chmod(path.c_str(), 0444) != 0) {
            return system_failure(path, "make the file read-only", errno);
        }
        return {};
    }

    Result<std::uint64_t> free_bytes() override {
        struct statvfs disk {};
        if (::statvfs(path_.c_str(), &disk) != 0) {
            return system_failure(path_, "ask for the disk's free space", errno);
        }
        return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    }

    std::unique_ptr<WriteBehind> write_behind(const std::string& name) override {
        return std::make_unique<PosixWriteBehind>(
            Descriptor(::open(file(name).c_str(), O_RDONLY | O_CLOEXEC)));
    }

private:
    std::string file(const std::string& name) const { return path_ + "/" + name; }

    std::string path_;
};

}  // namespace

std::unique_ptr<WriteBehind> JournalDirectory::write_behind(const std::string&) {
    return std::make_unique<WriteBehind>();
}

std::unique_ptr<JournalDirectory> make_posix_directory(const std::string& path) {
    return std::make_unique<PosixDirectory>(path);
}

}  // namespace oms::runtime
