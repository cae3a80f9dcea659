// SPDX-License-Identifier: Apache-2.0
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::testkit;

TEST(ManualTest, RoutesNothingAndSaysWhyOfEachDestination) {
    World world;
    const std::uint64_t order = world.order(world.account("fund"));
    world.line(order, world.product("ACME"), OMS_direction_receive, 100);
    const std::uint32_t destinations[] = {world.destination("north"), world.destination("south")};
    HostedPlugin plugin(OMS_PLUGIN_ENTRY);
    const Said said = plugin.plan(world, order, destinations);
    EXPECT_EQ(said.status, OMS_OK);
    EXPECT_TRUE(said.routes.empty());
    ASSERT_EQ(said.passed_over.size(), 2U);
    EXPECT_EQ(said.passed_over[1].destination, destinations[1]);
    EXPECT_EQ(said.passed_over[1].why, "orders of this kind are routed by a person");
}

}  // namespace
