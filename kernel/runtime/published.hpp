// SPDX-License-Identifier: Apache-2.0
// One group commit as readers see it: decoded once, shared by all of them, never changed.
#pragma once

#include "model/frame.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

class Published {
public:
    struct Entry {
        std::uint64_t seq = 0;
        std::uint64_t channels = 0;  ///< a bit for each channel named, by its number modulo 64
        oms_batch records{};
    };

    /// Decodes a frame. Fails when the bytes are not decisions.
    static Result<std::shared_ptr<const Published>> make(std::string_view frame);

    std::uint64_t first_seq() const { return entries_.empty() ? 0 : entries_.front().seq; }
    std::uint64_t last_seq() const { return entries_.empty() ? 0 : entries_.back().seq; }
    /// Seqs are dense: entry `seq - first_seq()` is that decision.
    const std::vector<Entry>& entries() const { return entries_; }
    const Entry& entry(std::uint64_t seq) const { return entries_[seq - first_seq()]; }
    std::uint64_t channels() const { return channels_; }
    std::uint64_t bytes() const { return bytes_; }

private:
    std::string frame_;  // texts point into it
    FrameReader reader_;
    std::vector<Entry> entries_;
    std::uint64_t channels_ = 0;
    std::uint64_t bytes_ = 0;
};

/// The bit of a channel in such a mask.
constexpr std::uint64_t channel_bit(std::uint32_t channel) {
    return std::uint64_t{1} << (channel % 64);
}

/// The bits of all channels that the record names; `names_channel`: whether it is this one.
std::uint64_t channel_bits(const oms_record& record);
bool names_channel(const oms_batch& decision, std::uint32_t channel);

}  // namespace oms::runtime
