// SPDX-License-Identifier: Apache-2.0
// What is set aside for a line while it is open. The asset class says how much; the kernel raises,
// releases and commits by bringing the holds to exactly that.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

/// What of the line is held for: what is open, or, when the order has ended, what works all the
/// same.
std::int64_t Step::held_for(const Order& of, std::uint32_t line) const {
    const Counts& counts = of.lines[line].counts;
    return retires(of) ? counts.working : counts.open();
}

Refusal Step::hold_line(std::uint64_t id, std::uint32_t line, HoldMode mode) {
    const Order& of = *order(id);
    const std::int64_t open = held_for(of, line);
    // While an amend pends, what was raised for it stays.
    const bool pends =
        !retires(of) && std::any_of(of.routes.begin(), of.routes.end(), [&](std::uint64_t to) {
            const RouteLine* at = route(to)->find_line(line);
            return at != nullptr && at->amending != 0 && !route(to)->enquiry();
        });
    if (open == 0) {
        if (!pends) end_holds(of, line, 0);
        return 0;
    }
    Reservations wanted;
    if (const Refusal refusal = reserve(of, line, 0, open, wanted); refusal != 0)
        return mode == HoldMode::fact ? 0 : refusal;  // what is held stays until it can say better
    return hold_exactly(of, line, 0, wanted, mode, pends);
}

Refusal Step::hold_route_line(std::uint64_t id, std::uint32_t line, HoldMode mode) {
    const Route& at = *route(id);
    const Order& of = *order(at.order);
    const std::int64_t working = at.find_line(line)->counts.working;
    if (working == 0) {
        end_holds(of, line, id);
        return 0;
    }
    Reservations wanted;
    if (const Refusal refusal = reserve(of, line, id, working, wanted); refusal != 0)
        return mode == HoldMode::fact ? 0 : refusal;
    return hold_exactly(of, line, id, wanted, mode, false);
}

Few<std::uint64_t> Step::holds_of(const Order& of, std::uint32_t line,
                                  std::uint64_t of_route) const {
    Few<std::uint64_t> found;
    for (const std::uint64_t id : of.lines[line].holds)
        if (world().holds.find(id)->route == of_route) found.push_back(id);
    return found;
}

/// `grow_only`: nothing is released.
Refusal Step::hold_exactly(const Order& of, std::uint32_t line, std::uint64_t of_route,
                           const Reservations& wanted, HoldMode mode, bool grow_only) {
    const auto set = [&](Hold hold, std::int64_t amount) -> Refusal {
        if (amount == hold.amount || (grow_only && amount < hold.amount)) return 0;
        const BalanceKey key{hold.asset, hold.bucket, hold.account};
        const Reference* owner = world().references.find(hold.account);
        const bool short_of = amount > hold.amount && !owner->external() &&
                              world().ledger.get(key).available() < Int128{amount} - hold.amount;
        if (short_of && mode == HoldMode::request) {
            say("account " + owner->code + " has not enough " +
                world().references.find(hold.asset)->code);
            return OMS_ERROR_insufficient;
        }
        note_balance(key);
        hold.amount = amount;
        emit(World::as_effect(hold));
        return 0;
    };
    Few<std::uint64_t> untouched = holds_of(of, line, of_route);
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
            hold = {
                world().next.hold,  of.id, of_route, line, reservation.account, reservation.asset,
                reservation.bucket, 0};
        }
        if (const Refusal refusal = set(hold, reservation.amount); refusal != 0) return refusal;
    }
    for (const std::uint64_t hold : untouched) static_cast<void>(set(*world().holds.find(hold), 0));
    return 0;
}

/// Nothing is open any more: the holds end, and the asset class is told so once.
void Step::end_holds(const Order& of, std::uint32_t line, std::uint64_t of_route) {
    const Few<std::uint64_t> held = holds_of(of, line, of_route);
    for (const std::uint64_t id : held) {
        Hold hold = *world().holds.find(id);
        note_balance({hold.asset, hold.bucket, hold.account});
        hold.amount = 0;
        emit(World::as_effect(hold));
    }
    Reservations ignored;
    if (!held.empty()) static_cast<void>(reserve(of, line, of_route, 0, ignored));
}

void Step::release_holds(std::uint64_t id, std::uint8_t role) {
    const Order& of = *order(id);
    for (std::uint32_t line = 0; line < of.lines.size(); ++line) {
        if (role != lifecycle::any_role && of.lines[line].role != role) continue;
        Few<std::uint64_t> routes;  // 0, the order itself, comes first
        for (const std::uint64_t hold : of.lines[line].holds)
            routes.push_back(world().holds.find(hold)->route);
        std::sort(routes.begin(), routes.end());
        routes.erase(std::unique(routes.begin(), routes.end()), routes.end());
        for (const std::uint64_t of_route : routes) end_holds(of, line, of_route);
    }
}

}  // namespace oms::engine
