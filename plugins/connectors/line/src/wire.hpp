// SPDX-License-Identifier: Apache-2.0
// A TCP connection that never blocks: lines come in, bytes go out as the other side takes them.
#pragma once

#include "decoder.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace line {

/// A file descriptor of its own.
class Handle {
public:
    Handle() = default;
    explicit Handle(int number) : number_(number) {}
    Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// Wakes a thread that polls.
class Bell {
public:
    Bell();
    void ring() const;
    void quiet() const;
    int number() const { return handle_.number(); }

private:
    Handle handle_;
};

class Wire {
public:
    static constexpr std::size_t most_waiting_bytes = std::size_t{256} << 10;

    Wire() = default;
    explicit Wire(Handle handle) : handle_(std::move(handle)) {}

    explicit operator bool() const { return static_cast<bool>(handle_); }
    int number() const { return handle_.number(); }

    /// Takes in what has arrived. False: the other side is gone.
    bool receive();
    std::optional<std::string> next_line() { return in_.next(); }
    bool overflown() const { return in_.overflown(); }
    /// Nothing is left to be read from what has arrived.
    bool drained() const { return in_.size() == 0; }
    /// Enough is waiting here: leave the rest to the other side's patience.
    bool satisfied() const { return in_.size() >= most_waiting_bytes; }

    void send(std::string_view bytes) { out_.append(bytes); }
    /// Gives out what the other side takes. False: it is gone.
    bool flush();
    bool waiting() const { return !out_.empty(); }
    bool full() const { return out_.size() >= most_waiting_bytes; }

private:
    Handle handle_;
    LineBuffer in_;
    std::string out_;
};

/// Listens on an address; throws std::system_error.
Handle listen_on(const std::string& address, int port);
/// The port that was given where 0 was asked for.
int port_of(const Handle& listener);
/// The next connection, or none.
Handle accept_from(const Handle& listener);
/// Connects within `timeout_ms`; empty: nobody answered.
Handle connect_to(const std::string& host, int port, int timeout_ms);

}  // namespace line
