// SPDX-License-Identifier: Apache-2.0
#include "runtime/runtime.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms::runtime::test {
namespace {

using testing::HasSubstr;

class RuntimeTest : public testing::Test {
protected:
    void open(bool in_memory = true) { start_running(world_.open(in_memory), runtime_, port_); }
    void close() {
        port_.reset();
        runtime_.reset();
    }
    Reply request(const sdk::Batch& input) {
        Result<Reply> reply = port_->request(input.view());
        EXPECT_TRUE(reply) << to_text(reply.error());
        return reply ? std::move(*reply) : Reply();
    }
    std::string status_of(std::uint64_t order) {
        auto query = sdk::make<oms_query>();
        query.subject = OMS_subject_order;
        query.id = order;
        const Result<Reply> reply = port_->ask(query);
        EXPECT_TRUE(reply);
        for (const oms_record& record : sdk::Records(reply->records.view()))
            if (const auto* row = sdk::as<oms_order_row>(record))
                return std::string(sdk::view(row->status));
        return {};
    }

    SmallWorld world_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
};

TEST_F(RuntimeTest, CarriesAnOrderToItsEnd) {
    open();
    const Reply placed = request(place(*port_, "one"));
    EXPECT_EQ(placed.code, 0u) << placed.text;
    EXPECT_NE(placed.order, 0u);
    EXPECT_EQ(status_of(placed.order), "open");

    Party party(*runtime_);
    EXPECT_EQ(party.work(true), 1);
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(status_of(placed.order), "finished");
}

TEST_F(RuntimeTest, AnswersARepeatedKeyAlike) {
    open();
    const Reply first = request(place(*port_, "same"));
    const Reply second = request(place(*port_, "same"));
    EXPECT_EQ(second.seq, first.seq);
    EXPECT_EQ(second.order, first.order);
    EXPECT_EQ(second.code, 0u);
    const Reply other = request(place(*port_, "same", 11));
    EXPECT_EQ(other.code, static_cast<std::uint32_t>(OMS_ERROR_key_reused));
}

TEST_F(RuntimeTest, RefusesWhenACheckRefusesFailsOrSaysNothing) {
    open();
    using Mood = Gatekeeper::Mood;
    int number = 0;
    for (const Mood mood : {Mood::refuse, Mood::silent, Mood::fail}) {
        Gatekeeper::mood = mood;
        const Reply reply = request(place(*port_, "mood" + std::to_string(++number)));
        EXPECT_NE(reply.code, 0u);
    }
    Gatekeeper::mood = Mood::pass;
    EXPECT_EQ(request(place(*port_, "well again")).code, 0u);
    const ProcessStatus status = runtime_->status();
    EXPECT_EQ(status.instances.at(0).instance, "gatekeeper");
    EXPECT_EQ(status.instances.at(0).version, "1.2.3");
    EXPECT_EQ(status.instances.at(0).faults, 1u);
}

TEST_F(RuntimeTest, KeepsEverythingOverARestart) {
    open(false);
    const Reply placed = request(place(*port_, "kept"));
    Party party(*runtime_);
    party.work(true);
    ASSERT_TRUE(runtime_->settle());
    const std::string hash = runtime_->state_hash();
    const std::uint64_t seq = port_->durable_seq();
    close();

    open(false);
    EXPECT_EQ(status_of(placed.order), "finished");
    EXPECT_EQ(request(place(*port_, "kept")).order, placed.order);
    // A new epoch is all that the second start decided: names and terms were there.
    std::uint64_t from = seq;
    std::vector<std::uint32_t> causes;
    port_->read(OMS_READ_ALL, 0, from, 0, [&](const oms_batch& decision) {
        causes.push_back(reinterpret_cast<const oms_decision*>(decision.first)->cause);
        return OMS_OK;
    });
    EXPECT_THAT(causes, testing::ElementsAre(OMS_RECORD_begin_epoch));
    EXPECT_NE(runtime_->state_hash(), hash);  // the epoch is part of the state
}

TEST_F(RuntimeTest, ShowsTheWholeJournalToALateReader) {
    open(false);
    for (int i = 0; i < 50; ++i) request(place(*port_, "k" + std::to_string(i)));
    close();
    open(false);
    // The ring begins where this process began: what lies before comes from the journal.
    std::uint64_t seq = 0;
    std::uint64_t expected = 0;
    int placed = 0;
    while (port_->read(OMS_READ_ALL, 0, seq, 0, [&](const oms_batch& decision) {
        const auto* header = reinterpret_cast<const oms_decision*>(decision.first);
        EXPECT_EQ(header->seq, ++expected);
        if (header->cause == OMS_RECORD_place_order) ++placed;
        return OMS_OK;
    }) == OMS_OK) {
    }
    EXPECT_EQ(placed, 50);
    EXPECT_EQ(seq, port_->durable_seq());
}

TEST_F(RuntimeTest, GivesADecisionThatWasNotTakenAgain) {
    open();
    request(place(*port_, "a"));
    request(place(*port_, "b"));
    std::uint64_t seq = 0;
    std::uint64_t refused = 0;
    const auto refuse_third = [&](const oms_batch& decision) {
        const std::uint64_t now = reinterpret_cast<const oms_decision*>(decision.first)->seq;
        if (now < 3) return OMS_OK;
        refused = now;
        return OMS_AGAIN;
    };
    EXPECT_EQ(port_->read(OMS_READ_ALL, 0, seq, 0, refuse_third), OMS_OK);
    EXPECT_EQ(seq, 2u);
    EXPECT_EQ(port_->read(OMS_READ_ALL, 0, seq, 0, refuse_third), OMS_AGAIN);
    EXPECT_EQ(refused, 3u);
    EXPECT_EQ(seq, 2u);
}

TEST_F(RuntimeTest, FiresTimersAtTheirOwnTimeWhenTheClockIsMoved) {
    open();
    const Reply placed = request(place(*port_, "old"));
    ASSERT_TRUE(runtime_->advance_to(world_.clock.now() + std::int64_t{59} * 1'000'000'000));
    EXPECT_EQ(status_of(placed.order), "open");
    const std::int64_t due = std::int64_t{61} * 1'000'000'000;
    ASSERT_TRUE(runtime_->advance_to(std::int64_t{7200} * 1'000'000'000));
    EXPECT_EQ(status_of(placed.order), "old");
    std::uint64_t seq = placed.seq;
    std::int64_t fired = 0;
    port_->read(OMS_READ_ALL, 0, seq, 0, [&](const oms_batch& decision) {
        const auto* header = reinterpret_cast<const oms_decision*>(decision.first);
        if (header->cause == OMS_RECORD_timer_due) fired = header->time;
        return OMS_OK;
    });
    EXPECT_EQ(fired, due);
}

TEST_F(RuntimeTest, HaltsAtTheGateBeforeTheHaltIsDurable) {
    open();
    request(place(*port_, "before"));
    Party party(*runtime_);
    party.work(false);
    ASSERT_EQ(party.intents.size(), 1u);
    oms_intent intent = party.intents.front();
    EXPECT_EQ(port_->gate(intent), OMS_OK);

    const Result<HaltReply> halted = port_->halt(OMS_halt_scope_all, 0, true, "a test");
    ASSERT_TRUE(halted) << to_text(halted.error());
    EXPECT_TRUE(halted->in_force);
    EXPECT_NE(halted->seq, 0u);
    EXPECT_EQ(port_->gate(intent), OMS_HALTED);
    EXPECT_EQ(request(place(*port_, "during")).code, static_cast<std::uint32_t>(OMS_ERROR_halted));
    intent.action = OMS_action_cancel;
    EXPECT_EQ(port_->gate(intent), OMS_OK);

    ASSERT_TRUE(port_->halt(OMS_halt_scope_all, 0, false, "over"));
    intent.action = OMS_action_place;
    EXPECT_EQ(port_->gate(intent), OMS_OK);
    EXPECT_EQ(request(place(*port_, "after")).code, 0u);
}

TEST_F(RuntimeTest, HaltsAnAccountWithAllThatLiesUnderIt) {
    open();
    request(place(*port_, "before"));
    Party party(*runtime_);
    party.work(false);
    ASSERT_EQ(party.intents.size(), 1u);
    const std::uint32_t firm = port_->reference(OMS_class_account, "firm").value_or(0);
    const std::uint32_t house = port_->reference(OMS_class_account, "house").value_or(0);
    ASSERT_TRUE(port_->halt(OMS_halt_scope_account, house, true, "another one"));
    EXPECT_EQ(port_->gate(party.intents.front()), OMS_OK);
    ASSERT_TRUE(port_->halt(OMS_halt_scope_account, firm, true, "the parent"));
    EXPECT_EQ(port_->gate(party.intents.front()), OMS_HALTED);
}

TEST_F(RuntimeTest, KeepsAHaltOverARestart) {
    open(false);
    ASSERT_TRUE(port_->halt(OMS_halt_scope_all, 0, true, "for the night"));
    close();
    open(false);
    auto intent = sdk::make<oms_intent>();
    intent.action = OMS_action_place;
    EXPECT_EQ(port_->gate(intent), OMS_HALTED);
}

TEST_F(RuntimeTest, NamesTheNearestCodeForAMistypedOne) {
    open();
    const Result<std::uint32_t> found = port_->reference(OMS_class_account, "dask");
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().reason, HasSubstr("did you mean \"desk\"?"));
}

TEST_F(RuntimeTest, RefusesInputsThatOnlyTheKernelGives) {
    open();
    sdk::Batch input;
    input.add(sdk::make<oms_begin_epoch>());
    EXPECT_EQ(port_->submit(input.view(), 1), OMS_INVALID);
    auto cut = sdk::make<oms_place_order>();
    const auto* record = reinterpret_cast<const oms_record*>(&cut);
    EXPECT_EQ(port_->submit({record, record->size + 8, 1, 0}, 1), OMS_INVALID);
}

TEST_F(RuntimeTest, AnswersStoppedAfterTheEnd) {
    open();
    runtime_->stop();
    std::uint64_t seq = 0;
    EXPECT_EQ(port_->submit(place(*port_, "late").view(), 1), OMS_STOPPED);
    EXPECT_EQ(port_->read(OMS_READ_ALL, 0, seq, 1000, [](const oms_batch&) { return OMS_OK; }),
              OMS_STOPPED);
}

TEST_F(RuntimeTest, TakesAThousandOrdersInFewCommits) {
    open();
    const ProcessStatus before = runtime_->status();
    const sdk::Batch prototype = place(*port_, "prototype");
    for (int i = 0; i < 1000; ++i) {
        const std::string key = "burst" + std::to_string(i);
        sdk::Batch input;
        input.append(prototype.view());
        reinterpret_cast<oms_place_order*>(const_cast<oms_record*>(input.view().first))->key =
            sdk::text(key);
        ASSERT_EQ(port_->submit(input.view(), static_cast<std::uint64_t>(i) + 1), OMS_OK);
    }
    std::size_t answers = 0;
    std::uint64_t last = 0;
    while (answers < 1000) {
        const oms_status status = port_->take_answers(5000, [&](const oms_answer& answer) {
            EXPECT_EQ(answer.status, static_cast<std::uint32_t>(OMS_OK));
            EXPECT_GT(answer.seq, last);
            last = answer.seq;
            ++answers;
        });
        ASSERT_EQ(status, OMS_OK);
    }
    EXPECT_LE(last, port_->durable_seq());
}

TEST_F(RuntimeTest, WorksOnWhoeverWaitsWhenItHasNoThreads) {
    Options options = world_.options(true);
    options.threads = false;
    options.clock = &world_.clock;
    auto opened = Runtime::open(std::move(options));
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    runtime_ = std::move(*opened);
    ASSERT_TRUE(runtime_->start());
    port_ = runtime_->port("test");

    // Nothing happens by itself, and who does not wait does not work.
    const std::uint64_t before = port_->durable_seq();
    ASSERT_EQ(port_->submit(place(*port_, "one").view(), 1), OMS_OK);
    ASSERT_EQ(port_->submit(place(*port_, "two").view(), 2), OMS_OK);
    std::vector<std::uint64_t> answered;
    const auto take = [&](const oms_answer& answer) { answered.push_back(answer.token); };
    EXPECT_EQ(port_->take_answers(0, take), OMS_AGAIN);
    EXPECT_EQ(port_->durable_seq(), before);
    EXPECT_FALSE(runtime_->step());
    EXPECT_EQ(port_->durable_seq(), before + 2);
    EXPECT_EQ(port_->take_answers(0, take), OMS_OK);
    EXPECT_THAT(answered, testing::ElementsAre(1, 2));

    Party party(*runtime_);
    EXPECT_EQ(party.work(true), 2);
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(status_of(1), "finished");
    const Reply third = request(place(*port_, "three"));
    ASSERT_TRUE(runtime_->advance_to(std::int64_t{7200} * 1'000'000'000));
    EXPECT_EQ(status_of(third.order), "old");
    ASSERT_EQ(port_->submit(place(*port_, "four").view(), 4), OMS_OK);
    runtime_->stop();  // what was taken is decided
    EXPECT_EQ(port_->take_answers(0, take), OMS_OK);
    EXPECT_EQ(answered.back(), 4u);
}

TEST_F(RuntimeTest, EndsWithALastWordWhenAPluginStalls) {
    Options options = world_.options(true);
    std::atomic<int> last_words{0};
    Error said;
    options.log = [](std::string_view) {};
    options.on_fatal = [&](const Error& error) {
        said = error;
        ++last_words;
    };
    auto opened = Runtime::open(std::move(options));
    ASSERT_TRUE(opened) << yaml::to_text(opened.error());
    ASSERT_TRUE((*opened)->start());
    const auto port = (*opened)->port("test");
    Gatekeeper::mood = Gatekeeper::Mood::stall;
    ASSERT_EQ(port->submit(place(*port, "stalls").view(), 1), OMS_OK);
    for (int i = 0; i < 500 && last_words == 0; ++i) usleep(10'000);
    Gatekeeper::mood = Gatekeeper::Mood::pass;
    ASSERT_EQ(last_words, 1);
    EXPECT_EQ(said.place, "gatekeeper");
    EXPECT_THAT(said.reason, HasSubstr("did not come back within 300 ms"));
}

}  // namespace
}  // namespace oms::runtime::test
