// SPDX-License-Identifier: Apache-2.0
// `oms order amend`, `cancel` and `route`: what an owner asks of an order that is there.
#include "cli/order_writer.hpp"
#include "cli/outcome.hpp"
#include "cli/verb.hpp"

#include <map>
#include <utility>

namespace oms::cli {

namespace {

struct Arguments {
    std::string order;
    std::string key;
    std::string quantity;
    std::string limit;
    std::vector<std::string> lines;
    std::vector<std::string> terms;
    std::uint64_t route = 0;
    std::string destination;
    bool enquiry = false;
    bool follow = false;
};

using Products = std::map<std::uint32_t, OrderWriter::Product>;

/// The product of each line, with its scales.
Products products_of(Session& session, const runtime::Reply& reply) {
    Products products;
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* line = sdk::as<oms_line_row>(record);
        if (line == nullptr) continue;
        const oms_reference_row row = session.describe(line->product);
        products[line->line] = {line->product, row.scale, row.price_scale,
                                std::string(sdk::view(row.code))};
    }
    return products;
}

std::uint64_t id_of(const runtime::Reply& reply) {
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_order_row>(record)) return row->order;
    return 0;
}

/// `0:80`, or `80` where the order has one line: the line and a quantity of its product.
std::pair<std::uint32_t, std::int64_t> line_quantity(const Products& products,
                                                     const std::string& text,
                                                     const std::string& option) {
    const std::size_t colon = text.find(':');
    const std::string place = option + " " + text;
    std::uint32_t line = products.empty() ? 0 : products.begin()->first;
    if (colon == std::string::npos && products.size() != 1)
        give_up(error_argument, place, "the order has several lines",
                "say which one is meant, as in 0:" + text);
    if (colon != std::string::npos)
        line = static_cast<std::uint32_t>(need_number(text.substr(0, colon), place));
    const auto product = products.find(line);
    if (product == products.end())
        give_up(error_argument, place, "the order has no line " + std::to_string(line),
                "its lines have the numbers 0 to " + std::to_string(products.size() - 1));
    return {line, need_decimal(text.substr(colon == std::string::npos ? 0 : colon + 1),
                               product->second.scale, place, product->second.code)};
}

/// `name=value` for the order, `0/name=value` for a line.
void add_term(OrderWriter& writer, sdk::Batch& batch, const Products& products,
              const std::string& text, const std::string& option) {
    const Assignment said = need_assignment(text, option);
    std::uint32_t line = OMS_WHOLE_ORDER;
    std::string name = said.name;
    if (const std::size_t slash = name.find('/'); slash != std::string::npos) {
        line = static_cast<std::uint32_t>(need_number(name.substr(0, slash), option + " " + text));
        name = name.substr(slash + 1);
    }
    const auto found = products.find(line);
    const OrderWriter::Product* product = found != products.end() ? &found->second
                                          : products.size() == 1  ? &products.begin()->second
                                                                  : nullptr;
    batch.add(writer.term({name, said.value, option + " " + text}, line, product, nullptr));
}

Exit finish(Session& session, const sdk::Batch& batch, const Arguments& arguments, Asked asked) {
    const runtime::Reply reply = request_known(session, batch, asked);
    const Exit exit = tell_reply(session, reply, asked);
    if (exit == Exit::ok && arguments.follow) follow_orders(session, {asked.order}, reply.seq);
    return exit;
}

std::string key_of(const Arguments& arguments) {
    return arguments.key.empty() ? make_key(now_ns()) : arguments.key;
}

Exit amend(Context& context, const Arguments& arguments) {
    Session session(context);
    OrderWriter writer(session);
    const runtime::Reply shown = session.order(arguments.order);
    const Products products = products_of(session, shown);
    const std::string key = key_of(arguments);
    auto head = session.head<oms_amend_order>(key);
    head.order = id_of(shown);
    sdk::Batch batch;
    batch.add(head);
    std::vector<std::string> lines = arguments.lines;
    if (!arguments.quantity.empty()) lines.push_back(arguments.quantity);
    for (const std::string& text : lines) {
        const auto [line, quantity] = line_quantity(products, text, "--line");
        auto detail = sdk::make<oms_line>();
        detail.line = line;
        detail.product = products.at(line).reference;
        detail.quantity = quantity;
        detail.parent_line = OMS_WHOLE_ORDER;
        batch.add(detail);
    }
    if (!arguments.limit.empty())
        add_term(writer, batch, products, "limit=" + arguments.limit, "--limit");
    for (const std::string& text : arguments.terms)
        add_term(writer, batch, products, text, "--term");
    if (batch.count() == 1)
        give_up(error_argument, "oms order amend", "nothing is to be changed",
                "say --quantity, --line, --limit or --term");
    return finish(session, batch, arguments, {key, "change", head.order});
}

Exit cancel(Context& context, const Arguments& arguments) {
    Session session(context);
    const std::string key = key_of(arguments);
    sdk::Batch batch;
    const std::uint64_t order = session.order_id(arguments.order);
    if (arguments.route != 0) {
        auto head = session.head<oms_cancel_route>(key);
        head.route = arguments.route;
        batch.add(head);
    } else {
        auto head = session.head<oms_cancel_order>(key);
        head.order = order;
        batch.add(head);
    }
    return finish(session, batch, arguments, {key, "cancel", order});
}

Exit route(Context& context, const Arguments& arguments) {
    Session session(context);
    const runtime::Reply shown = session.order(arguments.order);
    const Products products = products_of(session, shown);
    const std::string key = key_of(arguments);
    auto head = session.head<oms_route_order>(key);
    head.order = id_of(shown);
    head.destination =
        session.reference(OMS_class_destination, arguments.destination, "DESTINATION");
    head.enquiry = arguments.enquiry ? 1 : 0;
    sdk::Batch batch;
    batch.add(head);
    for (const std::string& text : arguments.lines) {
        const auto [line, quantity] = line_quantity(products, text, "--line");
        auto detail = sdk::make<oms_route_line>();
        detail.line = line;
        detail.product = products.at(line).reference;
        detail.quantity = quantity;
        batch.add(detail);
    }
    return finish(session, batch, arguments, {key, "route", head.order});
}

CLI::App* add_change(CLI::App& group, const std::string& name, const std::string& help,
                     const std::string& example, Arguments& arguments) {
    CLI::App* verb = add_verb(group, name, help, example);
    verb->add_option("ORDER", arguments.order, "Its number, or its key")->required();
    verb->add_option("--key", arguments.key, "Of this request; made when it is not given");
    verb->add_flag("--follow", arguments.follow, "Then tell what happens, until the order ends");
    return verb;
}

}  // namespace

void add_order_amend(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_change(group, "amend", "Ask for another quantity, or other terms",
                                "oms order amend 17 --quantity 80 --limit 10.30", *arguments);
    verb->add_option("--quantity", arguments->quantity, "Of the order's one line");
    verb->add_option("--line", arguments->lines, "LINE:QUANTITY, as in 0:80")
        ->allow_extra_args(false);
    verb->add_option("--limit", arguments->limit, "Another limit price");
    verb->add_option("--term", arguments->terms, "name=value, or LINE/name=value")
        ->allow_extra_args(false);
    when_chosen(verb, context, [&context, arguments] { return amend(context, *arguments); });
}

void add_order_cancel(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_change(group, "cancel", "Ask for what is not done to be cancelled",
                                "oms order cancel 17", *arguments);
    verb->add_option("--route", arguments->route, "Only this one of its routes");
    when_chosen(verb, context, [&context, arguments] { return cancel(context, *arguments); });
}

void add_order_route(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_change(group, "route", "Send what is unrouted to a destination, by hand",
                                "oms order route 17 DESTINATION --line 0:50", *arguments);
    verb->add_option("DESTINATION", arguments->destination, "Where to")->required();
    verb->add_option("--line", arguments->lines, "LINE:QUANTITY; none: all that is unrouted")
        ->allow_extra_args(false);
    verb->add_flag("--enquiry", arguments->enquiry, "Only ask for offers");
    when_chosen(verb, context, [&context, arguments] { return route(context, *arguments); });
}

}  // namespace oms::cli
