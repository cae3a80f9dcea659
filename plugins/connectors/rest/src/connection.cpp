// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <oms/sdk/json.hpp>

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <utility>

namespace oms::rest {

namespace {

constexpr std::size_t receive_bytes = std::size_t{16} << 10;
/// A buffer that grew beyond this for one large answer gives its memory back.
constexpr std::size_t kept_bytes = std::size_t{64} << 10;

}  // namespace

void append_reply(std::string& out, const Reply& reply, bool keep_alive, bool head_only) {
    out += "HTTP/1.1 ";
    sdk::append_integer(out, reply.status);
    out += ' ';
    out += status_phrase(reply.status);
    out += "\r\nContent-Type: ";
    out += reply.status >= 400 ? std::string_view("application/problem+json") : reply.content_type;
    out += "\r\nContent-Length: ";
    sdk::append_integer(out, reply.body.size());
    out += keep_alive ? "\r\n" : "\r\nConnection: close\r\n";
    out += reply.headers;
    out += "\r\n";
    if (!head_only) out += reply.body;
}

Connection::Connection(Poco::Net::StreamSocket socket, std::string peer, bool admin,
                       Attention& attention)
    : waiting_since(std::chrono::steady_clock::now()),
      socket_(std::move(socket)),
      descriptor_(socket_.impl()->sockfd()),
      peer_(std::move(peer)),
      admin_(admin),
      attention_(attention) {
    socket_.setBlocking(false);
    socket_.setNoDelay(true);
}

// ---- any thread
// -----------------------------------------------------------------------------------

void Connection::answer(const Reply& reply) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::answering) return;
    const bool keep_alive = keep_alive_ && reply.keep_alive;
    append_reply(out_, reply, keep_alive, head_only_);
    state_ = keep_alive ? State::reading : State::closing;
    const bool alive = flush_locked();
    if (!alive || !keep_alive || more_input_) attention_.attend(shared_from_this());
}

bool Connection::push(std::string_view bytes, std::size_t& pending) {
    const std::lock_guard lock(mutex_);
    if (state_ != State::streaming) return false;
    bool alive = true;
    if (out_start_ < out_.size()) {
        out_ += bytes;
        alive = flush_locked();
    } else {
        // Nothing waits: only what the client does not take at once is copied.
        const std::optional<std::size_t> sent = send_locked(bytes);
        alive = sent.has_value();
        if (alive) out_ += bytes.substr(*sent);
    }
    if (!alive) {
        attention_.attend(shared_from_this());
        return false;
    }
    pending = out_.size() - out_start_;
    return true;
}

void Connection::finish() {
    const std::lock_guard lock(mutex_);
    if (state_ == State::closed) return;
    state_ = State::closing;
    attention_.attend(shared_from_this());
}

Connection::State Connection::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::size_t Connection::pending_bytes() const {
    const std::lock_guard lock(mutex_);
    return out_.size() - out_start_;
}

/// How much of it the client takes at once; nothing when the connection is broken.
std::optional<std::size_t> Connection::send_locked(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        const ssize_t sent = ::send(descriptor_, bytes.data() + taken, bytes.size() - taken,
                                    MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) {
            taken += static_cast<std::size_t>(sent);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            state_ = State::closing;
            return std::nullopt;
        }
    }
    return taken;
}

bool Connection::flush_locked() {
    const std::optional<std::size_t> sent = send_locked(std::string_view(out_).substr(out_start_));
    out_start_ += sent.value_or(out_.size() - out_start_);
    if (out_start_ == out_.size()) {
        out_.clear();
        out_start_ = 0;
        if (out_.capacity() > kept_bytes) std::string().swap(out_);
    } else if (out_start_ > kept_bytes && out_start_ > out_.size() / 2) {
        // Somebody who takes some but never all would otherwise have it grow for ever.
        out_.erase(0, out_start_);
        out_start_ = 0;
    }
    return sent.has_value();
}

// ---- the reactor alone
// ----------------------------------------------------------------------------

bool Connection::receive() {
    if (in_start_ == in_.size()) {
        in_.clear();
        in_start_ = 0;
        if (in_.capacity() > kept_bytes) std::string().swap(in_);
    }
    // A string that is made longer is filled first: a request is far shorter than what may come.
    static thread_local std::array<char, receive_bytes> arrived;
    ssize_t got = 0;
    do {
        got = ::recv(descriptor_, arrived.data(), arrived.size(), MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got > 0) in_.append(arrived.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) peer_closed = true;
    return got == static_cast<ssize_t>(receive_bytes);
}

void Connection::consume(std::size_t bytes) {
    in_start_ += bytes;
    if (in_start_ > kept_bytes) {
        in_.erase(0, in_start_);
        in_start_ = 0;
    }
}

void Connection::begin_answer(bool keep_alive, bool head_only) {
    const std::lock_guard lock(mutex_);
    state_ = State::answering;
    keep_alive_ = keep_alive;
    head_only_ = head_only;
    more_input_ = false;
}

void Connection::reject(const Reply& reply) {
    begin_answer(false, false);
    answer(reply);
}

void Connection::begin_stream(std::string_view head) {
    const std::lock_guard lock(mutex_);
    state_ = State::streaming;
    out_ += head;
    flush_locked();
}

void Connection::say_continue() {
    const std::lock_guard lock(mutex_);
    continue_sent = true;
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    flush_locked();
}

bool Connection::linger() {
    if (peer_closed || lingering) return false;
    lingering = true;
    waiting_since = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    state_ = State::closing;
    return ::shutdown(descriptor_, SHUT_WR) == 0;
}

bool Connection::flush() {
    const std::lock_guard lock(mutex_);
    const bool empty_before = out_start_ == out_.size();
    if (!flush_locked()) return false;
    const bool empty = out_start_ == out_.size();
    if (!empty_before) waiting_since = std::chrono::steady_clock::now();
    return !(state_ == State::closing && empty);
}

bool Connection::ready_for_next(bool more_input) {
    const std::lock_guard lock(mutex_);
    if (state_ == State::answering) {
        more_input_ = more_input;
        return false;
    }
    return state_ == State::reading;
}

void Connection::close() {
    const std::lock_guard lock(mutex_);
    state_ = State::closed;
    socket_.close();
}

}  // namespace oms::rest
