// SPDX-License-Identifier: Apache-2.0
// Each *.ticket beside this file is a test.
#include "ticket.hpp"

#include <oms/abi/base.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> tickets() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(OMS_TICKETS))
        if (entry.path().extension() == ".ticket") found.push_back(entry.path().stem().string());
    std::sort(found.begin(), found.end());
    return found;
}

class Scenario : public testing::TestWithParam<std::string> {};

TEST_P(Scenario, plays) {
    oms::test::Ticket ticket(OMS_TICKETS "/oms.yaml", OMS_PLUGINS);
    ASSERT_NO_THROW(ticket.play(OMS_TICKETS "/" + GetParam() + ".ticket"));
}

INSTANTIATE_TEST_SUITE_P(Tickets, Scenario, testing::ValuesIn(tickets()),
                         [](const auto& test) { return test.param; });

/// Each line goes its own way to a venue.
TEST(Scenario, routes_the_largest_order) {
    const std::string path = testing::TempDir() + "largest_order.ticket";
    {
        std::ofstream file(path);
        file << "post 20000 USD from street to desk\n"
                "observe XYZ ask 10.00 from venue-1\n"
                "observe XYZ ask_size 1000 from venue-1\n"
                "place A trade desk:";
        for (unsigned line = 0; line < OMS_MAX_LINES; ++line)
            file << (line == 0 ? " " : "; ") << "receive 1 XYZ";
        file << "\nexpect A status pending_new routes " << OMS_MAX_LINES
             << "\nexpect anomalies 0\n";
    }
    oms::test::Ticket ticket(OMS_TICKETS "/oms.yaml", OMS_PLUGINS);
    ASSERT_NO_THROW(ticket.play(path));
}

/// A ticket that expects what is not so must fail: the others could not be trusted otherwise.
TEST(Scenario, notices_what_does_not_hold) {
    oms::test::Ticket ticket(OMS_TICKETS "/oms.yaml", OMS_PLUGINS);
    EXPECT_THROW(ticket.play(OMS_TICKETS "/wrong.not_a_ticket"), std::runtime_error);
}

}  // namespace
