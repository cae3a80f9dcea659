// SPDX-License-Identifier: Apache-2.0
// Where retired orders lie that memory does not hold.
#pragma once

#include "model/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms {

/// The archive is not what was written.
inline constexpr ErrorCode error_archive_damaged = 5116;
inline constexpr const char* remove_the_archive =
    "remove the file archive.db beside the journal's segments and start again: it is made anew "
    "from the journal";

/// Of one retired order, or summed up over many, in whatever order: XXH3 with 128 bits over its
/// effects, seeded with its number.
struct ArchiveDigest {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    void add(const ArchiveDigest& other) {
        low += other.low;
        high += other.high;
    }
    void subtract(const ArchiveDigest& other) {
        low -= other.low;
        high -= other.high;
    }
    bool operator==(const ArchiveDigest&) const = default;
};

/// Answers as the archive was after a decision, which is at most `through`. An error means that
/// what was written cannot be read: nothing is guessed in its place.
class ArchiveReader {
public:
    ArchiveReader() = default;
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;
    virtual ~ArchiveReader() = default;

    /// All up to this decision is there for good. It only grows; any thread may ask.
    virtual std::uint64_t through() const noexcept = 0;
    /// The order's effects; nothing: it was not retired then.
    virtual Result<std::optional<std::string>> effects(std::uint64_t order, std::uint64_t seq) = 0;
    /// The retired order that a route belongs to; 0: none.
    virtual Result<std::uint64_t> order_of_route(std::uint64_t route, std::uint64_t seq) = 0;
    /// The retired orders with a route of this name there, the newest first.
    virtual Result<std::vector<std::uint64_t>> orders_of_ref(std::uint32_t destination,
                                                             std::string_view ref,
                                                             std::uint64_t seq) = 0;
};

}  // namespace oms
