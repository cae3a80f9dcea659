// SPDX-License-Identifier: Apache-2.0
// The connector on a host that answers what the test says, and a client that speaks raw HTTP.
#pragma once

#include "rest.hpp"

#include <oms/testkit/fake_port.hpp>

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace oms::rest {

struct Response {
    int status = 0;
    std::string head;
    std::string body;

    bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
};

class Client {
public:
    explicit Client(std::uint16_t port) : socket_(Poco::Net::SocketAddress("127.0.0.1", port)) {
        socket_.setReceiveTimeout(Poco::Timespan(5, 0));
        socket_.setNoDelay(true);
    }

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const int sent = socket_.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// Reads until the text has come, and gives what came up to its end.
    std::string read_until(std::string_view text) {
        while (unread_.find(text) == std::string::npos)
            if (!receive()) return {};
        const std::size_t end = unread_.find(text) + text.size();
        std::string result = unread_.substr(0, end);
        unread_.erase(0, end);
        return result;
    }

    Response receive_response() {
        Response response;
        response.head = read_until("\r\n\r\n");
        if (response.head.size() < 12) return response;
        response.status = std::stoi(response.head.substr(9, 3));
        const std::size_t at = response.head.find("Content-Length: ");
        if (at == std::string::npos) return response;
        const auto length = std::stoul(response.head.substr(at + 16));
        while (unread_.size() < length && receive()) continue;
        response.body = unread_.substr(0, length);
        unread_.erase(0, length);
        return response;
    }

    /// True once the server has closed and nothing is left to read.
    bool at_end() {
        while (receive()) continue;
        return unread_.empty() || closed_;
    }

    Response get(std::string_view target, std::string_view headers = {}) {
        send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" +
             std::string(headers) + "\r\n");
        return receive_response();
    }
    Response post(std::string_view target, std::string_view key, std::string_view body,
                  std::string_view headers = {}) {
        send(request(target, key, body, headers));
        return receive_response();
    }
    static std::string request(std::string_view target, std::string_view key, std::string_view body,
                               std::string_view headers = {}) {
        std::string text = "POST " + std::string(target) +
                           " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        if (!key.empty()) text += "Idempotency-Key: " + std::string(key) + "\r\n";
        text += std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + std::string(body);
        return text;
    }

    Poco::Net::StreamSocket& socket() { return socket_; }

private:
    bool receive() {
        char buffer[65536];
        int got = 0;
        try {
            got = socket_.receiveBytes(buffer, sizeof buffer);
        } catch (const Poco::Exception&) {
            return false;
        }
        if (got <= 0) {
            closed_ = true;
            return false;
        }
        unread_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

    Poco::Net::StreamSocket socket_;
    std::string unread_;
    bool closed_ = false;
};

class RestTest : public testing::Test {
protected:
    RestTest() {
        options.origin = "rest";
        options.actor = "desk";
        port.define(OMS_class_origin, "rest");
        port.define(OMS_class_actor, "desk");
        account = port.define(OMS_class_account, "main");
        share = port.define(OMS_class_product, "ACME", 0, 2);
        euro = port.define(OMS_class_product, "EUR", 2);
        kind = port.define(OMS_class_order_kind, "simple");
        destination = port.define(OMS_class_destination, "north");
        port.define(OMS_class_event, "capture");
    }

    void start() {
        rest.emplace(host.host(), options);
        rest->start();
    }
    Client client() { return Client(rest->port()); }

    /// Accepts with order 7 and route 9.
    void accept_all() {
        port.on_input([this](const oms_batch& input, std::uint64_t, sdk::Batch& effects) {
            auto answered = sdk::make<oms_answered>();
            answered.order = 7;
            answered.id = 9;
            effects.add(answered);
            if (input.first->kind != OMS_RECORD_place_order) return;
            auto line = sdk::make<oms_line_opened>();
            line.order = 7;
            line.product = share;
            line.direction = OMS_direction_receive;
            line.parent_line = OMS_WHOLE_ORDER;
            line.ordered = 100;
            effects.add(line);
            auto status = sdk::make<oms_status_changed>();
            status.order = 7;
            status.status = sdk::text("New");
            effects.add(status);
        });
    }

    /// Answers every query for an order with order 7 and its two lines.
    void show_all() {
        port.on_query([this](const oms_query& query, sdk::Batch& rows) {
            if (query.subject == OMS_subject_order && query.id != 7 && query.key.size == 0) {
                auto answered = sdk::make<oms_answered>();
                answered.code = OMS_ERROR_unknown_order;
                rows.add(answered);
                return OMS_OK;
            }
            auto order = sdk::make<oms_order_row>();
            order.order = 7;
            order.order_kind = kind;
            order.account = account;
            order.lines = 2;
            order.status = sdk::text("New");
            rows.add(order);
            for (std::uint32_t index = 0; index < 2; ++index) {
                auto line = sdk::make<oms_line_row>();
                line.order = 7;
                line.line = index;
                line.product = index == 0 ? share : euro;
                line.direction = OMS_direction_receive;
                line.parent_line = OMS_WHOLE_ORDER;
                line.ordered = 100;
                line.unrouted = 100;
                rows.add(line);
            }
            auto term = sdk::make<oms_term_row>();
            term.order = 7;
            term.line = 0;
            term.field = sdk::field::limit_price;
            term.type = OMS_term_type_number;
            term.product = share;
            term.number = 1250;
            rows.add(term);
            return OMS_OK;
        });
    }

    static constexpr std::string_view good_order =
        R"({"kind":"simple","account":"main",)"
        R"("lines":[{"product":"ACME","side":"buy","quantity":"100","price":"12.50"}]})";

    testkit::FakePort port;
    testkit::FakeHost host{port, "rest"};
    RestOptions options;
    std::uint32_t account = 0;
    std::uint32_t share = 0;
    std::uint32_t euro = 0;
    std::uint32_t kind = 0;
    std::uint32_t destination = 0;
    std::optional<Rest> rest;
};

}  // namespace oms::rest
