// SPDX-License-Identifier: Apache-2.0
// A thin VFS over another one: what SQLite writes to a WAL piece by piece goes out as one write.
#pragma once

#include "model/result.hpp"

#include <sqlite3.h>

#include <string>

namespace oms::runtime {

/// The name of a VFS that stands over the one named `base` (empty: SQLite's default) and gathers
/// consecutive writes to WAL files until they are synced, read or grow too large. A commit of 1,000
/// commands is 64 writes without it. Every other file is the base's own. Any thread.
Result<std::string> gather_vfs(const std::string& base);

}  // namespace oms::runtime
