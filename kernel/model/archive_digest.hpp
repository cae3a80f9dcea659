// SPDX-License-Identifier: Apache-2.0
// The one way to take a retired order's digest, for memory and for files.
#pragma once

#include "model/archive_reader.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace oms {

inline ArchiveDigest digest_of_archived(std::uint64_t order, std::string_view effects) {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(effects.data(), effects.size(), order);
    return {hash.low64, hash.high64};
}

}  // namespace oms
