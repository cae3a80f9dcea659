// SPDX-License-Identifier: Apache-2.0
// What shows orders and routes.
#include "resources.hpp"

namespace oms::rest {

namespace {

/// Rows of an order, put where a reader looks for them: terms with their line, lines and offers
/// with their route.
class OrderWriter {
public:
    OrderWriter(std::string& out, const oms_answer& answer, const sdk::Names& names)
        : out_(out), json_(out), answer_(answer), names_(names) {}

    void write() {
        json_.begin_object();
        for (const oms_record& record : sdk::Records(answer_.records))
            if (record.kind == OMS_RECORD_order_row)
                sdk::append_json_members(out_, record, names_, {"lines", "routes"});
        write_terms(0, OMS_WHOLE_ORDER);
        write_list<oms_line_row>(
            "lines", [](const auto&) { return true; },
            [this](const oms_line_row& line) { write_terms(0, line.line); });
        write_list<oms_route_row>(
            "routes", [](const auto&) { return true; },
            [this](const oms_route_row& route) { write_route(route.route); });
        write_all<oms_execution_row>("executions");
        write_all<oms_hold_row>("holds");
        write_all<oms_link_row>("links");
        write_all<oms_source_row>("sources");
        write_all<oms_task_row>("tasks");
        json_.key("seq").number(answer_.seq).end_object();
    }

private:
    template <class Row, class Wanted, class More>
    void write_list(std::string_view name, Wanted wanted, More more) {
        bool any = false;
        for (const oms_record& record : sdk::Records(answer_.records)) {
            const Row* row = sdk::as<Row>(record);
            if (row == nullptr || !wanted(*row)) continue;
            if (!any) json_.key(name).begin_array();
            any = true;
            json_.begin_object();
            // What an inner list would say again of its order and its route stands above it.
            if (inside_route_) {
                sdk::append_json_members(out_, record, names_, {"order", "route"});
            } else {
                sdk::append_json_members(out_, record, names_, {"order"});
            }
            more(*row);
            json_.end_object();
        }
        if (any) json_.end_array();
    }
    template <class Row>
    void write_all(std::string_view name) {
        write_list<Row>(
            name, [](const Row&) { return true; }, [](const Row&) {});
    }

    void write_route(std::uint64_t route) {
        const auto is_of = [route](const auto& row) { return row.route == route; };
        inside_route_ = true;
        write_list<oms_route_line_row>("lines", is_of, [](const auto&) {});
        write_list<oms_offer_row>("offers", is_of, [](const auto&) {});
        inside_route_ = false;
        write_terms(route, OMS_WHOLE_ORDER);
    }

    void write_terms(std::uint64_t route, std::uint32_t line) {
        bool any = false;
        for (const oms_record& record : sdk::Records(answer_.records)) {
            const auto* term = sdk::as<oms_term_row>(record);
            if (term == nullptr || term->route != route || term->line != line) continue;
            if (!any) json_.key("terms").begin_object();
            any = true;
            write_term(*term);
        }
        if (any) json_.end_object();
    }

    void write_term(const oms_term_row& term) {
        const sdk::FieldName field = names_.term_field(term.field);
        json_.key(field.name.empty() ? std::to_string(term.field) : std::string(field.name));
        if (term.type == OMS_term_type_text) {
            json_.string(sdk::view(term.text));
        } else if (field.meaning == sdk::FieldMeaning::money) {
            json_.begin_object().key("amount");
            sdk::append_term_number(out_, term.field, term.product, term.number, names_);
            json_.key("currency");
            sdk::append_json_reference(out_, term.product, names_);
            json_.end_object();
        } else {
            sdk::append_term_number(out_, term.field, term.product, term.number, names_);
        }
    }

    std::string& out_;
    sdk::JsonWriter json_;
    const oms_answer& answer_;
    const sdk::Names& names_;
    bool inside_route_ = false;
};

void ask_for_order(const CallPointer& call, const oms_query& query) {
    call->api.ask(call, query, [&api = call->api](const oms_answer& answer, Reply& reply) {
        check_rows(answer, OMS_ERROR_unknown_order);
        if (answer.records.count == 0) throw make_problem(OMS_ERROR_unknown_order);
        OrderWriter(reply.body, answer, api.names()).write();
    });
}

}  // namespace

oms_query page_query(const Call& call, std::uint32_t subject) {
    auto query = sdk::make<oms_query>();
    query.subject = subject;
    query.after = call.number_parameter("after", 0);
    const std::uint64_t limit = call.number_parameter("limit", 100);
    if (limit == 0 || limit > call.api.options().page_limit)
        throw make_problem(error_bad_parameter)
            .at("limit")
            .wants("1 to " + std::to_string(call.api.options().page_limit))
            .saw(std::to_string(limit));
    query.limit = static_cast<std::uint32_t>(limit);
    return query;
}

void show_order(const CallPointer& call) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = call->id();
    ask_for_order(call, query);
}

void show_order_by_key(const CallPointer& call) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.origin = call->caller.origin;
    query.key = sdk::text(call->captured[0]);
    if (const std::uint32_t origin = call->reference_parameter("origin", OMS_class_origin))
        query.origin = origin;
    ask_for_order(call, query);
}

void list_orders(const CallPointer& call) {
    oms_query query = page_query(*call, OMS_subject_orders);
    query.reference = call->reference_parameter("account", OMS_class_account);
    query.open_only = call->flag_parameter("open") ? 1 : 0;
    call->api.ask(call, query,
                  [&api = call->api, limit = query.limit](const oms_answer& answer, Reply& reply) {
                      check_rows(answer, OMS_ERROR_unknown_account);
                      append_page<oms_order_row>(reply.body, "orders", answer, api.names(), limit,
                                                 [](const auto& row) { return row.order; });
                  });
}

void list_routes(const CallPointer& call) {
    oms_query query = page_query(*call, OMS_subject_routes);
    const std::uint64_t order = call->number_parameter("order", 0);
    if (order != 0) {
        query.subject = OMS_subject_order;
        query.id = order;
        query.limit = 0;
        query.after = 0;
    }
    query.reference = call->reference_parameter("channel", OMS_class_channel);
    call->api.ask(call, query,
                  [&api = call->api, limit = query.limit](const oms_answer& answer, Reply& reply) {
                      check_rows(answer, OMS_ERROR_unknown_order);
                      append_page<oms_route_row>(reply.body, "routes", answer, api.names(), limit,
                                                 [](const auto& row) { return row.route; });
                  });
}

}  // namespace oms::rest
