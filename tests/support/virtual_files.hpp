// SPDX-License-Identifier: Apache-2.0
// A virtual disk as SQLite and the journal see it.
#pragma once

#include "virtual_disk.hpp"

#include "runtime/journal/journal_directory.hpp"

#include <cstdint>
#include <memory>

namespace oms::test {

/// The VFS for every virtual disk; registered by the first call.
const char* virtual_vfs();

/// A directory on the disk, with its lock.
std::shared_ptr<runtime::JournalDirectory> make_virtual_directory(VirtualDisk& disk,
                                                                  const std::string& path);

/// The numbers that SQLite draws for salts and names are these, in this process, from here on.
void seed_sqlite(std::uint32_t seed);

}  // namespace oms::test
