// SPDX-License-Identifier: Apache-2.0
#include "rest_fixture.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <thread>
#include <vector>

namespace oms::rest {
namespace {

template <class Record>
const Record* first_of(const oms_batch& batch) {
    for (const oms_record& record : sdk::Records(batch))
        if (const Record* found = sdk::as<Record>(record)) return found;
    return nullptr;
}

TEST_F(RestTest, PlacesAnOrderAndAnswersWhatWasDecided) {
    accept_all();
    start();
    Client http = client();
    const Response response = http.post("/v1/orders", "k1", good_order);
    EXPECT_EQ(response.status, 201) << response.body;
    EXPECT_NE(response.head.find("Location: /v1/orders/7\r\n"), std::string::npos);
    EXPECT_EQ(response.body,
              R"({"order":"7","seq":1,"time":"2023-11-14T22:13:20Z","status":"New","lines":)"
              R"([{"line":0,"product":"ACME","direction":"receive","ordered":"100"}]})");

    const oms_batch input = port.input(0);
    const auto* head = first_of<oms_place_order>(input);
    ASSERT_NE(head, nullptr);
    EXPECT_EQ(head->account, account);
    EXPECT_EQ(head->order_kind, kind);
    EXPECT_EQ(sdk::view(head->key), "k1");
    EXPECT_NE(head->origin, 0U);
    const auto* line = first_of<oms_line>(input);
    ASSERT_NE(line, nullptr);
    EXPECT_EQ(line->quantity, 100);
    EXPECT_EQ(line->direction, std::uint32_t{OMS_direction_receive});
    const auto* term = first_of<oms_term>(input);
    ASSERT_NE(term, nullptr);
    EXPECT_EQ(term->field, sdk::field::limit_price);
    EXPECT_EQ(term->number, 1250);
    EXPECT_EQ(term->product, share);
}

TEST_F(RestTest, AnswersARepeatedKeyTheSameAndAnotherBodyWithAConflict) {
    accept_all();
    start();
    Client http = client();
    const Response first = http.post("/v1/orders", "k1", good_order);
    const Response again = http.post("/v1/orders", "k1", good_order);
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(first.body, again.body);
    EXPECT_EQ(first.head, again.head);
    std::string other(good_order);
    other.replace(other.find("100"), 3, "101");
    const Response conflict = http.post("/v1/orders", "k1", other);
    EXPECT_EQ(conflict.status, 409);
    EXPECT_TRUE(conflict.has(R"("code":"OMS-1003")")) << conflict.body;
}

TEST_F(RestTest, TellsTheVerdictsOfARefusal) {
    port.on_input([this](const oms_batch&, std::uint64_t, sdk::Batch& effects) {
        auto answered = sdk::make<oms_answered>();
        answered.code = OMS_ERROR_check_refused;
        answered.text = sdk::text("too much of ACME");
        effects.add(answered);
        auto verdict = sdk::make<oms_verdict>();
        verdict.outcome = OMS_outcome_refuse;
        verdict.rule = share;
        verdict.limit = 50;
        verdict.observed = 100;
        effects.add(verdict);
    });
    start();
    Client http = client();
    const Response response = http.post("/v1/orders", "k1", good_order);
    EXPECT_EQ(response.status, 422);
    EXPECT_NE(response.head.find("application/problem+json"), std::string::npos);
    EXPECT_TRUE(response.has(R"("code":"OMS-1025","detail":"too much of ACME")")) << response.body;
    EXPECT_TRUE(response.has(R"("verdicts":[{)")) << response.body;
    EXPECT_TRUE(response.has(R"("limit":50,"observed":100)")) << response.body;
    EXPECT_EQ(http.post("/v1/orders", "k1", good_order).body, response.body);
}

TEST_F(RestTest, SaysBusyBeforeTheJournal) {
    port.set_busy(true);
    options.hosts = {};
    start();
    Client http = client();
    const Response response = http.post("/v1/orders", "k1", good_order);
    EXPECT_EQ(response.status, 503);
    EXPECT_NE(response.head.find("Retry-After: 1\r\n"), std::string::npos);
    EXPECT_TRUE(response.has("OMS-7018"));
    EXPECT_EQ(port.input_count(), 0U);
    EXPECT_EQ(http.get("/v1/orders/7").status, 503);
}

TEST_F(RestTest, SaysThatTheOutcomeIsUnknownWhenNoAnswerComes) {
    accept_all();
    options.answer_timeout = std::chrono::milliseconds(100);
    start();
    port.hold_answers(true);
    Client http = client();
    const Response late = http.post("/v1/orders", "k1", good_order);
    EXPECT_EQ(late.status, 504);
    EXPECT_TRUE(late.has("the outcome is not known")) << late.body;
    const Response halted = http.post("/v1/halt", "k2", R"({"scope":"all"})");
    EXPECT_EQ(halted.status, 202);
    EXPECT_EQ(halted.body, R"({"in_force":true,"durable":false})");
    port.hold_answers(false);
    EXPECT_EQ(http.post("/v1/orders", "k1", good_order).status, 201);
}

TEST_F(RestTest, RefusesWhatIsWrongWithTheRequestItself) {
    start();
    Client http = client();
    EXPECT_TRUE(http.post("/v1/orders", "", good_order).has("OMS-7014"));
    EXPECT_EQ(http.post("/v1/orders", std::string(65, 'k'), good_order).status, 400);
    EXPECT_EQ(http.post("/v1/order", "k", good_order).status, 404);
    const Response method = http.get("/v1/orders/7/cancel");
    EXPECT_EQ(method.status, 405);
    EXPECT_NE(method.head.find("Allow: POST\r\n"), std::string::npos);
    EXPECT_EQ(http.get("/v1/orders/x").status, 400);
    EXPECT_TRUE(http.get("/v1/orders?acount=main").has("did you mean \\\"account\\\"?"));
    EXPECT_TRUE(http.get("/v1/orders?account=none").has("OMS-1005"));
    EXPECT_EQ(http.get("/v1/orders?limit=0").status, 400);
    EXPECT_EQ(http.get("/v1/orders?limit=1&limit=2").status, 400);
    EXPECT_EQ(http.get("/v1/orders/7", "Content-Length: 1\r\nContent-Length: 1\r\n").status, 400);
    EXPECT_EQ(port.input_count(), 0U);
}

TEST_F(RestTest, RefusesUnknownNamesAndBadDecimalsWithTheirPlace) {
    start();
    Client http = client();
    const auto with = [&http](std::string_view line) {
        return http.post(
            "/v1/orders", "k",
            R"({"kind":"simple","account":"main","lines":[)" + std::string(line) + "]}");
    };
    EXPECT_TRUE(with(R"({"product":"NOPE","side":"buy","quantity":"1"})")
                    .has(R"("path":"/lines/0/product")"));
    EXPECT_TRUE(with(R"({"product":"ACME","side":"buy","quantity":"1.5"})")
                    .has("has more decimals than it may have"));
    EXPECT_TRUE(with(R"({"product":"ACME","side":"buy","quantity":1})").has("OMS-7011"));
    EXPECT_TRUE(
        with(R"({"product":"ACME","side":"bux","quantity":"1"})").has("did you mean \\\"buy\\\"?"));
    EXPECT_TRUE(with(R"({"product":"ACME","side":"buy","direction":"receive","quantity":"1"})")
                    .has("OMS-7032"));
    EXPECT_TRUE(with(R"({"product":"ACME","quantity":"1"})").has("/lines/0/direction"));
    EXPECT_TRUE(with(R"({"side":"buy","quantity":"1"})").has("/lines/0/product"));
    EXPECT_TRUE(with(R"({"product":"ACME","side":"buy","quantity":"1","price":"1.555"})")
                    .has("/lines/0/price"));
    EXPECT_TRUE(
        with(R"({"product":"ACME","side":"buy","quantity":"1","terms":{"expire_time":"soon"}})")
            .has("OMS-7012"));
    EXPECT_TRUE(
        with(R"({"product":"ACME","side":"buy","quantity":"1","terms":{"order_type":"limt"}})")
            .has("did you mean \\\"limit\\\"?"));
    EXPECT_EQ(port.input_count(), 0U);
}

TEST_F(RestTest, SuggestsTheNamesThatTheKernelKnows) {
    accept_all();
    show_all();
    start();
    Client http = client();
    const auto place = [&http](std::string_view of_kind, std::string_view of_account,
                               std::string_view product) {
        return http.post("/v1/orders", "k",
                         R"({"kind":")" + std::string(of_kind) + R"(","account":")" +
                             std::string(of_account) + R"(","lines":[{"product":")" +
                             std::string(product) + R"(","side":"buy","quantity":"1"}]})");
    };
    EXPECT_TRUE(place("simpel", "main", "ACME").has(R"(did you mean \"simple\"?)"));
    EXPECT_TRUE(place("simple", "mian", "ACME").has(R"(did you mean \"main\"?)"));
    EXPECT_TRUE(place("simple", "main", "AMCE").has(R"(did you mean \"ACME\"?)"));
    EXPECT_FALSE(place("simple", "main", "zzzzzz").has("did you mean"));
    EXPECT_TRUE(http.post("/v1/orders/7/route", "k", R"({"destination":"nroth"})")
                    .has(R"(did you mean \"north\"?)"));
    EXPECT_TRUE(http.post("/v1/orders/7/events", "k", R"({"event":"captur"})")
                    .has(R"(did you mean \"capture\"?)"));
    EXPECT_TRUE(http.get("/v1/orders?account=mian").has(R"(did you mean \"main\"?)"));
    EXPECT_TRUE(http.get("/v1/references?class=acount").has(R"(did you mean \"account\"?)"));
}

TEST_F(RestTest, KnowsTheRolesOfAKindByName) {
    accept_all();
    port.on_query([this](const oms_query& query, sdk::Batch& rows) {
        if (query.subject != OMS_subject_kinds) return OMS_OK;
        auto row = sdk::make<oms_kind_row>();
        row.order_kind = kind;
        row.roles = sdk::text("goods money");
        rows.add(row);
        return OMS_OK;
    });
    start();
    Client http = client();
    const auto place = [&http](std::string_view key, std::string_view role) {
        return http.post("/v1/orders", key,
                         R"({"kind":"simple","account":"main","lines":[{"product":"ACME",)"
                         R"("side":"buy","quantity":"1","role":)" +
                             std::string(role) + "}]}");
    };
    EXPECT_EQ(place("k1", R"("money")").status, 201);
    EXPECT_EQ(first_of<oms_line>(port.input(0))->role, 1U);
    EXPECT_EQ(place("k2", "0").status, 201);
    EXPECT_EQ(first_of<oms_line>(port.input(1))->role, 0U);
    const Response wrong = place("k3", R"("mony")");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_TRUE(wrong.has(R"("code":"OMS-1043")")) << wrong.body;
    EXPECT_TRUE(wrong.has(R"("path":"/lines/0/role","expected":"goods, money")")) << wrong.body;
    EXPECT_TRUE(wrong.has(R"(did you mean \"money\"?)")) << wrong.body;
    EXPECT_EQ(place("k4", "4").status, 400);
    EXPECT_EQ(port.input_count(), 2U);
    const Response kinds = http.get("/v1/kinds");
    EXPECT_TRUE(kinds.has(R"({"kind":"simple","roles":["goods","money"]})")) << kinds.body;
}

TEST_F(RestTest, AnswersEveryFaultAsAProblem) {
    options.server.body_bytes = 1000;
    start();
    const std::string json = "Content-Type: application/json\r\nIdempotency-Key: k\r\n";
    const auto told = [this](std::string_view bytes) {
        Client http = client();
        http.send(bytes);
        Response response = http.receive_response();
        EXPECT_NE(response.head.find("Content-Type: application/problem+json\r\n"),
                  std::string::npos)
            << bytes << response.head;
        simdjson::dom::parser parser;
        simdjson::dom::object root;
        EXPECT_EQ(parser.parse(response.body).get(root), simdjson::SUCCESS) << response.body;
        for (const char* member : {"type", "title", "status", "code", "remedy"})
            EXPECT_EQ(root[member].error(), simdjson::SUCCESS) << bytes << " lacks " << member;
        std::int64_t status = 0;
        EXPECT_EQ(root["status"].get(status), simdjson::SUCCESS);
        EXPECT_EQ(status, response.status);
        return response;
    };
    const auto get = [](std::string_view target) {
        return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    };
    const auto post = [](std::string_view headers) {
        return "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) + "\r\n";
    };
    EXPECT_EQ(told(get("/nowhere")).status, 404);
    EXPECT_EQ(told(get("/v1/orders/7/cancel")).status, 405);
    EXPECT_EQ(told("DELETE /v1/orders/7 HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 405);
    EXPECT_EQ(told(get("/v1/orders?colour=red")).status, 400);
    EXPECT_EQ(told(get("/v1/orders/%zz")).status, 400);
    EXPECT_EQ(told(post(json + "Content-Length: 1001\r\n")).status, 413);
    EXPECT_EQ(
        told(post("Idempotency-Key: k\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n") + "{}")
            .status,
        415);
    EXPECT_EQ(told("GET /" + std::string(max_target_bytes, 'a') + " HTTP/1.1\r\n\r\n").status, 414);
    EXPECT_EQ(told("GET / HTTP/1.1\r\nA: " + std::string(max_head_bytes, 'a')).status, 431);
    EXPECT_EQ(told(post("Transfer-Encoding: gzip\r\n")).status, 501);
    EXPECT_EQ(told("GET / HTTP/3.0\r\n\r\n").status, 505);
    EXPECT_EQ(told(post("Expect: wonders\r\n")).status, 417);
    const Response twice =
        told(post(json + "Idempotency-Key: other\r\nContent-Length: 2\r\n") + "{}");
    EXPECT_TRUE(twice.has(R"("code":"OMS-7033","path":"Idempotency-Key")")) << twice.body;
    const Response nobody = told("GET /healthz HTTP/1.1\r\n\r\n");
    EXPECT_TRUE(nobody.has(R"("code":"OMS-7034")")) << nobody.body;
    EXPECT_EQ(nobody.status, 400);
    EXPECT_EQ(port.input_count(), 0U);
}

TEST_F(RestTest, DoesNotCallAResumeInForceBeforeItIsDurable) {
    accept_all();
    options.answer_timeout = std::chrono::milliseconds(100);
    start();
    Client http = client();
    const Response resumed = http.post("/v1/resume", "k1", R"({"scope":"all"})");
    EXPECT_EQ(resumed.status, 200);
    EXPECT_FALSE(resumed.has("in_force")) << resumed.body;
    port.hold_answers(true);
    EXPECT_EQ(http.post("/v1/resume", "k2", R"({"scope":"all"})").status, 504);
}

TEST_F(RestTest, AmendsWithTheScalesOfTheOrdersOwnLines) {
    accept_all();
    show_all();
    start();
    Client http = client();
    const Response response = http.post(
        "/v1/orders/7/amend", "k1",
        R"({"lines":[{"line":0,"quantity":"80","price":"12.75"},{"line":1,"quantity":"1.50"}]})");
    EXPECT_EQ(response.status, 200) << response.body;
    std::vector<std::int64_t> quantities;
    for (const oms_record& record : sdk::Records(port.input(0)))
        if (const auto* line = sdk::as<oms_line>(record)) quantities.push_back(line->quantity);
    EXPECT_EQ(quantities, (std::vector<std::int64_t>{80, 150}));
    EXPECT_EQ(first_of<oms_term>(port.input(0))->number, 1275);
    EXPECT_EQ(
        http.post("/v1/orders/7/amend", "k2", R"({"lines":[{"line":2,"quantity":"1"}]})").status,
        422);
    EXPECT_TRUE(http.post("/v1/orders/7/amend", "k3", "{}").has("OMS-7030"));
    EXPECT_EQ(http.post("/v1/orders/8/amend", "k4", R"({"lines":[]})").status, 404);
    EXPECT_TRUE(
        http.post("/v1/orders/7/amend", "k5", R"({"terms":{"limit_price":"1"}})").has("OMS-7023"));
}

TEST_F(RestTest, CancelsRoutesAndRaisesEvents) {
    accept_all();
    show_all();
    start();
    Client http = client();
    EXPECT_EQ(http.post("/v1/orders/7/cancel", "k1", "").status, 200);
    EXPECT_EQ(first_of<oms_cancel_order>(port.input(0))->order, 7U);
    const Response routed = http.post("/v1/orders/7/route", "k2", R"({"destination":"north"})");
    EXPECT_EQ(routed.status, 200);
    EXPECT_TRUE(routed.has(R"("route":"9")")) << routed.body;
    EXPECT_EQ(
        http.post("/v1/orders/7/events", "k3", R"({"event":"capture","line":1,"quantity":"2.50"})")
            .status,
        200);
    EXPECT_EQ(first_of<oms_raise_event>(port.input(2))->number, 250);
    EXPECT_EQ(http.post("/v1/orders/7/events", "k4", R"({"event":"captur"})").status, 422);
}

TEST_F(RestTest, ShowsAnOrderWithItsTermsWhereTheyBelong) {
    show_all();
    start();
    Client http = client();
    const Response response = http.get("/v1/orders/7");
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.has(R"("order_kind":"simple","account":"main")")) << response.body;
    EXPECT_TRUE(response.has(R"("value":"0.00","terms":{"limit_price":"12.50"}})"))
        << response.body;
    EXPECT_TRUE(response.has(R"("ordered":"1.00")"));
    EXPECT_EQ(http.get("/v1/orders/by-key/k%201").status, 200);
    EXPECT_EQ(http.get("/v1/orders/8").status, 404);
    const Response page = http.get("/v1/orders?account=main&open=true&limit=1");
    EXPECT_TRUE(page.has(R"("next":"7"})")) << page.body;
}

TEST_F(RestTest, TakesPostingsTasksAndReferences) {
    accept_all();
    start();
    Client http = client();
    EXPECT_EQ(http.post("/v1/postings", "k1",
                        R"({"reason":"deposit","transfers":[{"from":"main","to":"main",)"
                        R"("amount":{"amount":"10.00","currency":"EUR"},"to_bucket":"incoming"}]})")
                  .status,
              201);
    const auto* transfer = first_of<oms_transfer>(port.input(0));
    EXPECT_EQ(transfer->amount, 1000);
    EXPECT_EQ(transfer->asset, euro);
    EXPECT_EQ(transfer->to_bucket, std::uint32_t{OMS_bucket_incoming});
    EXPECT_EQ(http.post("/v1/tasks/3/answer", "k2", R"({"answer":"ship","note":"fine"})").status,
              200);
    EXPECT_EQ(first_of<oms_resolve_task>(port.input(1))->task, 3U);
    const Response defined =
        http.post("/v1/references", "k3",
                  R"({"class":"product","code":"NEW","scale":1,"price_scale":3,)"
                  R"("flags":["disabled"],"terms":{"tick":"0.005","lot":"0.5"}})");
    EXPECT_EQ(defined.status, 201) << defined.body;
    EXPECT_TRUE(defined.has(R"("reference":9)")) << defined.body;
    EXPECT_EQ(first_of<oms_define>(port.input(2))->reference_flags,
              std::uint32_t{OMS_REFERENCE_DISABLED});
    EXPECT_EQ(first_of<oms_term>(port.input(2))->number, 5);
}

TEST_F(RestTest, KeepsConnectionsOpenAndTakesPipelinedRequests) {
    accept_all();
    start();
    Client http = client();
    std::string bytes;
    for (int at = 0; at < 50; ++at)
        bytes += Client::request("/v1/orders", "k" + std::to_string(at), good_order);
    http.send(bytes + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    for (std::uint64_t at = 1; at <= 50; ++at) {
        const Response response = http.receive_response();
        ASSERT_EQ(response.status, 201) << at;
        EXPECT_TRUE(response.has("\"seq\":" + std::to_string(at) + ",")) << response.body;
    }
    EXPECT_EQ(http.receive_response().status, 200);
}

TEST_F(RestTest, TakesChunkedBodiesAndExpectations) {
    accept_all();
    start();
    Client http = client();
    const std::string head =
        "POST /v1/orders HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\n";
    http.send(head + "Transfer-Encoding: chunked\r\n\r\n10\r\n" +
              std::string(good_order.substr(0, 16)) + "\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const std::string_view rest_of_body = good_order.substr(16);
    char size[16];
    std::snprintf(size, sizeof size, "%zx", rest_of_body.size());
    http.send(std::string(size) + "\r\n" + std::string(rest_of_body) + "\r\n0\r\n\r\n");
    EXPECT_EQ(http.receive_response().status, 201);
    http.send(head + "Expect: 100-continue\r\nContent-Length: " +
              std::to_string(good_order.size()) + "\r\n\r\n");
    EXPECT_EQ(http.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    http.send(good_order);
    EXPECT_EQ(http.receive_response().status, 201);
}

TEST_F(RestTest, IsNotStarvedByHalfRequests) {
    accept_all();
    options.server.request_timeout = std::chrono::milliseconds(400);
    start();
    std::vector<std::unique_ptr<Client>> half;
    for (int at = 0; at < 100; ++at) {
        half.push_back(std::make_unique<Client>(rest->port()));
        half.back()->send("POST /v1/orders HTTP/1.1\r\nContent-Le");
    }
    Client http = client();
    EXPECT_EQ(http.post("/v1/orders", "k1", good_order).status, 201);
    EXPECT_EQ(http.get("/healthz").status, 200);
    const Response late = half.front()->receive_response();
    EXPECT_EQ(late.status, 408);
    EXPECT_TRUE(late.has("OMS-7026"));
    EXPECT_TRUE(half.front()->at_end());
}

TEST_F(RestTest, HasCapsAndKeepsTheAdminListenerApart) {
    options.server.connections_per_peer = 4;
    options.has_admin = true;
    start();
    std::vector<std::unique_ptr<Client>> open;
    for (int at = 0; at < 4; ++at) {
        open.push_back(std::make_unique<Client>(rest->port()));
        EXPECT_EQ(open.back()->get("/healthz").status, 200);
    }
    Client turned_away(rest->port());
    const Response response = turned_away.receive_response();
    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(response.has("OMS-7027"));
    Client admin(rest->admin_port());
    EXPECT_EQ(admin.get("/readyz").status, 200);
    EXPECT_EQ(admin.get("/v1/orders").status, 404);
    EXPECT_EQ(admin.post("/v1/halt", "k", R"({"scope":"all"})").status, 200);
}

TEST_F(RestTest, LivesThroughALackOfDescriptors) {
    start();
    Client http = client();
    EXPECT_EQ(http.get("/healthz").status, 200);
    const int waiting = ::socket(AF_INET, SOCK_STREAM, 0);
    std::vector<int> taken;
    for (int descriptor = ::dup(0); descriptor >= 0; descriptor = ::dup(0))
        taken.push_back(descriptor);
    // This one has its descriptor already; the server finds none to let it in.
    const Poco::Net::SocketAddress address("127.0.0.1", rest->port());
    EXPECT_EQ(::connect(waiting, address.addr(), address.length()), 0);
    EXPECT_EQ(http.get("/healthz").status, 200);
    char byte = 0;
    EXPECT_LE(::recv(waiting, &byte, 1, 0), 0);
    ::close(waiting);
    for (const int descriptor : taken) ::close(descriptor);
    EXPECT_EQ(client().get("/healthz").status, 200);
}

TEST_F(RestTest, BoundsHeadsAndBodies) {
    options.server.body_bytes = 1000;
    start();
    EXPECT_EQ(client().post("/v1/orders", "k", std::string(1001, ' ')).status, 413);
    EXPECT_EQ(client().get("/healthz", "A: " + std::string(max_head_bytes, 'a') + "\r\n").status,
              431);
    Client http = client();
    EXPECT_EQ(http.get("/nowhere").status, 404);
    EXPECT_EQ(http.get("/healthz", "Connection: close\r\n").status, 200);
    EXPECT_TRUE(http.at_end());
}

TEST_F(RestTest, AsksForATokenWhenThereAreTokens) {
    accept_all();
    port.define(OMS_class_actor, "alice");
    port.define(OMS_class_origin, "alice");
    options.tokens = "# who may\nalice 0123456789abcdef\n";
    start();
    Client http = client();
    EXPECT_EQ(http.get("/healthz").status, 200);
    const Response refused = http.post("/v1/orders", "k", good_order);
    EXPECT_EQ(refused.status, 401);
    EXPECT_NE(refused.head.find("WWW-Authenticate: Bearer\r\n"), std::string::npos);
    EXPECT_EQ(http.post("/v1/orders", "k", good_order, "Authorization: Bearer 0123456789abcdeX\r\n")
                  .status,
              401);
    EXPECT_EQ(http.post("/v1/orders", "k", good_order, "Authorization: Bearer 0123456789abcdef\r\n")
                  .status,
              201);
    std::uint32_t alice = 0;
    const oms_text code = sdk::text("alice");
    port.raw()->resolve(port.raw(), OMS_class_actor, code, &alice);
    EXPECT_EQ(first_of<oms_place_order>(port.input(0))->actor, alice);
}

TEST_F(RestTest, IsReachedByItsOwnNamesAlone) {
    start();
    Client http = client();
    http.send("GET /v1/openapi.json HTTP/1.1\r\nHost: evil.example\r\n\r\n");
    EXPECT_EQ(http.receive_response().status, 421);
    options.address = "0.0.0.0";
    EXPECT_THROW(Rest(host.host(), options), std::runtime_error);
}

TEST_F(RestTest, DescribesItself) {
    accept_all();
    start();
    Client http = client();
    const Response document = http.get("/v1/openapi.json");
    EXPECT_EQ(document.status, 200);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    ASSERT_EQ(parser.parse(document.body).get(root), simdjson::SUCCESS) << document.body;
    std::string_view version;
    EXPECT_EQ(root["openapi"].get(version), simdjson::SUCCESS);
    EXPECT_EQ(version, "3.1.0");
    simdjson::dom::object paths;
    ASSERT_EQ(root["paths"].get(paths), simdjson::SUCCESS);
    EXPECT_EQ(paths.size(), 22U);
    http.post("/v1/orders", "k", good_order);
    EXPECT_TRUE(http.get("/metrics")
                    .has("oms_rest_requests_total{operation=\"order_new\",status=\"2xx\"} 1\n"));
}

TEST_F(RestTest, AnswersThoseWhoWaitWhenItStops) {
    accept_all();
    start();
    port.hold_answers(true);
    Client http = client();
    http.send(Client::request("/v1/orders", "k", good_order));
    ASSERT_TRUE(port.wait_for_inputs(1));
    rest->stop();
    const Response response = http.receive_response();
    EXPECT_EQ(response.status, 504);
    EXPECT_TRUE(response.has("the server is stopping"));
}

}  // namespace
}  // namespace oms::rest
