// SPDX-License-Identifier: Apache-2.0
// Records and their texts in one contiguous piece of memory, so that an input can be handed from
// thread to thread without an allocation.
#pragma once

#include <oms/sdk/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace oms::runtime {

/// Memory that is given out in order and taken back all at once. It never moves, so texts may point
/// into it. Pages that are not used are not touched.
class Arena {
public:
    explicit Arena(std::size_t bytes)
        : words_(new std::uint64_t[bytes / 8]), capacity_(bytes / 8) {}

    /// Null when there is not so much left.
    std::uint64_t* take(std::size_t words) {
        if (words > capacity_ - used_) return nullptr;
        std::uint64_t* at = words_.get() + used_;
        used_ += words;
        return at;
    }
    void clear() { used_ = 0; }
    std::size_t bytes_used() const { return used_ * 8; }

private:
    std::unique_ptr<std::uint64_t[]> words_;
    std::size_t capacity_;
    std::size_t used_ = 0;
};

/// The tables of a lifecycle are longer than a text may be.
inline constexpr std::uint64_t max_blob_bytes = std::uint64_t{1} << 20;

/// How many words a flat copy takes; 0: the records break the contract (an impossible size, an
/// unknown kind, a text that is too long, too many records).
std::size_t flat_words(const oms_batch& batch);

/// Copies the batch to `words`, which has room for flat_words(batch). Each record gets the size
/// that this build knows: fields that its writer did not know are zero.
oms_batch copy_flat(const oms_batch& batch, std::uint64_t* words);

/// Whether the batch is an input: a head, and then details.
bool is_input_batch(const oms_batch& batch);

}  // namespace oms::runtime
