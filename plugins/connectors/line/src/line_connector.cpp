// SPDX-License-Identifier: Apache-2.0
#include "door.hpp"
#include "session.hpp"

#include "line_settings.hpp"

#include <oms/sdk/connector.hpp>

#include <memory>
#include <stdexcept>
#include <vector>

namespace line {
namespace {

class LineConnector final : public sdk::Connector {
public:
    static constexpr std::uint32_t abilities = OMS_CAN_ASK_ONE;

    LineConnector(sdk::Host host, const sdk::Settings& settings)
        : host_(host),
          port_(host),
          desk_(port_),
          settings_(oms::plugins::line::Settings::from(settings)),
          door_(host, [this](std::string_view name) { return find(name); }) {
        const bool accepts = settings_.role == "acceptor";
        if (accepts == settings_.listen_port.has_value() &&
            accepts != settings_.connect_port.has_value())
            return;
        throw std::invalid_argument(
            "an acceptor needs `listen_port` and no `connect_port`, an initiator the other way");
    }

    void start() override {
        const bool accepts = settings_.role == "acceptor";
        std::vector<std::string> names = settings_.sessions;
        if (names.empty()) names.emplace_back(host_.instance());
        for (const std::string& name : names)
            sessions_.push_back(std::make_unique<Session>(host_, port_, desk_, rules_of(name)));
        for (const auto& session : sessions_) session->start();
        if (accepts)
            door_.start(settings_.listen_address, static_cast<int>(*settings_.listen_port));
    }

    void stop() override {
        door_.stop();
        desk_.stop();
        for (const auto& session : sessions_) session->stop();
    }

private:
    SessionRules rules_of(const std::string& name) const {
        SessionRules rules;
        rules.name = name;
        rules.accepts = settings_.role == "acceptor";
        rules.allow_reset = settings_.allow_reset;
        rules.heartbeat_ms = settings_.heartbeat.count();
        rules.answer_timeout_ms = settings_.answer_timeout.count();
        rules.accounts = settings_.accounts;
        rules.destination = settings_.destination.value_or(name);
        rules.words = {settings_.peer_kind.value_or(""), settings_.peer_account.value_or("")};
        rules.host = settings_.connect_host;
        rules.port = static_cast<int>(settings_.connect_port.value_or(0));
        return rules;
    }

    Session* find(std::string_view name) const {
        for (const auto& session : sessions_)
            if (session->name() == name) return session.get();
        return nullptr;
    }

    sdk::Host host_;
    sdk::Port port_;
    SharedDesk desk_;
    oms::plugins::line::Settings settings_;
    std::vector<std::unique_ptr<Session>> sessions_;
    Door door_;
};

}  // namespace
}  // namespace line

OMS_PLUGIN(line::LineConnector);
