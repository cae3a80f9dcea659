// SPDX-License-Identifier: Apache-2.0
// How a quantity is best spread over quotes. Pure arithmetic on whole numbers, nothing of the host.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace oms::plugins::best_venue {

/// Of more quotes than this, only those with the best prices are combined: 2^10 combinations.
inline constexpr std::size_t max_combined = 10;

struct Quote {
    std::int64_t price = 0;      ///< at the product's price scale
    std::int64_t size = 0;       ///< at the product's scale, above zero
    std::int64_t fee_bps = 0;    ///< of the value; below zero: a rebate
    std::int64_t fee_fixed = 0;  ///< for each route, at the currency's scale
};

/// What the numbers of a line mean.
struct Terms {
    bool buys = true;
    unsigned scale = 0;
    unsigned price_scale = 0;
    unsigned currency_scale = 0;
    std::int64_t lot = 1;  ///< parts are multiples of it, but for what is left at the end
};

struct Part {
    std::size_t quote = 0;  ///< which
    std::int64_t quantity = 0;
};

/// The parts of a quantity, the one with the best price first.
class Split {
public:
    void add(const Part& part) { parts_[size_++] = part; }
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    Part& front() { return parts_.front(); }
    const Part& operator[](std::size_t place) const { return parts_[place]; }
    const Part* begin() const { return parts_.data(); }
    const Part* end() const { return parts_.data() + size_; }

private:
    std::array<Part, max_combined> parts_{};
    std::size_t size_ = 0;
};

/// What one part costs, fees included and rounded against us, at the currency's scale; below zero
/// for what a sale brings in. Throws sdk::CallError when it does not fit.
std::int64_t cost(const Quote& quote, std::int64_t quantity, const Terms& terms);

/// The price with the fee in basis points in it, at the product's price scale, rounded half to
/// even.
std::int64_t effective_price(const Quote& quote, bool buys);

/// Of all ways to spread `quantity` over at most `most` quotes the one that is shown the most of
/// it; of those the cheapest; of those the one with the fewest parts; of those the one whose quotes
/// come first. What no quote shows goes to the part with the best price. The parts add up to
/// `quantity`. No quotes, no parts.
Split best_split(std::span<const Quote> quotes, std::int64_t quantity, std::size_t most,
                 const Terms& terms);

}  // namespace oms::plugins::best_venue
