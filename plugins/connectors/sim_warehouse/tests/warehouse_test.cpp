// SPDX-License-Identifier: Apache-2.0
#include "src/warehouse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace parties {
namespace {

using testing::ElementsAre;

class WarehouseTest : public testing::Test {
protected:
    void SetUp() override {
        book_ = std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove(book_);
        start();
        house_->stock("MUG", 10);
        house_->stock("TEA", 3);
        hear();
    }
    void start() {
        house_ = std::make_unique<Warehouse>(conditions_, rules_, book_);
        house_->open(now_);
    }
    std::vector<Event> hear() {
        house_->work(now_);
        std::vector<Event> heard;
        while (const Event* event = house_->event_after(told_, now_)) {
            heard.push_back(*event);
            told_ = event->number;
        }
        return heard;
    }
    /// Words and names of what is heard while everything that is due happens.
    std::vector<std::string> story(std::int64_t for_ms = 60'000) {
        std::vector<std::string> told;
        for (const std::int64_t end = now_ + for_ms * ns_per_ms; now_ <= end;
             now_ += 100 * ns_per_ms)
            for (const Event& event : hear()) {
                constexpr const char* words[] = {"",         "acked",     "refused",
                                                 "executed", "cancelled", "replaced"};
                const auto say = static_cast<std::size_t>(event.say);
                told.push_back(say < 6 ? words[say] : !event.name.empty() ? event.name : "other");
                last_ = event;
            }
        return told;
    }
    void send(Verb verb, std::uint64_t route, std::vector<Item> items = {}, std::string text = {}) {
        Request request;
        request.verb = verb;
        request.route = route;
        request.number = ++number_;
        request.items = std::move(items);
        request.text = std::move(text);
        if (verb == Verb::signal) request.signal = "return_expected";
        house_->receive(request, now_);
    }

    std::filesystem::path book_;
    Conditions conditions_;
    WarehouseRules rules_;
    std::unique_ptr<Warehouse> house_;
    std::int64_t now_ = 1;
    std::uint64_t told_ = 0;
    std::uint64_t number_ = 0;
    Event last_;
};

TEST_F(WarehouseTest, SendsAParcelWithEverything) {
    send(Verb::place, 1, {{0, "MUG", false, 2, 0}, {1, "TEA", false, 1, 0}});
    hear();
    EXPECT_EQ(house_->available("MUG"), 8);
    EXPECT_THAT(story(1600), ElementsAre("picked", "packed", "executed"));
    EXPECT_EQ(last_.items.size(), 2U);
    EXPECT_EQ(last_.quantity, 3);
    EXPECT_FALSE(last_.text.empty());
    EXPECT_EQ(house_->available("MUG"), 8);
    EXPECT_THAT(story(), ElementsAre("delivered"));
}

TEST_F(WarehouseTest, SplitsParcelsAtTheirCapacity) {
    rules_.parcel_capacity = 2;
    start();
    send(Verb::place, 1, {{0, "MUG", false, 3, 0}, {1, "TEA", false, 2, 0}});
    EXPECT_THAT(story(), ElementsAre("acked", "picked", "packed", "executed", "executed",
                                     "executed", "delivered"));
}

TEST_F(WarehouseTest, CancelsWhatIsNotThere) {
    send(Verb::place, 1, {{0, "TEA", false, 5, 0}});
    EXPECT_THAT(story(),
                ElementsAre("acked", "picked", "packed", "executed", "cancelled", "delivered"));
    EXPECT_EQ(house_->available("TEA"), 0);
    send(Verb::place, 2, {{0, "TEA", false, 1, 0}});
    EXPECT_THAT(story(), ElementsAre("refused"));
}

TEST_F(WarehouseTest, PickersFindLess) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}}, "sim: short=1");
    EXPECT_THAT(story(),
                ElementsAre("acked", "picked", "packed", "executed", "cancelled", "delivered"));
    send(Verb::place, 2, {{0, "MUG", false, 2, 0}}, "sim: short=2");
    EXPECT_THAT(story(), ElementsAre("acked", "cancelled"));
    EXPECT_EQ(house_->available("MUG"), 7);
}

TEST_F(WarehouseTest, CancelsUntilItIsPacked) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}});
    hear();
    EXPECT_EQ(house_->available("MUG"), 6);
    send(Verb::cancel, 1);
    EXPECT_THAT(story(), ElementsAre("cancelled"));
    EXPECT_EQ(house_->available("MUG"), 10);
    send(Verb::place, 2, {{0, "MUG", false, 4, 0}});
    EXPECT_THAT(story(1100), ElementsAre("acked", "picked", "packed"));
    send(Verb::cancel, 2);
    EXPECT_THAT(story(), ElementsAre("other", "executed", "delivered"));
}

TEST_F(WarehouseTest, GoesOnWhereItWasKilled) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}});
    EXPECT_THAT(story(600), ElementsAre("acked", "picked"));
    start();
    house_->stock("MUG", 99);
    EXPECT_EQ(house_->available("MUG"), 6);
    EXPECT_THAT(story(), ElementsAre("packed", "executed", "delivered"));
    start();
    EXPECT_EQ(house_->available("MUG"), 6);
    EXPECT_TRUE(house_->standing(1)->ended);
}

TEST_F(WarehouseTest, AShortPickSurvivesToo) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}}, "sim: short=1");
    EXPECT_THAT(story(600), ElementsAre("acked", "picked"));
    start();
    EXPECT_THAT(story(), ElementsAre("packed", "executed", "cancelled", "delivered"));
    EXPECT_EQ(house_->available("MUG"), 7);
}

TEST_F(WarehouseTest, TakesReturnsBack) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}}, "sim: return=3000");
    EXPECT_EQ(story().back(), "return_received");
    EXPECT_EQ(house_->available("MUG"), 10);
    send(Verb::place, 2, {{0, "MUG", false, 4, 0}});
    EXPECT_EQ(story().back(), "delivered");
    send(Verb::signal, 2);
    EXPECT_THAT(story(), ElementsAre("return_expected", "return_received"));
    EXPECT_EQ(house_->available("MUG"), 10);
    send(Verb::place, 3, {{0, "MUG", true, 2, 0}});
    EXPECT_THAT(story(), ElementsAre("acked", "executed"));
    EXPECT_EQ(house_->available("MUG"), 12);
}

TEST_F(WarehouseTest, ReplacesQuantitiesBeforeThePick) {
    send(Verb::place, 1, {{0, "MUG", false, 4, 0}});
    hear();
    send(Verb::amend, 1, {{0, "MUG", false, 2, 0}});
    EXPECT_THAT(story(600), ElementsAre("replaced", "picked"));
    EXPECT_EQ(house_->available("MUG"), 8);
    send(Verb::amend, 1, {{0, "MUG", false, 1, 0}});
    EXPECT_EQ(story().front(), "other");
}

}  // namespace
}  // namespace parties
