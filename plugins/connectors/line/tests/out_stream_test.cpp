// SPDX-License-Identifier: Apache-2.0
#include "src/out_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

namespace line {
namespace {

namespace sdk = oms::sdk;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t channel = 5;

/// Tells one message for each execution, called after its id; of intents it sends all but asks.
class TestScribe final : public Scribe {
public:
    std::vector<Message> notices(const oms_batch& decision) override {
        std::vector<Message> told;
        for (const oms_record& record : sdk::Records(decision))
            if (const auto* executed = sdk::as<oms_executed>(record))
                told.push_back(Message("ORDER").put("execution", executed->execution));
        return told;
    }
    std::optional<Message> intent(const oms_batch&, const oms_intent& intent, bool) override {
        if (intent.action == OMS_action_ask) return std::nullopt;
        return Message("NEW").put("route", intent.route);
    }
};

/// A journal of one channel: what is submitted is decided at once, in order.
class OutStreamTest : public testing::Test {
protected:
    void executions(std::vector<std::uint64_t> ids) {
        sdk::Batch effects;
        for (const std::uint64_t id : ids) {
            auto executed = sdk::make<oms_executed>();
            executed.execution = id;
            effects.add(executed);
        }
        decide(OMS_RECORD_report, effects);
    }
    void intents(std::vector<std::uint32_t> actions) {
        sdk::Batch effects;
        for (const std::uint32_t action : actions) {
            auto intent = sdk::make<oms_intent>();
            intent.channel = channel;
            intent.action = action;
            intent.out_seq = ++out_;
            intent.route = out_ * 10;
            effects.add(intent);
        }
        decide(OMS_RECORD_report, effects);
    }
    void advance(std::uint64_t numbers, const Cursor& cursor) {
        out_ += numbers;
        cursor_ = cursor.text();
        auto moved = sdk::make<oms_channel_moved>();
        moved.channel = channel;
        moved.out_seq = out_;
        moved.cursor = sdk::text(cursor_);
        sdk::Batch effects;
        effects.add(moved);
        decide(OMS_RECORD_advance_channel, effects);
    }
    void decide(std::uint32_t cause, const sdk::Batch& effects) {
        sdk::Batch& decision = journal_.emplace_back();
        auto header = sdk::make<oms_decision>();
        header.seq = journal_.size();
        header.cause = cause;
        decision.add(header);
        decision.append(effects.view());
    }

    /// Walks to the end; answers what came, as `number:what`.
    std::vector<std::string> walk(OutStream& stream, bool asks = true) {
        std::vector<std::string> came;
        while (true) {
            while (stream.seq() < journal_.size() && !stream.full())
                stream.take(journal_[stream.seq()].view());
            for (const Numbered& numbered : stream.ready) {
                const Message& message = numbered.message;
                std::string what = message.type;
                if (message.type == "ORDER") what = message.get("execution");
                if (message.type == "NEW") what = message.get("route");
                came.push_back(std::to_string(message.number) + ":" + what);
            }
            stream.ready.clear();
            const OutStream::Wish wish = stream.wish();
            if (!asks || wish.numbers == 0) return came;
            Cursor cursor = stream.cursor();
            cursor.told = wish.told;
            advance(wish.numbers, cursor);
            stream.asked(wish);
        }
    }

    TestScribe scribe_;
    std::deque<sdk::Batch> journal_;
    std::uint64_t out_ = 0;
    std::string cursor_;
};

TEST_F(OutStreamTest, NumbersAnswersInTheOrderOfTheirDecisions) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    executions({7, 8});
    executions({9});
    EXPECT_THAT(walk(stream), ElementsAre("1:7", "2:8", "3:9"));
    stream.put_session(Message("BEAT"));
    executions({10});
    EXPECT_THAT(walk(stream), ElementsAre("4:10", "5:BEAT"));
    stream.rewind(2);
    EXPECT_THAT(walk(stream), ElementsAre("2:8", "3:9", "4:10", "5:"));
}

TEST_F(OutStreamTest, GoesOnAfterACrashWhereTheKernelWas) {
    {
        OutStream stream(channel, scribe_);
        stream.begin({}, 0);
        executions({7});
        walk(stream);
        executions({8});
        walk(stream, false);  // it ends before it could ask for a number
    }
    OutStream next(channel, scribe_);
    next.begin(Cursor::from(cursor_), out_);
    EXPECT_THAT(walk(next), ElementsAre("2:8"));
    next.rewind(1);
    EXPECT_THAT(walk(next), ElementsAre("1:7", "2:8"));
}

TEST_F(OutStreamTest, NumbersThatAnEarlierLifeAskedForAreMetOnce) {
    {
        OutStream stream(channel, scribe_);
        stream.begin({}, 0);
        executions({7});
        walk(stream, false);
        const OutStream::Wish wish = stream.wish();
        Cursor cursor = stream.cursor();
        cursor.told = wish.told;
        advance(wish.numbers, cursor);  // and it ends before it hears of them
    }
    OutStream next(channel, scribe_);
    next.begin(Cursor::from(cursor_), out_);
    EXPECT_THAT(walk(next), IsEmpty());
    next.rewind(1);
    EXPECT_THAT(walk(next), ElementsAre("1:7"));
}

TEST_F(OutStreamTest, IntentsHaveTheNumbersOfTheirDecisions) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    intents({OMS_action_place, OMS_action_ask});
    stream.put_session(Message("BEAT"));
    EXPECT_THAT(walk(stream), ElementsAre("1:10", "2:", "3:BEAT"));
    intents({OMS_action_place});
    EXPECT_THAT(walk(stream), ElementsAre("4:40"));
    stream.arrived(3);
    stream.rewind(4);
    EXPECT_THAT(walk(stream), ElementsAre("4:40"));
}

TEST_F(OutStreamTest, SessionMessagesOfADeadConnectionAreNotSaid) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    stream.put_session(Message("BEAT"));
    stream.asked(stream.wish());
    stream.put_session(Message("TEST"));
    stream.forget_session();
    advance(1, stream.cursor());
    stream.put_session(Message("LOGON"));
    EXPECT_THAT(walk(stream), ElementsAre("1:", "2:LOGON"));
}

TEST_F(OutStreamTest, ManyAnswersThatWaitDoNotStopTheWalk) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    for (std::uint64_t id = 1; id <= 3 * OutStream::most_untold; ++id) executions({id});
    const std::vector<std::string> came = walk(stream);
    ASSERT_EQ(came.size(), 3 * OutStream::most_untold);
    EXPECT_EQ(came.back(), "768:768");
}

TEST_F(OutStreamTest, WhatHasArrivedIsNotWalkedAgain) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    for (std::uint64_t id = 1; id <= 10; ++id) {
        executions({id});
        walk(stream);
    }
    stream.arrived(7);
    EXPECT_EQ(stream.known().number, 7U);
    const Cursor cursor = Cursor::from(stream.cursor().text());
    EXPECT_EQ(cursor, stream.cursor());
    OutStream next(channel, scribe_);
    next.begin(cursor, out_);
    next.rewind(8);
    EXPECT_GT(next.seq(), 0U);
    EXPECT_THAT(walk(next), ElementsAre("8:8", "9:9", "10:10"));
    next.rewind(1);  // the other side lost everything: the whole journal is walked
    EXPECT_EQ(walk(next).size(), 10U);
}

TEST_F(OutStreamTest, BothSidesMayBeginAgain) {
    OutStream stream(channel, scribe_);
    stream.begin({}, 0);
    executions({7});
    walk(stream);
    executions({8});
    out_ = 0;
    advance(0, {});  // the reset
    const std::uint64_t told = stream.cursor().told;
    stream.begin({told, {told, 0}, journal_.size()}, 0);
    EXPECT_THAT(walk(stream), ElementsAre("1:8"));
    stream.rewind(1);
    EXPECT_THAT(walk(stream), ElementsAre("1:8"));
    OutStream next(channel, scribe_);
    next.begin(Cursor::from(cursor_), out_);
    next.rewind(1);
    EXPECT_THAT(walk(next), ElementsAre("1:8"));
}

}  // namespace
}  // namespace line
