// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <oms/sdk/decimal.hpp>

TEST(SdkUser, ReadsADecimal) {
    const auto parsed = oms::sdk::parse_decimal("12.50", 2);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, 1250);
}
