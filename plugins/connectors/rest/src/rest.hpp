// SPDX-License-Identifier: Apache-2.0
// The connector as a whole: the reactor, the thread that takes the kernel's answers, and the thread
// of the event streams.
#pragma once

#include "api.hpp"
#include "event_streams.hpp"
#include "server.hpp"

#include <oms/sdk/connector.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace oms::rest {

struct RestOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    bool has_admin = false;
    std::uint16_t admin_port = 0;
    bool allow_anonymous = false;
    std::string origin;  ///< of callers without a token
    std::string actor;
    std::string tokens;  ///< lines of ACTOR TOKEN [ORIGIN]
    std::vector<std::string> hosts;
    ServerLimits server;
    StreamLimits streams;
    std::uint32_t page_limit = 500;
    std::chrono::milliseconds answer_timeout{10000};
};

class Rest final : public sdk::Connector {
public:
    Rest(sdk::Host host, RestOptions options);
    Rest(sdk::Host host, const sdk::Settings& settings);
    ~Rest() override;

    void start() override;
    void stop() override;

    /// What was bound; for tests, which ask for port 0.
    std::uint16_t port() const { return bound_port_; }
    std::uint16_t admin_port() const { return bound_admin_port_; }

private:
    std::uint32_t define(const sdk::Port& port, std::uint32_t reference_class,
                         std::string_view code);
    std::vector<Credential> read_tokens(const sdk::Port& port);
    std::uint16_t listen(std::uint16_t port, bool admin);
    ApiOptions api_options(const sdk::Port& port);
    void take_answers(const sdk::Port& port);

    const sdk::Host host_;
    const RestOptions options_;
    std::unique_ptr<Api> api_;
    std::unique_ptr<Server> server_;
    std::unique_ptr<EventStreams> streams_;
    std::atomic<bool> stopping_{false};
    std::thread reactor_;
    std::thread answers_;
    std::thread events_;
    std::uint16_t bound_port_ = 0;
    std::uint16_t bound_admin_port_ = 0;
};

}  // namespace oms::rest
