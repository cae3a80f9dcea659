// SPDX-License-Identifier: Apache-2.0
// Whether the process lives, whether it can be used, its figures, and what it offers. All of this
// is answered by the reactor itself, whatever the kernel is doing.
#include "resources.hpp"

namespace oms::rest {

void show_health(const CallPointer& call) {
    Reply reply;
    reply.body = R"({"status":"alive"})";
    call->api.answer(*call, reply);
}

void show_readiness(const CallPointer& call) {
    Reply reply;
    std::string why;
    const bool ready = call->api.is_ready(why);
    sdk::JsonWriter json(reply.body);
    json.begin_object().key("status").string(ready ? "ready" : "not ready");
    if (!ready) json.key("reason").string(why);
    json.key("seq").number(call->api.port()->durable_seq(call->api.port())).end_object();
    reply.status = ready ? 200 : 503;
    call->api.answer(*call, reply);
}

void show_metrics(const CallPointer& call) {
    Reply reply;
    reply.content_type = "text/plain; version=0.0.4; charset=utf-8";
    call->api.append_metrics(reply.body);
    call->api.answer(*call, reply);
}

void show_openapi(const CallPointer& call) {
    static const std::string document = openapi_document(route_table());
    Reply reply;
    reply.content_type = "application/vnd.oai.openapi+json;version=3.1";
    reply.body = document;
    call->api.answer(*call, reply);
}

}  // namespace oms::rest
