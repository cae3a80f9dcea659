// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

/// By the provider's own book. Clients never ask for more than was captured, so more can only go
/// back if something is paid twice.
class RefundsWithinCaptures final : public Invariant {
public:
    using Invariant::Invariant;

    void looked() override {
        std::map<std::uint64_t, std::int64_t> captured;
        std::map<std::uint64_t, std::int64_t> refunded;
        std::set<std::uint64_t> unclear;  // captures that were taken back, or corrected
        for (const auto& [route, work] : world_.party(world_.names.acquirer)->works()) {
            for (const Work::Line& line : work.lines) {
                const std::uint64_t order = work.refund_of != 0 ? work.refund_of : work.order;
                (work.refund_of != 0 ? refunded : captured)[order] += line.done;
                demand_with(work.went_over || line.done <= line.part.quantity, [&, route = route] {
                    return "more was captured than authorised on route " + std::to_string(route);
                });
                for (const Work::Deed& deed : work.deeds)
                    if (!deed.live) unclear.insert(order);
            }
        }
        for (const auto& [order, amount] : refunded)
            demand_with(unclear.contains(order) || amount <= captured[order], [&, order = order,
                                                                               amount = amount] {
                return "order " + std::to_string(order) + " captured " +
                       std::to_string(captured[order]) + " and gave back " + std::to_string(amount);
            });
    }
    void ended() override { looked(); }
};

}  // namespace

std::unique_ptr<Invariant> make_refunds_within_captures(const World& world) {
    return std::make_unique<RefundsWithinCaptures>("refunds_within_captures", world);
}

}  // namespace oms::simulation
