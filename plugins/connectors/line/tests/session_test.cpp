// SPDX-License-Identifier: Apache-2.0
// Sessions over real sockets, against a kernel of a few lines that numbers a channel as the real
// one.
#include "src/session.hpp"
#include "src/door.hpp"

#include <oms/testkit/fake_port.hpp>

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <memory>

namespace line {
namespace {

using oms::testkit::FakeHost;
using oms::testkit::FakePort;

class SessionTest : public testing::Test {
protected:
    void SetUp() override {
        channel_ = port_.define(OMS_class_channel, "fund");
        port_.define(OMS_class_origin, "fund");
        port_.define(OMS_class_product, "ACME", 0, 2);
        port_.define(OMS_class_order_kind, "trade");
        port_.define(OMS_class_account, "desk");
        port_.on_query([this](const oms_query& query, sdk::Batch& rows) {
            if (query.subject != OMS_subject_channels) return OMS_OK;
            auto row = sdk::make<oms_channel_row>();
            row.channel = channel_;
            row.in_seq = in_;
            row.out_seq = out_;
            row.cursor = sdk::text(cursor_);
            rows.add(row);
            return OMS_OK;
        });
        port_.on_input([this](const oms_batch& input, std::uint64_t, sdk::Batch& effects) {
            decide(input, effects);
        });
        host_ = std::make_unique<FakeHost>(port_, "line");
        start();
    }
    void TearDown() override { end(); }

    void start(std::string secret = {}) {
        sdk_port_ = std::make_unique<sdk::Port>(host_->host());
        desk_ = std::make_unique<SharedDesk>(*sdk_port_);
        SessionRules rules;
        rules.name = "fund";
        rules.secret = std::move(secret);
        session_ = std::make_unique<Session>(host_->host(), *sdk_port_, *desk_, rules);
        door_ = std::make_unique<Door>(host_->host(), [this](std::string_view name) {
            return name == "fund" ? session_.get() : nullptr;
        });
        session_->start();
        door_->start("127.0.0.1", 0);
    }
    void end() {
        client_ = Wire();
        door_.reset();
        desk_->stop();
        session_.reset();
        desk_.reset();
    }

    /// As the kernel: a number that came is not taken twice, an order is accepted.
    void decide(const oms_batch& input, sdk::Batch& effects) {
        const auto& head = reinterpret_cast<const oms_advance_channel&>(*input.first);
        if (input.first->kind == OMS_RECORD_place_order) {
            auto opened = sdk::make<oms_order_opened>();
            opened.order = ++orders_;
            opened.channel = channel_;
            opened.key = head.key;
            effects.add(opened);
        }
        if (input.first->kind == OMS_RECORD_advance_channel) out_ += head.outgoing;
        in_ = std::max<std::uint64_t>(in_, head.in_seq);
        for (const oms_record& record : sdk::Records(input))
            if (const auto* cursor = sdk::as<oms_cursor>(record))
                cursor_ = sdk::view(cursor->cursor);
        auto moved = sdk::make<oms_channel_moved>();
        moved.channel = channel_;
        moved.in_seq = in_;
        moved.out_seq = out_;
        moved.cursor = sdk::text(cursor_);
        effects.add(moved);
        auto answered = sdk::make<oms_answered>();
        answered.channel = channel_;
        answered.order = input.first->kind == OMS_RECORD_place_order ? orders_ : 0;
        effects.add(answered);
    }

    void connect() {
        client_ = Wire(connect_to("127.0.0.1", door_->port(), 1000));
        ASSERT_TRUE(client_);
    }
    void send(std::uint64_t number, Message message) {
        message.number = number;
        client_.send(encode(message));
        ASSERT_TRUE(client_.flush());
    }
    /// The next message, or one of type "-" when the connection ended or nothing comes.
    Message hear() {
        const std::int64_t until = steady_ms() + 5000;
        while (steady_ms() < until) {
            if (const auto text = client_.next_line()) {
                Decoded decoded = decode(*text);
                return decoded.message ? *decoded.message : Message("BROKEN");
            }
            pollfd waiting{client_.number(), POLLIN, 0};
            ::poll(&waiting, 1, 100);
            if (!client_.receive() && client_.drained()) break;
        }
        return Message("-");
    }
    void log_on(std::uint64_t number, std::uint64_t next) {
        connect();
        send(number, Message("LOGON").put("session", "fund").put("next", next));
        EXPECT_EQ(hear().type, "LOGON");
    }
    Message order(std::string_view key) {
        return Message("NEW")
            .put("key", key)
            .put("kind", "trade")
            .put("account", "desk")
            .put("product", "ACME")
            .put("direction", "receive")
            .put("quantity", "10");
    }

    std::uint32_t channel_ = 0;
    std::uint64_t in_ = 0, out_ = 0, orders_ = 0;
    std::string cursor_;
    FakePort port_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<sdk::Port> sdk_port_;
    std::unique_ptr<SharedDesk> desk_;
    std::unique_ptr<Session> session_;
    std::unique_ptr<Door> door_;
    Wire client_;
};

TEST_F(SessionTest, TakesAnOrderAndAnswersUnderADurableNumber) {
    log_on(1, 1);
    EXPECT_EQ(hear().type, "SKIP");  // the LOGON's own number, as the client asked for all
    send(2, order("k1"));
    const Message told = hear();
    EXPECT_EQ(told.get("what"), "accepted");
    EXPECT_EQ(told.get("key"), "k1");
    EXPECT_EQ(told.get("ref"), "2");
    EXPECT_EQ(told.number, 2U);
    EXPECT_FALSE(told.duplicate());
}

TEST_F(SessionTest, SendsAgainWhatTheClientMissed) {
    log_on(1, 1);
    hear();
    send(2, order("k1"));
    hear();
    log_on(3, 2);  // it came back, and had not got number 2
    const Message again = hear();
    EXPECT_EQ(again.number, 2U);
    EXPECT_EQ(again.get("key"), "k1");
    EXPECT_TRUE(again.duplicate());
}

TEST_F(SessionTest, GoesOnWithItsNumbersInAnotherLife) {
    log_on(1, 1);
    hear();
    send(2, order("k1"));
    hear();
    end();
    start();
    log_on(3, 3);
    EXPECT_EQ(hear().type, "SKIP");
    send(4, order("k2"));
    const Message told = hear();
    EXPECT_EQ(told.get("key"), "k2");
    EXPECT_EQ(told.number, 4U);
}

TEST_F(SessionTest, AsksForWhatIsMissingAndTakesNothingTwice) {
    log_on(1, 1);
    hear();
    send(3, order("k2"));
    const Message asked = hear();
    EXPECT_EQ(asked.type, "RESEND");
    EXPECT_EQ(asked.get("from"), "2");
    send(2, order("k1").put("dup", "1"));
    EXPECT_EQ(hear().get("key"), "k1");
    send(3, order("k2").put("dup", "1"));
    EXPECT_EQ(hear().get("key"), "k2");
    send(3, order("k2").put("dup", "1"));
    send(4, Message("TEST").put("id", "7"));
    const Message beat = hear();
    EXPECT_EQ(beat.type, "BEAT");
    EXPECT_EQ(beat.get("id"), "7");
    EXPECT_EQ(orders_, 2U);
}

TEST_F(SessionTest, EndsWithWhoeverLostItsNumbers) {
    log_on(1, 1);
    hear();
    send(2, order("k1"));
    hear();
    send(2, order("k9"));
    EXPECT_EQ(hear().type, "LOGOUT");
    EXPECT_EQ(hear().type, "-");
    EXPECT_EQ(orders_, 1U);
}

TEST_F(SessionTest, EndsOnALineThatCannotBeRead) {
    log_on(1, 1);
    hear();
    client_.send("2|NEW|key=k1|00000000\n");
    ASSERT_TRUE(client_.flush());
    EXPECT_EQ(hear().type, "LOGOUT");
    EXPECT_EQ(in_, 1U);
}

TEST_F(SessionTest, SaysWhichLineMakesNoSense) {
    log_on(1, 1);
    hear();
    send(2, Message("NEW").put("key", "k1").put("product", "ACME").put("quantity", "1.5"));
    const Message told = hear();
    EXPECT_EQ(told.type, "REJECT");
    EXPECT_EQ(told.get("ref"), "2");
    EXPECT_EQ(orders_, 0U);
}

TEST_F(SessionTest, LetsOnOnlyWhoKnowsTheSecret) {
    end();
    start("correct horse battery");
    const auto knock = [this](std::string_view secret) {
        connect();
        send(1, Message("LOGON").put("session", "fund").put("next", 1).put("secret", secret));
        return hear();
    };
    EXPECT_EQ(knock("").type, "-");
    EXPECT_EQ(knock("correct horse batterx").type, "-");
    EXPECT_EQ(knock("correct horse").type, "-");
    EXPECT_EQ(in_, 0U);  // a stranger moves no number
    const Message welcome = knock("correct horse battery");
    EXPECT_EQ(welcome.type, "LOGON");
    EXPECT_EQ(welcome.get("secret"), "");
}

TEST_F(SessionTest, StaysWithItsClientWhenAStrangerKnocks) {
    end();
    start("correct horse battery");
    connect();
    send(1, Message("LOGON")
                .put("session", "fund")
                .put("next", 1)
                .put("secret", "correct horse battery"));
    EXPECT_EQ(hear().type, "LOGON");
    hear();
    Wire stranger(connect_to("127.0.0.1", door_->port(), 1000));
    Message logon = Message("LOGON").put("session", "fund").put("next", 1);
    logon.number = 2;
    stranger.send(encode(logon));
    ASSERT_TRUE(stranger.flush());
    pollfd gone{stranger.number(), POLLIN, 0};
    ASSERT_EQ(::poll(&gone, 1, 5000), 1);
    EXPECT_FALSE(stranger.receive());
    send(2, order("k1"));
    EXPECT_EQ(hear().get("key"), "k1");
}

TEST_F(SessionTest, SendsStrangersAway) {
    connect();
    send(1, Message("LOGON").put("session", "nobody").put("next", 1));
    EXPECT_EQ(hear().type, "-");
}

}  // namespace
}  // namespace line
