// SPDX-License-Identifier: Apache-2.0
// A VFS and a directory that fail when they are told to. They count what is asked of the disk.
#pragma once

#include "runtime/journal/journal_directory.hpp"

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace oms::runtime::testing {

enum class Fault {
    none,
    error_at,     ///< the call number `at`, once, with an I/O error
    errors_from,  ///< it and all after it
    full_at,      ///< the write number `at`, and all after it, with "disk full"
    short_at,     ///< half of the write number `at` is done, once, and an error is said
    no_growth,    ///< every write beyond a file's end: what a full disk does
};

/// Of all files that are opened through the VFS "oms-faulty", by whatever thread.
struct FaultyDisk {
    std::atomic<Fault> fault = Fault::none;
    std::atomic<std::uint64_t> at = 0;
    std::atomic<std::uint64_t> calls = 0;   ///< reads, writes, syncs, openings, removals, lists …
    std::atomic<std::uint64_t> writes = 0;  ///< writes alone
    std::atomic<bool> hit = false;

    void arm(Fault kind, std::uint64_t call = 0) {
        fault = Fault::none;
        at = call;
        calls = 0;
        writes = 0;
        hit = false;
        fault = kind;
    }
};

/// Registers it at first use.
FaultyDisk& faulty_disk();
inline constexpr const char* faulty_vfs_name = "oms-faulty";
/// A real directory whose calls are counted and fail along with the files'.
std::shared_ptr<JournalDirectory> faulty_directory(const std::string& path);

}  // namespace oms::runtime::testing
