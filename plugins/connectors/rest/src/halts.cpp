// SPDX-License-Identifier: Apache-2.0
// Halt and resume. A halt is in force the moment the kernel takes it, and durable later: the answer
// says both apart.
#include "order_bodies.hpp"
#include "resources.hpp"

namespace oms::rest {

namespace {

std::uint32_t target_class(std::uint32_t scope) {
    switch (scope) {
        case OMS_halt_scope_account: return OMS_class_account;
        case OMS_halt_scope_destination: return OMS_class_destination;
        default: return OMS_class_product;
    }
}

void set_halt(const CallPointer& call, bool on) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_set_halt>();
    head.scope =
        sdk::code_number(sdk::halt_scope_names, body.text(body.root(), "scope")).value_or(0);
    head.on = on ? 1 : 0;
    head.reason = sdk::text(body.text(body.root(), "reason"));
    const BodyValue* target = body.find(body.root(), "target");
    if (head.scope != OMS_halt_scope_all) {
        head.target = translator.reference(body.root(), "target", target_class(head.scope));
    } else if (target != nullptr) {
        throw make_problem(error_both_given)
            .at("/target")
            .wants("no target: the scope is all")
            .saw("\"" + std::string(target->text) + "\"");
    }
    sdk::Batch batch;
    batch.add(head);
    call->api.submit(call, batch, on ? Made::halt : Made::nothing);
}

}  // namespace

void halt(const CallPointer& call) { set_halt(call, true); }

void resume(const CallPointer& call) { set_halt(call, false); }

void list_halts(const CallPointer& call) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_halts;
    call->api.ask(call, query, [&api = call->api](const oms_answer& answer, Reply& reply) {
        check_rows(answer, OMS_ERROR_unknown_reference);
        append_page<oms_halt_row>(reply.body, "halts", answer, api.names(), 0,
                                  [](const auto&) { return std::uint64_t{0}; });
    });
}

}  // namespace oms::rest
