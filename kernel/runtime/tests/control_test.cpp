// SPDX-License-Identifier: Apache-2.0
#include "runtime/control_client.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <thread>

namespace oms::runtime::test {
namespace {

using testing::HasSubstr;

class ControlTest : public testing::Test {
protected:
    void SetUp() override {
        world_.folder().write("oms.yaml", world_.config);
        auto opened = world_.open(false);
        ASSERT_TRUE(opened) << yaml::to_text(opened.error());
        runtime_ = std::move(*opened);
        ASSERT_TRUE(runtime_->start());
    }
    std::unique_ptr<ControlClient> connect() {
        auto client = ControlClient::connect(world_.folder().path());
        EXPECT_TRUE(client) << to_text(client.error());
        return client ? std::move(*client) : nullptr;
    }

    SmallWorld world_;
    std::unique_ptr<Runtime> runtime_;
};

TEST_F(ControlTest, OffersTheVerbsOfAPort) {
    const auto client = connect();
    const Result<Reply> placed = client->request(place(*client, "over the socket").view());
    ASSERT_TRUE(placed) << to_text(placed.error());
    EXPECT_EQ(placed->code, 0u);

    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = placed->order;
    const Result<Reply> shown = client->ask(query);
    ASSERT_TRUE(shown);
    EXPECT_GT(shown->records.count(), 1u);

    const std::uint32_t thing = client->reference(OMS_class_product, "THING").value_or(0);
    auto row = sdk::make<oms_reference_row>();
    ASSERT_EQ(client->describe(thing, row), OMS_OK);
    EXPECT_EQ(sdk::view(row.code), "THING");
    EXPECT_EQ(row.price_scale, 2u);
    EXPECT_EQ(client->describe(13, row), OMS_NOT_FOUND);
    // An event that every lifecycle knows has its word, as those that are declared have theirs.
    ASSERT_EQ(client->describe(31, row), OMS_OK);
    EXPECT_EQ(sdk::view(row.code), "acked");
    EXPECT_EQ(row.reference_class, std::uint32_t{OMS_class_event});

    auto value = sdk::make<oms_observation>();
    value.product = thing;
    EXPECT_EQ(client->observe({&value, 1}), OMS_OK);
    EXPECT_EQ(client->now(), world_.clock.now());
    EXPECT_EQ(client->durable_seq(), placed->seq);
}

TEST_F(ControlTest, ReadsTheJournalFromItsBeginning) {
    const auto client = connect();
    for (int i = 0; i < 20; ++i) client->request(place(*client, "k" + std::to_string(i)).view());
    std::uint64_t seq = 0;
    std::uint64_t expected = 0;
    while (seq < client->durable_seq()) {
        ASSERT_EQ(client->read(OMS_READ_ALL, 0, seq, 100,
                               [&](const oms_batch& decision) {
                                   EXPECT_EQ(sdk::as<oms_decision>(*decision.first)->seq,
                                             ++expected);
                                   return OMS_OK;
                               }),
                  OMS_OK);
    }
    EXPECT_EQ(client->read(OMS_READ_ALL, 0, seq, 10, [](const oms_batch&) { return OMS_OK; }),
              OMS_AGAIN);
}

TEST_F(ControlTest, TellsAHaltInForceAndDurableApart) {
    const auto client = connect();
    const Result<HaltReply> halted = client->halt(OMS_halt_scope_all, 0, true, "from outside");
    ASSERT_TRUE(halted) << to_text(halted.error());
    EXPECT_TRUE(halted->in_force);
    EXPECT_NE(halted->seq, 0u);
    auto intent = sdk::make<oms_intent>();
    intent.action = OMS_action_place;
    EXPECT_EQ(client->gate(intent), OMS_HALTED);
    const Result<HaltReply> nobody = client->halt(OMS_halt_scope_account, 12, true, "whom?");
    ASSERT_TRUE(nobody);
    EXPECT_FALSE(nobody->in_force);
    EXPECT_EQ(nobody->code, static_cast<std::uint32_t>(OMS_ERROR_unknown_reference));
}

TEST_F(ControlTest, ServesManyClientsAtOnce) {
    std::vector<std::thread> threads;
    std::atomic<int> accepted{0};
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            const auto client = connect();
            for (int i = 0; i < 25; ++i) {
                const std::string key = std::to_string(t) + "/" + std::to_string(i);
                const Result<Reply> reply = client->request(place(*client, key).view());
                if (reply && reply->accepted()) ++accepted;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(accepted, 100);
}

TEST_F(ControlTest, TellsAboutTheProcess) {
    const Result<ProcessStatus> status = connect()->status();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->process, static_cast<std::uint64_t>(getpid()));
    ASSERT_EQ(status->instances.size(), 2u);
    EXPECT_EQ(status->instances[0].instance, "gatekeeper");
    EXPECT_EQ(status->instances[0].file, "gatekeeper (built in)");
    EXPECT_EQ(status->instances[0].state, "running");
    EXPECT_FALSE(status->counters.empty());
    struct stat socket {};
    ASSERT_EQ(stat((world_.folder().path() / "data/control.sock").c_str(), &socket), 0);
    EXPECT_EQ(socket.st_mode & 0777u, 0600u);
}

TEST_F(ControlTest, StopsWhenItIsAskedTo) {
    const auto client = connect();
    ASSERT_TRUE(client->stop());
    runtime_->wait();
    runtime_->stop();
    const Result<Reply> reply = client->request(place(*client, "too late").view());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, error_connection_lost);
    EXPECT_THAT(reply.error().remedy, HasSubstr("same key"));
}

TEST_F(ControlTest, SaysWhatToDoWhenNobodyListens) {
    runtime_->stop();
    const auto client = ControlClient::connect(world_.folder().path());
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().code, error_not_running);
    EXPECT_THAT(client.error().place, HasSubstr("control.sock"));
    EXPECT_THAT(client.error().remedy, HasSubstr("oms run"));
}

TEST_F(ControlTest, TurnsAwayWhatTalksNonsense) {
    auto socket = UnixSocket::connect(world_.folder().path() / "data/control.sock");
    ASSERT_TRUE(socket);
    ASSERT_TRUE(socket->send("GET / HTTP/1.1\r\nHost: nobody\r\n\r\n"));
    char byte = 0;
    EXPECT_FALSE(socket->receive(&byte, 1));
    EXPECT_NE(connect(), nullptr);
}

TEST_F(ControlTest, LetsASlowClientWaitAlone) {
    // It asks for a thousand answers and reads none.
    auto slow = UnixSocket::connect(world_.folder().path() / "data/control.sock");
    ASSERT_TRUE(slow);
    Message hello{Verb::hello, OMS_OK, 1, {}};
    put_number(hello.body, control_version);
    ASSERT_TRUE(slow->send(to_bytes(hello)));
    const auto client = connect();
    for (int i = 0; i < 200; ++i) {
        Message read{Verb::read, OMS_OK, static_cast<std::uint64_t>(i) + 2, {}};
        for (int field = 0; field < 4; ++field) put_number(read.body, 0);
        ASSERT_TRUE(slow->send(to_bytes(read)));
    }
    const Result<Reply> placed = client->request(place(*client, "not slow").view());
    ASSERT_TRUE(placed) << to_text(placed.error());
    EXPECT_EQ(placed->code, 0u);
}

}  // namespace
}  // namespace oms::runtime::test
