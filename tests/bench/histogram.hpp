// SPDX-License-Identifier: Apache-2.0
// Times by their size, each to within a hundredth of itself, however many: what HdrHistogram does.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace oms::bench {

class Histogram {
public:
    void add(std::int64_t ns) {
        const auto value = static_cast<std::uint64_t>(ns < 0 ? 0 : ns);
        ++counts_[place(value)];
        ++count_;
        if (value > longest_) longest_ = value;
    }
    void add(const Histogram& other) {
        for (std::size_t at = 0; at < counts_.size(); ++at) counts_[at] += other.counts_[at];
        count_ += other.count_;
        if (other.longest_ > longest_) longest_ = other.longest_;
    }

    /// The time that this share of all was not longer than, in microseconds.
    double at(double share) const {
        const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(count_));
        std::uint64_t seen = 0;
        for (std::size_t place = 0; place < counts_.size(); ++place) {
            seen += counts_[place];
            if (seen > wanted) return 1e-3 * static_cast<double>(middle(place));
        }
        return longest();
    }
    double longest() const { return 1e-3 * static_cast<double>(longest_); }
    std::uint64_t count() const { return count_; }

private:
    // Below 2^7 each value has a place, above that each power of two has 2^6 of them.
    static constexpr unsigned bits = 6;
    static constexpr std::uint64_t parts = std::uint64_t{1} << bits;

    static std::size_t place(std::uint64_t value) {
        if (value < 2 * parts) return value;
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - bits - 1;
        return parts * shift + (value >> shift);
    }
    static std::uint64_t middle(std::size_t place) {
        if (place < 2 * parts) return place;
        const std::size_t shift = place / parts - 1;
        return ((place - parts * shift) << shift) + (std::uint64_t{1} << shift) / 2;
    }

    std::array<std::uint64_t, parts*(64 - bits + 1)> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t longest_ = 0;
};

}  // namespace oms::bench
