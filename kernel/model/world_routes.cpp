// SPDX-License-Identifier: Apache-2.0
// The fold: routes and what destinations did.
#include "model/world.hpp"

#include <algorithm>
#include <iterator>

namespace oms {

using sdk::view;

namespace {

std::string by_destination(std::uint32_t destination, std::string_view ref) {
    std::string key(reinterpret_cast<const char*>(&destination), sizeof destination);
    key += ref;
    return key;
}

std::string by_route(std::uint64_t route, std::string_view ref) {
    std::string key(reinterpret_cast<const char*>(&route), sizeof route);
    key += ref;
    return key;
}

}  // namespace

std::uint64_t World::find_route(std::uint32_t destination, std::string_view external_ref) const {
    const auto found = routes_by_ref_.find(by_destination(destination, external_ref));
    return found == routes_by_ref_.end() ? 0 : found->second;
}

const Execution* World::find_execution(std::uint64_t route, std::string_view external_ref) const {
    const Route* owner = routes.find(route);
    if (owner == nullptr || external_ref.empty()) return nullptr;
    const auto found = executions_by_ref_.find(by_route(route, external_ref));
    if (found == executions_by_ref_.end()) return nullptr;
    return &orders.find(owner->order)->executions[found->second];
}

std::vector<Execution> World::live_executions(std::uint64_t route,
                                              std::string_view external_ref) const {
    std::vector<Execution> live;
    const Execution* first = find_execution(route, external_ref);
    if (first == nullptr) return live;
    const std::vector<Execution>& all = orders.find(routes.find(route)->order)->executions;
    for (std::size_t i = static_cast<std::size_t>(first - all.data()); i < all.size(); ++i)
        if (all[i].route == route && all[i].external_ref == external_ref &&
            all[i].state == OMS_execution_state_live)
            live.push_back(all[i]);
    return live;
}

void World::index_route(const Route& route) {
    if (route.external_ref.empty()) return;
    const std::string key = by_destination(route.destination, route.external_ref);
    const auto [worn, fresh] = routes_by_ref_.try_emplace(key, route.id);
    if (fresh || worn->second == route.id) return;
    shadowed_routes_.emplace(key, std::min(worn->second, route.id));
    worn->second = std::max(worn->second, route.id);
}

void World::unindex_route(const Route& route) {
    if (route.external_ref.empty()) return;
    const std::string key = by_destination(route.destination, route.external_ref);
    shadowed_routes_.erase({key, route.id});
    const auto worn = routes_by_ref_.find(key);
    if (worn == routes_by_ref_.end() || worn->second != route.id) return;
    const auto above = shadowed_routes_.lower_bound({key, route.id});
    if (above != shadowed_routes_.begin() && std::prev(above)->first == key) {
        worn->second = std::prev(above)->second;
        shadowed_routes_.erase(std::prev(above));
    } else {
        routes_by_ref_.erase(worn);
    }
}

void World::forget_executions(const Order& order) {
    for (const Execution& execution : order.executions)
        if (execution.route != 0 && !execution.external_ref.empty())
            executions_by_ref_.erase(by_route(execution.route, execution.external_ref));
}

Status World::on(const oms_route_opened& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    if (routes.find(effect.route) != nullptr) return missing("a new route", effect.route);
    Route route;
    route.id = effect.route;
    route.order = effect.order;
    route.destination = effect.destination;
    route.channel = effect.channel;
    route.flags = effect.flags;
    route.instance.lifecycle = effect.lifecycle;
    routes.insert(effect.route, std::move(route));
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
    if (effect.route != 0 && !execution.external_ref.empty())
        executions_by_ref_.emplace(by_route(effect.route, execution.external_ref),
                                   static_cast<std::uint32_t>(order->executions.size()));
    order->executions.push_back(std::move(execution));
    undo.push([id = effect.order, next_execution = next.execution](World& world) {
        Order& back = *world.orders.find(id);
        const Execution& last = back.executions.back();
        const auto known = world.executions_by_ref_.find(by_route(last.route, last.external_ref));
        if (known != world.executions_by_ref_.end() && known->second + 1 == back.executions.size())
            world.executions_by_ref_.erase(known);
        back.executions.pop_back();
        world.next.execution = next_execution;
    });
    next.execution = std::max(next.execution, effect.execution + 1);
    return {};
}

Status World::on(const oms_execution_changed& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    for (std::uint32_t i = 0; i < order->executions.size(); ++i) {
        Execution& execution = order->executions[i];
        if (execution.id != effect.execution) continue;
        undo.push([id = effect.order, i, old = execution.state](World& world) {
            world.orders.find(id)->executions[i].state = old;
        });
        execution.state = effect.state;
        return {};
    }
    return missing("execution", effect.execution);
}

Status World::on(const oms_apportioned& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->apportionments.push_back({effect.execution, effect.source_order, effect.source_execution,
                                     effect.line, effect.source_line, effect.quantity});
    undo.push(
        [id = effect.order](World& world) { world.orders.find(id)->apportionments.pop_back(); });
    return {};
}

Status World::on(const oms_offered& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->offers.push_back({effect.route, effect.line, effect.product, effect.quantity,
                             effect.price, effect.until, std::string(view(effect.external_ref))});
    undo.push([id = effect.order](World& world) { world.orders.find(id)->offers.pop_back(); });
    return {};
}

}  // namespace oms
