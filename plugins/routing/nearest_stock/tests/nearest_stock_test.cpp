// SPDX-License-Identifier: Apache-2.0
#include "nearest_stock_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;
using Lines = std::vector<std::pair<std::uint32_t, std::int64_t>>;

SettingsList settings(std::vector<std::string_view> prefer, std::string_view stock = "balance",
                      bool partial = false) {
    SettingsList list;
    list.texts("prefer", prefer).integer("max_splits", 3);
    list.boolean("partial", partial).text("stock", stock);
    return list;
}
SettingsList usual() { return settings({"one_parcel", "nearest", "most_stock"}); }

class NearestStockTest : public testing::Test {
protected:
    NearestStockTest() {
        place(0, 52'520'000, 13'405'000);  // Berlin
        place(1, 48'137'000, 11'575'000);  // Munich
        place(2, 53'551'000, 9'993'000);   // Hamburg
        order = world.order(shop);
        world.line(order, mug, OMS_direction_deliver, 2);
        world.line(order, tee, OMS_direction_deliver, 1);
        // Leipzig
        world.term(order, OMS_WHOLE_ORDER, field::ship_to_latitude, 51'340'000);
        world.term(order, OMS_WHOLE_ORDER, field::ship_to_longitude, 12'373'000);
    }
    void place(std::size_t index, std::int64_t latitude, std::int64_t longitude) {
        world.reference_term(places[index], field::latitude, latitude);
        world.reference_term(places[index], field::longitude, longitude);
    }
    void stock(std::size_t index, std::int64_t mugs, std::int64_t tees, std::int64_t held = 0) {
        world.balance(shelves[index], mug, mugs, held);
        world.balance(shelves[index], tee, tees);
    }
    Said plan(const SettingsList& list = usual(), std::uint32_t attempt = 1) {
        HostedPlugin plugin(OMS_PLUGIN_ENTRY, list);
        return plugin.plan(world, order, places, 0, attempt);
    }

    World world;
    std::uint32_t mug = world.product("MUG");
    std::uint32_t tee = world.product("TEE");
    std::uint32_t shop = world.account("shop");
    std::uint32_t shelves[3] = {world.account("berlin-stock"), world.account("munich-stock"),
                                world.account("hamburg-stock")};
    std::uint32_t places[3] = {world.destination("berlin", shelves[0]),
                               world.destination("munich", shelves[1]),
                               world.destination("hamburg", shelves[2])};
    std::uint64_t order = 0;
};

TEST_F(NearestStockTest, SendsFromTheNearestThatHasAll) {
    for (const std::size_t index : {0U, 1U, 2U}) stock(index, 5, 5);
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, places[0]);
    EXPECT_EQ(said.routes[0].lines, (Lines{{0, 2}, {1, 1}}));
    EXPECT_NEAR(static_cast<double>(said.routes[0].score), 148'900, 1'000);
    EXPECT_EQ(said.routes[0].why,
              "2 MUG, 1 TEE of 2 MUG, 1 TEE; 149.0 km; decided by nearest among 3 plans");
    ASSERT_EQ(said.passed_over.size(), 2U);
    EXPECT_TRUE(said.passed_over[0].why.starts_with("it has 5 MUG, 5 TEE; "));
}

TEST_F(NearestStockTest, PrefersOneParcelToTheNearest) {
    stock(0, 5, 0);
    stock(1, 5, 5);
    EXPECT_EQ(plan().routes[0].destination, places[1]);
    const Said near = plan(settings({"most_stock", "nearest"}));
    EXPECT_EQ(near.routes.size(), 2U);
}

TEST_F(NearestStockTest, SaysOfAPlaceWhatIsTrueOfIt) {
    stock(0, 50'000, 5);
    stock(1, 1, 0);
    stock(2, 50'000, 5);
    const Said said = plan();
    ASSERT_EQ(said.passed_over.size(), 2U);
    EXPECT_TRUE(said.passed_over[0].why.starts_with("it has 1 MUG, 0 TEE; "));
    EXPECT_TRUE(said.passed_over[1].why.starts_with("it has plenty of MUG, 5 TEE; "));

    stock(2, 1, 0);
    EXPECT_TRUE(plan().passed_over[1].why.ends_with("; the only plan does without it"))
        << plan().passed_over[1].why;
}

TEST_F(NearestStockTest, SplitsAParcelWhereItMust) {
    stock(0, 1, 1);
    stock(2, 5, 0);
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 2U);
    EXPECT_EQ(said.routes[0].destination, places[0]);
    EXPECT_EQ(said.routes[0].lines, (Lines{{0, 1}, {1, 1}}));
    EXPECT_EQ(said.routes[1].destination, places[2]);
    EXPECT_EQ(said.routes[1].lines, (Lines{{0, 1}}));
}

TEST_F(NearestStockTest, CountsOnlyWhatIsNotHeldNorKeptBack) {
    stock(0, 5, 5, 4);
    stock(1, 5, 5);
    EXPECT_EQ(plan().routes[0].destination, places[1]);
    stock(0, 5, 5);
    world.reference_term(places[0], field::safety_stock, 4, mug);
    EXPECT_EQ(plan().routes[0].destination, places[1]);
    world.reference_term(places[1], field::safety_stock, 5);
    EXPECT_TRUE(plan().routes.empty());
    world.reference_term(places[1], field::safety_stock, 3, places[1]);
    EXPECT_EQ(plan().routes[0].destination, places[1]);
}

TEST_F(NearestStockTest, SendsNothingOrWhatThereIs) {
    stock(0, 1, 1);
    const Said nothing = plan();
    EXPECT_TRUE(nothing.routes.empty());
    EXPECT_EQ(nothing.passed_over.size(), 3U);
    EXPECT_TRUE(
        nothing.passed_over[0].why.ends_with("no places that may be combined have "
                                             "everything"));
    const Said part = plan(settings({"one_parcel"}, "balance", true));
    ASSERT_EQ(part.routes.size(), 1U);
    EXPECT_EQ(part.routes[0].lines, (Lines{{0, 1}, {1, 1}}));
    EXPECT_TRUE(part.routes[0].why.ends_with("nobody has the rest"));
}

TEST_F(NearestStockTest, GoesElsewhereAfterAShortPick) {
    for (const std::size_t index : {0U, 1U}) stock(index, 5, 5);
    const std::uint64_t shorted = world.route(order, places[0], OMS_ROUTE_ENDED);
    world.route_line(shorted, 0, 2);
    world.route_line_row(shorted, 0).done = 1;
    world.line_row(order, 0).done = 1;
    const Said said = plan(usual(), 2);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, places[1]);
    EXPECT_EQ(said.routes[0].lines, (Lines{{0, 1}, {1, 1}}));
    EXPECT_EQ(said.passed_over[0].why, "it did not send before what it was asked for");
}

TEST_F(NearestStockTest, SharesOneProductAmongItsLines) {
    world.line(order, mug, OMS_direction_deliver, 3);
    stock(0, 4, 1);
    stock(1, 1, 0);
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 2U);
    EXPECT_EQ(said.routes[0].lines, (Lines{{0, 2}, {1, 1}, {2, 2}}));
    EXPECT_EQ(said.routes[1].lines, (Lines{{2, 1}}));
}

TEST_F(NearestStockTest, SendsReturnsToTheNearestWhateverItHas) {
    const std::uint64_t back = world.order(shop);
    world.line(back, mug, OMS_direction_receive, 2);
    world.term(back, OMS_WHOLE_ORDER, field::ship_to_latitude, 53'000'000);
    world.term(back, OMS_WHOLE_ORDER, field::ship_to_longitude, 10'000'000);
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, usual());
    const Said said = plugin.plan(world, back, places);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, places[2]);
}

TEST_F(NearestStockTest, RoutesComponentsAndNotTheKit) {
    const std::uint64_t gift = world.order(shop);
    const std::uint32_t kit = world.product("GIFT");
    world.line(gift, kit, OMS_direction_deliver, 1);
    const std::uint32_t component = world.line(gift, mug, OMS_direction_deliver, 2);
    world.line_row(gift, component).parent_line = 0;
    stock(0, 5, 5);
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, usual());
    const Said said = plugin.plan(world, gift, places);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].lines, (Lines{{component, 2}}));
}

TEST_F(NearestStockTest, CanBelieveThePlacesOwnSystems) {
    const std::uint32_t berlin = world.source("berlin");
    world.observe(mug, observed::available, 9, berlin);
    world.observe(tee, observed::available, 9, berlin);
    stock(1, 5, 5);
    const Said said = plan(settings({"nearest"}, "observation"));
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, places[0]);
}

TEST_F(NearestStockTest, RefusesRulesThatItDoesNotKnow) {
    try {
        HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings({"one_parcel", "nearst"}));
        FAIL() << "it was made";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("did you mean \"nearest\"?"), std::string::npos)
            << error.what();
    }
}

TEST_F(NearestStockTest, GoesByTheOtherRulesWithoutAnAddress) {
    const std::uint64_t id = world.order(shop);
    world.line(id, mug, OMS_direction_deliver, 1);
    stock(0, 2, 0);
    stock(1, 7, 0);
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, usual());
    const Said said = plugin.plan(world, id, places);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, places[1]);
    EXPECT_EQ(said.routes[0].score, -1);
}

}  // namespace
