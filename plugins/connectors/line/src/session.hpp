// SPDX-License-Identifier: Apache-2.0
// One session: its numbers, its rules, its connection. See README.md for the rules.
#pragma once

#include "inbound.hpp"
#include "out_stream.hpp"
#include "scribes.hpp"
#include "shared_desk.hpp"
#include "wire.hpp"

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace line {

struct SessionRules {
    std::string name;     ///< of the session and of its channel
    std::string secret;   ///< empty: whoever calls is let on
    bool accepts = true;  ///< waits for the other side to connect
    bool allow_reset = false;
    std::int64_t heartbeat_ms = 30'000;
    std::int64_t answer_timeout_ms = 5'000;  ///< initiator: then a route becomes unknown
    std::vector<std::string> accounts;       ///< acceptor: that the client may use; empty: all
    std::string destination;                 ///< initiator: what routes know the party as
    PartyWords words;                        ///< initiator
    std::string host;                        ///< initiator
    int port = 0;                            ///< initiator
};

/// A connection whose LOGON has been read.
struct Caller {
    Wire wire;
    Message logon;
};

std::int64_t steady_ms();

class Session {
public:
    Session(sdk::Host host, const sdk::Port& port, SharedDesk& desk, SessionRules rules);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const std::string& name() const { return rules_.name; }
    void start();
    void stop();  ///< and joins
    /// Acceptor, any thread. It takes the place of a connection that is on.
    void take(Caller caller);
    /// Whether a LOGON says what only the other side of this session knows. Any thread.
    bool admits(const Message& logon) const;

private:
    static constexpr std::size_t most_ready = 512;
    static constexpr std::uint64_t cursor_every = 256;

    struct Awaited {
        std::int64_t deadline = 0;
        oms_intent intent{};
    };
    struct Ask {
        std::string target;
        std::string key;
        std::uint64_t number = 0;
    };
    struct Stage {             ///< of one connection
        bool heard = false;    ///< the other side's LOGON was read
        bool hailed = false;   ///< ours was sent
        bool live = false;     ///< both, and messages flow
        bool closing = false;  ///< nothing is heard any more
        bool parted = false;   ///< a LOGOUT was sent, or there is nobody to send it to
        bool tested = false;
        std::uint64_t next = 0;          ///< the number that the other side expects
        std::uint64_t sent_before = 0;   ///< messages up to this number may have been sent before
        std::uint64_t resend_asked = 0;  ///< the number from which it was asked
        std::int64_t heartbeat_ms = 30'000;                          ///< the other side's
        std::int64_t began = 0, sent = 0, received = 0, closed = 0;  ///< steady ms
    };

    void run();
    void begin();
    void listen_for_news();
    void converse(Wire wire, std::optional<Message> logon);
    void wait_while_alone();
    void await_unsent();
    bool step(Wire& wire);
    void hear(Wire& wire);
    void end(std::string_view why);

    // session_in.cpp: what comes in
    void on_line(const std::string& text);
    void on_logon(const Message& message);
    void on_next(const Message& message);
    void on_session(const Message& message);
    void on_business(const Message& message);
    void on_ask(const Message& message);
    void on_resend(const Message& message);
    void begin_again();
    void advance_in(std::uint64_t number);
    void pass_in(sdk::Batch input, std::uint64_t number);
    bool submit_pending();
    void clear_awaited(const Message& order);

    // session_out.cpp: what goes out
    Message logon() const;
    void walk();
    void take_numbers();
    void answer_asks();
    void hail(Wire& wire);
    void establish();
    void send_ready(Wire& wire);
    void send(Wire& wire, Message message);
    bool may_leave(const Numbered& numbered);
    bool refuses(const Numbered& numbered);
    void await_answer(const oms_intent& intent);
    bool tell(const oms_intent& intent, std::uint32_t type, std::string_view words);
    void keep_time();
    void watch_answers();
    bool submit(const sdk::Batch& input);

    sdk::Host host_;
    const sdk::Port& port_;
    SharedDesk& desk_;
    SessionRules rules_;
    Meaning meaning_;
    std::unique_ptr<Books> books_;
    std::unique_ptr<Scribe> scribe_;
    std::unique_ptr<OutStream> stream_;
    std::uint64_t expected_ = 1;              ///< the next number that comes in
    Cursor kept_;                             ///< as it was submitted last
    std::optional<sdk::Batch> pending_;       ///< an input for which the kernel had no room
    std::map<std::string, Awaited> awaited_;  ///< by the key of the message
    std::vector<Ask> asks_;                   ///< acceptor: that wait for an answer
    Stage stage_;

    std::atomic<bool> stopping_ = false;
    Bell bell_;
    std::mutex mutex_;
    std::optional<Caller> caller_;
    std::thread thread_;
    std::thread news_;
};

}  // namespace line
