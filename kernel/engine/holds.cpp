// SPDX-License-Identifier: Apache-2.0
// What is set aside for a line while it is open. The asset class says how much; the kernel raises,
// releases and commits by bringing the holds to exactly that.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

Refusal Step::hold_line(std::uint64_t id, std::uint32_t line, HoldMode mode) {
    const Order& of = *order(id);
    // An order that has ended holds nothing, whatever its party still says of it.
    const bool ended = std::any_of(of.timers.begin(), of.timers.end(), [&](std::uint64_t timer) {
        return world().timers.find(timer)->event == 0;
    });
    const std::int64_t open = ended ? 0 : of.lines[line].counts.open();
    const bool held = std::any_of(of.holds.begin(), of.holds.end(), [&](std::uint64_t hold) {
        const Hold& known = *world().holds.find(hold);
        return known.line == line && known.route == 0;
    });
    if (open == 0 && !held) return 0;
    std::vector<Reservation> wanted;
    if (const Refusal refusal = reserve(of, line, 0, open, wanted);
        refusal != 0 && mode != HoldMode::fact)
        return refusal;
    else if (refusal != 0)
        return 0;  // what is held stays held until somebody can say better
    // While an amend pends, what was raised for it stays.
    const bool pends = std::any_of(of.routes.begin(), of.routes.end(), [&](std::uint64_t to) {
        const auto& lines = route(to)->lines;
        return std::any_of(lines.begin(), lines.end(), [&](const RouteLine& at) {
            return at.line == line && at.amending != 0;
        });
    });
    return hold_exactly(of, line, 0, wanted,
                        pends && mode == HoldMode::request ? HoldMode::grow_only : mode);
}

Refusal Step::hold_route_line(std::uint64_t id, std::uint32_t line, HoldMode mode) {
    const Route& at = *route(id);
    const auto own = std::find_if(at.lines.begin(), at.lines.end(),
                                  [&](const RouteLine& other) { return other.line == line; });
    std::vector<Reservation> wanted;
    const Refusal refusal = reserve(*order(at.order), line, id, own->counts.working, wanted);
    if (refusal != 0) return mode == HoldMode::fact ? 0 : refusal;
    return hold_exactly(*order(at.order), line, id, wanted, mode);
}

Refusal Step::hold_exactly(const Order& of, std::uint32_t line, std::uint64_t of_route,
                           const std::vector<Reservation>& wanted, HoldMode mode) {
    const std::uint64_t id = of.id;
    const auto set = [&](Hold hold, std::int64_t amount) -> Refusal {
        if (amount == hold.amount) return 0;
        const Balance balance = world().ledger.get({hold.asset, hold.bucket, hold.account});
        const Reference* owner = world().references.find(hold.account);
        const bool short_of = !(owner != nullptr && owner->external()) &&
                              balance.available() < Int128{amount} - hold.amount;
        if (short_of && mode != HoldMode::fact) {
            const Reference* asset = world().references.find(hold.asset);
            say("account " + owner->code + " has not enough " + asset->code);
            return OMS_ERROR_insufficient;
        }
        if (short_of && amount > hold.amount)
            open_task(id, of_route, "operations", "More is held than the account has", "noted");
        hold.amount = amount;
        emit(World::as_effect(hold));
        return 0;
    };
    std::vector<std::uint64_t> untouched;
    for (const std::uint64_t hold : of.holds) {
        const Hold& known = *world().holds.find(hold);
        if (known.line == line && known.route == of_route) untouched.push_back(hold);
    }
    for (const Reservation& reservation : wanted) {
        Hold hold;
        const auto known =
            std::find_if(untouched.begin(), untouched.end(), [&](std::uint64_t other) {
                const Hold& held = *world().holds.find(other);
                return held.account == reservation.account && held.asset == reservation.asset &&
                       held.bucket == reservation.bucket;
            });
        if (known != untouched.end()) {
            hold = *world().holds.find(*known);
            untouched.erase(known);
        } else {
            hold = {world().next.hold,  id, of_route, line, reservation.account, reservation.asset,
                    reservation.bucket, 0};
        }
        const std::int64_t amount = mode == HoldMode::grow_only
                                        ? std::max(hold.amount, reservation.amount)
                                        : reservation.amount;
        if (const Refusal refusal = set(hold, amount); refusal != 0) return refusal;
    }
    if (mode == HoldMode::grow_only) return 0;
    for (const std::uint64_t hold : untouched) static_cast<void>(set(*world().holds.find(hold), 0));
    return 0;
}

void Step::release_holds(std::uint64_t id, std::uint8_t role) {
    const std::vector<std::uint64_t> held = order(id)->holds;
    for (const std::uint64_t hold : held) {
        Hold known = *world().holds.find(hold);
        if (role != lifecycle::any_role && order(id)->lines[known.line].role != role) continue;
        known.amount = 0;
        emit(World::as_effect(known));
    }
    for (std::uint32_t line = 0; line < order(id)->lines.size(); ++line) {
        if (role != lifecycle::any_role && order(id)->lines[line].role != role) continue;
        std::vector<Reservation> nothing;
        static_cast<void>(reserve(*order(id), line, 0, 0, nothing));
    }
}

}  // namespace oms::engine
