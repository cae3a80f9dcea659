// SPDX-License-Identifier: Apache-2.0
// The names that orders and balances touch: accounts, products, destinations and the like.
#include "order_bodies.hpp"
#include "resources.hpp"

#include <oms/sdk/suggest.hpp>

namespace oms::rest {

namespace {

std::uint32_t class_number(std::string_view word) {
    return sdk::code_number(sdk::class_names, word).value_or(0);
}

/// The class of what an entry of this class names as its group.
std::uint32_t group_class(std::uint32_t reference_class) {
    return reference_class == OMS_class_product ? OMS_class_asset_class : OMS_class_account;
}

std::uint32_t read_scale(const BodyReader& body, std::string_view name) {
    const BodyValue* scale = body.find(body.root(), name);
    if (scale == nullptr) return 0;
    if (scale->number >= 0 && scale->number <= sdk::max_scale)
        return static_cast<std::uint32_t>(scale->number);
    throw make_problem(error_wrong_type)
        .at(body.path(*scale))
        .wants("a whole number from 0 to 18")
        .saw(std::to_string(scale->number));
}

}  // namespace

void list_references(const CallPointer& call) {
    oms_query query = page_query(*call, OMS_subject_references);
    if (const std::string_view word = call->parameter("class"); !word.empty()) {
        query.reference = class_number(word);
        if (query.reference == 0) {
            std::vector<std::string_view> classes;
            for (const sdk::CodeName& known : sdk::class_names) classes.push_back(known.name);
            throw make_problem(error_bad_parameter)
                .at("class")
                .wants(sdk::name_list(classes, classes.size()))
                .saw("\"" + std::string(word) + "\"" + sdk::did_you_mean(word, classes));
        }
    }
    call->api.ask(call, query,
                  [&api = call->api, limit = query.limit](const oms_answer& answer, Reply& reply) {
                      check_rows(answer, OMS_ERROR_unknown_reference);
                      append_page<oms_reference_row>(reply.body, "references", answer, api.names(),
                                                     limit,
                                                     [](const auto& row) { return row.reference; });
                  });
}

void define_reference(const CallPointer& call) {
    const BodyReader& body = call->read_body();
    const BodyTranslator translator(call->api, body);
    auto head = call->head<oms_define>();
    head.reference_class = class_number(body.text(body.root(), "class"));
    head.code = sdk::text(body.text(body.root(), "code"));
    head.scale = read_scale(body, "scale");
    head.price_scale = read_scale(body, "price_scale");
    if (const BodyValue* group = body.find(body.root(), "group"))
        head.group = translator.reference(*group, group_class(head.reference_class));
    if (const BodyValue* channel = body.find(body.root(), "channel"))
        head.route_via = translator.reference(*channel, OMS_class_channel);
    if (const BodyValue* flags = body.find(body.root(), "flags"))
        for (const BodyValue* flag = body.first(*flags); flag != nullptr; flag = body.next(*flag))
            head.reference_flags |=
                flag->text == "external" ? OMS_REFERENCE_EXTERNAL : OMS_REFERENCE_DISABLED;
    sdk::Batch batch;
    batch.add(head);
    if (const BodyValue* terms = body.find(body.root(), "terms")) {
        // Prices and quantities of a new product are at its own scales, which no entry says yet.
        const Scales own{0, head.scale, head.price_scale};
        translator.add_terms(batch, *terms, OMS_WHOLE_ORDER, own);
    }
    call->api.submit(call, batch, Made::entry);
}

}  // namespace oms::rest
