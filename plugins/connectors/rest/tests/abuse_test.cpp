// SPDX-License-Identifier: Apache-2.0
// Clients that are slow, greedy or gone, over real sockets: what each costs is bounded, and nobody
// else waits for it.
#include "rest_fixture.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

namespace oms::rest {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

class AbuseTest : public RestTest {
protected:
    /// A client of good manners is served, and soon.
    void expect_service() {
        const auto begun = Clock::now();
        EXPECT_EQ(polite_->get("/healthz").status, 200);
        EXPECT_LT(Clock::now() - begun, milliseconds(1000));
    }
    void start_with_a_polite_client() {
        accept_all();
        start();
        polite_ = std::make_unique<Client>(rest->port());
        expect_service();
    }

    std::unique_ptr<Client> polite_;
};

TEST_F(AbuseTest, ASlowBodyHasAsLongAsAnyOther) {
    options.server.request_timeout = milliseconds(400);
    start_with_a_polite_client();
    Client slow = client();
    slow.send(
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n");
    const auto begun = Clock::now();
    bool cut = false;
    // A byte now and then must not buy it more time.
    while (!cut && Clock::now() - begun < std::chrono::seconds(5)) {
        pollfd answer{slow.socket().impl()->sockfd(), POLLIN, 0};
        cut = ::poll(&answer, 1, 50) == 1;
        if (!cut) slow.send("{");
    }
    EXPECT_LT(Clock::now() - begun, std::chrono::seconds(3));
    const Response response = slow.receive_response();
    EXPECT_EQ(response.status, 408);
    EXPECT_TRUE(response.has("OMS-7026")) << response.body;
    EXPECT_EQ(port.input_count(), 0U);
    expect_service();
}

TEST_F(AbuseTest, ABodyOfTwoGigabytesIsRefusedBeforeItComes) {
    start_with_a_polite_client();
    Client http = client();
    http.send(
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nContent-Length: 2147483648\r\n"
        "Expect: 100-continue\r\n\r\n");
    const Response response = http.receive_response();  // and not 100
    EXPECT_EQ(response.status, 413);
    EXPECT_TRUE(http.at_end());
    Client chunked = client();
    chunked.send(
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        "80000000\r\n");
    EXPECT_EQ(chunked.receive_response().status, 413);
    expect_service();
}

TEST_F(AbuseTest, ChunksOfAByteAreNotWorthTheirWrapping) {
    options.server.body_bytes = 10'000;
    start_with_a_polite_client();
    Client http = client();
    http.send(
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string wrapped;
    for (int at = 0; at < 500; ++at) wrapped += "1;" + std::string(200, 'x') + "\r\n{\r\n";
    http.send(wrapped);
    EXPECT_EQ(http.receive_response().status, 413);
    expect_service();
}

TEST_F(AbuseTest, AHeadThatGrowsIsCutAtItsLimit) {
    start_with_a_polite_client();
    Client http = client();
    http.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n");
    Response response;
    for (int at = 0; at < 64 && response.status == 0; ++at) {
        http.send("X: " + std::string(1000, 'x') + "\r\n");
        pollfd answer{http.socket().impl()->sockfd(), POLLIN, 0};
        if (::poll(&answer, 1, 10) == 1) response = http.receive_response();
    }
    EXPECT_EQ(response.status, 431);
    expect_service();
}

TEST_F(AbuseTest, ASilentConnectionIsClosedWhenItsTimeIsOver) {
    options.server.idle_timeout = milliseconds(300);
    start_with_a_polite_client();
    Client silent = client();
    EXPECT_TRUE(silent.at_end());
    EXPECT_EQ(client().get("/healthz").status, 200);
}

TEST_F(AbuseTest, WhoTakesNoAnswersGetsNoMoreRequestsRead) {
    options.server.write_timeout = milliseconds(700);
    start_with_a_polite_client();
    Client greedy = client();
    const std::string request =
        "GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";  // 30 kB each
    std::string many;
    for (int at = 0; at < 1000; ++at) many += request;
    const int descriptor = greedy.socket().impl()->sockfd();
    std::size_t sent = 0;
    constexpr std::size_t most = std::size_t{64} << 20;  // a million requests
    bool cut = false;
    const auto begun = Clock::now();
    while (!cut && sent < most && Clock::now() - begun < std::chrono::seconds(20)) {
        const ssize_t taken =
            ::send(descriptor, many.data(), many.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (taken > 0) sent += static_cast<std::size_t>(taken);
        cut = taken < 0 && errno != EAGAIN;
        if (taken < 0 && !cut) std::this_thread::sleep_for(milliseconds(20));
    }
    EXPECT_TRUE(cut);  // after write_timeout
    EXPECT_LT(sent, most);
    expect_service();
}

TEST_F(AbuseTest, PipelinedRequestsThatAreReadLateAreAllAnswered) {
    start_with_a_polite_client();
    Client http = client();
    constexpr int count = 200;  // six megabytes of answers, more than may wait unsent
    std::thread writer([&http] {
        for (int at = 0; at < count; ++at)
            http.send("GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n");
    });
    std::this_thread::sleep_for(milliseconds(300));
    for (int at = 0; at < count; ++at) ASSERT_EQ(http.receive_response().status, 200) << at;
    writer.join();
    expect_service();
}

TEST_F(AbuseTest, TenThousandIdleConnectionsMeetTheCap) {
    rlimit limit{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    constexpr std::size_t wanted = 10'000;
    constexpr std::size_t cap = 500;
    if (limit.rlim_cur < wanted + cap + 500) GTEST_SKIP() << "too few descriptors here";
    options.server.connections = cap;
    options.server.connections_per_peer = cap;
    start_with_a_polite_client();
    const Poco::Net::SocketAddress address("127.0.0.1", rest->port());
    std::vector<int> open;
    for (std::size_t at = 0; at < wanted; ++at) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ASSERT_GE(descriptor, 0);
        ASSERT_EQ(::connect(descriptor, address.addr(), address.length()), 0) << at;
        open.push_back(descriptor);
        if (at % 1000 == 0) expect_service();
    }
    expect_service();
    // Those who were let in are left alone, the others were told why not.
    EXPECT_TRUE(polite_->get("/metrics").has("oms_rest_connections " + std::to_string(cap) + "\n"));
    std::string told(400, '\0');
    const ssize_t got = ::recv(open.back(), told.data(), told.size(), 0);
    EXPECT_TRUE(told.starts_with("HTTP/1.1 503 ")) << got;
    for (const int descriptor : open) ::close(descriptor);
    for (int tries = 0; tries < 100; ++tries) {
        if (client().get("/healthz").status == 200) return expect_service();
        std::this_thread::sleep_for(milliseconds(50));
    }
    FAIL() << "the places of those who left stayed taken";
}

}  // namespace
}  // namespace oms::rest
