// SPDX-License-Identifier: Apache-2.0
// Cards for plugins that run on the kernel's thread: they say what they must, the same each time,
// and keep nothing between calls.
#include "testkit/conformance/tested_instance.hpp"

#include <oms/abi/asset_class.h>
#include <oms/abi/check.h>
#include <oms/abi/facts.h>
#include <oms/abi/routing.h>
#include <oms/sdk/fields.hpp>
#include <oms/testkit/fake_sink.hpp>
#include <oms/testkit/fake_view.hpp>

#include <array>
#include <memory>
#include <set>

namespace oms::testkit {

namespace {

constexpr std::uint64_t no_such_order = 999;
constexpr std::array<std::uint32_t, 4> stages{OMS_STAGE_place, OMS_STAGE_amend, OMS_STAGE_route,
                                              OMS_STAGE_report};

/// A world with one order of each direction, a route, an execution, prices and balances.
struct SmallWorld {
    SmallWorld() {
        owner = world.account("owner");
        party = world.account("party");
        money = world.product("EUR", {.scale = 2, .price_scale = 4});
        thing = world.product("THING", {.scale = 0, .price_scale = 2},
                              world.reference(OMS_class_asset_class, "things"));
        world.reference_term(thing, sdk::field::currency, money);
        for (const char* name : {"north", "south"})
            destinations.push_back(world.destination(name, party));
        const std::uint32_t source = world.source("north");
        world.observe(thing, sdk::observed::bid, 9'990, source);
        world.observe(thing, sdk::observed::ask, 10'010, source);
        world.balance(owner, money, 100'000'000);
        world.balance(owner, thing, 1'000);
        for (const std::uint32_t direction : {OMS_direction_receive, OMS_direction_deliver}) {
            const std::uint64_t order = world.order(owner);
            world.line(order, thing, direction, 100);
            world.term(order, OMS_WHOLE_ORDER, sdk::field::limit_price, 10'000, thing);
            world.term(order, 0, sdk::field::line_amount, 1'000'000, money);
            orders.push_back(order);
        }
        route = world.route(orders[0], destinations[0]);
        world.route_line(route, 0, 40);
    }
    World world;
    std::uint32_t owner = 0;
    std::uint32_t party = 0;
    std::uint32_t money = 0;
    std::uint32_t thing = 0;
    std::vector<std::uint32_t> destinations;
    std::vector<std::uint64_t> orders;
    std::uint64_t route = 0;
};

/// One call into the plugin, with what it said.
template <class Call>
Said listen(SmallWorld& small, std::uint64_t order, Call call) {
    Said said;
    FakeSink sink(small.world, said, small.destinations);
    sink.set_order(order);
    said.status = call(sink.raw());
    return said;
}

Said ask_check(TestedInstance& instance, SmallWorld& small, std::uint64_t order,
               std::uint32_t stage) {
    const oms_check_call call{sizeof call, stage, order,
                              stage == OMS_STAGE_route ? small.route : 0};
    const auto& table = instance.table<oms_check>(OMS_CAPABILITY_CHECK);
    return listen(small, order, [&](const oms_sink* sink) {
        return table.evaluate(instance.plugin(), &call, small.world.view(), sink);
    });
}

std::string words(const Said& said) {
    std::string text = "status " + std::to_string(said.status);
    for (const SaidOpinion& opinion : said.opinions)
        text += "|" + std::to_string(opinion.outcome) + " " + std::to_string(opinion.rule) + " " +
                std::to_string(opinion.line) + " " + std::to_string(opinion.limit) + " " +
                std::to_string(opinion.observed) + " " + opinion.text;
    for (const SaidHold& hold : said.holds)
        text += "|hold " + std::to_string(hold.asset) + " " + std::to_string(hold.amount);
    for (const SaidTransfer& moved : said.transfers)
        text += "|move " + std::to_string(moved.from) + " " + std::to_string(moved.to) + " " +
                std::to_string(moved.asset) + " " + std::to_string(moved.amount);
    for (const SaidRoute& route : said.routes)
        text += "|route " + std::to_string(route.destination) + " " + route.why;
    return text;
}

void started(TestedInstance& instance) { instance.start(); }

/// Runs the card with an instance that is started, and stops it afterwards.
template <class Play>
void with_instance(Subject& subject, Play play) {
    TestedInstance instance(subject, "under_test");
    started(instance);
    play(instance);
    instance.stop();
}

void starts_no_thread(Subject& subject) {
    subject.load();
    const std::size_t before = thread_count();
    with_instance(subject, [&](TestedInstance&) {
        expect(thread_count() <= before, "it runs threads, and it is called on the kernel's alone");
    });
}

// ---- checks -------------------------------------------------------------------------------------

void check_says_something(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld small;
        for (const std::uint32_t stage : stages)
            for (const std::uint64_t order : small.orders) {
                const Said said = ask_check(instance, small, order, stage);
                expect(said.status == OMS_OK, "at stage " + std::to_string(stage) +
                                                  " it failed: " + instance.last_words());
                expect(!said.opinions.empty(),
                       "at stage " + std::to_string(stage) + " it gave no opinion");
            }
    });
}

void check_keeps_to_its_codes(Subject& subject) {
    const std::size_t denials = subject.manifest().denials.size();
    with_instance(subject, [&](TestedInstance& instance) {
        SmallWorld small;
        for (const std::uint64_t order : small.orders) {
            const Said said = ask_check(instance, small, order, OMS_STAGE_place);
            for (const SaidOpinion& opinion : said.opinions)
                expect(opinion.outcome == OMS_outcome_pass || opinion.rule < denials,
                       "it names denial " + std::to_string(opinion.rule) +
                           ", and its manifest has " + std::to_string(denials));
        }
    });
}

void check_repeats_itself(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        std::string before;
        for (int round = 0; round < 3; ++round) {
            SmallWorld small;
            const std::string now =
                words(ask_check(instance, small, small.orders[0], OMS_STAGE_place));
            expect(round == 0 || now == before,
                   "the same order in the same world got another answer:\n" + before + "\n" + now);
            before = now;
        }
    });
}

void check_fails_closed(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld small;
        const Said said = ask_check(instance, small, no_such_order, OMS_STAGE_place);
        // One that looks at nothing may say what it always says.
        if (said.status == OMS_OK && said.passes())
            throw Skipped{"it passes without looking at the order"};
    });
}

void check_forgets_the_view(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        for (int round = 0; round < 8; ++round) {
            auto small = std::make_unique<SmallWorld>();
            ask_check(instance, *small, small->orders[1], OMS_STAGE_place);
        }
    });
}

// ---- asset classes ------------------------------------------------------------------------------

Said ask_line(TestedInstance& instance, SmallWorld& small, std::uint64_t order, bool validate) {
    oms_line_call call{};
    call.size = sizeof call;
    call.order = order;
    call.quantity = 100;
    const auto& table = instance.table<oms_asset_class>(OMS_CAPABILITY_ASSET_CLASS);
    return listen(small, order, [&](const oms_sink* sink) {
        return (validate ? table.validate : table.reserve)(instance.plugin(), &call,
                                                           small.world.view(), sink);
    });
}

void asset_class_says_something(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld small;
        for (const std::uint64_t order : small.orders) {
            const Said said = ask_line(instance, small, order, true);
            expect(said.status == OMS_OK, "validate failed: " + instance.last_words());
            expect(!said.opinions.empty(), "validate gave no opinion");
        }
    });
}

void asset_class_repeats_itself(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        for (const bool validate : {true, false}) {
            SmallWorld one;
            SmallWorld other;
            const std::string before = words(ask_line(instance, one, one.orders[0], validate));
            const std::string now = words(ask_line(instance, other, other.orders[0], validate));
            expect(before == now, std::string(validate ? "validate" : "reserve") +
                                      " gave another answer the second time");
        }
    });
}

Said ask_post(TestedInstance& instance, SmallWorld& small, std::uint64_t order) {
    oms_execution_call call{};
    call.size = sizeof call;
    call.order = order;
    call.route = small.route;
    call.destination = small.destinations[0];
    call.product = small.thing;
    call.account = small.owner;
    call.counterparty = small.party;
    call.quantity = 40;
    call.price = 10'000;
    const auto& table = instance.table<oms_asset_class>(OMS_CAPABILITY_ASSET_CLASS);
    return listen(small, order, [&](const oms_sink* sink) {
        return table.post(instance.plugin(), &call, small.world.view(), sink);
    });
}

void asset_class_posts(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld small;
        for (const std::uint64_t order : small.orders) {
            const Said said = ask_post(instance, small, order);
            expect(said.status == OMS_OK, "post failed: " + instance.last_words());
            for (const SaidTransfer& moved : said.transfers)
                expect(moved.amount > 0 && moved.from != moved.to,
                       "it posts a transfer that moves nothing");
        }
    });
}

// ---- routing ------------------------------------------------------------------------------------

Said ask_plan(TestedInstance& instance, SmallWorld& small) {
    const oms_routing_call call{sizeof call,
                                0,
                                small.orders[0],
                                static_cast<std::uint32_t>(small.destinations.size()),
                                1,
                                small.destinations.data()};
    const auto& table = instance.table<oms_routing>(OMS_CAPABILITY_ROUTING);
    return listen(small, small.orders[0], [&](const oms_sink* sink) {
        return table.plan(instance.plugin(), &call, small.world.view(), sink);
    });
}

void routing_plans(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld small;
        const Said said = ask_plan(instance, small);
        expect(said.status == OMS_OK, "plan failed: " + instance.last_words());
    });
}

void routing_repeats_itself(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        SmallWorld one;
        SmallWorld other;
        const std::string before = words(ask_plan(instance, one));
        expect(before == words(ask_plan(instance, other)),
               "the same order in the same world got another plan");
    });
}

// ---- facts --------------------------------------------------------------------------------------

void facts_have_names(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        const auto& table = instance.table<oms_facts>(OMS_CAPABILITY_FACTS);
        expect(table.count > 0, "it knows no fact");
        std::set<std::string> names;
        for (std::uint32_t index = 0; index < table.count; ++index)
            expect(names.insert(std::string(sdk::view(table.names[index]))).second,
                   "two of its facts have the same name");
    });
}

void facts_answer(Subject& subject) {
    with_instance(subject, [](TestedInstance& instance) {
        const auto& table = instance.table<oms_facts>(OMS_CAPABILITY_FACTS);
        SmallWorld small;
        for (std::uint32_t index = 0; index < table.count; ++index) {
            std::int64_t first = 0;
            std::int64_t second = 0;
            const auto ask = [&](std::int64_t& value) {
                return table.evaluate(instance.plugin(), index, small.orders[0], small.world.view(),
                                      &value);
            };
            const oms_status status = ask(first);
            expect(status == OMS_OK || status == OMS_NOT_FOUND,
                   "fact " + std::to_string(index) + " failed: " + instance.last_words());
            expect(ask(second) == status && first == second,
                   "fact " + std::to_string(index) + " gave another answer the second time");
        }
    });
}

constexpr PlayedCard inside[] = {
    {{"THR-02", "inside", "It starts no threads"}, starts_no_thread},
    {{"CHECK-01", "check", "It gives at least one opinion at every stage"}, check_says_something},
    {{"CHECK-02", "check", "It denies by the codes of its manifest alone"},
     check_keeps_to_its_codes},
    {{"CHECK-03", "check", "The same order in the same world gets the same answer"},
     check_repeats_itself},
    {{"CHECK-04", "check", "An order that is not there does not pass"}, check_fails_closed},
    {{"CHECK-05", "check", "It keeps nothing of a view beyond the call"}, check_forgets_the_view},
    {{"ASSET-01", "asset_class", "It has an opinion on every line"}, asset_class_says_something},
    {{"ASSET-02", "asset_class", "The same line in the same world gets the same answer"},
     asset_class_repeats_itself},
    {{"ASSET-03", "asset_class", "What an execution posts can be posted"}, asset_class_posts},
    {{"ROUTE-01", "routing", "Its plans go where they may, and with no more than there is"},
     routing_plans},
    {{"ROUTE-02", "routing", "The same order in the same world gets the same plan"},
     routing_repeats_itself},
    {{"FACT-01", "facts", "Each of its facts has a name of its own"}, facts_have_names},
    {{"FACT-02", "facts", "A fact is known or not, and the same twice"}, facts_answer},
};

}  // namespace

std::span<const PlayedCard> inside_cards() { return inside; }

}  // namespace oms::testkit
