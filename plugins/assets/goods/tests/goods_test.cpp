// SPDX-License-Identifier: Apache-2.0
#include "goods_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;
namespace denials = oms::plugins::goods::denials;

class GoodsTest : public testing::Test {
protected:
    std::uint64_t order(std::uint32_t product, std::uint32_t direction, std::int64_t quantity) {
        const std::uint64_t id = world.order(shop);
        world.line(id, product, direction, quantity);
        return id;
    }

    Said post(std::uint32_t direction, bool reverse = false) {
        oms_execution_call call{};
        call.order = order(mug, direction, 3);
        call.product = mug;
        call.account = shop;
        call.destination = north;
        call.counterparty = shelf;
        call.quantity = 3;
        call.price = 1250;
        call.reverse = reverse ? 1 : 0;
        return plugin.post(world, call);
    }

    World world;
    std::uint32_t mug = world.product("MUG-BLUE");
    std::uint32_t cloth = world.product("CLOTH", {.scale = 2});
    std::uint32_t shop = world.account("shop");
    std::uint32_t shelf = world.account("north-stock");
    std::uint32_t north = world.destination("north", shelf);
    HostedPlugin plugin{OMS_PLUGIN_ENTRY};
};

TEST_F(GoodsTest, SellsByThePieceWhereNothingElseIsSaid) {
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 3), 0).passes());
    EXPECT_TRUE(plugin.validate(world, order(cloth, OMS_direction_deliver, 300), 0).passes());
    EXPECT_TRUE(plugin.validate(world, order(cloth, OMS_direction_deliver, 250), 0)
                    .refuses(denials::quantity_off_unit));
}

TEST_F(GoodsTest, SellsInWholePacks) {
    world.reference_term(mug, field::unit, 6);
    world.reference_term(mug, field::unit_name, "pack of six");
    const Said said = plugin.validate(world, order(mug, OMS_direction_deliver, 9), 0);
    EXPECT_TRUE(said.refuses(denials::quantity_off_unit));
    EXPECT_EQ(said.text(), "The quantity 9 is not a multiple of 6 (pack of six).");
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 12), 0).passes());
    world.reference_term(cloth, field::unit, 25);
    EXPECT_TRUE(plugin.validate(world, order(cloth, OMS_direction_deliver, 175), 0).passes());
}

TEST_F(GoodsTest, KeepsToTheBounds) {
    world.reference_term(mug, field::minimum, 2);
    world.reference_term(mug, field::maximum, 10);
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 1), 0)
                    .refuses(denials::quantity_below_minimum));
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 11), 0)
                    .refuses(denials::quantity_above_maximum));
}

TEST_F(GoodsTest, RefusesBrokenArticleNumbers) {
    world.reference_term(mug, field::gtin, "4006381333930");
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 1), 0)
                    .refuses(denials::gtin_malformed));
    world.reference_term(mug, field::gtin, "4006381333931");
    world.reference_term(mug, field::sku, "MUG BLUE");
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 1), 0)
                    .refuses(denials::sku_malformed));
    world.reference_term(mug, field::sku, "MUG-BL-1");
    EXPECT_TRUE(plugin.validate(world, order(mug, OMS_direction_deliver, 1), 0).passes());
}

TEST_F(GoodsTest, HoldsUnitsWhereTheyLieOnceItIsKnownWhere) {
    const std::uint64_t id = order(mug, OMS_direction_deliver, 3);
    EXPECT_TRUE(plugin.reserve(world, id, 0, 3).holds.empty());
    EXPECT_EQ(plugin.reserve(world, id, 0, 2, 1, north).holds,
              (std::vector<SaidHold>{{shelf, mug, 2}}));
    EXPECT_TRUE(plugin.reserve(world, id, 0, 0, 1, north).holds.empty());
}

TEST_F(GoodsTest, HoldsNothingForWhatComesInOrLiesNowhere) {
    const std::uint64_t back = order(mug, OMS_direction_receive, 3);
    EXPECT_TRUE(plugin.reserve(world, back, 0, 3, 1, north).holds.empty());
    const std::uint32_t nowhere = world.destination("drop-shipper");
    const std::uint64_t id = order(mug, OMS_direction_deliver, 3);
    EXPECT_TRUE(plugin.reserve(world, id, 0, 3, 1, nowhere).holds.empty());
}

TEST_F(GoodsTest, MovesUnitsBetweenThePlaceAndTheOutside) {
    EXPECT_EQ(post(OMS_direction_deliver).transfers,
              (std::vector<SaidTransfer>{{shelf, shop, mug, 3}}));
    EXPECT_EQ(post(OMS_direction_receive).transfers,
              (std::vector<SaidTransfer>{{shop, shelf, mug, 3}}));
    EXPECT_EQ(post(OMS_direction_deliver, true).transfers,
              (std::vector<SaidTransfer>{{shop, shelf, mug, 3}}));
    const std::uint32_t buyers = world.account("buyers");
    world.reference_term(shop, field::outside_account, buyers);
    EXPECT_EQ(post(OMS_direction_deliver).transfers,
              (std::vector<SaidTransfer>{{shelf, buyers, mug, 3}}));
}

}  // namespace
