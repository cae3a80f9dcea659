// SPDX-License-Identifier: Apache-2.0
// The fold and its undo: whatever a step did, taking it back leaves no trace, and writing the world
// down gives it back.
#include "model/world.hpp"
#include "model/canonical.hpp"
#include "model/codec.hpp"

#include <gtest/gtest.h>

#include <random>

namespace oms {
namespace {

using sdk::make;
using sdk::text;

class Folding : public testing::Test {
protected:
    template <class Record>
    void fold(const Record& record) {
        const Status status = world_.apply(*reinterpret_cast<const oms_record*>(&record));
        ASSERT_TRUE(status) << to_text(status.error());
    }

    void begin(std::string_view key = {}) {
        auto header = make<oms_decision>();
        header.seq = world_.seq + 1;
        header.time = world_.time + 1000;
        header.key = text(key);
        world_.begin_decision(header);
    }

    void define(std::uint32_t reference_class, std::string_view code) {
        auto effect = make<oms_reference_defined>();
        effect.reference = world_.references.next_id();
        effect.reference_class = reference_class;
        effect.code = text(code);
        fold(effect);
    }

    std::uint64_t open_order(int lines) {
        auto opened = make<oms_order_opened>();
        opened.order = world_.next.order;
        opened.account = first_reference;
        opened.key = text("first");
        fold(opened);
        for (int i = 0; i < lines; ++i) {
            auto line = make<oms_line_opened>();
            line.order = opened.order;
            line.line = static_cast<std::uint32_t>(i);
            line.product = first_reference + 1;
            line.direction = OMS_direction_receive;
            line.parent_line = OMS_WHOLE_ORDER;
            line.ordered = 100;
            fold(line);
        }
        return opened.order;
    }

    /// One effect of a random kind about the order.
    void random_effect(std::uint64_t order, std::mt19937_64& random) {
        const auto number = [&] { return static_cast<std::int64_t>(random() % 1000); };
        switch (random() % 11) {
            case 0: {
                auto effect = make<oms_line_counted>();
                effect.order = order;
                effect.ordered = 100;
                effect.working = number();
                effect.done = number();
                return fold(effect);
            }
            case 1: {
                auto effect = make<oms_region_moved>();
                effect.order = order;
                effect.region = static_cast<std::uint32_t>(random() % 8);
                effect.state = static_cast<std::uint32_t>(random() % 5);
                return fold(effect);
            }
            case 2: {
                auto effect = make<oms_slot_set>();
                effect.order = order;
                const std::uint32_t slots[] = {0, 3, World::undo_slot, World::attempts_slot + 1,
                                               World::signalled_slot};
                effect.slot = slots[random() % 5];
                effect.value = number() % 200;
                return fold(effect);
            }
            case 3: {
                auto effect = make<oms_term_set>();
                effect.order = order;
                effect.line = random() % 2 == 0 ? 0 : OMS_WHOLE_ORDER;
                effect.field = static_cast<std::uint32_t>(1 + random() % 4);
                effect.type = static_cast<std::uint32_t>(random() % 3);
                effect.number = number();
                effect.text = text(effect.type == OMS_term_type_text ? "words" : "");
                return fold(effect);
            }
            case 4: {
                auto effect = make<oms_hold_set>();
                const auto& held = world_.orders.find(order)->lines[0].holds;
                effect.hold = held.empty() || random() % 2 == 0 ? world_.next.hold
                                                                : held[random() % held.size()];
                const bool fresh = effect.hold == world_.next.hold;
                effect.order = order;
                effect.account = first_reference;
                effect.asset = first_reference + 1;
                effect.amount = fresh ? 1 + number() : number() % 3 * 50;
                return fold(effect);
            }
            case 5: {
                auto effect = make<oms_transferred>();
                effect.order = order;
                effect.execution = random() % 3;
                effect.from = first_reference;
                effect.to = first_reference + 2;
                effect.asset = first_reference + 1;
                effect.amount = number();
                return fold(effect);
            }
            default: return random_effect_beside(order, random);
        }
    }

    /// One about what lies beside an order: clocks, people, routes, cells.
    void random_effect_beside(std::uint64_t order, std::mt19937_64& random) {
        const auto number = [&] { return static_cast<std::int64_t>(random() % 1000); };
        switch (random() % 6 + 6) {
            case 6: {
                auto effect = make<oms_timer_set>();
                const auto& timers = world_.orders.find(order)->timers;
                effect.order = order;
                effect.timer = timers.empty() || random() % 2 == 0
                                   ? world_.next.timer
                                   : timers[random() % timers.size()];
                effect.due = effect.timer == world_.next.timer ? 1 + number() : 0;
                effect.event = 7;
                return fold(effect);
            }
            case 7: {
                auto effect = make<oms_task_set>();
                effect.task = world_.next.task;
                effect.order = order;
                effect.open = 1;
                effect.title = text("look");
                return fold(effect);
            }
            case 8: {
                auto effect = make<oms_route_opened>();
                effect.route = world_.next.route;
                effect.order = order;
                effect.destination = first_reference + 2;
                return fold(effect);
            }
            case 9: {
                const auto& routes = world_.orders.find(order)->routes;
                if (routes.empty()) return;
                auto effect = make<oms_route_changed>();
                effect.route = routes[random() % routes.size()];
                effect.order = order;
                effect.flags = static_cast<std::uint32_t>(random() % 16);
                const std::string ref = "ref-" + std::to_string(effect.route * 10 + random() % 3);
                effect.external_ref = text(ref);
                return fold(effect);
            }
            case 10: {
                const auto& routes = world_.orders.find(order)->routes;
                if (routes.empty()) return;
                auto effect = make<oms_executed>();
                effect.execution = world_.next.execution;
                effect.route = routes.back();
                effect.order = order;
                effect.quantity = 1 + number();
                const std::string ref = "e" + std::to_string(effect.execution);
                effect.external_ref = text(ref);
                return fold(effect);
            }
            default: {
                auto effect = make<oms_cell_set>();
                effect.owner = 5;
                effect.cell = static_cast<std::uint32_t>(random() % 3);
                effect.value = number();
                effect.present = random() % 3 == 0 ? 0 : 1;
                return fold(effect);
            }
        }
    }

    /// A world folded from what this one writes down.
    static World again(const World& world) {
        World other;
        write_world(world, [&](const oms_record& effect) {
            const Status status = other.apply(effect);
            EXPECT_TRUE(status) << to_text(status.error());
        });
        return other;
    }

    World world_;
};

TEST_F(Folding, a_step_that_is_taken_back_leaves_no_trace) {
    begin();
    define(OMS_class_account, "a");
    define(OMS_class_product, "b");
    define(OMS_class_destination, "c");
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        std::mt19937_64 random(seed);
        begin();
        const std::uint64_t order = open_order(2);
        for (int i = 0; i < 20; ++i) random_effect(order, random);
        const std::string before = state_hash(world_);
        world_.undo.begin();
        for (int i = 0; i < 40; ++i) random_effect(order, random);
        const std::uint64_t second = open_order(1);
        for (int i = 0; i < 20; ++i) random_effect(second, random);
        world_.undo.roll_back(world_, 0);
        world_.undo.commit();
        ASSERT_EQ(state_hash(world_), before) << "seed " << seed;
    }
}

TEST_F(Folding, what_is_written_down_folds_to_the_same_world) {
    begin();
    define(OMS_class_account, "a");
    define(OMS_class_product, "b");
    define(OMS_class_destination, "c");
    std::mt19937_64 random(9);
    for (int orders = 0; orders < 50; ++orders) {
        begin("key-" + std::to_string(orders));
        const std::uint64_t order = open_order(1 + orders % 3);
        for (int i = 0; i < 30; ++i) random_effect(order, random);
        auto answered = make<oms_answered>();
        answered.order = order;
        answered.fingerprint = random();
        fold(answered);
    }
    const World other = again(world_);
    EXPECT_EQ(state_hash(other), state_hash(world_));
    EXPECT_EQ(other.orders.size(), world_.orders.size());
    EXPECT_NE(other.keys.find(0, "key-7"), nullptr);
}

TEST_F(Folding, an_order_goes_to_the_archive_and_comes_back_as_it_was) {
    begin();
    define(OMS_class_account, "a");
    define(OMS_class_product, "b");
    define(OMS_class_destination, "c");
    begin("the-key");
    const std::uint64_t order = open_order(2);
    auto answered = make<oms_answered>();
    answered.order = order;
    answered.fingerprint = 42;
    fold(answered);
    auto route = make<oms_route_opened>();
    route.route = world_.next.route;
    route.order = order;
    route.destination = first_reference + 2;
    fold(route);
    auto named = make<oms_route_changed>();
    named.route = route.route;
    named.order = order;
    named.external_ref = text("theirs");
    fold(named);

    auto shelved = make<oms_order_shelved>();
    shelved.order = order;
    shelved.shelf = OMS_shelf_retired;
    fold(shelved);
    EXPECT_EQ(world_.orders.size(), 0u);
    ASSERT_NE(world_.keys.find(0, "the-key"), nullptr) << "a key outlives its order";
    EXPECT_EQ(world_.loose_keys.size(), 1u);
    EXPECT_EQ(world_.archive.find_ref(first_reference + 2, "theirs").value(), order);
    EXPECT_TRUE(world_.is_retired(order));
    EXPECT_EQ(state_hash(again(world_)), state_hash(world_));

    // A step that brings it back and is taken back leaves no trace.
    const std::string retired = state_hash(world_);
    world_.undo.begin();
    shelved.shelf = OMS_shelf_live;
    fold(shelved);
    EXPECT_FALSE(world_.is_retired(order));
    world_.undo.roll_back(world_, 0);
    world_.undo.commit();
    EXPECT_EQ(state_hash(world_), retired);
    EXPECT_EQ(world_.archive.find_ref(first_reference + 2, "theirs").value(), order);

    shelved.shelf = OMS_shelf_live;
    fold(shelved);
    ASSERT_NE(world_.orders.find(order), nullptr);
    EXPECT_TRUE(world_.orders.find(order)->keys.empty());
    EXPECT_EQ(state_hash(again(world_)), state_hash(world_));
    EXPECT_EQ(world_.find_route(first_reference + 2, "theirs"), route.route);
}

TEST_F(Folding, an_effect_about_what_is_not_there_is_an_error_not_a_crash) {
    auto counted = make<oms_line_counted>();
    counted.order = 4711;
    const Status status = world_.apply(*reinterpret_cast<const oms_record*>(&counted));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, 5204u);
}

}  // namespace
}  // namespace oms
