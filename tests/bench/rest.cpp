// SPDX-License-Identifier: Apache-2.0
// Durable orders over REST, beside Poco's own HTTP server that sends each body back, and beside
// PostgreSQL's commits of one row.
#include "clients.hpp"
#include "http_client.hpp"
#include "postgres.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>

namespace oms::bench {

namespace {

constexpr std::size_t connections = 64;

/// Sends each body back.
class Echo : public Poco::Net::HTTPRequestHandler {
public:
    void handleRequest(Poco::Net::HTTPServerRequest& request,
                       Poco::Net::HTTPServerResponse& response) override {
        std::string body;
        Poco::StreamCopier::copyToString(request.stream(), body);
        response.setContentType("application/json");
        response.sendBuffer(body.data(), body.size());
    }
};

class Echoes : public Poco::Net::HTTPRequestHandlerFactory {
public:
    Poco::Net::HTTPRequestHandler* createRequestHandler(
        const Poco::Net::HTTPServerRequest&) override {
        return new Echo;  // the server's to delete
    }
};

/// It keeps a thread for each connection.
class EchoServer {
public:
    EchoServer()
        : threads_(static_cast<int>(connections), 2 * static_cast<int>(connections)),
          socket_(Poco::Net::SocketAddress("127.0.0.1", 0), 2 * static_cast<int>(connections)),
          server_(new Echoes, threads_, socket_, parameters()) {
        server_.start();
    }
    ~EchoServer() { server_.stopAll(true); }
    EchoServer(const EchoServer&) = delete;
    EchoServer& operator=(const EchoServer&) = delete;

    std::uint16_t port() const { return socket_.address().port(); }

private:
    static Poco::Net::HTTPServerParams::Ptr parameters() {
        Poco::Net::HTTPServerParams::Ptr chosen = new Poco::Net::HTTPServerParams;
        chosen->setKeepAlive(true);
        chosen->setMaxKeepAliveRequests(0);
        chosen->setMaxThreads(2 * static_cast<int>(connections));
        chosen->setMaxQueued(2 * static_cast<int>(connections));
        return chosen;
    }
    Poco::ThreadPool threads_;
    Poco::Net::ServerSocket socket_;
    Poco::Net::HTTPServer server_;
};

HttpRequest order_request(const std::string& prefix, std::uint64_t number) {
    const std::string desk = std::to_string(number % 4);
    return {prefix + std::to_string(number),
            R"({"kind": "trade", "account": "desk-)" + desk +
                R"(", "lines": [{"product": "AAA", "side": "buy", "quantity": "100", )"
                R"("price": "10.00"}]})"};
}

}  // namespace

Section bench_rest(const Options& options) {
    Section section{
        "rest",
        "Share orders over HTTP from 64 keep-alive connections of one client thread, five checks "
        "and routing in them, each answered when it is durable; the client is on the same cores. "
        "Beside it, in turns and from the same client: Poco's HTTP server with a thread for each "
        "connection, which sends the same bodies back. Then PostgreSQL 15 and its own pgbench: 64 "
        "clients, each row of 600 bytes committed by itself.",
        {}};
    const std::uint16_t port = free_port();
    const auto data = options.directory / "rest";
    const auto runtime = open_runtime(
        options, data,
        {.instances = "  rest: {plugin: rest, settings: {port: " + std::to_string(port) +
                      ", origin: bench, actor: clerk}}\n"});
    const EchoServer echo;
    const Postgres postgres(options);
    Rounds rate;
    Rounds p50;
    Rounds p99;
    Rounds rows;
    for (int round = -1; round < options.rounds; ++round) {
        const std::string prefix = "r" + std::to_string(round) + "-";
        const auto make = [&](std::uint64_t number) { return order_request(prefix, number); };
        const HttpRound ours = post_all(port, "/v1/orders", connections, options.seconds, make);
        const HttpRound below =
            post_all(echo.port(), "/v1/orders", connections, options.seconds, make);
        if (round < 0) continue;  // to get warm
        rate.add(ours.per_second, below.per_second);
        p50.add(ours.times.at(0.5), below.times.at(0.5));
        p99.add(ours.times.at(0.99), below.times.at(0.99));
        if (postgres.is_there())
            rows.add(ours.per_second, postgres.rows_per_second(connections, options.seconds));
    }
    runtime->stop();
    section.figures.push_back(figure("orders over REST", "orders/s", rate, "Poco echo"));
    section.figures.push_back(figure("orders over REST, p50", "us", p50, "Poco echo"));
    section.figures.push_back(figure("orders over REST, p99", "us", p99, "Poco echo"));
    if (postgres.is_there())
        section.figures.push_back(
            figure("orders over REST", "orders/s", rows, "PostgreSQL, one-row commits"));
    else
        section.about += " PostgreSQL is not there or cannot be started here, so it is left out.";
    std::filesystem::remove_all(data);
    return section;
}

}  // namespace oms::bench
