// SPDX-License-Identifier: Apache-2.0
#include "split.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/plugin.hpp>

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

namespace oms::plugins::best_venue {
namespace {

using sdk::Rounding;
using sdk::Wide;

constexpr std::int64_t one_in_bps = 10'000;

/// The price with its fee, in hundredths of a percent of a price step: exact, and less is better.
Wide rank(const Quote& quote, bool buys) {
    return buys ? static_cast<Wide>(quote.price) * (one_in_bps + quote.fee_bps)
                : -static_cast<Wide>(quote.price) * (one_in_bps - quote.fee_bps);
}

std::int64_t fits(std::optional<std::int64_t> value) {
    if (!value) throw sdk::CallError(OMS_OUT_OF_RANGE, "quantity x price does not fit");
    return *value;
}

struct Spread {
    Split parts;
    std::int64_t shown = 0;  ///< how much of the quantity the quotes show
    std::int64_t cost = 0;
};

/// Over the quotes whose bits are set, the best price first.
Spread spread(std::span<const Quote> quotes, std::span<const std::size_t> by_price,
              std::uint32_t chosen, std::int64_t quantity, const Terms& terms) {
    Spread result;
    std::int64_t left = quantity;
    for (std::size_t place = 0; place < by_price.size(); ++place) {
        if ((chosen >> place & 1U) == 0) continue;
        std::int64_t part = std::min(quotes[by_price[place]].size, left);
        if (part < left) part -= part % terms.lot;
        if (part == 0) continue;
        result.parts.add({by_price[place], part});
        left -= part;
    }
    result.shown = quantity - left;
    if (result.parts.empty())
        result.parts.add({by_price[static_cast<std::size_t>(std::countr_zero(chosen))], 0});
    result.parts.front().quantity += left;
    for (const Part& part : result.parts)
        result.cost = fits(sdk::add(result.cost, cost(quotes[part.quote], part.quantity, terms)));
    return result;
}

}  // namespace

std::int64_t cost(const Quote& quote, std::int64_t quantity, const Terms& terms) {
    const std::int64_t value =
        fits(sdk::multiply(quantity, terms.scale, quote.price, terms.price_scale,
                           terms.currency_scale, terms.buys ? Rounding::ceiling : Rounding::floor));
    const std::int64_t fee = fits(sdk::add(
        fits(sdk::basis_points(value, quote.fee_bps, Rounding::ceiling)), quote.fee_fixed));
    return terms.buys ? fits(sdk::add(value, fee)) : fits(sdk::subtract(fee, value));
}

std::int64_t effective_price(const Quote& quote, bool buys) {
    const Wide exact = rank(quote, buys);
    return fits(sdk::narrow(*sdk::divide(buys ? exact : -exact, one_in_bps, Rounding::half_even)));
}

Split best_split(std::span<const Quote> quotes, std::int64_t quantity, std::size_t most,
                 const Terms& terms) {
    std::vector<std::size_t> by_price(quotes.size());
    std::iota(by_price.begin(), by_price.end(), std::size_t{0});
    std::sort(by_price.begin(), by_price.end(), [&](std::size_t left, std::size_t right) {
        return std::pair(rank(quotes[left], terms.buys), left) <
               std::pair(rank(quotes[right], terms.buys), right);
    });
    if (by_price.size() > max_combined) by_price.resize(max_combined);

    Spread best;
    for (std::uint32_t chosen = 1; chosen < (std::uint32_t{1} << by_price.size()); ++chosen) {
        if (static_cast<std::size_t>(std::popcount(chosen)) > most) continue;
        const Spread next = spread(quotes, by_price, chosen, quantity, terms);
        const auto key = [](const Spread& of) {
            return std::tuple(-of.shown, of.cost, of.parts.size());
        };
        if (best.parts.empty() || key(next) < key(best)) best = next;
    }
    return best.parts;
}

}  // namespace oms::plugins::best_venue
