// SPDX-License-Identifier: Apache-2.0
#include "limits_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;
namespace cells = oms::plugins::limits::cells;
namespace denials = oms::plugins::limits::denials;
namespace tables = oms::plugins::limits::tables;

class LimitsTest : public testing::Test {
protected:
    LimitsTest() { world.reference_term(acme, field::currency, euro); }

    std::uint64_t order(std::uint32_t direction, std::int64_t quantity,
                        std::optional<std::int64_t> limit = std::nullopt) {
        const std::uint64_t id = world.order(fund);
        world.line(id, acme, direction, quantity);
        if (limit) world.term(id, 0, field::limit_price, *limit, acme);
        return id;
    }
    std::uint64_t buy(std::int64_t quantity, std::optional<std::int64_t> limit = std::nullopt) {
        return order(OMS_direction_receive, quantity, limit);
    }
    std::uint64_t sell(std::int64_t quantity) { return order(OMS_direction_deliver, quantity); }

    void limit(std::uint32_t cell, std::uint32_t asset, std::int64_t value) {
        world.cell(cell, fund, asset, value);
    }

    World world;
    std::uint32_t euro = world.product("EUR", {.scale = 2});
    std::uint32_t acme = world.product("ACME", {.scale = 0, .price_scale = 2});
    std::uint32_t fund = world.account("fund");
    HostedPlugin plugin{OMS_PLUGIN_ENTRY, SettingsList().integer("most_open_orders", 4)};
};

TEST_F(LimitsTest, PassesWhereNoLimitIsSet) {
    const Said said = plugin.check(world, buy(1'000'000'000));
    EXPECT_TRUE(said.passes());
    EXPECT_EQ(said.opinions.size(), 1U);
}

TEST_F(LimitsTest, HoldsTheQuantityOfAllLinesTogether) {
    limit(tables::order_limits::most_quantity, acme, 100);
    EXPECT_TRUE(plugin.check(world, buy(100)).passes());
    const Said said = plugin.check(world, buy(101));
    EXPECT_TRUE(said.refuses(denials::quantity_above_limit));
    EXPECT_EQ(said.text(), "The order asks for 101 ACME, and the limit is 100 ACME.");
    const std::uint64_t two = buy(60);
    world.line(two, acme, OMS_direction_receive, 60);
    EXPECT_TRUE(plugin.check(world, two).refuses(denials::quantity_above_limit));
    const std::uint64_t both_ways = buy(60);
    world.line(both_ways, acme, OMS_direction_deliver, 60);
    EXPECT_TRUE(plugin.check(world, both_ways).passes());
}

TEST_F(LimitsTest, LooksAtTheAmendedOrderAndNotAgainAtItsRoutes) {
    limit(tables::order_limits::most_quantity, acme, 100);
    const std::uint64_t id = buy(101);
    EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_amend).refuses());
    EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_report).refuses());
    EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_route, 1).passes());
}

TEST_F(LimitsTest, HoldsTheValueByLimitPriceOrWhatIsSeen) {
    limit(tables::value_limits::most_notional, euro, 250'000);
    EXPECT_TRUE(plugin.check(world, buy(100, 2500)).passes());
    const Said said = plugin.check(world, buy(100, 2501));
    EXPECT_TRUE(said.refuses(denials::notional_above_limit));
    EXPECT_EQ(said.text(), "The order is worth 2501 EUR, and the limit is 2500 EUR.");
    EXPECT_TRUE(plugin.check(world, buy(100)).refuses(denials::notional_unknown));
    world.observe(acme, observed::last, 2400);
    EXPECT_TRUE(plugin.check(world, buy(100)).passes());
    world.observe(acme, observed::ask, 2600);
    EXPECT_TRUE(plugin.check(world, buy(100)).refuses(denials::notional_above_limit));
    EXPECT_TRUE(plugin.check(world, sell(100)).passes());
}

TEST_F(LimitsTest, HoldsTheValueByWhatIsOwedForALine) {
    limit(tables::value_limits::most_notional, euro, 5000);
    const std::uint32_t mug = world.product("MUG");
    const std::uint64_t id = world.order(fund);
    world.line(id, mug, OMS_direction_deliver, 2);
    world.term(id, 0, field::line_amount, 2500, euro);
    EXPECT_TRUE(plugin.check(world, id).passes());
    world.line(id, mug, OMS_direction_deliver, 2);
    world.term(id, 1, field::line_amount, 2501, euro);
    EXPECT_TRUE(plugin.check(world, id).refuses(denials::notional_above_limit));
}

TEST_F(LimitsTest, HoldsTheCashThatIsTiedUp) {
    limit(tables::value_limits::most_held, euro, 100'000);
    world.balance(fund, euro, 1'000'000, 100'000);
    EXPECT_TRUE(plugin.check(world, buy(1)).passes());
    world.balance(fund, euro, 1'000'000, 100'001);
    EXPECT_TRUE(plugin.check(world, buy(1)).refuses(denials::cash_above_limit));
}

TEST_F(LimitsTest, HoldsThePositionThatAllOpenOrdersCouldComeTo) {
    limit(tables::position_limits::longest, acme, 100);
    world.balance(fund, acme, 30);
    const std::uint64_t first = buy(40);
    EXPECT_TRUE(plugin.check(world, first).passes());
    EXPECT_TRUE(plugin.check(world, buy(30)).passes());
    const Said said = plugin.check(world, buy(1));
    EXPECT_TRUE(said.refuses(denials::position_above_limit));
    EXPECT_EQ(said.opinions[0].observed, 101);
    // The fake keeps what a refusal would have rolled back, so the last one is cancelled by hand.
    world.line_row(3, 0).cancelled = 1;
    // Half of the first order is done and half cancelled: 50 + 30 leave room for 20.
    world.line_row(first, 0).done = 20;
    world.line_row(first, 0).cancelled = 20;
    world.balance(fund, acme, 50);
    EXPECT_TRUE(plugin.check(world, buy(20)).passes());
    EXPECT_FALSE(world.has_cell(cells::older_order, first, acme));
}

TEST_F(LimitsTest, HoldsTheShortSideByItself) {
    limit(tables::position_limits::shortest, acme, -50);
    world.balance(fund, acme, 10);
    EXPECT_TRUE(plugin.check(world, sell(40)).passes());
    EXPECT_TRUE(plugin.check(world, buy(1000)).passes());  // may never be done
    EXPECT_TRUE(plugin.check(world, sell(20)).passes());
    EXPECT_TRUE(plugin.check(world, sell(1)).refuses(denials::position_below_limit));
}

TEST_F(LimitsTest, CountsAnOrderOnceHoweverOftenItIsChecked) {
    limit(tables::position_limits::longest, acme, 100);
    const std::uint64_t id = buy(60);
    for (int again = 0; again < 3; ++again)
        EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_amend).passes());
    world.line_row(id, 0).ordered = 100;
    EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_amend).passes());
    world.line_row(id, 0).ordered = 101;
    EXPECT_TRUE(plugin.check(world, id, OMS_STAGE_amend).refuses(denials::position_above_limit));
}

TEST_F(LimitsTest, BoundsHowManyOrdersItLooksAt) {
    limit(tables::position_limits::longest, acme, 1000);
    for (int more = 0; more < 4; ++more) EXPECT_TRUE(plugin.check(world, buy(1)).passes());
    EXPECT_TRUE(plugin.check(world, buy(1)).refuses(denials::orders_above_limit));
    world.line_row(2, 0).done = 1;
    EXPECT_TRUE(plugin.check(world, 5).passes());
    EXPECT_FALSE(world.has_cell(cells::older_order, 2, acme));
}

TEST_F(LimitsTest, TakesEndedOrdersOutOfTheChainWhereverTheyStand) {
    limit(tables::position_limits::longest, acme, 1000);
    for (int more = 0; more < 3; ++more) EXPECT_TRUE(plugin.check(world, buy(10)).passes());
    for (const std::uint64_t ended : {1U, 2U, 3U}) world.line_row(ended, 0).done = 10;
    const std::uint64_t last = buy(10);
    const Said said = plugin.check(world, last);
    EXPECT_TRUE(said.passes());
    EXPECT_EQ(said.opinions[0].observed, 10);
    for (const std::uint64_t ended : {1U, 2U, 3U})
        EXPECT_FALSE(world.has_cell(cells::older_order, ended, acme));
    world.line_row(last, 0).done = 10;
    EXPECT_TRUE(plugin.check(world, last, OMS_STAGE_report).passes());
    EXPECT_FALSE(world.has_cell(cells::newest_order, fund, acme));
}

}  // namespace
