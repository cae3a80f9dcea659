// SPDX-License-Identifier: Apache-2.0
// The acquirer behind a connector, against a host that decides what the test says: this is where
// the duty cycle of every simulated party is tested.
#include "src/acquirer.hpp"

#include "shared/party_peer.hpp"

#include <oms/testkit/fake_port.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <utility>

namespace parties {
namespace {

using oms::testkit::FakeHost;
using oms::testkit::FakePort;
using testing::ElementsAre;

/// Something happens just after it had its turn.
class InterruptedPeer : public PartyPeer {
public:
    using PartyPeer::PartyPeer;
    void work() override {
        PartyPeer::work();
        if (const auto happens = std::exchange(at_work, nullptr)) happens();
    }
    std::function<void()> at_work;
};

class PaymentsConnectorTest : public testing::Test {
protected:
    void SetUp() override {
        book_ = std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove(book_);
        channel_ = port_.define(OMS_class_channel, "pay");
        port_.define(OMS_class_destination, "pay");
        euro_ = port_.define(OMS_class_product, "EUR", 2);
        port_.define(OMS_class_event, "capture_refused");
        port_.on_input([this](const oms_batch& input, std::uint64_t, sdk::Batch& effects) {
            keep(input);
            effects.clear();
            if (forgets_cursor_) return;
            auto moved = sdk::make<oms_channel_moved>();
            moved.channel = channel_;
            moved.cursor = sdk::text(cursor_);
            effects.add(moved);
        });
        port_.on_query([this](const oms_query& query, sdk::Batch& rows) {
            if (query.subject == OMS_subject_channels) {
                auto row = sdk::make<oms_channel_row>();
                row.channel = channel_;
                row.in_seq = in_seq_;
                row.cursor = sdk::text(cursor_);
                rows.add(row);
            }
            if (query.subject == OMS_subject_order) {
                auto row = sdk::make<oms_route_row>();
                row.route = query.id / 10;
                row.flags = ended_.count(row.route) != 0 ? OMS_ROUTE_ENDED : 0;
                rows.add(row);
            }
            if (query.subject == OMS_subject_routes && query.after == 0)
                for (const std::uint64_t route : open_routes_) {
                    auto row = sdk::make<oms_route_row>();
                    row.route = route;
                    rows.add(row);
                }
            return OMS_OK;
        });
        host_ = std::make_unique<FakeHost>(port_, "pay");
        start();
    }

    /// As after a `kill -9`: only the book and what the kernel keeps are left.
    void start() {
        bank_.reset();
        bank_ = std::make_unique<Acquirer>(conditions_, rules_, book_);
        sdk_port_ = std::make_unique<sdk::Port>(host_->host());
        peer_ = std::make_unique<InterruptedPeer>(host_->host(), *sdk_port_,
                                                  PeerNames{"pay", "pay", {}, {}}, *bank_);
        sdk::ChannelOptions options;
        options.channel = "pay";
        options.answer_timeout_ms = 1000;
        options.keep_cursor_ms = 0;
        worker_ = std::make_unique<sdk::ChannelWorker>(host_->host(), *sdk_port_, options, *peer_);
        peer_->attach(*worker_);
        worker_->open();
    }
    void cycle() {
        for (int round = 0; round < 4; ++round) ASSERT_TRUE(worker_->cycle(0));
    }

    /// What the kernel would remember of an input.
    void keep(const oms_batch& input) {
        for (const oms_record& record : sdk::Records(input)) {
            if (const auto* report = sdk::as<oms_report>(record)) {
                in_seq_ = std::max(in_seq_, report->in_seq);
                told_.push_back(report->type);
            }
            if (const auto* cursor = sdk::as<oms_cursor>(record))
                cursor_ = sdk::view(cursor->cursor);
        }
    }
    std::vector<std::uint32_t> told() { return std::exchange(told_, {}); }

    void decide(std::uint32_t action, std::uint64_t route, std::int64_t quantity,
                std::string_view text = {}) {
        sdk::Batch effects;
        auto order = sdk::make<oms_order_opened>();
        order.order = route * 10;
        effects.add(order);
        auto line = sdk::make<oms_line_opened>();
        line.order = order.order;
        line.product = euro_;
        line.direction = OMS_direction_receive;
        line.ordered = quantity;
        effects.add(line);
        if (!text.empty()) {
            auto term = sdk::make<oms_term_set>();
            term.order = order.order;
            term.line = OMS_WHOLE_ORDER;
            term.field = sdk::field::text;
            term.type = OMS_term_type_text;
            term.text = sdk::text(text);
            effects.add(term);
        }
        auto part = sdk::make<oms_route_line_counted>();
        part.route = route;
        part.order = order.order;
        part.product = euro_;
        part.ordered = part.working = quantity;
        effects.add(part);
        auto intent = sdk::make<oms_intent>();
        intent.channel = channel_;
        intent.action = action;
        intent.out_seq = ++out_seq_;
        intent.route = route;
        intent.order = order.order;
        intent.product = euro_;
        intent.quantity = quantity;
        intent.event = capture_;
        effects.add(intent);
        port_.publish(OMS_RECORD_place_order, order.order, effects);
    }

    std::filesystem::path book_;
    Conditions conditions_;
    AcquirerRules rules_;
    FakePort port_;
    std::uint32_t channel_ = 0;
    std::uint32_t euro_ = 0;
    std::uint32_t capture_ = port_.define(OMS_class_event, "capture");
    std::uint64_t out_seq_ = 0;
    std::uint64_t in_seq_ = 0;
    std::string cursor_;
    bool forgets_cursor_ = false;  ///< what is kept never becomes durable
    std::vector<std::uint64_t> open_routes_;
    std::set<std::uint64_t> ended_;  // routes
    std::vector<std::uint32_t> told_;
    std::unique_ptr<FakeHost> host_;
    std::unique_ptr<Acquirer> bank_;
    std::unique_ptr<sdk::Port> sdk_port_;
    std::unique_ptr<InterruptedPeer> peer_;
    std::unique_ptr<sdk::ChannelWorker> worker_;
};

TEST_F(PaymentsConnectorTest, CarriesIntentsOutAndReportsIn) {
    decide(OMS_action_place, 1, 5000);
    decide(OMS_action_signal, 1, 2000);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked, OMS_report_executed));
    EXPECT_EQ(in_seq_, 2U);
    EXPECT_FALSE(cursor_.empty());
}

TEST_F(PaymentsConnectorTest, DoesNothingTwiceAfterItWasKilled) {
    decide(OMS_action_place, 1, 5000);
    decide(OMS_action_signal, 1, 2000);
    cycle();
    cursor_.clear();  // as if the last reports had not become durable
    in_seq_ = 1;
    told();
    start();
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_executed));
    EXPECT_EQ(bank_->totals("EUR").captured, 2000);
    start();
    cycle();
    EXPECT_THAT(told(), ElementsAre());
}

TEST_F(PaymentsConnectorTest, AnIntentThatNeverLeftIsSentAfterTheRestart) {
    decide(OMS_action_place, 1, 5000);
    start();
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked));
}

TEST_F(PaymentsConnectorTest, WhatIsNotAnsweredBecomesUnknownAndIsFoundByAsking) {
    decide(OMS_action_place, 1, 5000, "sim: lose_answer");
    cycle();
    EXPECT_THAT(told(), ElementsAre());
    port_.set_now(sdk_port_->now() + 2'000'000'000);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_unknown));
    decide(OMS_action_ask, 1, 0);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked, OMS_report_answered));
}

TEST_F(PaymentsConnectorTest, AsksOnlyWhenNothingBeforeCanBeSentAgain) {
    forgets_cursor_ = true;
    decide(OMS_action_place, 1, 5000, "sim: lose");
    cycle();
    port_.set_now(sdk_port_->now() + 2'000'000'000);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_unknown));
    cursor_.clear();  // killed before it was kept how far the channel was read
    forgets_cursor_ = false;
    start();
    decide(OMS_action_ask, 1, 0);
    const std::uint64_t asked = sdk_port_->durable_seq();
    ASSERT_TRUE(worker_->cycle(0));
    // First it is kept that the place was handed over; a next life will not do that again.
    EXPECT_EQ(cursor_, std::to_string(asked - 1));
    EXPECT_THAT(told(), ElementsAre());
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_not_found));
}

TEST_F(PaymentsConnectorTest, ASilentPartyLeavesDoubtAsItIs) {
    decide(OMS_action_place, 1, 5000);
    start();
    bank_->fall_silent(sdk_port_->now() + 1'000'000'000);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_unknown));
    port_.set_now(sdk_port_->now() + 2'000'000'000);
    decide(OMS_action_ask, 1, 0);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_not_found));
}

TEST_F(PaymentsConnectorTest, AsksAboutOpenRoutesOfAnEarlierLife) {
    decide(OMS_action_place, 1, 5000, "sim: lose_answer");
    decide(OMS_action_place, 2, 5000);
    decide(OMS_action_place, 3, 5000, "sim: lose");
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked));
    open_routes_ = {1, 2, 3};
    start();
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked, OMS_report_answered, OMS_report_not_found));
}

TEST_F(PaymentsConnectorTest, AsksNothingAboutWhatItHasNotSentYet) {
    decide(OMS_action_place, 1, 5000);
    cycle();
    start();
    told();
    peer_->at_work = [this] {
        decide(OMS_action_place, 2, 5000);
        open_routes_ = {2};
    };
    cycle();
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked));
}

TEST_F(PaymentsConnectorTest, NothingLeavesWhileHalted) {
    port_.set_halted(true);
    decide(OMS_action_place, 1, 5000);
    decide(OMS_action_signal, 2, 100);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_refused));
    EXPECT_EQ(cursor_, "1");  // the signal waits, so the cursor does too
    EXPECT_FALSE(bank_->received(1, 1));
    EXPECT_FALSE(bank_->received(2, 2));
    port_.set_halted(false);
    cycle();
    EXPECT_TRUE(bank_->received(2, 2));
}

TEST_F(PaymentsConnectorTest, WhatWasRefusedWhileHaltedIsNotSentByTheNextLife) {
    port_.set_halted(true);
    decide(OMS_action_place, 1, 5000);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_refused));
    ended_.insert(1);
    cursor_.clear();  // killed before it was kept how far the channel was read
    port_.set_halted(false);
    start();
    cycle();
    EXPECT_FALSE(bank_->received(1, 1));
    EXPECT_THAT(told(), ElementsAre());
}

TEST_F(PaymentsConnectorTest, WaitsWhileTheKernelHasNoRoom) {
    decide(OMS_action_place, 1, 5000);
    decide(OMS_action_place, 2, 5000);
    port_.set_busy(true);
    cycle();
    EXPECT_THAT(told(), ElementsAre());
    port_.set_busy(false);
    cycle();
    EXPECT_THAT(told(), ElementsAre(OMS_report_acked, OMS_report_acked));
    EXPECT_EQ(in_seq_, 2U);
}

}  // namespace
}  // namespace parties
