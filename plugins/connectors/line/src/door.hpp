// SPDX-License-Identifier: Apache-2.0
// Where callers come in: it reads the first line of each, and brings the caller to its session.
#pragma once

#include "session.hpp"
#include "wire.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace line {

class Door {
public:
    static constexpr std::size_t most_waiting = 64;     ///< callers that have not said who they are
    static constexpr std::int64_t patience_ms = 5'000;  ///< for their first line

    /// Answers the session of that name, or null.
    using Find = std::function<Session*(std::string_view name)>;

    Door(sdk::Host host, Find find) : host_(host), find_(std::move(find)) {}
    ~Door() { stop(); }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;

    /// Throws std::system_error when it cannot listen there.
    void start(const std::string& address, int port);
    void stop();
    /// That it listens on.
    int port() const { return port_of(listener_); }

private:
    struct Waiting {
        Wire wire;
        std::int64_t deadline = 0;
    };

    void run();
    void admit();
    /// True: it is dealt with, one way or the other.
    bool attend(Waiting& waiting, bool readable);

    sdk::Host host_;
    Find find_;
    Handle listener_;
    Bell bell_;
    std::vector<Waiting> waiting_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace line
