// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include "problem.hpp"

#include <Poco/Net/StreamSocketImpl.h>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace oms::rest {

namespace {

constexpr int tick_ms = 200;
constexpr int accept_backlog = 256;
constexpr std::size_t max_accepts_a_turn = 64;

constexpr std::chrono::milliseconds linger_timeout{1000};

}  // namespace

Server::Server(const ServerLimits& limits, RequestHandler& handler)
    : limits_(limits), handler_(handler) {
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    bell_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (epoll_ < 0 || bell_ < 0)
        throw std::system_error(errno, std::generic_category(), "the reactor cannot be made");
    watch(bell_, EPOLLIN);
}

Server::~Server() {
    for (auto& [descriptor, connection] : connections_) connection->close();
    if (epoll_ >= 0) ::close(epoll_);
    if (bell_ >= 0) ::close(bell_);
    if (spare_ >= 0) ::close(spare_);
}

std::uint16_t Server::listen(const Poco::Net::SocketAddress& address, bool admin) {
    auto listener = std::make_unique<Listener>();
    listener->admin = admin;
    listener->socket.bind(address, true, false);
    listener->socket.listen(accept_backlog);
    listener->socket.setBlocking(false);
    watch(listener->socket.impl()->sockfd(), EPOLLIN);
    const std::uint16_t port = listener->socket.address().port();
    listeners_.push_back(std::move(listener));
    return port;
}

void Server::watch(int descriptor, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0)
        throw std::system_error(errno, std::generic_category(), "a socket cannot be watched");
}

void Server::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(bell_, &one, sizeof one);
}

void Server::stop() {
    stopping_.store(true);
    wake();
}

void Server::attend(std::shared_ptr<Connection> connection) {
    bool first = false;
    {
        const std::lock_guard lock(attention_mutex_);
        first = attention_.empty();
        attention_.push_back(std::move(connection));
    }
    if (first) wake();
}

void Server::run() {
    std::array<epoll_event, 256> events{};
    SteadyTime next_tick = std::chrono::steady_clock::now();
    while (!stopping_.load(std::memory_order_relaxed)) {
        const int count = ::epoll_wait(epoll_, events.data(), events.size(), tick_ms);
        const SteadyTime now = std::chrono::steady_clock::now();
        for (int at = 0; at < count; ++at)
            on_event(events[static_cast<std::size_t>(at)].data.fd,
                     events[static_cast<std::size_t>(at)].events, now);
        serve_attention(now);
        if (now < next_tick) continue;
        next_tick = now + std::chrono::milliseconds(tick_ms);
        check_time(now);
        handler_.tick(now);
    }
}

void Server::on_event(int descriptor, std::uint32_t events, SteadyTime now) {
    if (descriptor == bell_) {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t got = ::read(bell_, &count, sizeof count);
        return;
    }
    for (const auto& listener : listeners_)
        if (listener->socket.impl()->sockfd() == descriptor) return accept(*listener);
    const auto found = connections_.find(descriptor);
    if (found == connections_.end()) return;
    const std::shared_ptr<Connection> connection = found->second;
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) return close(connection);
    if ((events & EPOLLOUT) != 0 && !connection->flush()) return end(connection);
    const bool freed = connection->held_back && !connection->choked();
    if ((events & (EPOLLIN | EPOLLRDHUP)) == 0 && !freed) return;
    if (connection->unread().empty()) connection->waiting_since = now;
    read_from(connection, freed || (events & EPOLLRDHUP) != 0);
}

// ---- accepting
// --------------------------------------------------------------------------------------

void Server::accept(Listener& listener) {
    for (std::size_t count = 0; count < max_accepts_a_turn; ++count) {
        const int descriptor = ::accept4(listener.socket.impl()->sockfd(), nullptr, nullptr,
                                         SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor < 0) {
            if (errno == EMFILE || errno == ENFILE) turn_away(listener);
            return;
        }
        try {
            Poco::Net::StreamSocket socket(new Poco::Net::StreamSocketImpl(descriptor));
            if (!admit(std::move(socket), listener.admin)) refused_.fetch_add(1);
        } catch (const std::exception&) {
            refused_.fetch_add(1);  // the client was gone before it was looked at
        }
    }
}

/// There are no descriptors left. The client that waits would wake us for ever: the one that was
/// kept for this lets it in, and out again.
void Server::turn_away(Listener& listener) {
    refused_.fetch_add(1);
    ::close(spare_);
    const int descriptor =
        ::accept4(listener.socket.impl()->sockfd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) ::close(descriptor);
    spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

bool Server::admit(Poco::Net::StreamSocket socket, bool admin) {
    std::string peer = socket.peerAddress().host().toString();
    std::size_t& of_peer = peers_[peer];
    const bool room = admin ? admin_open_ < limits_.admin_connections
                            : connections_.size() - admin_open_ < limits_.connections &&
                                  of_peer < limits_.connections_per_peer;
    const auto connection =
        std::make_shared<Connection>(std::move(socket), std::move(peer), admin, *this);
    if (!room) {
        Reply reply;
        reply.status = 503;
        reply.headers = "Retry-After: 1\r\n";
        append_problem(reply.body, make_problem(error_too_many_connections));
        // Nobody watches this one: what the socket's buffer takes at once is all that is sent.
        std::string bytes;
        append_reply(bytes, reply, false, false);
        connection->begin_stream(bytes);
        connection->close();
        if (of_peer == 0) peers_.erase(connection->peer());
        return false;
    }
    const int descriptor = connection->descriptor();
    watch(descriptor, EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<std::uint32_t>(EPOLLET));
    connections_.emplace(descriptor, connection);
    ++of_peer;
    if (admin) ++admin_open_;
    open_.store(connections_.size(), std::memory_order_relaxed);
    return true;
}

void Server::end(const std::shared_ptr<Connection>& connection) {
    if (!connection->linger()) close(connection);
}

void Server::close(const std::shared_ptr<Connection>& connection) {
    if (connections_.erase(connection->descriptor()) == 0) return;
    const auto peer = peers_.find(connection->peer());
    if (peer != peers_.end() && --peer->second == 0) peers_.erase(peer);
    if (connection->admin()) --admin_open_;
    open_.store(connections_.size(), std::memory_order_relaxed);
    connection->close();  // which also takes it out of the epoll set
}

// ---- reading
// ----------------------------------------------------------------------------------------

void Server::serve_attention(SteadyTime now) {
    {
        const std::lock_guard lock(attention_mutex_);
        attending_.swap(attention_);
    }
    for (const auto& connection : attending_) {
        if (connection->state() == Connection::State::closed) continue;
        if (!connection->flush()) {
            end(connection);
            continue;
        }
        connection->waiting_since = now;
        read_from(connection, true);
    }
    attending_.clear();
}

void Server::drop_input(const std::shared_ptr<Connection>& connection) {
    bool more = true;
    while (more) {
        more = connection->receive();
        connection->consume(connection->unread().size());
    }
    connection->receive();  // the end may stand behind the last bytes
    connection->consume(connection->unread().size());
    if (connection->peer_closed) close(connection);
}

void Server::read_from(const std::shared_ptr<Connection>& connection, bool peer_closed) {
    // A stream's client has nothing more to say, and neither has one that was answered for good.
    if (connection->state() == Connection::State::streaming || connection->lingering)
        return drop_input(connection);
    if (!connection->ready_for_next(true)) return;
    // Who does not take the answers gets no further requests read: nothing piles up here for it.
    connection->held_back = connection->choked();
    if (connection->held_back) return;
    bool full = false;
    while (!full && (connection->receive() || std::exchange(peer_closed, false)))
        full = connection->unread().size() > limits_.body_bytes + max_head_bytes;
    while (!connection->held_back && read_request(connection))
        connection->held_back = connection->choked();
    const Connection::State state = connection->state();
    if (full && state == Connection::State::reading) attend(connection);
    if (connection->peer_closed && state == Connection::State::reading) close(connection);
}

/// True: a request was handled, and the next one may be read.
bool Server::read_request(const std::shared_ptr<Connection>& connection) {
    const std::string_view unread = connection->unread();
    if (unread.empty()) return false;
    RequestHead head;
    HttpFault fault;
    switch (parse_head(unread, head, fault)) {
        case Parsed::incomplete: return false;
        case Parsed::bad: reject(*connection, fault); return false;
        case Parsed::complete: break;
    }
    std::string_view body;
    std::size_t bytes = 0;
    if (!body_of(*connection, head, body, bytes)) return false;
    connection->begin_answer(head.keep_alive, head.method == "HEAD");
    handler_.handle(head, body, connection);
    connection->consume(bytes);
    connection->continue_sent = false;
    connection->chunks.reset();
    connection->chunk_bytes = 0;
    connection->waiting_since = std::chrono::steady_clock::now();
    return connection->ready_for_next(!connection->unread().empty() || connection->peer_closed);
}

/// False: the body has not arrived yet, or never will.
bool Server::body_of(Connection& connection, const RequestHead& head, std::string_view& body,
                     std::size_t& bytes) {
    HttpFault fault;
    if (head.content_length > limits_.body_bytes) {
        reject(connection, {413, "the body is too long"});
        return false;
    }
    const std::string_view behind = connection.unread().substr(head.bytes);
    if (head.chunked) {
        if (!connection.chunks) connection.chunks.emplace(limits_.body_bytes);
        std::string_view rest = behind.substr(connection.chunk_bytes);
        const Parsed parsed = connection.chunks->feed(rest, fault);
        connection.chunk_bytes = behind.size() - rest.size();
        if (parsed == Parsed::bad) reject(connection, fault);
        if (parsed == Parsed::incomplete && behind.size() > 2 * limits_.body_bytes) {
            // Chunks of a byte with whole lines around them: more wrapping than a body may be long.
            reject(connection, {413, "the body is too long with its chunks' lines"});
            return false;
        }
        if (parsed == Parsed::complete) {
            body = connection.chunks->body();
            bytes = head.bytes + connection.chunk_bytes;
            return true;
        }
    } else if (behind.size() >= head.content_length) {
        body = behind.substr(0, static_cast<std::size_t>(head.content_length));
        bytes = head.bytes + body.size();
        return true;
    }
    if (head.expects_continue && !connection.continue_sent && fault.reason.empty())
        connection.say_continue();
    return false;
}

void Server::reject(Connection& connection, const HttpFault& fault) {
    Reply reply;
    handler_.fault(fault, reply);
    reply.keep_alive = false;
    connection.reject(reply);
}

// ---- time
// -------------------------------------------------------------------------------------------

void Server::check_time(SteadyTime now) {
    std::vector<std::shared_ptr<Connection>> late;
    for (const auto& [descriptor, connection] : connections_) {
        const auto waited = now - connection->waiting_since;
        switch (connection->state()) {
            case Connection::State::reading:
                if (connection->held_back          ? waited > limits_.write_timeout
                    : connection->unread().empty() ? waited > limits_.idle_timeout
                                                   : waited > limits_.request_timeout)
                    late.push_back(connection);
                break;
            case Connection::State::closing:
                if (waited > (connection->lingering ? linger_timeout : limits_.write_timeout))
                    late.push_back(connection);
                break;
            case Connection::State::streaming:
                if (connection->pending_bytes() == 0) {
                    connection->waiting_since = now;
                } else if (waited > limits_.write_timeout) {
                    late.push_back(connection);
                }
                break;
            default: break;
        }
    }
    for (const auto& connection : late) {
        const bool half = connection->state() == Connection::State::reading &&
                          !connection->unread().empty() && !connection->held_back;
        if (half) {
            reject(*connection, {408, "the request did not arrive in time"});
        } else {
            close(connection);
        }
    }
}

}  // namespace oms::rest
