// SPDX-License-Identifier: Apache-2.0
// A VFS and a directory that fail when they are told to. They count what is asked of the disk.
#pragma once

#include "runtime/journal/journal_directory.hpp"

#include <sqlite3.h>

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

/// Of all files that are opened through the VFS "oms-faulty". One thread arms it while none works.
struct FaultyDisk {
    Fault fault = Fault::none;
    std::uint64_t at = 0;
    std::uint64_t calls = 0;   ///< everything: reads, writes, syncs, openings, removals, lists …
    std::uint64_t writes = 0;  ///< writes alone
    bool hit = false;

    void arm(Fault kind, std::uint64_t call = 0) {
        fault = kind;
        at = call;
        calls = 0;
        writes = 0;
        hit = false;
    }
};

/// Registers it at first use.
FaultyDisk& faulty_disk();
inline constexpr const char* faulty_vfs_name = "oms-faulty";
/// A real directory whose calls are counted and fail along with the files'.
std::shared_ptr<JournalDirectory> faulty_directory(const std::string& path);

}  // namespace oms::runtime::testing
