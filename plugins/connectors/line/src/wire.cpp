// SPDX-License-Identifier: Apache-2.0
#include "wire.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <system_error>

namespace line {

namespace {

constexpr int backlog = 64;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

struct FreeAddresses {
    void operator()(addrinfo* found) const { ::freeaddrinfo(found); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses look_up(const std::string& host, int port, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    const std::string service = std::to_string(port);
    if (::getaddrinfo(host.c_str(), service.c_str(), &hints, &found) != 0) return nullptr;
    return Addresses(found);
}

Handle open_socket(const addrinfo& at) {
    return Handle(::socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Lines are short and somebody waits for each.
void send_at_once(const Handle& handle) {
    const int on = 1;
    static_cast<void>(::setsockopt(handle.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

}  // namespace

Handle::~Handle() {
    if (number_ >= 0) ::close(number_);
}

Bell::Bell() : handle_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!handle_) fail("eventfd");
}

void Bell::ring() const {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(handle_.number(), &one, sizeof one));
}

void Bell::quiet() const {
    std::uint64_t count = 0;
    static_cast<void>(!::read(handle_.number(), &count, sizeof count));
}

bool Wire::receive() {
    std::array<char, 16 << 10> buffer;
    while (!satisfied()) {
        const ssize_t got = ::recv(handle_.number(), buffer.data(), buffer.size(), 0);
        if (got > 0) {
            in_.append({buffer.data(), static_cast<std::size_t>(got)});
            continue;
        }
        if (got == 0) return false;
        if (errno == EINTR) continue;
        return errno == EAGAIN || errno == EWOULDBLOCK;
    }
    return true;
}

bool Wire::flush() {
    std::size_t sent = 0;
    while (sent < out_.size()) {
        const ssize_t taken =
            ::send(handle_.number(), out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
        if (taken > 0) {
            sent += static_cast<std::size_t>(taken);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
        break;
    }
    out_.erase(0, sent);
    return true;
}

Handle listen_on(const std::string& address, int port) {
    const std::string place = address + ":" + std::to_string(port);
    const Addresses found = look_up(address, port, AI_PASSIVE | AI_NUMERICHOST);
    if (!found) {
        errno = EINVAL;
        fail("cannot listen on " + place + ": it is not an address");
    }
    Handle handle = open_socket(*found);
    const int on = 1;
    if (!handle || ::setsockopt(handle.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        ::bind(handle.number(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(handle.number(), backlog) != 0)
        fail("cannot listen on " + place);
    return handle;
}

int port_of(const Handle& listener) {
    sockaddr_storage at{};
    socklen_t size = sizeof at;
    if (::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&at), &size) != 0) return 0;
    if (at.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(at).sin6_port);
    return ntohs(reinterpret_cast<const sockaddr_in&>(at).sin_port);
}

Handle accept_from(const Handle& listener) {
    Handle handle(::accept4(listener.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (handle) send_at_once(handle);
    return handle;
}

Handle connect_to(const std::string& host, int port, int timeout_ms) {
    const Addresses found = look_up(host, port, 0);
    for (const addrinfo* at = found.get(); at != nullptr; at = at->ai_next) {
        Handle handle = open_socket(*at);
        if (!handle) continue;
        if (::connect(handle.number(), at->ai_addr, at->ai_addrlen) != 0) {
            if (errno != EINPROGRESS) continue;
            pollfd waiting{handle.number(), POLLOUT, 0};
            if (::poll(&waiting, 1, timeout_ms) != 1) continue;
            int fault = 0;
            socklen_t size = sizeof fault;
            if (::getsockopt(handle.number(), SOL_SOCKET, SO_ERROR, &fault, &size) != 0 ||
                fault != 0)
                continue;
        }
        send_at_once(handle);
        return handle;
    }
    return {};
}

}  // namespace line
