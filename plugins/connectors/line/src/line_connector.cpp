// SPDX-License-Identifier: Apache-2.0
#include "door.hpp"
#include "session.hpp"

#include "line_settings.hpp"

#include <oms/sdk/connector.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace line {
namespace {

/// By the name of the session.
using Secrets = std::map<std::string, std::string, std::less<>>;

Secrets read_secrets(const std::string& text, const std::vector<std::string>& sessions) {
    constexpr std::size_t least_bytes = 16;
    Secrets secrets;
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line);
        std::string session;
        std::string secret;
        std::string more;
        if (!(words >> session) || session.starts_with('#')) continue;
        const std::string place = "secrets, line " + std::to_string(number) + ": ";
        // What stands there is not repeated: it may be the secret itself.
        if (!(words >> secret) || secret.size() < least_bytes || words >> more)
            throw std::invalid_argument(place + "expected SESSION SECRET, with a secret of at " +
                                        "least 16 letters and no blanks in it");
        if (std::find(sessions.begin(), sessions.end(), session) == sessions.end())
            throw std::invalid_argument(place +
                                        "it begins with no session that is configured; "
                                        "there are " +
                                        sdk::name_list(sessions));
        if (!secrets.emplace(session, secret).second)
            throw std::invalid_argument(place + "session " + session + " has a secret already");
    }
    return secrets;
}

bool is_loopback(const std::string& address) {
    return address == "::1" || address.starts_with("127.");
}

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
        if (accepts != settings_.listen_port.has_value() ||
            accepts == settings_.connect_port.has_value())
            throw std::invalid_argument(
                "an acceptor needs `listen_port` and no `connect_port`, an initiator the other "
                "way");
        names_ = settings_.sessions;
        if (names_.empty()) names_.emplace_back(host_.instance());
        secrets_ = read_secrets(settings_.secrets.value_or(""), names_);
        if (accepts && !is_loopback(settings_.listen_address) && !settings_.allow_anonymous &&
            secrets_.size() < names_.size())
            throw std::invalid_argument(
                "`listen_address` " + settings_.listen_address +
                " can be reached from other machines, and not every session has a secret: "
                "configure `secrets`, or say `allow_anonymous: true` where something in front of "
                "it knows who calls");
    }

    void start() override {
        const bool accepts = settings_.role == "acceptor";
        for (const std::string& name : names_)
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
        if (const auto secret = secrets_.find(name); secret != secrets_.end())
            rules.secret = secret->second;
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
    std::vector<std::string> names_;
    Secrets secrets_;
    std::vector<std::unique_ptr<Session>> sessions_;
    Door door_;
};

}  // namespace
}  // namespace line

OMS_PLUGIN(line::LineConnector);
