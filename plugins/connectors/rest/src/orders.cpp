// SPDX-License-Identifier: Apache-2.0
// What changes orders: place, amend, cancel, route, and named events.
#include "order_bodies.hpp"
#include "resources.hpp"

namespace oms::rest {

namespace {

bool has_lines(const BodyReader& body) { return body.find(body.root(), "lines") != nullptr; }

/// The product of a line of the order at hand.
std::uint32_t product_of(const BodyTranslator& translator, const BodyValue& index,
                         const LineProducts& products) {
    const std::uint32_t line = translator.line_index(index);
    if (line < products.size() && products[line] != 0) return products[line];
    throw make_problem(OMS_ERROR_unknown_line)
        .at(translator.body().path(index))
        .wants("the index of one of the order's " + std::to_string(products.size()) + " lines")
        .saw(std::to_string(line));
}

/// The product that all lines have, or 0.
std::uint32_t common_product(const LineProducts& products) {
    std::uint32_t common = 0;
    for (const std::uint32_t product : products) {
        if (common != 0 && product != common) return 0;
        common = product;
    }
    return common;
}

void add_own_terms(sdk::Batch& batch, const BodyTranslator& translator,
                   const LineProducts& products) {
    const BodyReader& body = translator.body();
    if (const BodyValue* terms = body.find(body.root(), "terms"))
        translator.add_terms(batch, *terms, OMS_WHOLE_ORDER,
                             translator.scales(common_product(products)));
}

void amend_with(const CallPointer& call, const LineProducts& products) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_amend_order>();
    head.order = call->id();
    sdk::Batch batch;
    batch.add(head);
    if (const BodyValue* lines = body.find(body.root(), "lines")) {
        for (const BodyValue* each = body.first(*lines); each != nullptr; each = body.next(*each)) {
            const BodyValue& index = *body.find(*each, "line");
            auto line = sdk::make<oms_line>();
            line.line = translator.line_index(index);
            line.product = product_of(translator, index, products);
            line.parent_line = OMS_WHOLE_ORDER;
            if (const BodyValue* quantity = body.find(*each, "quantity")) {
                line.quantity = translator.quantity(*quantity, line.product);
                batch.add(line);
            }
            if (const BodyValue* price = body.find(*each, "price"))
                translator.add_term(batch, line.line, sdk::field::limit_price, line.product,
                                    translator.price(*price, line.product));
            if (const BodyValue* terms = body.find(*each, "terms"))
                translator.add_terms(batch, *terms, line.line, translator.scales(line.product));
        }
    }
    add_own_terms(batch, translator, products);
    if (batch.count() == 1)
        throw make_problem(error_nothing_asked).wants("a new quantity, price or term");
    call->api.submit(call, batch);
}

void route_with(const CallPointer& call, const LineProducts& products) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_route_order>();
    head.order = call->id();
    head.destination = translator.reference(body.root(), "destination", OMS_class_destination);
    const BodyValue* enquiry = body.find(body.root(), "enquiry");
    head.enquiry = enquiry != nullptr && enquiry->boolean ? 1 : 0;
    sdk::Batch batch;
    batch.add(head);
    if (const BodyValue* lines = body.find(body.root(), "lines")) {
        for (const BodyValue* each = body.first(*lines); each != nullptr; each = body.next(*each)) {
            const BodyValue& index = *body.find(*each, "line");
            auto line = sdk::make<oms_route_line>();
            line.line = translator.line_index(index);
            line.product = product_of(translator, index, products);
            line.quantity = translator.quantity(*body.find(*each, "quantity"), line.product);
            batch.add(line);
        }
    }
    add_own_terms(batch, translator, products);
    call->api.submit(call, batch, Made::route);
}

void raise_with(const CallPointer& call, const LineProducts& products) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_raise_event>();
    head.order = call->id();
    head.event = translator.reference(body.root(), "event", OMS_class_event);
    head.line = OMS_WHOLE_ORDER;
    head.text = sdk::text(body.text(body.root(), "text"));
    if (const BodyValue* route = body.find(body.root(), "route"))
        head.route = translator.id(*route);
    const BodyValue* line = body.find(body.root(), "line");
    if (line != nullptr) head.line = translator.line_index(*line);
    if (const BodyValue* number = body.find(body.root(), "number")) head.number = number->number;
    if (const BodyValue* quantity = body.find(body.root(), "quantity")) {
        const std::uint32_t product =
            line != nullptr ? product_of(translator, *line, products) : common_product(products);
        if (product == 0)
            throw make_problem(error_no_scale)
                .at("/quantity")
                .says("the order's lines have several products")
                .wants("the line that it is about, in the member line");
        head.number = translator.quantity(*quantity, product);
    }
    sdk::Batch batch;
    batch.add(head);
    call->api.submit(call, batch);
}

void place_with(const CallPointer& call, const Roles& roles) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_place_order>();
    head.order_kind = translator.reference(body.root(), "kind", OMS_class_order_kind);
    head.account = translator.reference(body.root(), "account", OMS_class_account);
    if (const BodyValue* parent = body.find(body.root(), "parent"))
        head.parent = translator.id(*parent);
    if (const BodyValue* fact = body.find(body.root(), "fact"))
        head.flags |= fact->boolean ? OMS_ORDER_FACT : 0;
    sdk::Batch batch;
    batch.add(head);
    add_lines(batch, translator, *body.find(body.root(), "lines"), body.find(body.root(), "terms"),
              roles);
    if (const BodyValue* links = body.find(body.root(), "links")) {
        for (const BodyValue* each = body.first(*links); each != nullptr; each = body.next(*each)) {
            auto link = sdk::make<oms_link>();
            link.link = sdk::code_number(sdk::link_names, body.text(*each, "link")).value_or(0);
            link.order = translator.id(*body.find(*each, "order"));
            batch.add(link);
        }
    }
    call->api.submit(call, batch, Made::order);
}

bool names_roles(const BodyReader& body) {
    const BodyValue* lines = body.find(body.root(), "lines");
    for (const BodyValue* each = body.first(*lines); each != nullptr; each = body.next(*each)) {
        const BodyValue* role = body.find(*each, "role");
        if (role != nullptr && role->text.data() != nullptr) return true;
    }
    return false;
}

}  // namespace

void place_order(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    if (!names_roles(body)) return place_with(call, {});
    const BodyTranslator translator(call->api, body);
    call->api.with_roles(call, translator.reference(body.root(), "kind", OMS_class_order_kind),
                         place_with);
}

void amend_order(const CallPointer& call) {
    call->read_body();  // what is wrong in itself is said before the kernel is asked
    call->api.with_lines(call, call->id(), amend_with);
}

void cancel_order(const CallPointer& call) {
    call->read_body();
    auto head = call->head<oms_cancel_order>();
    head.order = call->id();
    sdk::Batch batch;
    batch.add(head);
    call->api.submit(call, batch);
}

void route_order(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    const bool needs_products = has_lines(body) || body.find(body.root(), "terms") != nullptr;
    if (!needs_products) return route_with(call, {});
    call->api.with_lines(call, call->id(), route_with);
}

void raise_event(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    const BodyValue* quantity = body.find(body.root(), "quantity");
    if (quantity == nullptr) return raise_with(call, {});
    if (const BodyValue* number = body.find(body.root(), "number"))
        throw make_problem(error_both_given).at(body.path(*number)).saw("number and quantity");
    call->api.with_lines(call, call->id(), raise_with);
}

}  // namespace oms::rest
