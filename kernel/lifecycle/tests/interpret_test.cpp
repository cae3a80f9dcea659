// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/interpret.hpp"

#include "lifecycle/tests/sample.hpp"
#include "lifecycle/words.hpp"

#include <array>

namespace oms::lifecycle {
namespace {

/// A moment over numbers of its own.
struct Scene {
    std::array<std::uint8_t, 2> states{};
    std::array<std::int64_t, 1> slots{};
    Moment moment;
    Scene() {
        moment.states = states;
        moment.slots = slots;
    }
};

Table with_status(const std::string& condition) {
    return table_of(replaced(sample, "  - done: work is done\n", "  - it: " + condition + "\n"));
}

bool is_so(const std::string& condition, const Scene& scene) {
    const Table table = with_status(condition);
    return !table.statuses.empty() && status_of(table, scene.moment) == 0;
}

TEST(Interpret, FactsAreBits) {
    Scene scene;
    EXPECT_FALSE(is_so("any_working", scene));
    EXPECT_TRUE(is_so("not any_working", scene));
    scene.moment.facts = fact_bit(Fact::any_working) | fact_bit(Fact::any_working, 1);
    EXPECT_TRUE(is_so("any_working", scene));
    EXPECT_TRUE(is_so("money.any_working", scene));
    EXPECT_FALSE(is_so("things.any_working", scene));
    EXPECT_FALSE(is_so("money.any_working and has_parent", scene));
    scene.moment.facts |= fact_bit(Fact::has_parent);
    EXPECT_TRUE(is_so("money.any_working and has_parent", scene));
}

TEST(Interpret, RegionsAreMasks) {
    Scene scene;
    EXPECT_TRUE(is_so("work is open", scene));
    EXPECT_TRUE(is_so("work is live", scene));
    EXPECT_FALSE(is_so("work is done", scene));
    EXPECT_FALSE(is_so("work is not live", scene));
    scene.states[0] = 2;
    EXPECT_TRUE(is_so("work is not open", scene));
    EXPECT_TRUE(is_so("work is open or done", scene));
    EXPECT_FALSE(is_so("work is live and side is quiet", scene));
}

TEST(Interpret, NumbersAreCompared) {
    Scene scene;
    scene.slots[0] = 3;
    scene.moment.number = -5;
    scene.moment.attempts = {1, 2, 0, 0};
    EXPECT_TRUE(is_so("tries >= 3 and tries <= 3 and tries = 3 and tries == 3", scene));
    EXPECT_FALSE(is_so("tries > 3", scene));
    EXPECT_FALSE(is_so("tries < 3", scene));
    EXPECT_TRUE(is_so("tries != 4", scene));
    EXPECT_TRUE(is_so("number < -4", scene));
    EXPECT_TRUE(is_so("money.attempt = 2", scene));
    EXPECT_TRUE(is_so("attempt = 3", scene));
}

TEST(Interpret, WhatAPluginDoesNotKnowHoldsNeverAndWhatIsNoTermIsAbsent) {
    Scene scene;
    EXPECT_FALSE(is_so("oracle.score >= 0", scene));
    EXPECT_FALSE(is_so("oracle.score != 7", scene));
    EXPECT_FALSE(is_so("has limit_price", scene));
    EXPECT_TRUE(is_so("not has limit_price", scene));
    EXPECT_FALSE(is_so("time_in_force is not day", scene));
    std::int64_t value = 7;
    scene.moment.plugin_facts = {&value, [](void* context, std::uint16_t index, std::int64_t& to) {
                                     to = *static_cast<std::int64_t*>(context) + index;
                                     return true;
                                 }};
    scene.moment.terms = {&value, [](void*, std::uint32_t field, std::int64_t& to) {
                              to = 3;
                              return field == 5;
                          }};
    EXPECT_TRUE(is_so("oracle.score = 7", scene));
    EXPECT_TRUE(is_so("oracle.score >= 0 and oracle.other = 8", scene));
    EXPECT_TRUE(is_so("has time_in_force", scene));
    EXPECT_TRUE(is_so("time_in_force is immediate_or_cancel", scene));
    EXPECT_TRUE(is_so("time_in_force is not day", scene));
    EXPECT_FALSE(is_so("has limit_price", scene));
}

TEST(Interpret, TheFirstRuleOfEachRegionFiresAndAllSeeTheSameMoment) {
    const Table table = table_of(R"(lifecycle: two
revision: 1
attach: order
regions:
  left:
    states: [a, b, c]
    rules:
      - {event: accepted, from: a, when: any_done, to: c}
      - {event: accepted, from: a, to: b}
      - {event: accepted, from: [b, c], to: a}
  right:
    states: [p, q]
    rules:
      - {event: accepted, from: p, when: left is a, to: q}
      - {event: accepted, from: q, to: p}
status: [same]
ended: left is a
)");
    const TableIndex index(table);
    const auto accepted = static_cast<std::uint32_t>(Event::accepted);
    ASSERT_EQ(index.rules(table, accepted).size(), 5U);
    EXPECT_TRUE(index.rules(table, static_cast<std::uint32_t>(Event::cancel_asked)).empty());
    EXPECT_TRUE(index.rules(table, first_custom_event + 9).empty());
    Scene scene;
    const Fired fired = fire(table, index.rules(table, accepted), scene.moment);
    ASSERT_EQ(fired.count, 2U);
    EXPECT_EQ(fired.rules[0]->to, 1);
    EXPECT_EQ(fired.rules[1]->to, 1);
    scene.moment.facts = fact_bit(Fact::any_done);
    EXPECT_EQ(fire(table, index.rules(table, accepted), scene.moment).rules[0]->to, 2);
    scene.states = {1, 0};
    EXPECT_EQ(fire(table, index.rules(table, accepted), scene.moment).count, 1U);
    EXPECT_FALSE(has_ended(table, scene.moment));
    scene.states = {0, 1};
    EXPECT_TRUE(has_ended(table, scene.moment));
}

TEST(Interpret, NamesAndActionsAreSaidBack) {
    const Table table = table_of(sample);
    EXPECT_EQ(find_event(table, "cancel_asked"), 4U);
    EXPECT_EQ(find_event(table, "nudge"), first_custom_event);
    EXPECT_EQ(find_event(table, "nothing"), std::nullopt);
    EXPECT_EQ(event_name(table, 4), "cancel_asked");
    EXPECT_EQ(event_name(table, first_custom_event), "nudge");
    EXPECT_EQ(event_name(table, 4711), "event 4711");
    EXPECT_EQ(state_name(table, 0, 1), "busy");
    EXPECT_EQ(state_name(table, 0, 9), "state 9");
    EXPECT_EQ(role_name(table, 1), "money");
    std::string said;
    for (const Action& action : table.actions) said += action_text(table, action) + "\n";
    EXPECT_EQ(said,
              "route things\ntimer late after 2h\nwatch crossed\nadd 1 to tries\ntask desk\n"
              "emit checked\nundo_all\ncancel_routes money\nroute money\n");
}

TEST(Interpret, AnUndoIsFoundByItsBit) {
    const Table table = table_of(sample);
    const TableIndex index(table);
    ASSERT_NE(index.undo_of(table, 0), nullptr);
    EXPECT_EQ(action_text(table, *index.undo_of(table, 0)), "route money");
    EXPECT_EQ(index.undo_of(table, 1), nullptr);
}

TEST(Words, AreForOrdersOrForRoutes) {
    EXPECT_TRUE(is_for(Attach::order, Event::accepted));
    EXPECT_FALSE(is_for(Attach::route, Event::accepted));
    EXPECT_TRUE(is_for(Attach::route, Event::executed));
    EXPECT_FALSE(is_for(Attach::order, Event::executed));
    EXPECT_TRUE(is_for(Attach::order, Event::route_executed));
    EXPECT_TRUE(is_for(Attach::order, Event::cancel_asked));
    EXPECT_TRUE(is_for(Attach::route, Event::cancel_asked));
    EXPECT_FALSE(is_for(Attach::order, Verb::place));
    EXPECT_FALSE(is_for(Attach::route, Verb::route));
    EXPECT_TRUE(is_for(Attach::route, Verb::emit));
    EXPECT_FALSE(is_for(Attach::order, Fact::is_enquiry));
    // Numbers of a route's events and of the order's that follow them are 30 apart, see words.def.
    for (const Word& word : event_words()) {
        const auto twin = number_of(event_words(), "route_" + std::string(word.name));
        if (twin && *twin > 60) {
            EXPECT_EQ(*twin, word.number + 30) << word.name;
        }
    }
}

}  // namespace
}  // namespace oms::lifecycle
