// SPDX-License-Identifier: Apache-2.0
// The kinds of orders that the configuration knows.
#include "resources.hpp"

namespace oms::rest {

void list_kinds(const CallPointer& call) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_kinds;
    call->api.ask(call, query, [&api = call->api](const oms_answer& answer, Reply& reply) {
        check_rows(answer, OMS_ERROR_unknown_order_kind);
        sdk::JsonWriter json(reply.body);
        json.begin_object().key("kinds").begin_array();
        for (const oms_record& record : sdk::Records(answer.records)) {
            const auto* row = sdk::as<oms_kind_row>(record);
            if (row == nullptr) continue;
            json.begin_object().key("kind");
            sdk::append_json_reference(reply.body, row->order_kind, api.names());
            json.key("roles").begin_array();
            for (const std::string& role : roles_of(*row)) json.string(role);
            json.end_array().end_object();
        }
        json.end_array().key("seq").number(answer.seq).end_object();
    });
}

}  // namespace oms::rest
