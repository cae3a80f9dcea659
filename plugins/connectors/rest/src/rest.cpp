// SPDX-License-Identifier: Apache-2.0
#include "rest.hpp"

#include "rest_settings.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SocketAddress.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace oms::rest {

namespace {

constexpr std::int64_t answer_wait_ms = 500;
constexpr int define_tries = 100;

RestOptions read_settings(const sdk::Host& host, const sdk::Settings& raw) {
    const auto given = plugins::rest::Settings::from(raw);
    const auto size = [](std::int64_t number) { return static_cast<std::size_t>(number); };
    RestOptions options;
    options.address = given.address;
    options.port = static_cast<std::uint16_t>(given.port);
    options.has_admin = given.admin_port != 0;
    options.admin_port = static_cast<std::uint16_t>(given.admin_port);
    options.allow_anonymous = given.allow_anonymous;
    options.origin = given.origin.value_or(std::string(host.instance()));
    options.actor = given.actor.value_or(std::string(host.instance()));
    options.tokens = given.tokens.value_or("");
    options.hosts = given.hosts;
    options.server.body_bytes = size(given.most_body);
    options.server.connections = size(given.most_connections);
    options.server.connections_per_peer = size(given.most_connections_per_peer);
    options.server.request_timeout = given.request_timeout;
    options.server.idle_timeout = given.idle_timeout;
    options.server.write_timeout = given.write_timeout;
    options.streams.streams = size(given.most_streams);
    options.streams.unsent_bytes = size(given.most_unsent);
    options.page_limit = static_cast<std::uint32_t>(given.page_limit);
    options.answer_timeout = given.answer_timeout;
    return options;
}

}  // namespace

Rest::Rest(sdk::Host host, const sdk::Settings& settings)
    : Rest(host, read_settings(host, settings)) {}

Rest::Rest(sdk::Host host, RestOptions options) : host_(host), options_(std::move(options)) {
    Poco::Net::IPAddress address;
    if (!Poco::Net::IPAddress::tryParse(options_.address, address))
        throw std::runtime_error("address \"" + options_.address +
                                 "\" is not an IP address such as 127.0.0.1 or ::1");
    if (!address.isLoopback() && options_.tokens.empty() && !options_.allow_anonymous)
        throw std::runtime_error(
            "address " + options_.address +
            " can be reached from other machines, and there are no tokens: configure `tokens`, or "
            "say `allow_anonymous: true` where something in front of it knows who asks");
}

Rest::~Rest() { stop(); }

/// The reference of a name of this connector's own; it is defined when it is new.
std::uint32_t Rest::define(const sdk::Port& port, std::uint32_t reference_class,
                           std::string_view code) {
    if (const auto known = port.resolve(reference_class, code)) return *known;
    auto head = sdk::make<oms_define>();
    head.reference_class = reference_class;
    head.code = sdk::text(code);
    const std::string key = "define-" + std::to_string(reference_class) + "-" + std::string(code);
    head.key = sdk::text(std::string_view(key).substr(0, OMS_MAX_KEY_BYTES));
    sdk::Batch batch;
    batch.add(head);
    for (int tries = 0; tries < define_tries; ++tries) {
        const oms_status status = port.submit(batch);
        if (status == OMS_OK) break;
        if (status != OMS_AGAIN) throw sdk::CallError(status, "a name cannot be defined");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    for (int tries = 0; tries < define_tries; ++tries) {
        if (const auto known = port.resolve(reference_class, code)) return *known;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw sdk::CallError(OMS_NOT_FOUND, "the kernel did not define \"" + std::string(code) + "\"");
}

std::vector<Credential> Rest::read_tokens(const sdk::Port& port) {
    std::vector<Credential> credentials;
    std::istringstream lines(options_.tokens);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line);
        std::string actor;
        std::string token;
        std::string origin;
        if (!(words >> actor) || actor.starts_with('#')) continue;
        constexpr std::size_t least_token = 16;
        if (!(words >> token) || token.size() < least_token)
            throw std::runtime_error("tokens, line " + std::to_string(number) +
                                     ": expected ACTOR TOKEN [ORIGIN] with a token of at least 16 "
                                     "letters");
        if (!(words >> origin)) origin = actor;
        credentials.push_back(
            {token,
             {define(port, OMS_class_actor, actor), define(port, OMS_class_origin, origin)}});
    }
    return credentials;
}

ApiOptions Rest::api_options(const sdk::Port& port) {
    ApiOptions options;
    options.credentials = read_tokens(port);
    if (options.credentials.empty())
        options.anonymous = {define(port, OMS_class_actor, options_.actor),
                             define(port, OMS_class_origin, options_.origin)};
    options.hosts = options_.hosts;
    for (const std::string& own : {options_.address, std::string("localhost"),
                                   std::string("127.0.0.1"), std::string("[::1]")})
        if (std::find(options.hosts.begin(), options.hosts.end(), own) == options.hosts.end())
            options.hosts.push_back(own);
    options.page_limit = options_.page_limit;
    options.most_body = options_.server.body_bytes;
    options.answer_timeout = options_.answer_timeout;
    options.log_error = [host = host_](std::string_view message) { host.error(message); };
    return options;
}

std::uint16_t Rest::listen(std::uint16_t port, bool admin) {
    try {
        const Poco::Net::IPAddress address(options_.address);
        return server_->listen(Poco::Net::SocketAddress(address, port), admin);
    } catch (const Poco::Exception& fault) {
        throw std::runtime_error(options_.address + ":" + std::to_string(port) +
                                 " cannot be listened on (" + fault.displayText() +
                                 "): end what listens there, or configure another `" +
                                 (admin ? "admin_port" : "port") + "`");
    }
}

void Rest::start() {
    const sdk::Port port(host_);
    api_ = std::make_unique<Api>(port.raw(), api_options(port), route_table());
    streams_ = std::make_unique<EventStreams>(
        port.raw(), api_->names(), options_.streams,
        [this](std::uint64_t order) { return api_->account_of(order); });
    server_ = std::make_unique<Server>(options_.server, *api_);
    api_->streams = streams_.get();
    api_->server = server_.get();
    bound_port_ = listen(options_.port, false);
    if (options_.has_admin) bound_admin_port_ = listen(options_.admin_port, true);
    stopping_.store(false);
    answers_ = std::thread([this, port] {
        sdk::run_guarded(host_, "the answers' thread", [&] { take_answers(port); });
    });
    events_ = std::thread([this] {
        sdk::run_guarded(host_, "the event streams' thread", [this] { streams_->run(); });
    });
    reactor_ =
        std::thread([this] { sdk::run_guarded(host_, "the reactor", [this] { server_->run(); }); });
    host_.info("listening on http://" + options_.address + ":" + std::to_string(bound_port_));
}

void Rest::take_answers(const sdk::Port& port) {
    while (!stopping_.load()) {
        const oms_status status = port.take_answers(
            answer_wait_ms, [this](const oms_answer& answer) { api_->take_answer(answer); });
        if (status == OMS_STOPPED) return;
    }
}

void Rest::stop() {
    if (api_ == nullptr) return;
    stopping_.store(true);
    // First nobody new is let in, then those who wait are told, then their bytes are sent.
    api_->shut_down();
    streams_->stop();
    sdk::Port(host_).wake();
    if (answers_.joinable()) answers_.join();
    if (events_.joinable()) events_.join();
    server_->stop();
    if (reactor_.joinable()) reactor_.join();
    server_.reset();
    streams_.reset();
    api_.reset();
}

}  // namespace oms::rest
