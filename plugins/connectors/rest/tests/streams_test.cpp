// SPDX-License-Identifier: Apache-2.0
#include "rest_fixture.hpp"

#include <chrono>
#include <thread>

namespace oms::rest {
namespace {

class StreamsTest : public RestTest {
protected:
    /// A decision about an order, with some text to carry.
    std::uint64_t happen(std::uint64_t order, std::string_view text, bool opens = false) {
        sdk::Batch effects;
        if (opens) {
            auto opened = sdk::make<oms_order_opened>();
            opened.order = order;
            opened.account = account;
            effects.add(opened);
        }
        auto status = sdk::make<oms_status_changed>();
        status.order = order;
        status.status = sdk::text(text);
        effects.add(status);
        return port.publish(OMS_RECORD_raise_event, order, effects);
    }

    /// Sixteen megabytes of events, of which the next come when `quick` has read the last.
    void happen_as_fast_as_it_reads(Client& quick, std::uint64_t& last) {
        const std::string text(4000, 'x');
        for (int round = 0; round < 400; ++round) {
            for (int at = 0; at < 10; ++at) last = happen(1, text);
            ASSERT_FALSE(quick.read_until("id: " + std::to_string(last) + "\n").empty()) << round;
        }
    }

    /// Opens a stream and reads its head.
    void open(Client& http, std::string_view target, std::string_view headers = {}) {
        http.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
                  std::string(headers) + "\r\n");
        EXPECT_NE(http.read_until("\n\n").find("200 OK"), std::string::npos);
    }
};

TEST_F(StreamsTest, TellWhatHappensFromNowOn) {
    happen(1, "before");
    start();
    Client http = client();
    open(http, "/v1/events");
    happen(1, "Filled");
    const std::string event = http.read_until("\n\n");
    EXPECT_EQ(event.substr(0, event.find('\n')), "id: 2") << event;
    EXPECT_NE(event.find(R"("cause":"raise_event")"), std::string::npos) << event;
    EXPECT_NE(event.find(R"("status":"Filled")"), std::string::npos) << event;
}

TEST_F(StreamsTest, GoOnBehindTheLastEvent) {
    for (int at = 1; at <= 1000; ++at) happen(1, "s" + std::to_string(at));
    start();
    Client http = client();
    open(http, "/v1/events", "Last-Event-ID: 10\r\n");
    for (int at = 11; at <= 1000; ++at)
        ASSERT_EQ(http.read_until("\n\n").find("id: " + std::to_string(at) + "\n"), 0U) << at;
    happen(1, "more");
    EXPECT_EQ(http.read_until("\n\n").find("id: 1001\n"), 0U);
    Client from_start = client();
    open(from_start, "/v1/events?after=0");
    EXPECT_EQ(from_start.read_until("\n\n").find("id: 1\n"), 0U);
    EXPECT_EQ(client().get("/v1/events", "Last-Event-ID: x\r\n").status, 400);
}

TEST_F(StreamsTest, TellOnlyWhatWasAskedFor) {
    port.on_query([this](const oms_query& query, sdk::Batch& rows) {
        auto row = sdk::make<oms_order_row>();
        row.order = query.id;
        row.account = query.id == 5 ? account : 0;
        rows.add(row);
        return OMS_OK;
    });
    happen(5, "of before");
    start();
    Client of_order = client();
    open(of_order, "/v1/events?order=2");
    Client of_account = client();
    open(of_account, "/v1/events?account=main");
    happen(1, "others");
    happen(2, "ours", true);
    happen(3, "others");
    happen(2, "again");
    happen(5, "asked for");
    EXPECT_EQ(of_order.read_until("\n\n").find("id: 3\n"), 0U);
    EXPECT_EQ(of_order.read_until("\n\n").find("id: 5\n"), 0U);
    EXPECT_EQ(of_account.read_until("\n\n").find("id: 3\n"), 0U);
    EXPECT_EQ(of_account.read_until("\n\n").find("id: 5\n"), 0U);
    EXPECT_EQ(of_account.read_until("\n\n").find("id: 6\n"), 0U);
}

TEST_F(StreamsTest, HaveACap) {
    options.streams.streams = 1;
    start();
    Client first = client();
    open(first, "/v1/events");
    const Response refused = client().get("/v1/events");
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.has("OMS-7021"));
    first.socket().close();
    for (int tries = 0; tries < 50; ++tries) {
        Client again = client();
        again.send("GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        if (again.read_until("\r\n").find("200") != std::string::npos) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "a closed stream kept its place";
}

TEST_F(StreamsTest, CutAReaderThatDoesNotKeepUpAndNobodyElse) {
    accept_all();
    options.streams.unsent_bytes = std::size_t{64} << 10;
    start();
    Client slow = client();
    open(slow, "/v1/events");
    Client quick = client();
    open(quick, "/v1/events");
    std::uint64_t last = 0;
    ASSERT_NO_FATAL_FAILURE(happen_as_fast_as_it_reads(quick, last));
    EXPECT_EQ(client().post("/v1/orders", "k", good_order).status, 201);
    const std::string end = slow.read_until("event: problem\n");
    EXPECT_FALSE(end.empty());
    EXPECT_NE(slow.read_until("\n\n").find("OMS-7022"), std::string::npos);
}

TEST_F(StreamsTest, GiveOneThatWasCutTheRestWhenItComesAgain) {
    options.streams.unsent_bytes = std::size_t{64} << 10;
    start();
    Client slow = client();
    open(slow, "/v1/events");
    Client quick = client();
    open(quick, "/v1/events");
    std::uint64_t last = 0;
    ASSERT_NO_FATAL_FAILURE(happen_as_fast_as_it_reads(quick, last));
    // Whole events without a gap, then the reason and the end.
    std::uint64_t seen = 0;
    std::string event = slow.read_until("\n\n");
    for (; event.starts_with("id: "); event = slow.read_until("\n\n"))
        ASSERT_TRUE(event.starts_with("id: " + std::to_string(++seen) + "\n")) << event;
    ASSERT_TRUE(event.starts_with("event: problem\n")) << event;
    ASSERT_LT(seen, last);
    Client again = client();
    open(again, "/v1/events", "Last-Event-ID: " + std::to_string(seen) + "\r\n");
    while (seen < last)
        ASSERT_TRUE(again.read_until("\n\n").starts_with("id: " + std::to_string(++seen) + "\n"));
}

TEST_F(StreamsTest, ShareWhatIsReadButForThoseWhoFilter) {
    start();
    Client all = client();
    open(all, "/v1/events");
    Client one = client();
    open(one, "/v1/events?order=2");
    Client behind = client();
    open(behind, "/v1/events?after=0");
    constexpr int decisions = 3000;
    for (int at = 1; at <= decisions; ++at) happen(1 + static_cast<std::uint64_t>(at % 2), "s");
    for (int at = 1; at <= decisions; ++at) {
        const std::string event = all.read_until("\n\n");
        ASSERT_TRUE(event.starts_with("id: " + std::to_string(at) + "\n")) << event;
        ASSERT_EQ(behind.read_until("\n\n"), event);
        if (at % 2 == 1) {
            ASSERT_EQ(one.read_until("\n\n"), event);
        }
    }
}

TEST_F(StreamsTest, LetOneThatIsBehindReadAtItsOwnPaceAndCostNobodyElse) {
    options.streams.unsent_bytes = std::size_t{64} << 10;
    const std::string text(4000, 'x');
    constexpr int before = 4000;  // sixteen megabytes, far more than sockets hold
    for (int at = 0; at < before; ++at) happen(1, text);
    start();
    Client slow = client();
    open(slow, "/v1/events?after=0");
    Client quick = client();
    open(quick, "/v1/events");
    for (int round = 0; round < 20; ++round) {
        const auto begun = std::chrono::steady_clock::now();
        const std::uint64_t last = happen(1, "new");
        ASSERT_EQ(quick.read_until("\n\n").find("id: " + std::to_string(last) + "\n"), 0U);
        EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(1));
        ASSERT_EQ(slow.read_until("\n\n").find("id: " + std::to_string(round + 1) + "\n"), 0U);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    for (int at = 21; at <= before + 20; ++at)
        ASSERT_EQ(slow.read_until("\n\n").find("id: " + std::to_string(at) + "\n"), 0U) << at;
}

TEST_F(StreamsTest, EndWhenTheServerStops) {
    start();
    Client http = client();
    open(http, "/v1/events");
    rest->stop();
    EXPECT_TRUE(http.at_end());
}

}  // namespace
}  // namespace oms::rest
