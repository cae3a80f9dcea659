// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <oms/abi/codes.h>

namespace oms::simulation {

namespace {

/// From the moment at which the asking was taken, not from its decision.
class HaltsHold final : public Invariant {
public:
    using Invariant::Invariant;

    void sent(const Sent& sent) override {
        const std::uint32_t action = sent.intent.action;
        if (action == OMS_action_cancel || action == OMS_action_ask) return;
        for (const auto& [scope, target] : world_.halts_in_force)
            demand_with(!concerns(scope, target, sent), [&, scope = scope, target = target] {
                return "route " + std::to_string(sent.intent.route) + " was sent to " +
                       sent.party->name() + " while scope " + std::to_string(scope) + ", target " +
                       std::to_string(target) + " was halted";
            });
    }

private:
    bool concerns(std::uint32_t scope, std::uint32_t target, const Sent& sent) const {
        switch (scope) {
            case OMS_halt_scope_all: return true;
            case OMS_halt_scope_destination: return sent.intent.destination == target;
            case OMS_halt_scope_product:
                for (const Part& part : sent.request.parts)
                    if (part.product == target) return true;
                return sent.intent.product == target;
            default: break;
        }
        const auto order = world_.ledger.orders.find(sent.intent.order);
        if (order == world_.ledger.orders.end()) return true;
        const std::uint32_t account = order->second.account;
        return account == target || target == world_.names.firm;
    }
};

}  // namespace

std::unique_ptr<Invariant> make_halts_hold(const World& world) {
    return std::make_unique<HaltsHold>("halts_hold", world);
}

}  // namespace oms::simulation
