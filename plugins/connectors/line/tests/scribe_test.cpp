// SPDX-License-Identifier: Apache-2.0
// What a party is asked, from an order as the kernel shows it.
#include "src/scribes.hpp"

#include <oms/testkit/fake_port.hpp>

#include <gtest/gtest.h>

namespace line {
namespace {

using oms::testkit::FakeHost;
using oms::testkit::FakePort;

class PartyScribeTest : public testing::Test {
protected:
    PartyScribeTest() {
        product_ = port_.define(OMS_class_product, "ACME", 0, 2);
        port_.on_query([this](const oms_query&, sdk::Batch& rows) {
            auto order = sdk::make<oms_order_row>();
            order.order = 7;
            rows.add(order);
            auto route = sdk::make<oms_route_row>();
            route.order = 7;
            route.route = 9;
            for (std::uint32_t index = 0; index < lines_; ++index) {
                auto line = sdk::make<oms_line_row>();
                line.order = 7;
                line.line = index;
                line.product = product_;
                line.direction = OMS_direction_receive;
                line.parent_line = OMS_WHOLE_ORDER;
                rows.add(line);
            }
            rows.add(route);
            for (std::uint32_t index = 0; index < lines_; ++index) {
                auto part = sdk::make<oms_route_line_row>();
                part.order = 7;
                part.route = 9;
                part.line = index;
                part.product = product_;
                part.ordered = 10;
                part.working = 10;
                rows.add(part);
            }
            return OMS_OK;
        });
    }

    Message place(std::uint32_t lines) {
        lines_ = lines;
        FakeHost host(port_, "line");
        const sdk::Port port(host.host());
        SharedDesk desk(port);
        Books books(port, desk, 1);
        PartyScribe scribe(books, {"trade", "desk"});
        auto intent = sdk::make<oms_intent>();
        intent.order = 7;
        intent.route = 9;
        intent.action = OMS_action_place;
        return scribe.intent(sdk::Batch().view(), intent, true).value_or(Message("-"));
    }

    FakePort port_;
    std::uint32_t product_ = 0;
    std::uint32_t lines_ = 1;
};

TEST_F(PartyScribeTest, AsksForTheOneLineOfARoute) {
    const Message message = place(1);
    EXPECT_EQ(message.type, "NEW");
    EXPECT_EQ(message.get("key"), "R9");
    EXPECT_EQ(message.get("product"), "ACME");
    EXPECT_EQ(message.get("quantity"), "10");
}

TEST_F(PartyScribeTest, WithholdsWhatHasSeveralLinesInsteadOfSendingTheFirst) {
    const Message message = place(2);
    EXPECT_EQ(message.type, withheld);
    EXPECT_FALSE(message.get("text").empty());
}

}  // namespace
}  // namespace line
