// SPDX-License-Identifier: Apache-2.0
// Balances, and the facts of the books that are posted by hand.
#include "order_bodies.hpp"
#include "resources.hpp"

namespace oms::rest {

void list_balances(const CallPointer& call) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_balances;
    query.reference = call->reference_parameter("account", OMS_class_account);
    query.limit = call->api.options().page_limit;
    const std::uint32_t asset = call->reference_parameter("product", OMS_class_product);
    call->api.ask(call, query, [&api = call->api, asset](const oms_answer& answer, Reply& reply) {
        check_rows(answer, OMS_ERROR_unknown_account);
        sdk::JsonWriter json(reply.body);
        json.begin_object().key("balances").begin_array();
        for (const oms_record& record : sdk::Records(answer.records)) {
            const auto* row = sdk::as<oms_balance_row>(record);
            if (row == nullptr || (asset != 0 && row->asset != asset)) continue;
            json.begin_object();
            sdk::append_json_members(reply.body, record, api.names());
            json.end_object();
        }
        json.end_array().key("seq").number(answer.seq).end_object();
    });
}

namespace {

oms_transfer read_transfer(const BodyTranslator& translator, const BodyValue& each) {
    const BodyReader& body = translator.body();
    auto transfer = sdk::make<oms_transfer>();
    transfer.from = translator.reference(each, "from", OMS_class_account);
    transfer.to = translator.reference(each, "to", OMS_class_account);
    const auto bucket = [&](std::string_view name) {
        const std::string_view word = body.text(each, name);
        return sdk::code_number(sdk::bucket_names, word).value_or(OMS_bucket_on_hand);
    };
    transfer.from_bucket = bucket("from_bucket");
    transfer.to_bucket = bucket("to_bucket");
    const BodyValue* amount = body.find(each, "amount");
    const BodyValue* quantity = body.find(each, "quantity");
    if (amount != nullptr && quantity != nullptr)
        throw make_problem(error_both_given).at(body.path(*quantity)).saw("amount and quantity");
    if (amount != nullptr) {
        transfer.amount = translator.money(*amount, transfer.asset);
        return transfer;
    }
    if (quantity == nullptr)
        throw make_problem(error_missing_member)
            .at(body.path(each) + "/amount")
            .wants("amount as money, or product and quantity");
    transfer.asset = translator.reference(each, "product", OMS_class_product);
    transfer.amount = translator.quantity(*quantity, transfer.asset);
    return transfer;
}

}  // namespace

void post_transfers(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_post>();
    head.reason = sdk::text(body.text(body.root(), "reason"));
    sdk::Batch batch;
    batch.add(head);
    const BodyValue& transfers = *body.find(body.root(), "transfers");
    for (const BodyValue* each = body.first(transfers); each != nullptr; each = body.next(*each))
        batch.add(read_transfer(translator, *each));
    call->api.submit(call, batch);
}

}  // namespace oms::rest
