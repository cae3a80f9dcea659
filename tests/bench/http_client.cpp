// SPDX-License-Identifier: Apache-2.0
#include "http_client.hpp"

#include "figures.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string_view>
#include <vector>

namespace oms::bench {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

class Connection {
public:
    explicit Connection(std::uint16_t port) : socket_(connect_to(port)) {}
    ~Connection() { ::close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int socket() const { return socket_; }
    double sent_at = 0;

    /// A request is shorter than what a socket takes at once.
    void send(const std::string& request) {
        const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(request.size())) die("a request could not be sent");
    }

    /// Takes what has come; true when it is a whole answer.
    bool receive() {
        char bytes[16'384];
        const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) die("a connection broke");
        unread_.append(bytes, static_cast<std::size_t>(got));
        const std::size_t head = unread_.find("\r\n\r\n");
        if (head == std::string::npos) return false;
        if (unread_.size() < 10 || unread_[9] != '2')
            die("a request was refused: " + unread_.substr(0, 400));
        if (unread_.size() < head + 4 + length(std::string_view(unread_).substr(0, head)))
            return false;
        unread_.clear();
        return true;
    }

private:
    static std::size_t length(std::string_view head) {
        constexpr std::string_view name = "Content-Length: ";
        const std::size_t at = head.find(name);
        std::size_t bytes = 0;
        if (at == std::string_view::npos) die("an answer has no length");
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), bytes);
        return bytes;
    }

    int socket_;
    std::string unread_;
};

std::string request_text(const std::string& path, const HttpRequest& request) {
    return "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nIdempotency-Key: " + request.key +
           "\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(request.body.size()) + "\r\n\r\n" + request.body;
}

}  // namespace

HttpRound post_all(std::uint16_t port, const std::string& path, std::size_t connections,
                   double seconds, const std::function<HttpRequest(std::uint64_t)>& make) {
    const int poll = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Connection>> all;
    HttpRound round;
    std::uint64_t number = 0;
    const Stopwatch watch;
    const auto send = [&](Connection& connection) {
        const std::string request = request_text(path, make(number++));
        connection.sent_at = watch.seconds();
        connection.send(request);
    };
    for (std::size_t each = 0; each < connections; ++each) {
        Connection& connection = *all.emplace_back(std::make_unique<Connection>(port));
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.ptr = &connection;
        ::epoll_ctl(poll, EPOLL_CTL_ADD, connection.socket(), &wanted);
        send(connection);
    }
    for (std::size_t waiting = connections; waiting > 0;) {
        epoll_event ready[64];
        const int count = ::epoll_wait(poll, ready, 64, 10'000);
        if (count <= 0) die("no answer came in ten seconds");
        for (int each = 0; each < count; ++each) {
            auto& connection = *static_cast<Connection*>(ready[each].data.ptr);
            if (!connection.receive()) continue;
            const double now = watch.seconds();
            round.times.add(static_cast<std::int64_t>(1e9 * (now - connection.sent_at)));
            if (now < seconds)
                send(connection);
            else
                --waiting;
        }
    }
    round.per_second = static_cast<double>(round.times.count()) / watch.seconds();
    ::close(poll);
    return round;
}

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(port);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        die("nobody listens on the port");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    const bool bound =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!bound) die("no port is free");
    return ntohs(address.sin_port);
}

}  // namespace oms::bench
