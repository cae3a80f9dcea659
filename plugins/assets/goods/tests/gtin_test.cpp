// SPDX-License-Identifier: Apache-2.0
#include "gtin.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

using oms::plugins::goods::is_gtin;

TEST(Gtin, TakesTheFourLengths) {
    EXPECT_TRUE(is_gtin("96385074"));        // GTIN-8
    EXPECT_TRUE(is_gtin("036000291452"));    // GTIN-12
    EXPECT_TRUE(is_gtin("4006381333931"));   // GTIN-13
    EXPECT_TRUE(is_gtin("10614141000415"));  // GTIN-14
}

TEST(Gtin, RefusesWhatIsMistyped) {
    const std::string good = "4006381333931";
    for (std::size_t place = 0; place < good.size(); ++place) {
        std::string mistyped = good;
        mistyped[place] = mistyped[place] == '9' ? '0' : static_cast<char>(mistyped[place] + 1);
        EXPECT_FALSE(is_gtin(mistyped)) << mistyped;
    }
    EXPECT_FALSE(is_gtin(""));
    EXPECT_FALSE(is_gtin("400638133393"));
    EXPECT_FALSE(is_gtin("400638133393X"));
    EXPECT_FALSE(is_gtin("4006381333931 "));
}

}  // namespace
