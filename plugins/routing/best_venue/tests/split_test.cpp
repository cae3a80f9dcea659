// SPDX-License-Identifier: Apache-2.0
#include "split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace {

using namespace oms::plugins::best_venue;

const Terms buying{.buys = true, .scale = 0, .price_scale = 2, .currency_scale = 2, .lot = 1};
const Terms selling{.buys = false, .scale = 0, .price_scale = 2, .currency_scale = 2, .lot = 1};

std::int64_t total(const Split& parts) {
    std::int64_t sum = 0;
    for (const Part& part : parts) sum += part.quantity;
    return sum;
}

TEST(Split, TakesTheBestPriceWhereItIsEnough) {
    const Quote quotes[] = {{2502, 500}, {2500, 500}, {2501, 500}};
    const auto parts = best_split(quotes, 300, 3, buying);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].quote, 1U);
    EXPECT_EQ(parts[0].quantity, 300);
    EXPECT_EQ(best_split(quotes, 300, 3, selling)[0].quote, 0U);
}

TEST(Split, SpreadsWhatOneDoesNotShow) {
    const Quote quotes[] = {{2502, 500}, {2500, 100}, {2501, 150}};
    const auto parts = best_split(quotes, 300, 3, buying);
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[0].quote, 1U);
    EXPECT_EQ(parts[0].quantity, 100);
    EXPECT_EQ(parts[1].quantity, 150);
    EXPECT_EQ(parts[2].quantity, 50);
}

TEST(Split, KeepsToTheMostPartsAndThenPrefersWhatIsShown) {
    const Quote quotes[] = {{2502, 500}, {2500, 100}, {2501, 150}};
    const auto two = best_split(quotes, 300, 2, buying);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[0].quote, 1U);  // 100 at 25.00 and 200 at 25.02
    EXPECT_EQ(two[1].quote, 0U);
    const auto one = best_split(quotes, 300, 1, buying);
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].quote, 0U);
}

TEST(Split, LetsFeesDecide) {
    const Quote bps[] = {{.price = 2500, .size = 500, .fee_bps = 10}, {.price = 2501, .size = 500}};
    EXPECT_EQ(best_split(bps, 300, 3, buying)[0].quote, 1U);
    // A fixed fee of 5.00 for what the split would save 1.00 by.
    const Quote fixed[] = {{.price = 2500, .size = 100, .fee_bps = 0, .fee_fixed = 500},
                           {.price = 2501, .size = 500}};
    const auto parts = best_split(fixed, 300, 3, buying);
    ASSERT_EQ(parts.size(), 1U);
    EXPECT_EQ(parts[0].quote, 1U);
    const Quote rebate[] = {{.price = 2500, .size = 500},
                            {.price = 2500, .size = 500, .fee_bps = -1}};
    EXPECT_EQ(best_split(rebate, 300, 3, buying)[0].quote, 1U);
    EXPECT_EQ(best_split(rebate, 300, 3, selling)[0].quote, 1U);
}

TEST(Split, GivesWhatNobodyShowsToTheBestPrice) {
    const Quote quotes[] = {{2502, 50}, {2500, 100}};
    const auto parts = best_split(quotes, 300, 3, buying);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].quote, 1U);
    EXPECT_EQ(parts[0].quantity, 250);
    EXPECT_EQ(parts[1].quantity, 50);
}

TEST(Split, CutsInWholeLots) {
    Terms lots = buying;
    lots.lot = 100;
    const Quote quotes[] = {{2500, 150}, {2501, 1000}};
    const auto parts = best_split(quotes, 320, 3, lots);
    ASSERT_EQ(parts.size(), 2U);
    EXPECT_EQ(parts[0].quantity, 100);
    EXPECT_EQ(parts[1].quantity, 220);
    const Quote small[] = {{2500, 50}};
    EXPECT_EQ(best_split(small, 320, 3, lots)[0].quantity, 320);
}

TEST(Split, PrefersTheFirstOfEqualQuotes) {
    const Quote quotes[] = {{2500, 500}, {2500, 500}, {2500, 500}};
    EXPECT_EQ(best_split(quotes, 300, 3, buying)[0].quote, 0U);
    EXPECT_EQ(best_split(quotes, 300, 3, selling)[0].quote, 0U);
    EXPECT_TRUE(best_split({}, 300, 3, buying).empty());
}

/// Against all assignments of small quantities to three quotes.
TEST(Split, IsNeverBeatenByAnyOtherSpreadOfWhatIsShown) {
    std::mt19937_64 random(7);
    const auto pick = [&](std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most - least + 1));
    };
    for (int round = 0; round < 400; ++round) {
        const Terms terms = round % 2 == 0 ? buying : selling;
        std::vector<Quote> quotes;
        for (int quote = 0; quote < 3; ++quote)
            quotes.push_back({pick(95, 105), pick(1, 8), pick(-20, 20), pick(0, 3)});
        const std::int64_t shown = quotes[0].size + quotes[1].size + quotes[2].size;
        const std::int64_t quantity = std::min<std::int64_t>(shown, pick(1, 12));
        const Split parts = best_split(quotes, quantity, 3, terms);
        ASSERT_EQ(total(parts), quantity);
        std::int64_t found = 0;
        for (const Part& part : parts) {
            ASSERT_GT(part.quantity, 0);
            ASSERT_LE(part.quantity, quotes[part.quote].size);
            found += cost(quotes[part.quote], part.quantity, terms);
        }
        std::int64_t best = INT64_MAX;
        for (std::int64_t a = 0; a <= std::min(quantity, quotes[0].size); ++a)
            for (std::int64_t b = 0; b <= std::min(quantity - a, quotes[1].size); ++b) {
                const std::int64_t c = quantity - a - b;
                if (c > quotes[2].size) continue;
                std::int64_t sum = 0;
                const std::int64_t quantities[] = {a, b, c};
                for (std::size_t quote = 0; quote < 3; ++quote)
                    if (quantities[quote] > 0) sum += cost(quotes[quote], quantities[quote], terms);
                best = std::min(best, sum);
            }
        // Each part's value and fee are rounded, so a spread that is not by price can win a cent a
        // part.
        EXPECT_LE(found, best + 6) << round;
    }
}

}  // namespace
