// SPDX-License-Identifier: Apache-2.0
#include "src/venue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace parties {
namespace {

using testing::ElementsAre;

constexpr std::int64_t second = 1000 * ns_per_ms;

/// A venue with a book on disk, and a clock that the test moves.
class VenueTest : public testing::Test {
protected:
    void SetUp() override {
        book_ = std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove(book_);
        rules_.quote_every_ns = 3600 * second;  // quotes stand still unless a test asks for more
        rules_.taker_percent = 0;
        start();
    }
    void start() {
        venue_ = std::make_unique<Venue>(conditions_, rules_, book_);
        venue_->list({.product = "ACME",
                      .price = 10'000,
                      .tick = 10,
                      .lot = 1,
                      .quote_size = 100,
                      .half_spread_ticks = 1,
                      .levels = 3});
        venue_->open(now_);
        venue_->work(now_);
    }
    /// What the venue says from here on.
    std::vector<Event> hear() {
        now_ += 1;
        venue_->work(now_);
        std::vector<Event> heard;
        while (const Event* event = venue_->event_after(told_, now_)) {
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
    void place(std::uint64_t route, std::int64_t quantity, std::int64_t price, bool buy = true,
               Force force = Force::day, std::string text = {}) {
        Request request;
        request.route = route;
        request.number = ++number_;
        request.force = force;
        request.items = {{0, "ACME", buy, quantity, price}};
        request.text = std::move(text);
        venue_->receive(request, now_);
    }
    void ask_for(Verb verb, std::uint64_t route, std::int64_t quantity = 0,
                 std::int64_t price = 0) {
        Request request;
        request.verb = verb;
        request.route = route;
        request.number = ++number_;
        if (verb == Verb::amend) request.items = {{0, "ACME", true, quantity, price}};
        venue_->receive(request, now_);
    }

    std::filesystem::path book_;
    Conditions conditions_;
    VenueRules rules_;
    std::unique_ptr<Venue> venue_;
    std::int64_t now_ = second;
    std::uint64_t told_ = 0;
    std::uint64_t number_ = 0;
};

TEST(BookTest, TradesByPriceThenTime) {
    Book book;
    book.rest(1, false, 101, 5);
    book.rest(2, false, 100, 5);
    book.rest(3, false, 100, 5);
    EXPECT_EQ(book.available(true, 100), 10);
    EXPECT_THAT(book.take(true, 101, 12),
                ElementsAre(Fill{2, 100, 5}, Fill{3, 100, 5}, Fill{1, 101, 2}));
    EXPECT_EQ(book.best(false), (Best{101, 3}));
    EXPECT_TRUE(book.take(true, 100, 1).empty());
}

TEST(BookTest, AShrunkenOrderKeepsItsPlace) {
    Book book;
    book.rest(1, true, 100, 10);
    book.rest(2, true, 100, 10);
    EXPECT_TRUE(book.shrink(1, 4));
    EXPECT_THAT(book.take(false, {}, 6), ElementsAre(Fill{1, 100, 4}, Fill{2, 100, 2}));
    book.remove(2);
    EXPECT_EQ(book.best(true), Best{});
    EXPECT_FALSE(book.shrink(2, 1));
}

TEST_F(VenueTest, FillsAgainstTheHouseAndRestsWithTheRemainder) {
    place(1, 1000, 10'000 + 30);
    const std::vector<Event> heard = hear();
    ASSERT_GE(heard.size(), 3U);
    EXPECT_EQ(heard[0].say, Say::acked);
    EXPECT_EQ(heard[0].remaining, 1000);
    std::int64_t done = 0;
    for (std::size_t at = 1; at < heard.size(); ++at) {
        EXPECT_EQ(heard[at].say, Say::executed);
        EXPECT_LE(heard[at].price, 10'030);
        done += heard[at].quantity;
        EXPECT_EQ(heard[at].remaining, 1000 - done);
    }
    EXPECT_EQ(venue_->standing(1)->remaining, 1000 - done);
    place(2, 10, 10'000 - 500, false);  // another customer sells into the resting bid
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed, Say::executed));
}

TEST_F(VenueTest, ActsOnceOnARequestThatComesTwice) {
    Request request;
    request.route = 7;
    request.number = 1;
    request.items = {{0, "ACME", true, 5, 9'000}};
    venue_->receive(request, now_);
    venue_->receive(request, now_);
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    venue_->receive(request, now_);
    EXPECT_THAT(words(), ElementsAre());
}

TEST_F(VenueTest, ImmediateOrCancelAndFillOrKill) {
    place(1, 100'000, 10'030, true, Force::immediate_or_cancel);
    std::vector<Say> heard = words();
    EXPECT_EQ(heard.front(), Say::acked);
    EXPECT_EQ(heard[1], Say::executed);
    EXPECT_EQ(heard.back(), Say::cancelled);
    place(2, 100'000, 10'030, true, Force::fill_or_kill);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::cancelled));
    EXPECT_TRUE(venue_->standing(2)->ended);
}

TEST_F(VenueTest, ACancelLosesToAFill) {
    place(1, 10, 9'000, true, Force::day, "sim: fill_on_cancel");
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    ask_for(Verb::cancel, 1);
    EXPECT_THAT(words(), ElementsAre(Say::executed, Say::cancel_refused));
    ask_for(Verb::cancel, 99);
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].reason, 1U);
}

TEST_F(VenueTest, AReplaceBelowWhatIsDoneIsAmendedUpToIt) {
    place(1, 10'000, 9'000, true, Force::day, "sim: fill=8000 no_fill");
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    ask_for(Verb::amend, 1, 7'000);
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].say, Say::replaced);
    EXPECT_EQ(heard[0].quantity, 8'000);
    EXPECT_EQ(heard[0].remaining, 0);
    ask_for(Verb::amend, 1, 9'000);
    EXPECT_THAT(words(), ElementsAre(Say::replace_refused));
}

TEST_F(VenueTest, AReplaceChangesQuantityAndPriceAndTradesAtOnce) {
    place(1, 10, 9'000);
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    ask_for(Verb::amend, 1, 20, 10'010);
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[0].quantity, 20);
    EXPECT_EQ(heard[0].price, 10'010);
    EXPECT_EQ(heard[1].say, Say::executed);
    EXPECT_EQ(heard[1].quantity, 20);
}

TEST_F(VenueTest, RefusesWhatItDoesNotTrade) {
    Request request;
    request.route = 1;
    request.number = 1;
    request.items = {{0, "OTHER", true, 5, 0}};
    venue_->receive(request, now_);
    place(2, 5, 9'001);
    place(3, 5, 9'000, true, Force::day, "sim: reject");
    EXPECT_THAT(words(), ElementsAre(Say::refused, Say::refused, Say::refused));
}

TEST_F(VenueTest, RemembersAfterItWasKilled) {
    place(1, 1000, 10'030, true, Force::day, "sim: fill=300 no_fill");
    place(2, 10, 9'000);
    std::vector<Event> before = hear();
    const std::int64_t left = venue_->standing(1)->remaining;
    conditions_.latency_min_ns = conditions_.latency_max_ns = second;
    start();
    place(3, 10, 9'000);  // it arrives, but is not decided before the end of the process
    hear();
    conditions_ = {};
    start();
    EXPECT_EQ(venue_->standing(1)->remaining, left);
    EXPECT_EQ(venue_->standing(2)->remaining, 10);
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    EXPECT_EQ(venue_->standing(3)->remaining, 10);
    told_ = 0;  // the stream can be read again from any number
    EXPECT_EQ(hear().size(), before.size() + 1);
    ask_for(Verb::cancel, 2);
    EXPECT_THAT(words(), ElementsAre(Say::cancelled));
}

TEST_F(VenueTest, ALostAnswerIsFoundByAsking) {
    place(1, 10, 9'000, true, Force::day, "sim: lose_answer");
    EXPECT_THAT(words(), ElementsAre());
    start();
    ask_for(Verb::ask, 1);
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::answered));
    ask_for(Verb::ask, 1);
    EXPECT_THAT(words(), ElementsAre(Say::answered));
    ask_for(Verb::ask, 2);
    EXPECT_THAT(words(), ElementsAre(Say::not_found));
}

TEST_F(VenueTest, SilenceLosesRequestsAndHoldsBackEvents) {
    place(1, 10, 9'000, true, Force::day, "sim: silence=1000");
    EXPECT_THAT(words(), ElementsAre());
    place(2, 10, 9'000);
    now_ += 2 * second;
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    ask_for(Verb::ask, 2);
    EXPECT_THAT(words(), ElementsAre(Say::not_found));
}

TEST_F(VenueTest, AnswersAnEnquiryWithTwoOffersAndHonoursThem) {
    Request request;
    request.route = 1;
    request.number = ++number_;
    request.enquiry = true;
    request.items = {{0, "ACME", true, 500, 0}};
    venue_->receive(request, now_);
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[1].say, Say::offered);
    EXPECT_LT(heard[2].price, heard[1].price);
    request = {};
    request.route = 2;
    request.number = ++number_;
    request.items = {{0, "ACME", true, 500, 0}};
    request.offer = heard[1].execution_ref;
    venue_->receive(request, now_);
    const std::vector<Event> taken = hear();
    ASSERT_EQ(taken.size(), 2U);
    EXPECT_EQ(taken[1].price, heard[1].price);
    request.route = 3;  // an offer is good once
    request.number = ++number_;
    venue_->receive(request, now_);
    EXPECT_THAT(words(), ElementsAre(Say::refused));
}

TEST_F(VenueTest, BustsAndCorrectsOnRequest) {
    place(1, 10, 9'000, true, Force::day, "sim: fill bust=500");
    place(2, 10, 9'000, true, Force::day, "sim: fill correct=500");
    EXPECT_EQ(words().size(), 4U);
    start();
    now_ += second;
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 2U);
    EXPECT_EQ(heard[0].say, Say::reversed);
    EXPECT_EQ(heard[0].remaining, 10);
    EXPECT_EQ(venue_->standing(1)->remaining, 10);  // it works again
    EXPECT_EQ(heard[1].say, Say::corrected);
    EXPECT_EQ(heard[1].price, 9'010);
    now_ += second;
    EXPECT_THAT(words(), ElementsAre());
}

TEST_F(VenueTest, TradesAgainWithWhatABustRevived) {
    place(1, 10, 9'000, true, Force::day, "sim: fill bust=500");
    EXPECT_THAT(words(), ElementsAre(Say::acked, Say::executed));
    now_ += second;
    EXPECT_THAT(words(), ElementsAre(Say::reversed));
    place(2, 2'000, 8'000, false);  // takes all bids of the house, and the one behind them
    std::int64_t done = 0;
    for (const Event& event : hear())
        if (event.say == Say::executed && event.route == 1) done += event.quantity;
    EXPECT_EQ(done, 10);
    EXPECT_TRUE(venue_->standing(1)->ended);
}

TEST_F(VenueTest, OthersTradeWithWhatRests) {
    rules_.quote_every_ns = second;
    rules_.taker_percent = 100;
    start();
    place(1, 500, 10'000);
    hear();
    for (int step = 0; step < 200 && !venue_->standing(1)->ended; ++step) {
        now_ += second;
        hear();
    }
    EXPECT_TRUE(venue_->standing(1)->ended);
}

TEST_F(VenueTest, WandersAroundItsListedPriceHoweverLong) {
    rules_.quote_every_ns = second;
    start();
    std::int64_t lowest = 10'000;
    std::int64_t highest = 10'000;
    for (int step = 0; step < 50'000; ++step) {
        now_ += second;
        venue_->work(now_);
        for (const MarketData& market : venue_->take_market_data(now_)) {
            lowest = std::min(lowest, market.bid.price);
            highest = std::max(highest, market.ask.price);
        }
    }
    EXPECT_LT(lowest, 10'000 - 50);
    EXPECT_GT(highest, 10'000 + 50);
    EXPECT_GT(lowest, 10'000 - 300);
    EXPECT_LT(highest, 10'000 + 300);
}

TEST_F(VenueTest, WorksOrdersThatAreTelephonedIn) {
    const Item item{0, "ACME", true, 10, 9'000};
    venue_->enter_by_phone("PHONE-1", item, now_);
    EXPECT_THAT(words(), ElementsAre(Say::acked));
    start();
    venue_->enter_by_phone("PHONE-1", item, now_);
    EXPECT_THAT(words(), ElementsAre());
    place(1, 10, 9'000, false);
    // The house's bids are better than the one from the telephone.
    EXPECT_EQ(words().front(), Say::acked);
}

TEST_F(VenueTest, ToldTwiceIsMarked) {
    conditions_.duplicate_percent = 100;
    start();
    place(1, 10, 9'000, true, Force::day, "sim: fill");
    const std::vector<Event> heard = hear();
    ASSERT_EQ(heard.size(), 3U);
    EXPECT_EQ(heard[1].execution_ref, heard[2].execution_ref);
    EXPECT_TRUE(heard[2].again);
    EXPECT_EQ(venue_->standing(1)->remaining, 0);
}

TEST(CheckedLogTest, CutsOffATornLineAndNamesADamagedOne) {
    const auto path = std::filesystem::path(testing::TempDir()) / "checked.log";
    std::filesystem::remove(path);
    const auto lines = [&] {
        std::vector<std::string> read;
        CheckedLog log(path);
        log.open([&](std::string_view line) { read.emplace_back(line); });
        return read;
    };
    {
        CheckedLog log(path);
        log.open([](std::string_view) {});
        log.append("one");
        log.append("two");
        log.flush();
    }
    std::ofstream(path, std::ios::app) << "0badcafe thr";
    EXPECT_THAT(lines(), ElementsAre("one", "two"));
    std::fstream(path, std::ios::in | std::ios::out).put('x');
    EXPECT_THROW(lines(), std::runtime_error);
}

}  // namespace
}  // namespace parties
