// SPDX-License-Identifier: Apache-2.0
#include "price_collar_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;
namespace denials = oms::plugins::price_collar::denials;

SettingsList settings(std::string_view sides = "both", std::string_view beyond = "refuse",
                      std::string_view unknown = "warn", std::int64_t max_age_ms = 0) {
    SettingsList list;
    list.decimal("within", "5").text("sides", sides).text("beyond", beyond);
    list.text("unknown", unknown).duration_ms("max_age", max_age_ms);
    return list;
}

class PriceCollarTest : public testing::Test {
protected:
    std::uint64_t order(std::uint32_t direction, std::int64_t limit) {
        const std::uint64_t id = world.order(fund);
        world.line(id, acme, direction, 100);
        world.term(id, 0, field::limit_price, limit, acme);
        return id;
    }
    std::uint32_t check(HostedPlugin& plugin, std::uint32_t direction, std::int64_t limit) {
        return plugin.check(world, order(direction, limit)).outcome();
    }

    World world;
    std::uint32_t acme = world.product("ACME", {.price_scale = 2});
    std::uint32_t fund = world.account("fund");
    const std::uint32_t buy = OMS_direction_receive;
    const std::uint32_t sell = OMS_direction_deliver;
    const std::uint32_t pass = OMS_outcome_pass;
    const std::uint32_t refuse = OMS_outcome_refuse;
};

TEST_F(PriceCollarTest, TakesPricesWithinTheCollarToTheVeryEdge) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings());
    world.observe(acme, observed::ask, 10'000);
    EXPECT_EQ(check(plugin, buy, 10'500), pass);
    EXPECT_EQ(check(plugin, buy, 10'501), refuse);
    EXPECT_EQ(check(plugin, buy, 9'500), pass);
    EXPECT_EQ(check(plugin, buy, 9'499), refuse);
}

TEST_F(PriceCollarTest, SaysWhatItSaw) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings());
    world.observe(acme, observed::ask, 10'000);
    const Said said = plugin.check(world, order(buy, 12'000));
    EXPECT_TRUE(said.refuses(denials::price_beyond_collar));
    EXPECT_EQ(said.opinions[0].limit, 10'500);
    EXPECT_EQ(said.opinions[0].observed, 12'000);
    EXPECT_EQ(said.text(),
              "The limit price 120.00 is more than 5 percent above the price seen, 100.00.");
}

TEST_F(PriceCollarTest, CanLookAtTheWorseSideAlone) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings("worse"));
    world.observe(acme, observed::ask, 10'000);
    world.observe(acme, observed::bid, 9'900);
    EXPECT_EQ(check(plugin, buy, 1), pass);
    EXPECT_EQ(check(plugin, buy, 10'501), refuse);
    EXPECT_EQ(check(plugin, sell, 100'000), pass);
    EXPECT_EQ(check(plugin, sell, 9'404), refuse);
}

TEST_F(PriceCollarTest, PrefersTheSideThatItMeetsThenTheLastPriceThenTheOther) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings());
    world.observe(acme, observed::bid, 10'000);
    EXPECT_EQ(check(plugin, buy, 10'400), pass);
    world.observe(acme, observed::last, 20'000);
    EXPECT_EQ(check(plugin, buy, 10'400), refuse);
    EXPECT_EQ(check(plugin, sell, 10'400), pass);
    world.observe(acme, observed::ask, 10'400);
    EXPECT_EQ(check(plugin, buy, 10'400), pass);
}

TEST_F(PriceCollarTest, DoesAsItIsToldWhenNothingWasSeen) {
    HostedPlugin warns(OMS_PLUGIN_ENTRY, settings());
    HostedPlugin refuses(OMS_PLUGIN_ENTRY, settings("both", "refuse", "refuse"));
    HostedPlugin asks(OMS_PLUGIN_ENTRY, settings("both", "ask", "ask"));
    EXPECT_EQ(check(warns, buy, 10'000), std::uint32_t{OMS_outcome_warn});
    EXPECT_EQ(check(refuses, buy, 10'000), refuse);
    EXPECT_EQ(check(asks, buy, 10'000), std::uint32_t{OMS_outcome_ask});
    world.observe(acme, observed::last, 10'000);
    EXPECT_EQ(check(asks, buy, 99'000), std::uint32_t{OMS_outcome_ask});
}

TEST_F(PriceCollarTest, DoesNotTrustOldPrices) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings("both", "refuse", "refuse", 1'000));
    world.observe(acme, observed::ask, 10'000, 1, 1'000'000'001);
    EXPECT_EQ(check(plugin, buy, 10'000), refuse);
    world.observe(acme, observed::last, 10'000, 1, 1'000'000'000);
    EXPECT_EQ(check(plugin, buy, 10'000), pass);
}

TEST_F(PriceCollarTest, LetsOrdersWithoutALimitPass) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings("both", "refuse", "refuse"));
    const std::uint64_t id = world.order(fund);
    world.line(id, acme, buy, 100);
    EXPECT_TRUE(plugin.check(world, id).passes());
}

TEST_F(PriceCollarTest, KnowsPricesBelowZeroAndAtTheEndOfTheRange) {
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings());
    world.observe(acme, observed::ask, -10'000);
    EXPECT_EQ(check(plugin, buy, -9'500), pass);
    EXPECT_EQ(check(plugin, buy, -9'499), refuse);
    world.observe(acme, observed::ask, INT64_MAX);
    EXPECT_EQ(check(plugin, buy, INT64_MAX), pass);
    EXPECT_EQ(check(plugin, buy, INT64_MIN), refuse);
}

}  // namespace
