// SPDX-License-Identifier: Apache-2.0
// One client's connection. The reactor reads it; whoever has the answer writes it, from its own
// thread and at once, so that an answer takes no further hop between threads.
#pragma once

#include "http_message.hpp"

#include <Poco/Net/StreamSocket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace oms::rest {

using SteadyTime = std::chrono::steady_clock::time_point;

class Connection;

/// Where connections turn to when they need the reactor. Any thread.
class Attention {
public:
    virtual ~Attention() = default;
    virtual void attend(std::shared_ptr<Connection> connection) = 0;
};

/// An answer, ready to be written.
struct Reply {
    int status = 200;
    std::string_view content_type = "application/json";
    std::string headers;  ///< further lines, each with its CR LF
    std::string body;
    bool keep_alive = true;

    void clear() {
        status = 200;
        content_type = "application/json";
        headers.clear();
        body.clear();
        keep_alive = true;
    }
};

/// Appends the reply as it goes over the wire. `head_only`: to a HEAD request.
void append_reply(std::string& out, const Reply& reply, bool keep_alive, bool head_only);

class Connection : public std::enable_shared_from_this<Connection> {
public:
    /// Of answers to requests that were sent one behind the other.
    static constexpr std::size_t most_unsent_bytes = std::size_t{256} << 10;

    /// What the reactor waits for on this connection.
    enum class State : std::uint8_t {
        reading,    ///< for (more of) a request
        answering,  ///< for the answer to the one that was read
        streaming,  ///< the connection is an event stream until it ends
        closing,    ///< for the last bytes to leave
        closed,
    };

    Connection(Poco::Net::StreamSocket socket, std::string peer, bool admin, Attention& attention);

    // ---- any thread
    // -------------------------------------------------------------------------------

    /// Answers the request that is being answered; at most one answer a request counts.
    void answer(const Reply& reply);

    /// Appends to the stream and sends what the client takes; false: it is over, nothing was taken.
    /// `pending` is how much waits in front of the client then.
    bool push(std::string_view bytes, std::size_t& pending);
    /// Ends the stream (or whatever is going on) once what waits is sent.
    void finish();
    State state() const;
    std::size_t pending_bytes() const;

    const std::string& peer() const { return peer_; }
    /// Came in by the listener for administration.
    bool admin() const { return admin_; }

    // ---- the reactor alone
    // --------------------------------------------------------------------------

    int descriptor() const { return descriptor_; }
    /// Reads what has arrived. True: there may be more of it.
    bool receive();
    /// The bytes that were read and not consumed yet.
    std::string_view unread() const { return std::string_view(in_).substr(in_start_); }
    void consume(std::size_t bytes);
    void begin_answer(bool keep_alive, bool head_only);
    /// Answers what cannot be read as a request, and closes.
    void reject(const Reply& reply);
    void begin_stream(std::string_view head);
    /// Says that the body of a request is welcome (RFC 9110, section 10.1.1).
    void say_continue();
    /// Sends what waits. False: all is sent that ever will be.
    bool flush();
    /// Says that no more comes from here. True the first time: what the client still sends is to be
    /// read and dropped for a while, or its system would throw away our last answer.
    bool linger();
    /// After the last request was handled: true when the next one may be read. Otherwise the answer
    /// to come asks for attention if `more_input`.
    bool ready_for_next(bool more_input);
    /// So much waits unsent that no further request is to be read.
    bool choked() const { return pending_bytes() > most_unsent_bytes; }
    void close();

    /// Since when the reactor waits for something of the client.
    SteadyTime waiting_since;
    bool peer_closed = false;
    bool continue_sent = false;
    bool lingering = false;
    bool held_back = false;  ///< what it sends is not read until it has taken its answers
    std::optional<ChunkedReader> chunks;  ///< of the request that is being read
    std::size_t chunk_bytes = 0;          ///< that it has eaten

private:
    std::optional<std::size_t> send_locked(std::string_view bytes);
    bool flush_locked();

    Poco::Net::StreamSocket socket_;
    const int descriptor_;
    const std::string peer_;
    const bool admin_;
    Attention& attention_;

    std::string in_;  // the reactor alone
    std::size_t in_start_ = 0;

    mutable std::mutex mutex_;
    std::string out_;
    std::size_t out_start_ = 0;
    State state_ = State::reading;
    bool keep_alive_ = true;
    bool head_only_ = false;
    bool more_input_ = false;
};

}  // namespace oms::rest
