// SPDX-License-Identifier: Apache-2.0
// The stream of decisions as server-sent events.
#include "event_streams.hpp"
#include "resources.hpp"

#include <charconv>

namespace oms::rest {

void stream_events(const CallPointer& call) {
    StreamFilter filter;
    filter.order = call->number_parameter("order", 0);
    filter.account = call->reference_parameter("account", OMS_class_account);
    const std::uint64_t durable = call->api.port()->durable_seq(call->api.port());
    std::uint64_t seq = call->number_parameter("after", durable);
    if (const std::string& last = call->last_event_id; !last.empty()) {
        const auto result = std::from_chars(last.data(), last.data() + last.size(), seq);
        if (result.ec != std::errc() || result.ptr != last.data() + last.size())
            throw make_problem(error_bad_parameter)
                .at("Last-Event-ID")
                .wants("the id of an event: a number")
                .saw(last);
    }
    EventStreams* streams = call->api.streams;
    if (streams == nullptr) throw make_problem(error_stopping);
    if (streams->count() >= streams->limits().streams) throw make_problem(error_too_many_streams);
    call->connection->begin_stream(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n: every durable decision, its seq as id\n\n");
    if (!streams->add(call->connection, seq, filter)) call->connection->finish();
}

}  // namespace oms::rest
