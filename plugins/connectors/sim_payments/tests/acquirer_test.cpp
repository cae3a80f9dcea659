// SPDX-License-Identifier: Apache-2.0
#include "src/acquirer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace parties {
namespace {

using testing::ElementsAre;

class AcquirerTest : public testing::Test {
protected:
    void SetUp() override {
        book_ = std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove(book_);
        start();
    }
    void start() {
        bank_ = std::make_unique<Acquirer>(conditions_, rules_, book_);
        bank_->open(now_);
    }
    std::vector<Event> hear() {
        bank_->work(now_);
        std::vector<Event> heard;
        while (const Event* event = bank_->event_after(told_, now_)) {
            heard.push_back(*event);
            told_ = event->number;
        }
        return heard;
    }
    std::vector<Say> words() {
        std::vector<Say> says;
        for (const Event& event : hear()) says.push_back(event.say);
        return says;
    }
    void pay(std::uint64_t route, std::int64_t amount, std::string text = {}) {
        Request request;
        request.route = route;
        request.order = route * 10;
        request.items = {{2, "EUR", true, amount, 0}};
        request.text = std::move(text);
        send(request);
    }
    void refund(std::uint64_t route, std::uint64_t order, std::int64_t amount) {
        Request request;
        request.route = route;
        request.order = route * 10;
        request.refund_of = order;
        request.items = {{0, "EUR", false, amount, 0}};
        send(request);
    }
    void ask_for(Verb verb, std::uint64_t route, std::int64_t amount = 0,
                 std::string signal = "capture") {
        Request request;
        request.verb = verb;
        request.route = route;
        request.quantity = amount;
        request.signal = std::move(signal);
        if (verb == Verb::amend) request.items = {{2, "EUR", true, amount, 0}};
        send(request);
    }
    void send(Request& request) {
        request.number = ++number_;
        bank_->receive(request, now_);
    }

    std::filesystem::path book_;
    Conditions conditions_;
    AcquirerRules rules_;
    std::unique_ptr<Acquirer> bank_;
    std::int64_t now_ = 1;
    std::uint64_t told_ = 0;
    std::uint64_t number_ = 0;
};

TEST_F(AcquirerTest, CapturesInPartsAndVoidsTheRest) {
    pay(1, 5000);
    const std::vector<Event> acked = hear();
    ASSERT_EQ(acked.size(), 1U);
    EXPECT_EQ(acked[0].quantity, 5000);
    EXPECT_GT(acked[0].until, now_);
    ask_for(Verb::signal, 1, 2000);
    ask_for(Verb::signal, 1, 1500);
    const std::vector<Event> captured = hear();
    ASSERT_EQ(captured.size(), 2U);
    EXPECT_EQ(captured[1].remaining, 1500);
    EXPECT_NE(captured[0].execution_ref, captured[1].execution_ref);
    ask_for(Verb::signal, 1, 1501);
    const std::vector<Event> refused = hear();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].name, "capture_refused");
    ask_for(Verb::cancel, 1);
    const std::vector<Event> voided = hear();
    ASSERT_EQ(voided.size(), 1U);
    EXPECT_EQ(voided[0].say, Say::cancelled);
    EXPECT_EQ(voided[0].quantity, 1500);
    ask_for(Verb::cancel, 1);
    EXPECT_THAT(words(), ElementsAre(Say::cancel_refused));
    EXPECT_EQ(bank_->totals("EUR").captured, 3500);
}

TEST_F(AcquirerTest, ACaptureThatComesTwiceTakesMoneyOnce) {
    pay(1, 5000);
    Request request;
    request.verb = Verb::signal;
    request.route = 1;
    request.signal = "capture";
    request.number = 2;
    request.quantity = 1000;
    bank_->receive(request, now_);
    bank_->receive(request, now_);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    start();
    bank_->receive(request, now_);
    EXPECT_THAT(words(), ElementsAre());
    EXPECT_EQ(bank_->totals("EUR").captured, 1000);
}

TEST_F(AcquirerTest, RefundsUpToWhatWasCaptured) {
    pay(1, 5000);
    ask_for(Verb::signal, 1);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    refund(2, 10, 3000);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    start();
    refund(3, 10, 2001);
    refund(4, 99, 1);
    refund(5, 0, 1);
    EXPECT_THAT(words(), ElementsAre(Say::refused, Say::refused, Say::refused));
    refund(6, 10, 2000);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    EXPECT_EQ(bank_->totals("EUR").refunded, 5000);
}

TEST_F(AcquirerTest, Declines) {
    rules_.decline_above = 9999;
    start();
    pay(1, 10'000);
    pay(2, 1000, "sim: decline");
    pay(3, 0);
    EXPECT_THAT(words(), ElementsAre(Say::refused, Say::refused, Say::refused));
}

TEST_F(AcquirerTest, WaitsForTheBuyer) {
    pay(1, 1000, "sim: action=500");
    pay(2, 1000, "sim: action=0");
    EXPECT_THAT(words(), ElementsAre(Say::progress, Say::progress));
    start();
    now_ += 500 * ns_per_ms;
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    ask_for(Verb::signal, 2, 0, "action_done");
    EXPECT_THAT(words(), ElementsAre(Say::acked));
}

TEST_F(AcquirerTest, AuthorisationsLapse) {
    pay(1, 1000, "sim: expire=500");
    ask_for(Verb::signal, 1, 400);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    start();
    now_ += 500 * ns_per_ms;
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].say, Say::expired);
    EXPECT_EQ(heard[0].quantity, 600);
    ask_for(Verb::signal, 1, 100);
    EXPECT_THAT(words(), ElementsAre(Say::progress));
}

TEST_F(AcquirerTest, ALostAnswerIsFoundByAsking) {
    pay(1, 1000, "sim: lose_answer");
    EXPECT_THAT(words(), ElementsAre());
    ask_for(Verb::ask, 1);
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[0].say, Say::acked);
    EXPECT_EQ(heard[1].say, Say::answered);
    EXPECT_EQ(heard[1].remaining, 1000);
}

TEST_F(AcquirerTest, ChangesTheAmount) {
    pay(1, 1000);
    ask_for(Verb::signal, 1, 400);
    ask_for(Verb::amend, 1, 300);
    hear();
    EXPECT_EQ(bank_->standing(1)->remaining, 0);
    pay(2, 1000);
    ask_for(Verb::amend, 2, 1200);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::replaced));
    EXPECT_EQ(bank_->standing(2)->remaining, 1200);
}

}  // namespace
}  // namespace parties
