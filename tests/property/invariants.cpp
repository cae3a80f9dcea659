// SPDX-License-Identifier: Apache-2.0
#include "invariants.hpp"

#include "plugins.hpp"

#include <algorithm>

namespace oms::test {

namespace {

std::string name(const char* what, std::uint64_t id) {
    return std::string(what) + " " + std::to_string(id);
}

void check_counts(const Counts& counts, const std::string& whose) {
    constexpr Int128 most = Int128{1} << 62;
    const Int128 beyond = Int128{counts.working} + counts.done + counts.cancelled - counts.ordered;
    demand(counts.ordered >= 0 && counts.working >= 0 && counts.done >= 0 &&
               counts.cancelled >= 0 && counts.over >= 0,
           whose + " counts something below zero");
    demand(counts.ordered <= most && counts.done <= most && counts.working <= most,
           whose + " counts beyond what can be counted");
    demand(counts.unrouted() >= 0, whose + " has less than nothing unrouted");
    demand(counts.over == std::max<Int128>(beyond, 0), whose + " is over by another quantity");
}

/// What live executions of a line add up to, in the order and on one route of it.
struct Sum {
    Int128 quantity = 0;
    Int128 value = 0;
};
Sum live_sum(const Order& order, std::uint32_t line, std::uint64_t route = 0) {
    Sum sum;
    for (const Execution& execution : order.extras().executions) {
        if (execution.line != line || execution.state != OMS_execution_state_live) continue;
        if (route != 0 && execution.route != route) continue;
        sum.quantity += execution.quantity;
        sum.value += Int128{execution.price} * execution.quantity;
    }
    return sum;
}

void check_route(const World& world, const Order& order, const Route& route) {
    const std::string whose = name("route", route.id);
    demand(route.order == order.id && !route.lines.empty(), whose + " is on no order or line");
    for (const RouteLine& line : route.lines) {
        const std::string at = whose + " line " + std::to_string(line.line);
        demand(line.line < order.lines.size(), at + " is no line of its order");
        check_counts(line.counts, at);
        demand(line.counts.unrouted() == 0, at + " has something unrouted");
        demand(!route.ended() || line.counts.working == 0, at + " works though it has ended");
        demand(live_sum(order, line.line, route.id).quantity == line.counts.done,
               at + " has done another quantity than its executions say");
    }
    if (!route.external_ref.empty())
        demand(world.find_route(route.destination, route.external_ref) != 0,
               whose + " is not found by its reference");
}

/// What works of a line: at open routes, and in blocks that gather from it.
Int128 works(const World& world, const Order& order, std::uint32_t line) {
    Int128 working = 0;
    for (const std::uint64_t id : order.routes)
        for (const RouteLine& at : world.routes.find(id)->lines)
            if (at.line == line) working += at.counts.working;
    for (const std::uint64_t id : order.extras().gathered_by) {
        const Order* block = world.orders.find(id);
        demand(block != nullptr, name("order", order.id) + " is gathered by a block that is gone");
        for (const Source& source : block->extras().sources)
            if (source.order == order.id && source.source_line == line) working += source.open();
    }
    return working;
}

void check_sources(const World& world, const Order& block) {
    for (const Source& source : block.extras().sources) {
        const std::string whose =
            name("block", block.id) + " source " + std::to_string(source.order);
        demand(source.done >= 0 && source.returned >= 0 && source.open() >= 0,
               whose + " gives back more than it took");
        const Order* from = world.orders.find(source.order);
        demand(from != nullptr, whose + " is in the archive before its block");
        demand(std::count(from->extras().gathered_by.begin(), from->extras().gathered_by.end(),
                          block.id) == 1,
               whose + " does not know its block");
        Int128 given = 0;
        for (const Apportionment& part : block.extras().apportionments) {
            if (part.source_order != source.order || part.line != source.line ||
                part.source_line != source.source_line)
                continue;
            for (const Execution& execution : block.extras().executions)
                if (execution.id == part.execution && execution.state == OMS_execution_state_live)
                    given += part.quantity;
        }
        demand(given == source.done, whose + " was given another quantity");
    }
}

void check_holds(const World& world, const Order& order, std::uint32_t line) {
    const std::string whose = name("order", order.id);
    const Counts& counts = order.lines[line].counts;
    for (const std::uint64_t id : order.lines[line].holds) {
        const Hold* hold = world.holds.find(id);
        demand(hold != nullptr && hold->order == order.id && hold->amount > 0,
               whose + " has a hold that is none");
        demand(hold->line == line, whose + " holds for another line than it says");
        const bool amended =
            std::any_of(order.routes.begin(), order.routes.end(), [&](std::uint64_t to) {
                const RouteLine* at = world.routes.find(to)->find_line(line);
                return at != nullptr && at->amending != 0;
            });
        demand(amended || (has_ended(world, order) ? counts.working : counts.open()) > 0,
               whose + " holds for a line that is closed");
        const Route* route = world.routes.find(hold->route);
        demand(hold->route == 0 || (route != nullptr && route->order == order.id),
               whose + " holds for a route that is not its own");
        demand(route == nullptr || !route->ended(), whose + " holds for a route that has ended");
    }
}

}  // namespace

bool has_ended(const World& world, const Order& order) {
    return std::any_of(order.timers.begin(), order.timers.end(),
                       [&](std::uint64_t id) { return world.timers.find(id)->event == 0; });
}

void check_order(const World& world, const Order& order) {
    for (std::uint32_t i = 0; i < order.lines.size(); ++i) {
        const Line& line = order.lines[i];
        const std::string whose = name("order", order.id) + " line " + std::to_string(i);
        check_counts(line.counts, whose);
        check_holds(world, order, i);
        if (line.has_parts) continue;
        const Sum sum = live_sum(order, i);
        demand(sum.quantity == line.counts.done,
               whose + " has done another quantity than its executions say");
        demand(sum.value == order.value(i), whose + " has another value than its executions say");
        demand(works(world, order, i) == line.counts.working,
               whose + " works " + std::to_string(line.counts.working) +
                   ", its routes and blocks " + digits(works(world, order, i)));
    }
    for (const std::uint64_t id : order.routes) {
        const Route* route = world.routes.find(id);
        demand(route != nullptr, name("order", order.id) + " has a route that is gone");
        check_route(world, order, *route);
    }
    check_sources(world, order);
    const bool asked = std::any_of(order.extras().tasks.begin(), order.extras().tasks.end(),
                                   [&](std::uint64_t id) {
                                       const Task& task = *world.tasks.find(id);
                                       return task.open != 0 && task.queue == "approval";
                                   });
    demand(!asked || (order.routes.empty() && order.extras().gathered_by.empty()),
           name("order", order.id) + " went out before it was approved");
    for (const KeyPlace place : order.keys) {
        const KeyEntry& entry = world.keys.at(place);
        demand(entry.order == order.id && world.keys.find(entry.origin, entry.key) == &entry,
               name("order", order.id) + " has a key that stands for something else");
    }
}

void check_world(const World& world) {
    world.orders.each([&](const Order& order) { check_order(world, order); });
    std::map<std::uint32_t, Int128> sums;
    std::map<BalanceKey, Int128> held;
    world.holds.each([&](const Hold& hold) {
        held[{hold.asset, hold.bucket, hold.account}] += hold.amount;
        demand(world.orders.find(hold.order) != nullptr, name("hold", hold.id) + " has no order");
    });
    for (const auto& [key, balance] : world.ledger.all()) {
        sums[key.asset] += balance.balance;
        demand(held[key] == balance.held, name("account", key.account) + " holds another sum");
        held.erase(key);
    }
    for (const auto& [asset, sum] : sums)
        demand(sum == 0, name("asset", asset) + " does not sum to zero");
    for (const auto& [key, sum] : held)
        demand(sum == 0, name("account", key.account) + " has holds without a balance");
    demand(world.timers_by_due.size() == world.timers.size(), "a timer would never fall due");
    world.timers.each([&](const Timer& timer) {
        demand(world.timers_by_due.count({timer.due, timer.id}) == 1 &&
                   world.orders.find(timer.order) != nullptr,
               name("timer", timer.id) + " has no order or no time");
    });
    demand(world.watches_by_value.size() + world.watches_by_balance.size() == world.watches.size(),
           "a watch would never be hit");
    world.watches.each([&](const Watch& watch) {
        const Order* order = world.orders.find(watch.order);
        demand(order != nullptr && !has_ended(world, *order),
               name("watch", watch.id) + " watches for nobody");
    });
    for (const auto& [key, value] : world.cells.all()) {
        const std::uint64_t order_id = key.key_a;
        const std::uint64_t line = key.key_b;
        if (key.cell != hold_price_cell) continue;
        const Order* order = world.orders.find(order_id);
        const bool still_held =
            order != nullptr && line < order->lines.size() &&
            std::any_of(order->lines[line].holds.begin(), order->lines[line].holds.end(),
                        [&](std::uint64_t id) { return world.holds.find(id)->route == 0; });
        demand(still_held,
               name("order", order_id) + " holds no more and its asset class was not told");
    }
}

void check_same_names(const World& live, const World& other) {
    live.orders.each([&](const Order& order) {
        const Order* same = other.orders.find(order.id);
        demand(same != nullptr, name("order", order.id) + " is not there");
        demand(same->extras().gathered_by == order.extras().gathered_by,
               name("order", order.id) + " is gathered by other blocks");
        demand(same->extras().tasks == order.extras().tasks,
               name("order", order.id) + " has other tasks");
        demand(same->timers == order.timers, name("order", order.id) + " has other timers");
        for (const Execution& execution : order.extras().executions) {
            if (execution.route == 0 || execution.external_ref.empty()) continue;
            demand(live.find_execution(execution.route, execution.external_ref) != nullptr &&
                       other.find_execution(execution.route, execution.external_ref) != nullptr,
                   name("execution", execution.id) + " is not found by its reference");
        }
    });
    live.routes.each([&](const Route& route) {
        if (route.external_ref.empty()) return;
        demand(live.find_route(route.destination, route.external_ref) ==
                   other.find_route(route.destination, route.external_ref),
               name("route", route.id) + " is found as another one");
    });
    for (std::uint64_t route = 1; route < live.next.route; ++route)
        demand(live.archive.find_route(route).value() == other.archive.find_route(route).value(),
               name("route", route) + " is archived elsewhere");
}

Available available_inside(const World& world) {
    Available available;
    for (const auto& [key, balance] : world.ledger.all()) {
        const Reference* account = world.references.find(key.account);
        if (account == nullptr || !account->external()) available[key] = balance.available();
    }
    return available;
}

std::string digits(Int128 number) {
    if (number < 0) return "-" + digits(-number);
    std::string text;
    do {
        text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
        number /= 10;
    } while (number > 0);
    return text;
}

}  // namespace oms::test
