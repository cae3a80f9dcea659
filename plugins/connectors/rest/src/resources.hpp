// SPDX-License-Identifier: Apache-2.0
// The handlers that the route table names, one file a resource.
#pragma once

#include "api.hpp"

namespace oms::rest {

// orders.cpp
void place_order(const CallPointer& call);
void amend_order(const CallPointer& call);
void cancel_order(const CallPointer& call);
void route_order(const CallPointer& call);
void raise_event(const CallPointer& call);
// order_views.cpp
void show_order(const CallPointer& call);
void show_order_by_key(const CallPointer& call);
void list_orders(const CallPointer& call);
void list_routes(const CallPointer& call);
// books.cpp
void list_balances(const CallPointer& call);
void post_transfers(const CallPointer& call);
// tasks.cpp
void list_tasks(const CallPointer& call);
void answer_task(const CallPointer& call);
// kinds.cpp
void list_kinds(const CallPointer& call);
// references.cpp
void list_references(const CallPointer& call);
void define_reference(const CallPointer& call);
// halts.cpp
void halt(const CallPointer& call);
void resume(const CallPointer& call);
void list_halts(const CallPointer& call);
// events.cpp
void stream_events(const CallPointer& call);
// health.cpp
void show_health(const CallPointer& call);
void show_readiness(const CallPointer& call);
void show_metrics(const CallPointer& call);
void show_openapi(const CallPointer& call);

/// A page of rows of one type: {"<name>":[…],"seq":n,"next":"…"}. `id_of` gives what the next page
/// starts behind.
template <class Row, class IdOf>
void append_page(std::string& out, std::string_view name, const oms_answer& answer,
                 const sdk::Names& names, std::uint32_t limit, IdOf id_of) {
    sdk::JsonWriter json(out);
    json.begin_object().key(name).begin_array();
    std::uint32_t count = 0;
    std::uint64_t last = 0;
    for (const oms_record& record : sdk::Records(answer.records)) {
        const Row* row = sdk::as<Row>(record);
        if (row == nullptr) continue;
        json.begin_object();
        sdk::append_json_members(out, record, names);
        json.end_object();
        ++count;
        last = id_of(*row);
    }
    json.end_array().key("seq").number(answer.seq);
    // A full page may be the last one: the next is empty then.
    if (limit != 0 && count >= limit) json.key("next").id(last);
    json.end_object();
}

/// A query with what every page takes: `limit` and `after`.
oms_query page_query(const Call& call, std::uint32_t subject);

}  // namespace oms::rest
