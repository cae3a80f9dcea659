// SPDX-License-Identifier: Apache-2.0
#include "engine/rows.hpp"

namespace oms::engine {

using sdk::make;
using sdk::text;

namespace {

std::uint64_t packed(const Instance& instance) {
    std::uint64_t regions = 0;
    for (std::size_t i = 0; i < instance.states.size(); ++i)
        regions |= std::uint64_t{instance.states[i]} << (8 * i);
    return regions;
}

}  // namespace

oms_order_row row_of(const World& world, const Order& order, std::uint32_t shelf) {
    auto row = make<oms_order_row>();
    row.order = order.id;
    row.parent = order.parent();
    row.order_kind = order.kind;
    row.account = order.account;
    row.lifecycle = order.instance.lifecycle;
    row.flags = order.flags;
    row.origin = order.origin;
    row.channel = order.channel;
    row.lines = static_cast<std::uint32_t>(order.lines.size());
    row.routes = static_cast<std::uint32_t>(order.routes.size());
    row.opened = order.opened;
    row.changed_seq = order.changed_seq;
    row.regions = packed(order.instance);
    row.shelf = shelf;
    row.key = text(order.key);
    row.status = text(world.status_words.at(order.status));
    return row;
}

oms_line_row line_row_of(const Order& order, std::uint32_t index) {
    const Line& line = order.lines[index];
    auto row = make<oms_line_row>();
    row.order = order.id;
    row.line = index;
    row.product = line.product;
    row.direction = line.direction;
    row.role = line.role;
    row.parent_line = line.parent_line;
    row.ratio = line.ratio;
    row.ordered = line.counts.ordered;
    row.working = line.counts.working;
    row.done = line.counts.done;
    row.cancelled = line.counts.cancelled;
    row.over = line.counts.over;
    row.unrouted = line.counts.unrouted();
    if (line.counts.done > 0) {
        const auto average =
            sdk::divide(order.value(index), line.counts.done, sdk::Rounding::half_even);
        row.average_price = average ? sdk::narrow(*average).value_or(0) : 0;
    }
    row.value = to_wide(order.value(index));
    return row;
}

oms_term_row row_of(const Term& term, std::uint64_t order, std::uint64_t route,
                    std::uint32_t reference) {
    auto row = make<oms_term_row>();
    row.order = order;
    row.route = route;
    row.reference = reference;
    row.line = term.line;
    row.field = term.field;
    row.type = term.type;
    row.product = term.product;
    row.number = term.number;
    row.text = text(term.text);
    return row;
}

oms_route_row row_of(const World& world, const Route& route) {
    auto row = make<oms_route_row>();
    row.route = route.id;
    row.order = route.order;
    row.destination = route.destination;
    row.lifecycle = route.instance.lifecycle;
    row.channel = route.channel;
    row.flags = route.flags;
    row.regions = packed(route.instance);
    row.external_ref = text(route.external_ref);
    row.status = text(world.status_words.at(route.status));
    return row;
}

oms_route_line_row row_of(const Route& route, const RouteLine& line) {
    auto row = make<oms_route_line_row>();
    row.route = route.id;
    row.order = route.order;
    row.line = line.line;
    row.product = line.product;
    row.ordered = line.counts.ordered;
    row.working = line.counts.working;
    row.done = line.counts.done;
    row.cancelled = line.counts.cancelled;
    row.over = line.counts.over;
    row.amending = line.amending;
    return row;
}

oms_execution_row row_of(const World& world, const Order& order, const Execution& execution) {
    auto row = make<oms_execution_row>();
    row.execution = execution.id;
    row.route = execution.route;
    row.order = order.id;
    row.line = execution.line;
    row.product = execution.product;
    row.state = execution.state;
    if (const Route* route = world.routes.find(execution.route))
        row.destination = route->destination;
    row.quantity = execution.quantity;
    row.price = execution.price;
    row.time = execution.time;
    row.refers_to = execution.refers_to;
    row.external_ref = text(execution.external_ref);
    return row;
}

oms_offer_row row_of(const Order& order, const Offer& offer) {
    auto row = make<oms_offer_row>();
    row.route = offer.route;
    row.order = order.id;
    row.line = offer.line;
    row.product = offer.product;
    row.quantity = offer.quantity;
    row.price = offer.price;
    row.until = offer.until;
    row.external_ref = text(offer.external_ref);
    return row;
}

oms_balance_row row_of(const BalanceKey& key, const Balance& balance) {
    auto row = make<oms_balance_row>();
    row.account = key.account;
    row.asset = key.asset;
    row.bucket = key.bucket;
    row.balance = to_wide(balance.balance);
    row.held = to_wide(balance.held);
    row.available = to_wide(balance.available());
    return row;
}

oms_cell_row row_of(const CellKey& key, std::int64_t value) {
    auto row = make<oms_cell_row>();
    row.owner = key.owner;
    row.cell = key.cell;
    row.key_a = key.key_a;
    row.key_b = key.key_b;
    row.value = value;
    return row;
}

oms_hold_row row_of(const Hold& hold) {
    auto row = make<oms_hold_row>();
    row.hold = hold.id;
    row.order = hold.order;
    row.route = hold.route;
    row.line = hold.line;
    row.account = hold.account;
    row.asset = hold.asset;
    row.bucket = hold.bucket;
    row.amount = hold.amount;
    return row;
}

oms_task_row row_of(const Task& task) {
    auto row = make<oms_task_row>();
    row.task = task.id;
    row.order = task.order;
    row.route = task.route;
    row.open = task.open;
    row.actor = task.actor;
    row.queue = text(task.queue);
    row.title = text(task.title);
    row.answers = text(task.answers);
    row.answer = text(task.answer);
    return row;
}

oms_reference_row row_of(const Reference& reference) {
    auto row = make<oms_reference_row>();
    row.reference = reference.id;
    row.reference_class = reference.reference_class;
    row.scale = reference.scale;
    row.price_scale = reference.price_scale;
    row.group = reference.group;
    row.route_via = reference.route_via;
    row.flags = reference.flags;
    row.revision = reference.revision;
    row.code = text(reference.code);
    return row;
}

oms_link_row row_of(const Order& order, const Link& link) {
    auto row = make<oms_link_row>();
    row.order = order.id;
    row.other = link.other;
    row.link = link.link;
    return row;
}

oms_source_row row_of(const Order& order, const Source& source, std::uint32_t product) {
    auto row = make<oms_source_row>();
    row.order = order.id;
    row.source_order = source.order;
    row.line = source.line;
    row.source_line = source.source_line;
    row.product = product;
    row.quantity = source.quantity;
    row.done = source.done;
    row.returned = source.returned;
    return row;
}

}  // namespace oms::engine
