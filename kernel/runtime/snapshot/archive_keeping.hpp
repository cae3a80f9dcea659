// SPDX-License-Identifier: Apache-2.0
// What a world holds of the archive goes into the archive's file, from where it is read then.
#pragma once

#include "model/archive.hpp"
#include "runtime/journal/archive_file.hpp"
#include "runtime/snapshot/go_on.hpp"

#include <cstddef>
#include <cstdint>

namespace oms::runtime {

/// A fold holds no more than this of the archive before it writes it down.
inline constexpr std::size_t archive_bytes_held = std::size_t{16} << 20;

/// Writes what was retired and recalled up to `seq`, which the world has come to and which is
/// durable. For a snapshot, its sum is written as well.
Status write_archive(ArchiveFile& file, const Archive& archive, std::uint64_t seq,
                     bool for_snapshot, const GoOn& go_on = {});

/// The same, when much is held that the file does not know.
Status relieve(ArchiveFile* file, const Archive& archive, std::uint64_t seq);

}  // namespace oms::runtime
