// SPDX-License-Identifier: Apache-2.0
#include "engine/query.hpp"

#include "engine/rows.hpp"
#include "model/canonical.hpp"
#include "model/codec.hpp"

#include <oms/abi/errors.h>

namespace oms::engine {

using sdk::make;
using sdk::text;
using sdk::view;

namespace {

constexpr std::uint32_t default_limit = 100;
constexpr std::uint32_t max_limit = 10000;

void add_route(const World& world, const Route& route, sdk::Batch& rows) {
    rows.add(row_of(world, route));
    for (const RouteLine& line : route.lines) rows.add(row_of(route, line));
    for (const Term& term : route.terms()) rows.add(row_of(term, route.order, route.id, 0));
}

void add_order(const World& world, const Order& order, std::uint32_t shelf, sdk::Batch& rows) {
    rows.add(row_of(world, order, shelf));
    for (std::uint32_t i = 0; i < order.lines.size(); ++i) rows.add(line_row_of(order, i));
    for (const Term& term : order.terms) rows.add(row_of(term, order.id, 0, 0));
    for (const Link& link : order.extras().links) rows.add(row_of(order, link));
    for (const Source& source : order.extras().sources)
        rows.add(row_of(order, source, order.lines[source.line].product));
    for (const std::uint64_t route : order.routes)
        add_route(world, *world.routes.find(route), rows);
    for (const Execution& execution : order.extras().executions)
        rows.add(row_of(world, order, execution));
    for (const Offer& offer : order.extras().offers) rows.add(row_of(order, offer));
    order.each_hold([&](std::uint64_t hold) { rows.add(row_of(*world.holds.find(hold))); });
    for (const std::uint64_t task : order.extras().tasks) rows.add(row_of(*world.tasks.find(task)));
}

Status unknown(ErrorCode code, const char* what) {
    return fail(code, {}, std::string("there is no such ") + what);
}

Status show_order(const Core& core, const oms_query& query, sdk::Batch& rows) {
    const World& world = core.world;
    std::uint64_t id = query.id;
    if (id == 0 && query.key.size != 0) {
        const KeyEntry* entry = world.keys.find(query.origin, view(query.key));
        if (entry != nullptr) id = entry->order;
    }
    if (const Order* order = world.orders.find(id)) {
        add_order(world, *order, OMS_shelf_live, rows);
        return {};
    }
    if (!world.is_retired(id)) return unknown(OMS_ERROR_unknown_order, "order");
    const Result<const std::string*> shelved = world.archive.find(id);
    if (!shelved) return tl::unexpected(shelved.error());
    if (*shelved == nullptr) return tl::unexpected(archived_order_gone(id));
    // An archived order is folded into a small world of its own to be shown.
    World alone;
    Decoder decoder;
    if (Status status = decoder.decode(**shelved); !status) return status;
    for (const oms_record& record : sdk::Records(decoder.view()))
        if (Status status = alone.apply(record); !status) return status;
    add_order(alone, *alone.orders.find(id), OMS_shelf_retired, rows);
    return {};
}

void list_orders(const World& world, const oms_query& query, std::uint32_t limit,
                 sdk::Batch& rows) {
    std::uint64_t at = query.after;
    while (limit > 0) {
        const Order* order = world.orders.after(at);
        if (order == nullptr) return;
        at = order->id;
        if (query.reference != 0 && order->account != query.reference) continue;
        if (query.open_only != 0) {
            bool ended = false;
            for (const std::uint64_t timer : order->timers)
                ended = ended || world.timers.find(timer)->event == 0;
            if (ended) continue;
        }
        rows.add(row_of(world, *order, OMS_shelf_live));
        for (std::uint32_t i = 0; i < order->lines.size(); ++i) rows.add(line_row_of(*order, i));
        --limit;
    }
}

void list_balances(const World& world, const oms_query& query, sdk::Batch& rows) {
    for (const auto& [key, balance] : world.ledger.all()) {
        if (query.reference != 0 && key.account != query.reference) continue;
        if (query.id != 0 && key.asset != query.id) continue;
        rows.add(row_of(key, balance));
    }
}

/// The routes of a channel that are open, or, with `after`, all newer than that one.
void list_routes(const World& world, const oms_query& query, std::uint32_t limit,
                 sdk::Batch& rows) {
    std::uint64_t at = query.after;
    while (limit > 0) {
        const Route* route = world.routes.after(at);
        if (route == nullptr) return;
        at = route->id;
        if (query.reference != 0 && route->channel != query.reference) continue;
        if (query.open_only != 0 && route->ended()) continue;
        add_route(world, *route, rows);
        --limit;
    }
}

void list_references(const World& world, const oms_query& query, std::uint32_t limit,
                     sdk::Batch& rows) {
    for (const Reference& entry : world.references.all()) {
        if (limit == 0) return;
        if (entry.id <= query.after) continue;
        if (query.reference != 0 && entry.reference_class != query.reference) continue;
        if (query.key.size != 0 && entry.code != view(query.key)) continue;
        rows.add(row_of(entry));
        for (const Term& term : entry.terms) rows.add(row_of(term, 0, 0, entry.id));
        --limit;
    }
}

void list_kinds(const Core& core, const oms_query& query, sdk::Batch& rows) {
    for (const Reference& entry : core.world.references.all()) {
        if (entry.reference_class != OMS_class_order_kind) continue;
        if (query.reference != 0 && entry.id != query.reference) continue;
        const ActiveKind* kind = core.kind(entry.id);
        if (kind == nullptr) continue;
        const Program* program = core.program(kind->lifecycle);
        if (program == nullptr) continue;
        std::string roles;
        for (const std::string& role : program->table.roles)
            roles += (roles.empty() ? "" : " ") + role;
        auto row = make<oms_kind_row>();
        row.order_kind = entry.id;
        row.lifecycle = kind->lifecycle;
        row.route_lifecycle = kind->route_lifecycle;
        row.roles = text(roles);
        rows.add(row);
    }
}

void list_lifecycles(const World& world, sdk::Batch& rows) {
    for (std::uint32_t i = 0; i < world.lifecycles.size(); ++i) {
        const Installed& installed = world.lifecycles[i];
        auto row = make<oms_lifecycle_row>();
        row.lifecycle = i;
        row.revision = installed.revision;
        row.name = text(installed.name);
        row.tables = text(installed.tables);
        rows.add(row);
    }
}

void list_channels(const World& world, const oms_query& query, sdk::Batch& rows) {
    for (const auto& [id, channel] : world.channels) {
        if (query.reference != 0 && id != query.reference) continue;
        auto row = make<oms_channel_row>();
        row.channel = id;
        row.in_seq = channel.in_seq;
        row.out_seq = channel.out_seq;
        row.cursor = text(channel.cursor);
        rows.add(row);
    }
}

oms_state_row state_of(const Core& core, std::string& hash, bool with_hash) {
    const World& world = core.world;
    auto row = make<oms_state_row>();
    row.seq = world.seq;
    row.time = world.time;
    row.epoch = world.epoch;
    row.observed = core.observed;
    row.orders_live = world.orders.size();
    row.orders_retired = world.archive.size();
    world.routes.each([&](const Route& route) {
        if (!route.ended()) ++row.routes_open;
        if ((route.flags & OMS_ROUTE_UNKNOWN) != 0) ++row.routes_unknown;
    });
    world.tasks.each([&](const Task& task) { row.tasks_open += task.open; });
    row.timers = world.timers.size();
    row.watches = world.watches.size();
    row.holds = world.holds.size();
    row.anomalies = world.anomalies;
    if (with_hash) hash = state_hash(world);
    row.hash = text(hash);
    return row;
}

}  // namespace

Status answer_query(const Core& core, const oms_query& query, sdk::Batch& rows) {
    const World& world = core.world;
    const std::uint32_t limit = query.limit == 0 ? default_limit : std::min(query.limit, max_limit);
    switch (query.subject) {
        case OMS_subject_order: return show_order(core, query, rows);
        case OMS_subject_orders: list_orders(world, query, limit, rows); return {};
        case OMS_subject_balances: list_balances(world, query, rows); return {};
        case OMS_subject_routes: list_routes(world, query, limit, rows); return {};
        case OMS_subject_references: list_references(world, query, limit, rows); return {};
        case OMS_subject_holds:
            world.holds.each([&](const Hold& hold) {
                if (query.reference == 0 || hold.account == query.reference) rows.add(row_of(hold));
            });
            return {};
        case OMS_subject_tasks:
            world.tasks.each([&](const Task& task) {
                if (query.id != 0 && task.id != query.id) return;
                if (query.open_only == 0 || task.open != 0) rows.add(row_of(task));
            });
            return {};
        case OMS_subject_observations:
            for (const auto& [key, value] : core.observations) {
                if (query.reference != 0 && std::get<0>(key) != query.reference) continue;
                auto row = make<oms_observation>();
                std::tie(row.product, row.field, row.source) = key;
                row.value = value.value;
                row.time = value.time;
                rows.add(row);
            }
            return {};
        case OMS_subject_channels: list_channels(world, query, rows); return {};
        case OMS_subject_halts:
            for (const auto& [halt, reason] : world.halts) {
                auto row = make<oms_halt_row>();
                row.scope = halt.scope;
                row.target = halt.target;
                row.reason = text(reason);
                rows.add(row);
            }
            return {};
        case OMS_subject_state: {
            // The hash walks everything: only who asks for it by `id` 1 waits for it.
            std::string hash;
            rows.add(state_of(core, hash, query.id != 0));
            return {};
        }
        case OMS_subject_cells:
            for (const auto& [key, value] : world.cells.all())
                if (query.reference == 0 || key.owner == query.reference)
                    rows.add(row_of(key, value));
            return {};
        case OMS_subject_kinds: list_kinds(core, query, rows); return {};
        case OMS_subject_lifecycles: list_lifecycles(world, rows); return {};
        default: return unknown(OMS_ERROR_malformed_input, "subject");
    }
}

}  // namespace oms::engine
