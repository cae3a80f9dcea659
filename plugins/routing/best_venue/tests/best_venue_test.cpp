// SPDX-License-Identifier: Apache-2.0
#include "best_venue_settings.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

extern "C" const oms_plugin_entry OMS_PLUGIN_ENTRY;

namespace {

using namespace oms::sdk;
using namespace oms::testkit;

SettingsList settings(std::string_view unquoted = "first", std::int64_t stale_ms = 0,
                      std::int64_t max_splits = 3) {
    SettingsList list;
    list.integer("max_splits", max_splits).duration_ms("stale_after", stale_ms);
    list.text("unquoted", unquoted);
    return list;
}

class BestVenueTest : public testing::Test {
protected:
    BestVenueTest() {
        world.reference_term(acme, field::currency, euro);
        order = world.order(fund);
        world.line(order, acme, OMS_direction_receive, 300);
    }
    void ask(std::uint32_t source, std::int64_t price, std::int64_t size, std::int64_t age_ns = 0) {
        world.observe(acme, observed::ask, price, source, age_ns);
        world.observe(acme, observed::ask_size, size, source, age_ns);
    }
    Said plan(const SettingsList& list = settings(), std::uint32_t attempt = 1) {
        HostedPlugin plugin(OMS_PLUGIN_ENTRY, list);
        return plugin.plan(world, order, venues, 0, attempt);
    }

    World world;
    std::uint32_t euro = world.product("EUR", {.scale = 2});
    std::uint32_t acme = world.product("ACME", {.scale = 0, .price_scale = 2});
    std::uint32_t fund = world.account("fund");
    std::uint32_t xa_source = world.source("XA");
    std::uint32_t xb_source = world.source("XB");
    std::uint32_t xc_source = world.source("feed-of-xc");
    std::uint32_t venues[3] = {world.destination("XA"), world.destination("XB"),
                               world.destination("XC")};
    std::uint64_t order = 0;
};

TEST_F(BestVenueTest, RoutesToTheBestQuoteAndExplainsTheOthers) {
    ask(xa_source, 2502, 1000);
    ask(xb_source, 2500, 1000);
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, venues[1]);
    EXPECT_EQ(said.routes[0].lines[0].second, 300);
    EXPECT_EQ(said.routes[0].score, 2500);
    EXPECT_EQ(said.routes[0].why, "300 of 300 at 25.00 x 1000: best of 2 quotes");
    ASSERT_EQ(said.passed_over.size(), 2U);
    EXPECT_EQ(said.passed_over[0].why, "25.02 x 1000 is not better than what was chosen");
    EXPECT_EQ(said.passed_over[1].why, "it shows no ask");
}

TEST_F(BestVenueTest, ReadsTheSourceThatTheVenueNames) {
    world.reference_term(venues[2], field::quote_source, xc_source);
    ask(xa_source, 2502, 1000);
    ask(xc_source, 2499, 1000);
    EXPECT_EQ(plan().routes[0].destination, venues[2]);
}

TEST_F(BestVenueTest, SplitsWhereOneDoesNotShowEnough) {
    ask(xa_source, 2502, 1000);
    ask(xb_source, 2500, 100);
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 2U);
    EXPECT_EQ(said.routes[0].destination, venues[1]);
    EXPECT_EQ(said.routes[0].lines[0].second, 100);
    EXPECT_EQ(said.routes[1].lines[0].second, 200);
    EXPECT_EQ(plan(settings("first", 0, 1)).routes.size(), 1U);
}

TEST_F(BestVenueTest, CountsFees) {
    ask(xa_source, 2501, 1000);
    ask(xb_source, 2500, 1000);
    world.reference_term(venues[1], field::fee_bps, 10);
    const Said said = plan();
    EXPECT_EQ(said.routes[0].destination, venues[0]);
    EXPECT_EQ(said.passed_over[0].why,
              "25.00 x 1000, fee 10 bp is not better than what was chosen");
    EXPECT_EQ(said.passed_over[0].score, 2502);  // 25.025, half to even
    world.reference_term(venues[0], field::fee_fixed, 700, euro);
    EXPECT_EQ(plan().routes[0].destination, venues[1]);
}

TEST_F(BestVenueTest, SellsToTheHighestBid) {
    const std::uint64_t sale = world.order(fund);
    world.line(sale, acme, OMS_direction_deliver, 100);
    world.observe(acme, observed::bid, 2490, xa_source);
    world.observe(acme, observed::bid, 2495, xb_source);
    HostedPlugin plugin(OMS_PLUGIN_ENTRY, settings());
    const Said said = plugin.plan(world, sale, venues);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].destination, venues[1]);
}

TEST_F(BestVenueTest, LeavesQuotesBeyondTheLimitAloneAndRestsAtTheBest) {
    ask(xa_source, 2502, 1000);
    ask(xb_source, 2500, 100);
    world.term(order, 0, field::limit_price, 2501);
    const Said within = plan();
    ASSERT_EQ(within.routes.size(), 1U);
    EXPECT_EQ(within.routes[0].destination, venues[1]);
    EXPECT_EQ(within.routes[0].lines[0].second, 300);
    EXPECT_EQ(within.passed_over[0].why, "its ask 25.02 is beyond the limit 25.01");
    world.term(order, 0, field::limit_price, 2400);
    const Said resting = plan();
    ASSERT_EQ(resting.routes.size(), 1U);
    EXPECT_EQ(resting.routes[0].destination, venues[1]);
    EXPECT_EQ(resting.routes[0].why,
              "300 of 300 at 25.00 x 100: no quote is within the limit; it "
              "rests where the best one is");
}

TEST_F(BestVenueTest, WithoutQuotesDoesAsItIsTold) {
    const Said first = plan();
    ASSERT_EQ(first.routes.size(), 1U);
    EXPECT_EQ(first.routes[0].destination, venues[0]);
    const Said waits = plan(settings("wait"));
    EXPECT_TRUE(waits.routes.empty());
    EXPECT_EQ(waits.passed_over.size(), 3U);
}

TEST_F(BestVenueTest, DoesNotTrustStaleQuotes) {
    ask(xa_source, 2502, 1000);
    ask(xb_source, 2500, 1000, 2'000'000'000);
    const Said said = plan(settings("first", 1'000));
    EXPECT_EQ(said.routes[0].destination, venues[0]);
    EXPECT_EQ(said.passed_over[0].why, "its ask 25.00 is stale");
}

TEST_F(BestVenueTest, GoesElsewhereAfterARefusal) {
    ask(xa_source, 2502, 1000);
    ask(xb_source, 2500, 1000);
    const std::uint64_t refused = world.route(order, venues[1], OMS_ROUTE_ENDED);
    world.route_line(refused, 0, 300);
    EXPECT_EQ(plan(settings(), 1).routes[0].destination, venues[1]);
    const Said again = plan(settings(), 2);
    EXPECT_EQ(again.routes[0].destination, venues[0]);
    EXPECT_EQ(again.passed_over[0].why, "it did not do before what it was sent");
}

TEST_F(BestVenueTest, RoutesOnlyWhatIsUnroutedOfItsRole) {
    ask(xb_source, 2500, 1000);
    world.line_row(order, 0).working = 300;
    world.line(order, acme, OMS_direction_receive, 50, 1);
    EXPECT_TRUE(plan().routes.empty());
    world.line_row(order, 0).working = 100;
    const Said said = plan();
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].lines,
              (std::vector<std::pair<std::uint32_t, std::int64_t>>{{0, 200}}));
}

TEST_F(BestVenueTest, LeavesDisabledVenuesOut) {
    ask(xb_source, 2500, 1000);
    world.reference_row(venues[1]).flags = OMS_REFERENCE_DISABLED;
    world.reference_row(venues[0]).flags = OMS_REFERENCE_DISABLED;
    EXPECT_EQ(plan().routes[0].destination, venues[2]);
}

}  // namespace
