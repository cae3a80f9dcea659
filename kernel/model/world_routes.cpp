// SPDX-License-Identifier: Apache-2.0
// The fold: routes and what destinations did.
#include "model/world.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <iterator>

namespace oms {

using sdk::view;

std::uint64_t text_hash(std::uint64_t scope, std::string_view text) {
    // Scopes count up and texts are short: a seed must differ in more than its last bits.
    return XXH3_64bits_withSeed(text.data(), text.size(), scope * 0x9e3779b97f4a7c15U);
}

std::uint64_t World::find_route(std::uint32_t destination, std::string_view external_ref) const {
    return worn_by(destination, external_ref).value_or(0);
}

std::optional<std::uint64_t> World::worn_by(std::uint32_t destination, std::string_view ref) const {
    return routes_by_ref_.find(text_hash(destination, ref), [&](std::uint64_t id) {
        const Route& route = *routes.find(id);
        return route.destination == destination && route.external_ref == ref;
    });
}

std::optional<World::RefPlace> World::place_of(std::uint64_t route, std::string_view ref) const {
    const Route* owner = routes.find(route);
    if (owner == nullptr || ref.empty()) return std::nullopt;
    const Order& order = *orders.find(owner->order);
    return executions_by_ref_.find(text_hash(route, ref), [&](const RefPlace& place) {
        if (place.route != route) return false;
        return (place.spent != 0 ? order.extras().spent_refs[place.index].external_ref
                                 : order.extras().executions[place.index].external_ref) == ref;
    });
}

bool World::knows_ref(std::uint64_t route, std::string_view external_ref) const {
    return place_of(route, external_ref).has_value();
}

bool World::is_spent(std::uint64_t route, std::string_view external_ref) const {
    const std::optional<RefPlace> found = place_of(route, external_ref);
    return found && found->spent != 0;
}

const Execution* World::find_execution(std::uint64_t route, std::string_view external_ref) const {
    const std::optional<RefPlace> found = place_of(route, external_ref);
    if (!found || found->spent != 0) return nullptr;
    return &orders.find(routes.find(route)->order)->extras().executions[found->index];
}

std::vector<Execution> World::live_executions(std::uint64_t route,
                                              std::string_view external_ref) const {
    std::vector<Execution> live;
    const Execution* first = find_execution(route, external_ref);
    if (first == nullptr) return live;
    const ShortList<Execution>& all = orders.find(routes.find(route)->order)->extras().executions;
    for (std::size_t i = static_cast<std::size_t>(first - all.data()); i < all.size(); ++i)
        if (all[i].route == route && all[i].external_ref == external_ref &&
            all[i].state == OMS_execution_state_live)
            live.push_back(all[i]);
    return live;
}

namespace {

auto is(std::uint64_t id) {
    return [id](std::uint64_t other) { return other == id; };
}

}  // namespace

void World::index_route(const Route& route) {
    if (route.external_ref.empty()) return;
    const std::uint64_t hash = text_hash(route.destination, route.external_ref);
    const std::optional<std::uint64_t> worn = worn_by(route.destination, route.external_ref);
    if (!worn) {
        routes_by_ref_.insert(hash, route.id);
    } else if (*worn != route.id) {
        shadowed_routes_.emplace(by_destination(route.destination, route.external_ref),
                                 std::min(*worn, route.id));
        routes_by_ref_.replace(hash, is(*worn), std::max(*worn, route.id));
    }
}

void World::unindex_route(const Route& route) {
    if (route.external_ref.empty()) return;
    const std::string key = by_destination(route.destination, route.external_ref);
    shadowed_routes_.erase({key, route.id});
    const std::uint64_t hash = text_hash(route.destination, route.external_ref);
    if (worn_by(route.destination, route.external_ref) != route.id) return;
    const auto above = shadowed_routes_.lower_bound({key, route.id});
    if (above != shadowed_routes_.begin() && std::prev(above)->first == key) {
        routes_by_ref_.replace(hash, is(route.id), std::prev(above)->second);
        shadowed_routes_.erase(std::prev(above));
    } else {
        routes_by_ref_.erase(hash, is(route.id));
    }
}

void World::index_execution(const Order& order, std::uint32_t index) {
    const Execution& execution = order.extras().executions[index];
    if (execution.route == 0 || execution.external_ref.empty()) return;
    // Where one report executed several lines, the first stands for all.
    if (knows_ref(execution.route, execution.external_ref)) return;
    executions_by_ref_.insert(text_hash(execution.route, execution.external_ref),
                              {execution.route, index});
}

void World::unindex_execution(const Order& order, std::uint32_t index) {
    const Execution& execution = order.extras().executions[index];
    if (execution.route == 0 || execution.external_ref.empty()) return;
    const RefPlace place{execution.route, index};
    executions_by_ref_.erase(text_hash(execution.route, execution.external_ref),
                             [&](const RefPlace& other) { return other == place; });
}

void World::unindex_spent(const Order& order, std::uint32_t index) {
    const SpentRef& spent = order.extras().spent_refs[index];
    const RefPlace place{spent.route, index, 1};
    executions_by_ref_.erase(text_hash(spent.route, spent.external_ref),
                             [&](const RefPlace& other) { return other == place; });
}

void World::forget_executions(const Order& order) {
    for (std::uint32_t i = 0; i < order.extras().executions.size(); ++i)
        unindex_execution(order, i);
    for (std::uint32_t i = 0; i < order.extras().spent_refs.size(); ++i) unindex_spent(order, i);
}

Status World::on(const oms_route_opened& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    if (effect.route == 0 || routes.find(effect.route) != nullptr)
        return missing("a new route", effect.route);
    Route route;
    route.id = effect.route;
    route.order = effect.order;
    route.destination = effect.destination;
    route.channel = effect.channel;
    route.flags = effect.flags;
    route.instance.lifecycle = effect.lifecycle;
    routes.insert(std::move(route));
    order->routes.push_back(effect.route);
    undo.push([id = effect.route, order_id = effect.order, next_route = next.route](World& world) {
        world.unindex_route(*world.routes.find(id));
        world.routes.erase(id);
        world.orders.find(order_id)->routes.pop_back();
        world.next.route = next_route;
    });
    next.route = std::max(next.route, effect.route + 1);
    return {};
}

Status World::on(const oms_route_line_counted& effect) {
    Route* route = routes.find(effect.route);
    if (route == nullptr) return missing("route", effect.route);
    RouteLine line;
    line.line = effect.line;
    line.product = effect.product;
    line.counts = {effect.ordered, effect.working, effect.done, effect.cancelled, effect.over};
    line.amending = effect.amending;
    for (std::uint32_t i = 0; i < route->lines.size(); ++i) {
        if (route->lines[i].line != effect.line) continue;
        undo.push([id = effect.route, i, old = route->lines[i]](World& world) {
            world.routes.find(id)->lines[i] = old;
        });
        route->lines[i] = line;
        return {};
    }
    route->lines.push_back(line);
    undo.push([id = effect.route](World& world) { world.routes.find(id)->lines.pop_back(); });
    return {};
}

Status World::on(const oms_route_changed& effect) {
    Route* route = routes.find(effect.route);
    if (route == nullptr) return missing("route", effect.route);
    const bool renamed = view(effect.external_ref) != route->external_ref;
    undo.push([id = effect.route, flags = route->flags, renamed,
               kept = undo.keep(route->external_ref)](World& world) {
        Route& back = *world.routes.find(id);
        back.flags = flags;
        if (!renamed) return;
        world.unindex_route(back);
        back.external_ref = *kept;
        world.index_route(back);
    });
    route->flags = effect.flags;
    if (renamed) {
        unindex_route(*route);
        route->external_ref = view(effect.external_ref);
        index_route(*route);
    }
    return {};
}

Status World::on(const oms_intent& effect) {
    Route* route = routes.find(effect.route);
    if (route == nullptr) return missing("route", effect.route);
    Channel& channel = channels[effect.channel];
    undo.push([id = effect.route, channel_id = effect.channel, out_seq = channel.out_seq,
               attempts = route->place_attempts, signals = route->signals](World& world) {
        world.channels[channel_id].out_seq = out_seq;
        world.routes.find(id)->place_attempts = attempts;
        world.routes.find(id)->signals = signals;
    });
    channel.out_seq = effect.out_seq;
    if (effect.action == OMS_action_place) ++route->place_attempts;
    if (effect.action == OMS_action_signal) ++route->signals;
    return {};
}

Status World::on(const oms_executed& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    Execution execution;
    execution.id = effect.execution;
    execution.route = effect.route;
    execution.refers_to = effect.refers_to;
    execution.line = effect.line;
    execution.product = effect.product;
    execution.quantity = effect.quantity;
    execution.price = effect.price;
    execution.time = effect.time;
    execution.external_ref = view(effect.external_ref);
    order->add_extras().executions.push_back(std::move(execution));
    index_execution(*order, static_cast<std::uint32_t>(order->extras().executions.size() - 1));
    undo.push([id = effect.order, next_execution = next.execution](World& world) {
        Order& back = *world.orders.find(id);
        world.unindex_execution(back,
                                static_cast<std::uint32_t>(back.extras().executions.size() - 1));
        back.add_extras().executions.pop_back();
        world.next.execution = next_execution;
    });
    next.execution = std::max(next.execution, effect.execution + 1);
    return {};
}

Status World::on(const oms_execution_changed& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    for (std::uint32_t i = 0; i < order->extras().executions.size(); ++i) {
        Execution& execution = order->add_extras().executions[i];
        if (execution.id != effect.execution) continue;
        undo.push([id = effect.order, i, old = execution.state](World& world) {
            world.orders.find(id)->add_extras().executions[i].state = old;
        });
        execution.state = effect.state;
        return {};
    }
    return missing("execution", effect.execution);
}

Status World::on(const oms_apportioned& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->add_extras().apportionments.push_back({effect.execution, effect.source_order,
                                                  effect.source_execution, effect.line,
                                                  effect.source_line, effect.quantity});
    undo.push([id = effect.order](World& world) {
        world.orders.find(id)->add_extras().apportionments.pop_back();
    });
    return {};
}

Status World::on(const oms_offered& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->add_extras().offers.push_back({effect.route, effect.line, effect.product,
                                          effect.quantity, effect.price, effect.until,
                                          CompactText(view(effect.external_ref))});
    undo.push([id = effect.order](World& world) {
        world.orders.find(id)->add_extras().offers.pop_back();
    });
    return {};
}

Status World::on(const oms_ref_spent& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    const std::string_view ref = view(effect.external_ref);
    if (ref.empty() || knows_ref(effect.route, ref)) return {};
    const auto index = static_cast<std::uint32_t>(order->extras().spent_refs.size());
    order->add_extras().spent_refs.push_back({effect.route, CompactText(ref)});
    executions_by_ref_.insert(text_hash(effect.route, ref), {effect.route, index, 1});
    undo.push([id = effect.order](World& world) {
        Order& back = *world.orders.find(id);
        world.unindex_spent(back, static_cast<std::uint32_t>(back.extras().spent_refs.size() - 1));
        back.add_extras().spent_refs.pop_back();
    });
    return {};
}

}  // namespace oms
