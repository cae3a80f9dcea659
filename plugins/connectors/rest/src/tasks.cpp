// SPDX-License-Identifier: Apache-2.0
// What waits for a person.
#include "resources.hpp"

namespace oms::rest {

void list_tasks(const CallPointer& call) {
    oms_query query = page_query(*call, OMS_subject_tasks);
    query.open_only = call->parameter("open") == "false" ? 0 : 1;
    call->flag_parameter("open");
    call->api.ask(call, query,
                  [&api = call->api, limit = query.limit](const oms_answer& answer, Reply& reply) {
                      check_rows(answer, OMS_ERROR_unknown_task);
                      append_page<oms_task_row>(reply.body, "tasks", answer, api.names(), limit,
                                                [](const auto& row) { return row.task; });
                  });
}

void answer_task(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    auto head = call->head<oms_resolve_task>();
    head.task = call->id();
    head.answer = sdk::text(body.text(body.root(), "answer"));
    head.note = sdk::text(body.text(body.root(), "note"));
    sdk::Batch batch;
    batch.add(head);
    call->api.submit(call, batch);
}

}  // namespace oms::rest
