// SPDX-License-Identifier: Apache-2.0
#include "equity_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;
namespace cells = oms::plugins::equity::cells;
namespace denials = oms::plugins::equity::denials;

class EquityTest : public testing::Test {
protected:
    EquityTest() {
        world.reference_term(acme, field::currency, euro);
        world.reference_term(acme, field::tick, 5, acme);  // 0.0005
        world.reference_term(acme, field::lot, 10, acme);
    }
    std::uint64_t order(std::uint32_t direction, std::int64_t quantity,
                        std::optional<std::int64_t> limit) {
        const std::uint64_t id = world.order(fund);
        world.line(id, acme, direction, quantity);
        if (limit) world.term(id, 0, field::limit_price, *limit, acme);
        return id;
    }
    std::uint64_t buy(std::int64_t quantity, std::optional<std::int64_t> limit) {
        return order(OMS_direction_receive, quantity, limit);
    }
    std::uint64_t sell(std::int64_t quantity, std::optional<std::int64_t> limit) {
        return order(OMS_direction_deliver, quantity, limit);
    }
    Said post(std::uint64_t id, std::int64_t quantity, std::int64_t price, bool reverse = false) {
        oms_execution_call call{};
        call.order = id;
        call.product = acme;
        call.account = fund;
        call.counterparty = market;
        call.quantity = quantity;
        call.price = price;
        call.reverse = reverse ? 1 : 0;
        return plugin.post(world, call);
    }

    World world;
    std::uint32_t euro = world.product("EUR", {.scale = 2});
    std::uint32_t acme = world.product("ACME", {.scale = 0, .price_scale = 4});
    std::uint32_t fund = world.account("fund");
    std::uint32_t market = world.account("market");
    HostedPlugin plugin{OMS_PLUGIN_ENTRY, SettingsList().decimal("market_order_margin", "0.05")};
};

TEST_F(EquityTest, PassesASoundOrder) {
    EXPECT_TRUE(plugin.validate(world, buy(100, 251'000), 0).passes());
    EXPECT_TRUE(plugin.validate(world, sell(100, std::nullopt), 0).passes());
}

TEST_F(EquityTest, RefusesAPriceOffTheTick) {
    const Said said = plugin.validate(world, buy(100, 251'003), 0);
    EXPECT_TRUE(said.refuses(denials::price_off_tick));
    EXPECT_EQ(said.text(), "The price 25.1003 is not a multiple of the tick 0.0005.");
    EXPECT_EQ(said.opinions[0].limit, 5);
    EXPECT_TRUE(plugin.validate(world, buy(100, 0), 0).refuses(denials::price_not_positive));
    EXPECT_TRUE(plugin.validate(world, buy(100, -5), 0).refuses(denials::price_not_positive));
    const std::uint64_t stop = sell(100, 251'000);
    world.term(stop, 0, field::stop_price, 251'001);
    EXPECT_TRUE(plugin.validate(world, stop, 0).refuses(denials::price_off_tick));
}

TEST_F(EquityTest, RefusesAQuantityOffTheLotOrOutOfBounds) {
    EXPECT_TRUE(plugin.validate(world, buy(105, 251'000), 0).refuses(denials::quantity_off_lot));
    world.reference_term(acme, field::minimum, 20);
    world.reference_term(acme, field::maximum, 1000);
    EXPECT_TRUE(
        plugin.validate(world, buy(10, 251'000), 0).refuses(denials::quantity_below_minimum));
    EXPECT_TRUE(
        plugin.validate(world, buy(1010, 251'000), 0).refuses(denials::quantity_above_maximum));
    EXPECT_TRUE(plugin.validate(world, buy(1000, 251'000), 0).passes());
}

TEST_F(EquityTest, RefusesWithoutACurrencyOrInAnother) {
    const std::uint32_t bare = world.product("BARE");
    const std::uint64_t id = world.order(fund);
    world.line(id, bare, OMS_direction_deliver, 1);
    EXPECT_TRUE(plugin.validate(world, id, 0).refuses(denials::currency_missing));
    const std::uint64_t other = buy(100, 251'000);
    world.term(other, OMS_WHOLE_ORDER, field::currency, acme);
    EXPECT_TRUE(plugin.validate(world, other, 0).refuses(denials::currency_mismatch));
    world.term(other, OMS_WHOLE_ORDER, field::currency, euro);
    EXPECT_TRUE(plugin.validate(world, other, 0).passes());
}

TEST_F(EquityTest, HoldsTypeAndPricesAgainstEachOther) {
    const std::uint64_t limit = sell(100, std::nullopt);
    world.term(limit, 0, field::order_type, choice::order_type::limit);
    EXPECT_TRUE(plugin.validate(world, limit, 0).refuses(denials::price_missing));
    const std::uint64_t market_order = sell(100, 251'000);
    world.term(market_order, 0, field::order_type, choice::order_type::market);
    EXPECT_TRUE(plugin.validate(world, market_order, 0).refuses(denials::price_unexpected));
    const std::uint64_t stop = sell(100, std::nullopt);
    world.term(stop, 0, field::order_type, choice::order_type::stop);
    EXPECT_TRUE(plugin.validate(world, stop, 0).refuses(denials::price_missing));
    world.term(stop, 0, field::stop_price, 251'000);
    EXPECT_TRUE(plugin.validate(world, stop, 0).passes());
    world.term(stop, 0, field::price_kind, choice::price_kind::yield);
    EXPECT_TRUE(plugin.validate(world, stop, 0).refuses(denials::price_kind_unsupported));
}

TEST_F(EquityTest, HoldsCashForBuysRoundedUp) {
    const std::uint64_t id = buy(100, 251'005);  // 100 x 25.1005 = 2510.05
    EXPECT_EQ(plugin.reserve(world, id, 0, 100).holds,
              (std::vector<SaidHold>{{fund, euro, 251'005}}));
    EXPECT_EQ(plugin.reserve(world, id, 0, 1).holds,  // 25.1005 -> 25.11
              (std::vector<SaidHold>{{fund, euro, 2511}}));
    EXPECT_TRUE(plugin.reserve(world, id, 0, 0).holds.empty());
    EXPECT_TRUE(plugin.reserve(world, id, 0, 100, 7, market).holds.empty());
}

TEST_F(EquityTest, HoldsSharesForSellsButForShortOnes) {
    const std::uint64_t id = sell(100, std::nullopt);
    EXPECT_EQ(plugin.reserve(world, id, 0, 40).holds, (std::vector<SaidHold>{{fund, acme, 40}}));
    world.term(id, OMS_WHOLE_ORDER, field::sell_kind, choice::sell_kind::short_sell);
    EXPECT_TRUE(plugin.reserve(world, id, 0, 40).holds.empty());
}

TEST_F(EquityTest, HoldsAMarketBuyByTheAskAndStaysWithIt) {
    const std::uint64_t id = buy(100, std::nullopt);
    const Said refused = plugin.validate(world, id, 0);
    EXPECT_TRUE(refused.refuses(denials::price_unknown)) << refused.text();
    EXPECT_EQ(plugin.reserve(world, id, 0, 100).status, OMS_NOT_FOUND);

    world.observe(acme, observed::last, 240'000);
    EXPECT_TRUE(plugin.validate(world, id, 0).passes());
    world.observe(acme, observed::ask, 250'000);
    EXPECT_EQ(plugin.reserve(world, id, 0, 100).holds,  // 25.00 x 1.05 x 100
              (std::vector<SaidHold>{{fund, euro, 262'500}}));
    world.observe(acme, observed::ask, 900'000);
    EXPECT_EQ(plugin.reserve(world, id, 0, 40).holds,
              (std::vector<SaidHold>{{fund, euro, 105'000}}));
    EXPECT_TRUE(world.has_cell(cells::hold_price, id, 0));
    EXPECT_TRUE(plugin.reserve(world, id, 0, 0).holds.empty());
    EXPECT_FALSE(world.has_cell(cells::hold_price, id, 0));
}

TEST_F(EquityTest, PostsTheCashLegHalfToEven) {
    EXPECT_EQ(post(buy(100, 251'000), 100, 250'995).transfers,
              (std::vector<SaidTransfer>{{fund, market, euro, 250'995}}));
    EXPECT_EQ(post(sell(100, std::nullopt), 1, 250'050).transfers,  // 25.005 -> 25.00
              (std::vector<SaidTransfer>{{market, fund, euro, 2500}}));
    EXPECT_EQ(post(sell(100, std::nullopt), 1, 250'150).transfers,  // 25.015 -> 25.02
              (std::vector<SaidTransfer>{{market, fund, euro, 2502}}));
    EXPECT_TRUE(post(sell(100, std::nullopt), 1, 49).transfers.empty());
}

TEST_F(EquityTest, ReversesWhatItPosted) {
    EXPECT_EQ(post(buy(100, 251'000), 100, 251'000, true).transfers,
              (std::vector<SaidTransfer>{{market, fund, euro, 251'000}}));
    EXPECT_EQ(post(sell(100, 251'000), 100, 251'000, true).transfers,
              (std::vector<SaidTransfer>{{fund, market, euro, 251'000}}));
}

TEST_F(EquityTest, FailsRatherThanOverflows) {
    const std::uint64_t id = buy(INT64_MAX / 10 * 10, 251'000);
    EXPECT_EQ(plugin.reserve(world, id, 0, INT64_MAX).status, OMS_OUT_OF_RANGE);
    EXPECT_EQ(post(id, INT64_MAX, 251'000).status, OMS_OUT_OF_RANGE);
    EXPECT_EQ(plugin.last_log(), "post: quantity x price does not fit");
}

}  // namespace
