// SPDX-License-Identifier: Apache-2.0
// The small parts by themselves: flat copies, lanes, the ring, the gate, mailboxes, the log.
#include "model/codec.hpp"
#include "runtime/call_guard.hpp"
#include "runtime/flat_batch.hpp"
#include "runtime/halt_gate.hpp"
#include "runtime/lane.hpp"
#include "runtime/log.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/observations.hpp"
#include "runtime/quarantine.hpp"
#include "runtime/ring.hpp"
#include "runtime/tests/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace oms::runtime::test {
namespace {

using testing::HasSubstr;

const oms_record& as_record(const auto& record) {
    return *reinterpret_cast<const oms_record*>(&record);
}

sdk::Batch sample(std::string_view key) {
    auto head = sdk::make<oms_cancel_order>();
    head.key = sdk::text(key);
    head.target = sdk::text("an order");
    auto term = sdk::make<oms_term>();
    term.text = sdk::text("x");
    sdk::Batch batch;
    batch.add(head);
    batch.add(term);
    return batch;
}

TEST(FlatBatch, CopiesRecordsAndTextsIntoOnePiece) {
    std::vector<std::uint64_t> words;
    oms_batch copy{};
    {
        const sdk::Batch batch = sample("a key");
        words.resize(flat_words(batch.view()));
        copy = copy_flat(batch.view(), words.data());
    }
    ASSERT_EQ(copy.count, 2u);
    const auto* head = sdk::as<oms_cancel_order>(*copy.first);
    ASSERT_NE(head, nullptr);
    EXPECT_EQ(sdk::view(head->key), "a key");
    EXPECT_EQ(sdk::view(head->target), "an order");
    const char* begin = reinterpret_cast<const char*>(words.data());
    EXPECT_GE(head->key.data, begin);
    EXPECT_LT(head->key.data, begin + words.size() * 8);
}

TEST(FlatBatch, RefusesWhatBreaksTheContract) {
    const sdk::Batch batch = sample("a key");
    oms_batch wrong = batch.view();
    ++wrong.count;
    EXPECT_EQ(flat_words(wrong), 0u);
    wrong = batch.view();
    wrong.bytes -= 8;
    EXPECT_EQ(flat_words(wrong), 0u);

    auto head = sdk::make<oms_cancel_order>();
    const std::string long_text(OMS_MAX_TEXT_BYTES + 1, 'x');
    head.target = sdk::text(long_text);
    EXPECT_EQ(flat_words({&as_record(head), head.size, 1, 0}), 0u);
    head.target = {nullptr, 5};
    EXPECT_EQ(flat_words({&as_record(head), head.size, 1, 0}), 0u);
    head.target = {};
    head.kind = 0x01ff;
    EXPECT_EQ(flat_words({&as_record(head), head.size, 1, 0}), 0u);
    EXPECT_EQ(flat_words({}), 0u);
}

TEST(FlatBatch, WidensARecordOfAnOlderWriter) {
    auto head = sdk::make<oms_cancel_order>();
    head.order = 7;
    head.size = offsetof(oms_cancel_order, target);
    const oms_batch batch{&as_record(head), head.size, 1, 0};
    std::vector<std::uint64_t> words(flat_words(batch), ~std::uint64_t{0});
    const oms_batch copy = copy_flat(batch, words.data());
    const auto* wide = sdk::as<oms_cancel_order>(*copy.first);
    ASSERT_NE(wide, nullptr);
    EXPECT_EQ(wide->order, 7u);
    EXPECT_EQ(wide->target.size, 0u);
}

TEST(FlatBatch, KnowsAnInputByItsHeadAndDetails) {
    EXPECT_TRUE(is_input_batch(sample("k").view()));
    sdk::Batch twice;
    twice.append(sample("k").view());
    twice.append(sample("k").view());
    EXPECT_FALSE(is_input_batch(twice.view()));
    EXPECT_FALSE(is_input_batch({}));
}

TEST(Lane, KeepsTheOrderAndItsBounds) {
    Lane lane(2, 4096);
    EXPECT_EQ(lane.next(), nullptr);
    for (std::uint64_t token = 1; token <= 2; ++token) {
        Item item;
        item.token = token;
        EXPECT_EQ(lane.push(std::move(item), sample("k" + std::to_string(token)).view()), OMS_OK);
    }
    EXPECT_EQ(lane.push({}, sample("k3").view()), OMS_AGAIN);
    EXPECT_EQ(lane.next()->token, 1u);
    // What was swapped out makes room at once.
    EXPECT_EQ(lane.push({}, sample("k3").view()), OMS_OK);
    EXPECT_EQ(lane.next()->token, 2u);
    Item* third = lane.next();
    ASSERT_NE(third, nullptr);
    EXPECT_EQ(sdk::view(sdk::as<oms_cancel_order>(*third->records.first)->key), "k3");
    EXPECT_EQ(lane.next(), nullptr);
}

TEST(Lane, RefusesMoreBytesThanItHas) {
    Lane lane(100, 64);
    EXPECT_EQ(lane.push({}, sample("k").view()), OMS_AGAIN);
}

TEST(Observations, KeepTheLastValueOfEach) {
    Stats stats;
    Observations values(stats);
    auto value = sdk::make<oms_observation>();
    for (int i = 0; i < 3; ++i) {
        value.product = 1 + static_cast<std::uint32_t>(i % 2);
        value.value = i;
        EXPECT_EQ(values.put({&value, 1}), OMS_OK);
    }
    const auto& taken = values.take();
    ASSERT_EQ(taken.size(), 2u);
    EXPECT_EQ(taken[0].value, 2);
    EXPECT_EQ(taken[1].value, 1);
    EXPECT_EQ(stats.observations_replaced.get(), 1u);
    EXPECT_TRUE(values.empty());
}

/// A frame of decisions, each with an intent for its channel (0: none).
Frame frame(std::uint64_t first, const std::vector<std::uint32_t>& channels) {
    Frame frame;
    for (const std::uint32_t channel : channels) {
        auto header = sdk::make<oms_decision>();
        header.seq = first++;
        sdk::Batch effects;
        if (channel != 0) {
            auto intent = sdk::make<oms_intent>();
            intent.channel = channel;
            effects.add(intent);
        }
        header.effects = effects.view().count;
        frame.add(header, effects.view());
    }
    return frame;
}

std::shared_ptr<const Published> published(std::uint64_t first,
                                           const std::vector<std::uint32_t>& channels) {
    return *Published::make(frame(first, channels).bytes());
}

TEST(Published, FindsDecisionsAndTheirChannels) {
    const auto group = published(5, {0, 7, 7 + 64});
    EXPECT_EQ(group->first_seq(), 5u);
    EXPECT_EQ(group->last_seq(), 7u);
    EXPECT_EQ(group->entry(5).channels, 0u);
    EXPECT_EQ(group->entry(6).channels, channel_bit(7));
    EXPECT_TRUE(names_channel(group->entry(6).records, 7));
    EXPECT_FALSE(names_channel(group->entry(7).records, 7));
    EXPECT_FALSE(Published::make("nonsense"));
}

TEST(Ring, DropsTheOldestAndSaysWhoIsBehind) {
    Stats stats;
    Ring ring(1, stats);
    ring.begin_after(4);
    EXPECT_TRUE(ring.is_behind(4));
    EXPECT_FALSE(ring.is_behind(5));
    ring.push(published(5, {0, 0}));
    EXPECT_NE(ring.find(6), nullptr);
    ring.push(published(7, {0}));
    EXPECT_EQ(ring.find(6), nullptr);
    EXPECT_TRUE(ring.is_behind(6));
    EXPECT_EQ(ring.find(7)->first_seq(), 7u);
    EXPECT_EQ(ring.find(8), nullptr);
}

TEST(Ring, WakesThoseWhomItConcernsAndMovesTheOthersOn) {
    Stats stats;
    Ring ring(1 << 20, stats);
    std::atomic<std::uint64_t> wakes{0};
    Ring::Waiter mine;
    mine.channels = channel_bit(3);
    mine.wakes = &wakes;
    std::thread waiting(
        [&] { ring.wait(mine, std::chrono::steady_clock::now() + std::chrono::seconds(10)); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ring.push(published(1, {0, 4}));
    ring.push(published(3, {3}));
    waiting.join();
    EXPECT_EQ(mine.seq, 2u);
}

class HaltGateTest : public testing::Test {
protected:
    oms_status ask(std::uint32_t action = OMS_action_place, std::uint32_t account = 70) {
        auto intent = sdk::make<oms_intent>();
        intent.action = action;
        intent.order = 1;
        intent.account = account;
        intent.destination = 50;
        intent.product = 60;
        return gate_.ask(intent);
    }
    NameTable names_;
    HaltGate gate_{names_};
};

TEST_F(HaltGateTest, ClosesWhenAskedAndStaysUntilBothSidesAreOver) {
    EXPECT_EQ(ask(), OMS_OK);
    ASSERT_TRUE(gate_.ask_to_close(OMS_halt_scope_all, 0));
    EXPECT_EQ(ask(), OMS_HALTED);
    // An older resume becomes durable while the new halt is on its way: the gate stays closed.
    gate_.set(OMS_halt_scope_all, 0, false);
    EXPECT_EQ(ask(), OMS_HALTED);
    gate_.set(OMS_halt_scope_all, 0, true);
    gate_.settle(OMS_halt_scope_all, 0);
    EXPECT_EQ(ask(), OMS_HALTED);
    gate_.set(OMS_halt_scope_all, 0, false);
    EXPECT_EQ(ask(), OMS_OK);
}

TEST_F(HaltGateTest, OpensAgainWhenTheKernelRefusedTheHalt) {
    ASSERT_TRUE(gate_.ask_to_close(OMS_halt_scope_destination, 50));
    EXPECT_EQ(ask(), OMS_HALTED);
    gate_.settle(OMS_halt_scope_destination, 50);
    EXPECT_EQ(ask(), OMS_OK);
}

TEST_F(HaltGateTest, LetsCancelsAndQuestionsPass) {
    gate_.set(OMS_halt_scope_all, 0, true);
    EXPECT_EQ(ask(OMS_action_cancel), OMS_OK);
    EXPECT_EQ(ask(OMS_action_ask), OMS_OK);
    EXPECT_EQ(ask(OMS_action_amend), OMS_HALTED);
    EXPECT_EQ(ask(OMS_action_signal), OMS_HALTED);
}

TEST_F(HaltGateTest, KnowsScopes) {
    gate_.set(OMS_halt_scope_destination, 51, true);
    gate_.set(OMS_halt_scope_product, 61, true);
    EXPECT_EQ(ask(), OMS_OK);
    gate_.set(OMS_halt_scope_product, 60, true);
    EXPECT_EQ(ask(), OMS_HALTED);
    gate_.set(OMS_halt_scope_product, 60, false);
    gate_.set(OMS_halt_scope_account, 71, true);
    EXPECT_EQ(ask(), OMS_OK);
    EXPECT_EQ(ask(OMS_action_place, 71), OMS_HALTED);
    EXPECT_EQ(ask(OMS_action_place, 0), OMS_HALTED);  // it does not tell whose it is
}

TEST_F(HaltGateTest, KnowsEachProductOfARoute) {
    gate_.products.add(1, 2, 60);
    gate_.products.add(1, 2, 61);
    gate_.set(OMS_halt_scope_product, 61, true);
    oms_intent intent = sdk::make<oms_intent>();
    intent.action = OMS_action_place;
    intent.order = 1;
    intent.route = 2;
    intent.product = 60;
    EXPECT_EQ(gate_.ask(intent), OMS_HALTED);
    intent.route = 3;
    EXPECT_EQ(gate_.ask(intent), OMS_OK);
    intent.route = 2;
    gate_.products.forget(1);
    EXPECT_EQ(gate_.ask(intent), OMS_OK);
}

TEST_F(HaltGateTest, ClosesForAllWhenThereAreTooManyScopes) {
    for (std::uint32_t i = 0; i < HaltGate::most_halts + 5; ++i)
        gate_.set(OMS_halt_scope_product, 1000 + i, true);
    EXPECT_EQ(ask(), OMS_HALTED);
    EXPECT_FALSE(gate_.ask_to_close(OMS_halt_scope_product, 60));
}

TEST(Mailbox, BoundsWhatIsOwed) {
    Mailbox mailbox;
    for (std::size_t i = 0; i < Mailbox::most_owed; ++i) ASSERT_TRUE(mailbox.owe());
    EXPECT_FALSE(mailbox.owe());
    mailbox.put({1, OMS_OK, 0, nullptr, std::make_shared<sdk::Batch>()});
    EXPECT_EQ(mailbox.take(0, [](const oms_answer&) {}), OMS_OK);
    EXPECT_TRUE(mailbox.owe());
    EXPECT_EQ(mailbox.take(0, [](const oms_answer&) {}), OMS_AGAIN);
    mailbox.stop();
    EXPECT_EQ(mailbox.take(1000, [](const oms_answer&) {}), OMS_STOPPED);
}

TEST(Mailbox, KeepsAWakeForWhoComesLate) {
    Mailbox mailbox;
    mailbox.wake();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(mailbox.take(10'000, [](const oms_answer&) {}), OMS_AGAIN);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(Log, LeavesOutWhatFloodsAndSaysSo) {
    std::vector<std::string> lines;
    Log log([&](std::string_view line) { lines.emplace_back(line); });
    for (int i = 0; i < 1000; ++i) log.info("noisy", "again\nand again");
    log.info("quiet", "one word");
    EXPECT_LE(lines.size(), 140u);
    EXPECT_THAT(lines.front(), HasSubstr("info    noisy: again and again"));
    EXPECT_THAT(lines.back(), HasSubstr("quiet: one word"));
}

TEST(Log, WritesTimesInUtc) {
    EXPECT_EQ(log_time(1'700'000'000'250'000'000), "2023-11-14T22:13:20.250Z");
}

TEST(CallMarks, TellHowTheLastProcessEnded) {
    const TempFolder folder;
    const auto path = folder.path() / "calls.mark";
    Stats stats;
    using How = LastEnd::How;
    {
        auto marks = *CallMarks::open(path, stats);
        EXPECT_EQ(marks->last_end().how, How::first);
        marks->name(1001, "gatekeeper");
        marks->enter(1001);
    }
    {
        auto marks = *CallMarks::open(path, stats);
        EXPECT_EQ(marks->last_end().how, How::unclean);
        EXPECT_EQ(marks->last_end().instance, "gatekeeper");
        EXPECT_FALSE(marks->last_end().blames());
        marks->name(1001, "gatekeeper");
        marks->enter(1001);
        marks->leave(1001, true);
        EXPECT_EQ(marks->calls(1001), 1u);
        EXPECT_EQ(marks->faults(1001), 1u);
        marks->close();
    }
    EXPECT_EQ((*CallMarks::open(path, stats))->last_end().how, How::clean);
}

TEST(Quarantine, IsAFileThatAPersonCanRead) {
    const TempFolder folder;
    const auto path = folder.path() / "quarantine.txt";
    {
        Quarantine list = *Quarantine::open(path);
        ASSERT_TRUE(list.add("extra", "it crashed"));
    }
    EXPECT_THAT(folder.read("quarantine.txt"), HasSubstr("extra: it crashed\n"));
    Quarantine list = *Quarantine::open(path);
    EXPECT_TRUE(list.has("extra"));
    EXPECT_EQ(list.reason("extra"), "it crashed");
    ASSERT_TRUE(list.release("extra"));
    EXPECT_FALSE(Quarantine::open(path)->has("extra"));
}

}  // namespace
}  // namespace oms::runtime::test
