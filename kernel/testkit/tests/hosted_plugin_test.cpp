// SPDX-License-Identifier: Apache-2.0
// The SDK's classes behind their C tables, against the fake world.
#include <oms/sdk/asset_class.hpp>
#include <oms/sdk/check.hpp>
#include <oms/sdk/facts.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/routing.hpp>
#include <oms/testkit/hosted_plugin.hpp>

#include <gtest/gtest.h>

namespace {

using namespace oms::sdk;
using namespace oms::testkit;

/// Does what its setting `mood` asks for.
class Sample : public Check, public AssetClass, public Routing, public Facts {
public:
    static constexpr std::string_view fact_names[] = {"lines", "nothing"};

    Sample(Host host, const Settings& settings) : host_(host), mood_(settings.text("mood")) {
        if (mood_ == "never") throw std::runtime_error("it does not want to");
    }

    void evaluate(const CheckCall& call, const View& view, const Opinions& say) override {
        if (mood_ == "throw") throw std::runtime_error("thrown on purpose");
        if (mood_ == "silent") return;
        if (mood_ == "nonsense") say.say(77, 0, {}, "out of range");
        const oms_order_row order = view.order(call.order);
        const auto limit = view.cell(3, order.account);
        say.set_cell(4, order.account, 0, static_cast<std::int64_t>(call.stage));
        for (const oms_line_row& line : view.lines(call.order))
            if (limit && line.ordered > *limit)
                say.refuse(1, {*limit, line.ordered, line.line}, "too much");
        say.pass();
    }
    std::optional<std::int64_t> evaluate(std::uint32_t fact, std::uint64_t order,
                                         const View& view) override {
        if (fact != 0) return std::nullopt;
        return view.order(order).lines;
    }
    void validate(const LineCall& call, const View& view, const Opinions& say) override {
        if (view.number(call.order, call.line, field::limit_price))
            say.pass();
        else
            say.refuse(0, {.line = call.line}, "no limit");
    }
    void reserve(const LineCall& call, const View& view, const Holds& say) override {
        if (call.quantity == 0) return;
        say.hold(view.order(call.order).account, view.line(call.order, call.line).product,
                 call.quantity);
    }
    void post(const ExecutionCall& call, const View&, const Transfers& say) override {
        say.transfer(call.account, call.counterparty, call.product, call.quantity);
    }
    void plan(const RoutingCall& call, const View& view, const Routes& say) override {
        for (const oms_line_row& line : view.lines(call.order)) {
            RoutePlan plan(call.destinations[0]);
            plan.add_line(line.line, line.product, line.unrouted + (mood_ == "greedy" ? 1 : 0));
            plan.add_term(whole_order, field::priority, 1);
            say.open(plan, 10, "the first");
        }
        say.passed_over(call.destinations[1], 5, "the second");
    }

private:
    Host host_;
    std::string mood_;
};

}  // namespace

OMS_PLUGIN(Sample);

namespace {

class HostedPluginTest : public testing::Test {
protected:
    World world;
    std::uint32_t unit = world.product("UNIT");
    std::uint32_t owner = world.account("owner");
    std::uint32_t other = world.account("other");
    std::uint64_t order = world.order(owner);
    std::uint32_t line = world.line(order, unit, OMS_direction_receive, 100);
};

TEST_F(HostedPluginTest, passes_and_refuses_by_what_the_view_shows) {
    HostedPlugin sample(oms_plugin_entry_0, SettingsList().text("mood", "good"));
    EXPECT_TRUE(sample.check(world, order).passes());
    world.cell(3, owner, 0, 99);
    const Said said = sample.check(world, order, OMS_STAGE_amend);
    EXPECT_TRUE(said.refuses(1));
    EXPECT_FALSE(said.refuses(0));
    EXPECT_EQ(said.text(), "too much");
    EXPECT_EQ(said.opinions[0].observed, 100);
    EXPECT_TRUE(world.has_cell(4, owner, 0));
}

TEST_F(HostedPluginTest, turns_exceptions_into_statuses_and_logs_them) {
    HostedPlugin sample(oms_plugin_entry_0, SettingsList().text("mood", "throw"));
    EXPECT_EQ(sample.check(world, order).status, OMS_FAILED);
    EXPECT_EQ(sample.last_log(), "evaluate: thrown on purpose");
    EXPECT_EQ(sample.check(world, order).opinions.size(), 0U);
}

TEST_F(HostedPluginTest, fails_when_it_breaks_the_contract) {
    HostedPlugin sample(oms_plugin_entry_0, SettingsList().text("mood", "nonsense"));
    EXPECT_EQ(sample.check(world, order).status, OMS_OUT_OF_RANGE);
    HostedPlugin good(oms_plugin_entry_0, SettingsList().text("mood", "good"));
    EXPECT_EQ(good.check(world, 4711).status, OMS_NOT_FOUND);
    EXPECT_EQ(good.last_log(), "evaluate: there is no order 4711");
}

TEST_F(HostedPluginTest, is_not_made_when_its_constructor_throws) {
    EXPECT_THROW(HostedPlugin(oms_plugin_entry_0, SettingsList().text("mood", "never")),
                 std::runtime_error);
    EXPECT_THROW(HostedPlugin(oms_plugin_entry_0, SettingsList()), std::runtime_error);
    EXPECT_THROW(HostedPlugin(oms_plugin_entry_0, SettingsList().integer("mood", 3)),
                 std::runtime_error);
}

TEST_F(HostedPluginTest, holds_posts_and_routes) {
    HostedPlugin sample(oms_plugin_entry_0, SettingsList().text("mood", "good"));
    EXPECT_TRUE(sample.validate(world, order, line).refuses(0));
    world.term(order, OMS_WHOLE_ORDER, field::limit_price, 5);
    EXPECT_TRUE(sample.validate(world, order, line).passes());
    EXPECT_EQ(sample.reserve(world, order, line, 7).holds,
              (std::vector<SaidHold>{{owner, unit, 7}}));
    oms_execution_call call{};
    call.account = owner;
    call.counterparty = other;
    call.product = unit;
    call.quantity = 3;
    EXPECT_EQ(sample.post(world, call).transfers,
              (std::vector<SaidTransfer>{{owner, other, unit, 3}}));

    const std::uint32_t destinations[] = {world.destination("a"), world.destination("b")};
    world.line_row(order, line).working = 40;
    const Said said = sample.plan(world, order, destinations);
    ASSERT_EQ(said.routes.size(), 1U);
    EXPECT_EQ(said.routes[0].lines[0].second, 60);
    EXPECT_EQ(said.routes[0].terms, 1U);
    EXPECT_EQ(said.routes[0].why, "the first");
    EXPECT_EQ(said.passed_over[0].destination, destinations[1]);
    HostedPlugin greedy(oms_plugin_entry_0, SettingsList().text("mood", "greedy"));
    EXPECT_EQ(greedy.plan(world, order, destinations).status, OMS_OUT_OF_RANGE);
}

TEST_F(HostedPluginTest, knows_facts_by_name) {
    HostedPlugin sample(oms_plugin_entry_0, SettingsList().text("mood", "good"));
    EXPECT_EQ(sample.fact(world, "lines", order), 1);
    EXPECT_EQ(sample.fact(world, "nothing", order), std::nullopt);
    EXPECT_EQ(sample.fact(world, "unheard_of", order), std::nullopt);
}

TEST_F(HostedPluginTest, walks_balances_and_observations) {
    world.balance(owner, unit, 10, 4);
    world.balance(other, unit, 20);
    world.observe(unit, observed::bid, 100, 7, 50);
    world.observe(unit, observed::bid, 101, 8, 10);
    const View view(world.view());
    EXPECT_TRUE(view.available(owner, unit) == 6);
    EXPECT_TRUE(view.available(owner, 99) == 0);
    int accounts = 0;
    for ([[maybe_unused]] const oms_balance_row& row : view.balances(unit)) ++accounts;
    EXPECT_EQ(accounts, 2);
    EXPECT_EQ(view.observation(unit, observed::bid)->value, 101);
    EXPECT_EQ(view.observation(unit, observed::bid, 7)->value, 100);
    EXPECT_FALSE(view.observation(unit, observed::ask));
    int sources = 0;
    for ([[maybe_unused]] const oms_observation& row : view.observations(unit, observed::bid))
        ++sources;
    EXPECT_EQ(sources, 2);
    int products = 0;
    for (const oms_reference_row& row : view.references(OMS_class_product)) {
        EXPECT_EQ(oms::sdk::view(row.code), "UNIT");
        ++products;
    }
    EXPECT_EQ(products, 1);
}

}  // namespace
