// SPDX-License-Identifier: Apache-2.0
#include "position_cap_settings.hpp"

#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace position_cap = oms::plugins::position_cap;

TEST(PositionCap, CountsTheBalanceAndTheOrder) {
    oms::testkit::World world;
    const std::uint32_t acme = world.product("ACME");
    const std::uint32_t fund = world.account("fund");
    const std::uint64_t order = world.order(fund);
    world.line(order, acme, OMS_direction_receive, 40);

    oms::testkit::HostedPlugin plugin(OMS_PLUGIN_ENTRY);
    EXPECT_TRUE(plugin.check(world, order).passes());  // no cap, no limit

    world.cell(position_cap::tables::caps::largest, fund, acme, 100);
    world.balance(fund, acme, 60);
    EXPECT_TRUE(plugin.check(world, order).passes());
    world.balance(fund, acme, 61);
    const oms::testkit::Said said = plugin.check(world, order);
    EXPECT_TRUE(said.refuses(position_cap::denials::position_above_cap));
    EXPECT_EQ(said.opinions[0].observed, 101);
}
