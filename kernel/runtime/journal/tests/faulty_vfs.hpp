// SPDX-License-Identifier: Apache-2.0
// A VFS that fails when it is told to. It counts what goes to the disk.
#pragma once

#include <sqlite3.h>

#include <cstdint>

namespace oms::runtime::testing {

enum class Fault {
    none,
    error_at,     ///< the call number `at`, once, with an I/O error
    errors_from,  ///< it and all after it
    full_at,      ///< the write number `at`, and all after it, with "disk full"
    no_growth,    ///< every write beyond a file's end: what a full disk does
};

/// Of all files that are opened through the VFS "oms-faulty". One thread arms it while none works.
struct FaultyDisk {
    Fault fault = Fault::none;
    std::uint64_t at = 0;
    std::uint64_t calls = 0;  ///< writes, syncs, truncations, openings, removals
    bool hit = false;

    void arm(Fault kind, std::uint64_t call = 0) {
        fault = kind;
        at = call;
        calls = 0;
        hit = false;
    }
};

/// Registers it at first use.
FaultyDisk& faulty_disk();
inline constexpr const char* faulty_vfs_name = "oms-faulty";

}  // namespace oms::runtime::testing
