// SPDX-License-Identifier: Apache-2.0
#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;

class OrderValueTest : public testing::Test {
protected:
    void line(std::int64_t amount, std::uint32_t currency) {
        const std::uint32_t index = world.line(order, mug, OMS_direction_deliver, 1);
        world.term(order, index, field::line_amount, amount, currency);
    }

    World world;
    std::uint32_t euro = world.product("EUR", {.scale = 2});
    std::uint32_t yen = world.product("JPY");
    std::uint32_t mug = world.product("MUG");
    std::uint64_t order = world.order(world.account("shop"));
    HostedPlugin plugin{OMS_PLUGIN_ENTRY};
};

TEST_F(OrderValueTest, AddsUpWhatIsOwedForTheLines) {
    line(1250, euro);
    line(3000, euro);
    world.line(order, euro, OMS_direction_receive, 4250, 1);
    EXPECT_EQ(plugin.fact(world, "total", order), 4250);
    EXPECT_EQ(plugin.fact(world, "dearest_line", order), 3000);
    EXPECT_EQ(plugin.fact(world, "lines", order), 3);
}

TEST_F(OrderValueTest, KnowsNoTotalWithoutAmountsOrOverTwoCurrencies) {
    EXPECT_EQ(plugin.fact(world, "total", order), std::nullopt);
    line(1250, euro);
    line(3000, yen);
    EXPECT_EQ(plugin.fact(world, "total", order), std::nullopt);
    EXPECT_EQ(plugin.fact(world, "dearest_line", order), std::nullopt);
    EXPECT_EQ(plugin.fact(world, "lines", order), 2);
}

TEST_F(OrderValueTest, KnowsNoTotalThatDoesNotFit) {
    line(INT64_MAX, euro);
    line(1, euro);
    EXPECT_EQ(plugin.fact(world, "total", order), std::nullopt);
}

}  // namespace
