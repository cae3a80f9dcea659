// SPDX-License-Identifier: Apache-2.0
// What the journal asks of its directory and SQLite's VFS does not offer.
#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace oms::runtime {

/// Held until it is destroyed.
class DirectoryLock {
public:
    DirectoryLock() = default;
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;
    virtual ~DirectoryLock() = default;
};

/// Sends what is written to one file on to the disk while more is being written. A file that is
/// synced again and again while it grows makes the file system commit its own journal each time,
/// and whoever syncs another file meanwhile waits for that.
class WriteBehind {
public:
    WriteBehind() = default;
    WriteBehind(const WriteBehind&) = delete;
    WriteBehind& operator=(const WriteBehind&) = delete;
    virtual ~WriteBehind() = default;

    /// Sends what was written since the last call; waits for what the last call sent, so that no
    /// more than two pieces stand before the disk. Nothing is durable by it: sync the file as if
    /// it had not been called.
    virtual void send() {}
};

/// One directory. Tests put a simulated one here, beside a simulated VFS. Any thread.
class JournalDirectory {
public:
    JournalDirectory() = default;
    JournalDirectory(const JournalDirectory&) = delete;
    JournalDirectory& operator=(const JournalDirectory&) = delete;
    virtual ~JournalDirectory() = default;

    virtual std::string path() const = 0;
    /// Makes the directory, durably, unless it is there.
    virtual Status make() = 0;
    /// Fails with error_journal_locked, and says who holds it.
    virtual Result<std::unique_ptr<DirectoryLock>> lock() = 0;
    /// The names of the files, sorted.
    virtual Result<std::vector<std::string>> list() = 0;
    /// Makes files that were made or removed durable.
    virtual Status sync() = 0;
    /// Gives a file another name, in the place of what may have it. Durable after sync().
    virtual Status rename(const std::string& from, const std::string& to) = 0;
    virtual Status make_read_only(const std::string& name) = 0;
    virtual Result<std::uint64_t> free_bytes() = 0;
    /// For a file that is there, until it is complete: closing it drops the locks that this process
    /// has on that file. Never null; where it cannot be had, it sends nothing.
    virtual std::unique_ptr<WriteBehind> write_behind(const std::string& name);
};

/// The real one. Its lock is an flock on a file named "lock" that says who holds it.
std::unique_ptr<JournalDirectory> make_posix_directory(const std::string& path);

}  // namespace oms::runtime
