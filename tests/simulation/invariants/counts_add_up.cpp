// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class CountsAddUp final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        std::set<std::uint64_t> orders;
        std::set<std::uint64_t> routes;
        for (const oms_record& record : sdk::Records(decision)) {
            if (const auto* line = sdk::as<oms_line_counted>(record)) orders.insert(line->order);
            if (const auto* done = sdk::as<oms_executed>(record)) orders.insert(done->order);
            if (const auto* part = sdk::as<oms_route_line_counted>(record))
                routes.insert(part->route);
        }
        for (const std::uint64_t id : orders) check_order(world_.ledger.orders.at(id));
        for (const std::uint64_t id : routes) check_route(world_.ledger.routes.at(id));
    }

private:
    void check(const Counted& counts, const std::string& whose) const {
        const std::int64_t beyond =
            counts.working + counts.done + counts.cancelled - counts.ordered;
        demand(
            counts.ordered >= 0 && counts.working >= 0 && counts.done >= 0 && counts.cancelled >= 0,
            whose + " counts something below zero");
        demand(counts.over - beyond >= 0, whose + " has less than nothing unrouted");
        demand(counts.over == std::max<std::int64_t>(beyond, 0),
               whose + " is over by another quantity");
    }

    void check_order(const ReadOrder& order) const {
        std::map<std::uint32_t, std::pair<std::int64_t, Wide>> sums;
        for (const auto& [id, execution] : order.executions) {
            if (!execution.live) continue;
            sums[execution.line].first += execution.quantity;
            sums[execution.line].second += Wide{execution.price} * execution.quantity;
        }
        for (const auto& [index, counts] : order.lines) {
            const std::string whose =
                "order " + std::to_string(order.id) + " line " + std::to_string(index);
            check(counts, whose);
            demand(counts.done == sums[index].first,
                   whose + " has done another quantity than its executions say");
            demand(counts.value == sums[index].second,
                   whose + " has another value than its executions say");
        }
    }

    void check_route(const ReadRoute& route) const {
        for (const auto& [index, counts] : route.lines) {
            const std::string whose =
                "route " + std::to_string(route.id) + " line " + std::to_string(index);
            check(counts, whose);
            std::int64_t done = 0;
            for (const auto& [id, execution] : world_.ledger.orders.at(route.order).executions)
                if (execution.live && execution.route == route.id && execution.line == index)
                    done += execution.quantity;
            demand(counts.done == done,
                   whose + " has done another quantity than its executions say");
        }
    }
};

}  // namespace

std::unique_ptr<Invariant> make_counts_add_up(const World& world) {
    return std::make_unique<CountsAddUp>("counts_add_up", world);
}

}  // namespace oms::simulation
