// SPDX-License-Identifier: Apache-2.0
// The reactor: one thread that accepts, reads requests as far as they have come, and hands whole
// ones on. It never waits for anything but its sockets, so a client that sends half a request costs
// a descriptor and a buffer, and nobody else's time.
#pragma once

#include "connection.hpp"
#include "http_message.hpp"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oms::rest {

struct ServerLimits {
    std::size_t body_bytes = std::size_t{1} << 20;
    std::size_t connections = 1024;
    std::size_t connections_per_peer = 256;
    std::size_t admin_connections = 16;
    std::chrono::milliseconds request_timeout{5000};  ///< from its first byte to its last
    std::chrono::milliseconds idle_timeout{60000};    ///< between two requests
    std::chrono::milliseconds write_timeout{10000};   ///< a client that takes no bytes
};

/// Takes whole requests, on the reactor's thread; it must not block. Answers through the
/// connection, then or later, from any thread.
class RequestHandler {
public:
    virtual ~RequestHandler() = default;
    virtual void handle(const RequestHead& head, std::string_view body,
                        const std::shared_ptr<Connection>& connection) = 0;
    /// A request that could not be read: what to answer.
    virtual void fault(const HttpFault& fault, Reply& reply) = 0;
    /// A few times a second.
    virtual void tick(SteadyTime now) = 0;
};

class Server final : public Attention {
public:
    Server(const ServerLimits& limits, RequestHandler& handler);
    ~Server() override;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Before `run`. The port that was bound, which is another than asked for when that was 0.
    /// Throws what Poco throws when the address cannot be had.
    std::uint16_t listen(const Poco::Net::SocketAddress& address, bool admin);

    /// The reactor's loop, until `stop`.
    void run();
    /// Any thread.
    void stop();
    void attend(std::shared_ptr<Connection> connection) override;

    /// Figures for /metrics. Any thread.
    std::uint64_t open_connections() const { return open_.load(std::memory_order_relaxed); }
    std::uint64_t refused_connections() const { return refused_.load(std::memory_order_relaxed); }

private:
    struct Listener {
        Poco::Net::ServerSocket socket;
        bool admin = false;
    };

    void wake();
    void watch(int descriptor, std::uint32_t events);
    void on_event(int descriptor, std::uint32_t events, SteadyTime now);
    void accept(Listener& listener);
    void turn_away(Listener& listener);
    bool admit(Poco::Net::StreamSocket socket, bool admin);
    void drop_input(const std::shared_ptr<Connection>& connection);
    void serve_attention(SteadyTime now);
    void read_from(const std::shared_ptr<Connection>& connection, bool peer_closed);
    bool read_request(const std::shared_ptr<Connection>& connection);
    bool body_of(Connection& connection, const RequestHead& head, std::string_view& body,
                 std::size_t& bytes);
    void reject(Connection& connection, const HttpFault& fault);
    void check_time(SteadyTime now);
    void end(const std::shared_ptr<Connection>& connection);
    void close(const std::shared_ptr<Connection>& connection);

    const ServerLimits limits_;
    RequestHandler& handler_;
    int epoll_ = -1;
    int bell_ = -1;
    int spare_ = -1;  // a descriptor for when there are no others
    std::atomic<bool> stopping_{false};
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::unordered_map<int, std::shared_ptr<Connection>> connections_;
    std::map<std::string, std::size_t, std::less<>> peers_;
    std::size_t admin_open_ = 0;

    std::mutex attention_mutex_;
    std::vector<std::shared_ptr<Connection>> attention_;
    std::vector<std::shared_ptr<Connection>> attending_;

    std::atomic<std::uint64_t> open_{0};
    std::atomic<std::uint64_t> refused_{0};
};

}  // namespace oms::rest
