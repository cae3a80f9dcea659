// SPDX-License-Identifier: Apache-2.0
// Plans become routes; routes speak to channels through intents.
#include "engine/plugin_call.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;
using sdk::text;

/// What of the order may still be routed, of one role or of any.
Few<oms_route_line> Step::free_lines(const Order& of, std::uint8_t role) const {
    Few<oms_route_line> lines;
    for (std::uint32_t i = 0; i < of.lines.size(); ++i) {
        const Line& line = of.lines[i];
        if (line.has_parts || (role != lifecycle::any_role && line.role != role)) continue;
        auto free = make<oms_route_line>();
        free.line = i;
        free.product = line.product;
        free.quantity = free_of(of, i);
        if (free.quantity > 0) lines.push_back(free);
    }
    return lines;
}

/// The action `route`. A plan is taken whole or not at all.
Refusal Step::plan_routes(std::uint64_t id, std::uint8_t role) {
    const std::uint8_t of_role = role == lifecycle::any_role ? std::uint8_t{0} : role;
    const auto& lines = order(id)->lines;
    const Few<oms_route_line> open = free_lines(*order(id), of_role);
    if (open.empty()) return 0;
    const ActiveKind* kind = core_.kind(order(id)->kind);
    const ActiveRole* by = kind == nullptr ? nullptr : &kind->roles[of_role];
    const auto none = [&] {
        raise({id, 0, static_cast<std::uint32_t>(Event::no_route), of_role, 0});
        return Refusal{0};
    };
    if (by == nullptr || by->destinations.empty()) return none();
    const std::uint8_t attempts = order(id)->instance.attempts[of_role];
    auto attempt = make<oms_slot_set>();
    attempt.order = id;
    attempt.slot = World::attempts_slot + of_role;
    attempt.value = std::min(attempts + 1, 255);
    emit(attempt);
    Few<PlannedRoute> plans;
    if (by->routing == nullptr) {
        // No policy: everything goes to the first destination that may be used.
        PlannedRoute plan;
        plan.destination = by->destinations.front();
        plan.lines = open;
        plans.push_back(std::move(plan));
    } else {
        PluginCall call(*this, Call::plan, by->routing->instance, id);
        call.destinations = &by->destinations;
        oms_routing_call about{};
        about.size = sizeof about;
        about.role = of_role;
        about.order = id;
        about.destination_count = static_cast<std::uint32_t>(by->destinations.size());
        about.attempt = attempts + 1u;
        about.destinations = by->destinations.data();
        const RoutingBinding& binding = *by->routing->binding;
        const bool sound = call.run([&](const oms_view* view, const oms_sink* sink) {
            return binding.capability->plan(binding.plugin, &about, view, sink);
        });
        if (sound) plans = std::move(call.routes);
    }
    const UndoMark mark = mark_effects();
    for (const PlannedRoute& plan : plans) {
        for (const oms_route_line& line : plan.lines) {
            if (line.line < lines.size() && lines[line.line].role == of_role) continue;
            take_back_to(mark);
            return none();
        }
        if (open_route(id, plan) != 0) {
            take_back_to(mark);
            return none();
        }
    }
    return plans.empty() ? none() : Refusal{0};
}

/// Whether the plan may be: `asked` becomes how much of each line it takes.
Refusal Step::check_plan(const Order& of, const ActiveKind& kind, const PlannedRoute& plan,
                         Few<std::int64_t>& asked) const {
    asked.assign(of.lines.size(), std::int64_t{0});
    for (const oms_route_line& line : plan.lines) {
        if (line.line >= of.lines.size()) return OMS_ERROR_unknown_line;
        const Line& from = of.lines[line.line];
        const auto& allowed = kind.roles[from.role].destinations;
        if (std::find(allowed.begin(), allowed.end(), plan.destination) == allowed.end())
            return OMS_ERROR_destination_not_allowed;
        if (from.has_parts || line.quantity <= 0 ||
            line.quantity > free_of(of, line.line) - asked[line.line])
            return OMS_ERROR_nothing_to_route;
        if (halted(OMS_halt_scope_product, from.product)) return OMS_ERROR_halted;
        asked[line.line] += line.quantity;
    }
    return 0;
}

/// A person was asked whether it may go on and has not answered.
bool Step::awaits_approval(const Order& of) const {
    return std::any_of(of.extras().tasks.begin(), of.extras().tasks.end(), [&](std::uint64_t id) {
        const Task& task = *world().tasks.find(id);
        return task.open != 0 && task.queue == "approval";
    });
}

Refusal Step::open_route(std::uint64_t id, const PlannedRoute& plan) {
    const Order& of = *order(id);
    if (awaits_approval(of)) {
        say("it waits for approval");
        return OMS_ERROR_not_in_this_state;
    }
    const ActiveKind* kind = core_.kind(of.kind);
    const Reference* party = world().references.find(OMS_class_destination, plan.destination);
    if (party == nullptr) return OMS_ERROR_unknown_destination;
    if (party->disabled()) return OMS_ERROR_reference_disabled;
    if (kind == nullptr) return OMS_ERROR_unknown_order_kind;
    if (halted(OMS_halt_scope_all, 0) || halted(OMS_halt_scope_account, of.account) ||
        halted(OMS_halt_scope_destination, plan.destination))
        return OMS_ERROR_halted;
    Few<std::int64_t> asked;
    if (const Refusal refusal = check_plan(of, *kind, plan, asked); refusal != 0) return refusal;
    const UndoMark mark = mark_effects();
    auto opened = make<oms_route_opened>();
    opened.route = world().next.route;
    opened.order = id;
    opened.destination = plan.destination;
    opened.lifecycle = kind->route_lifecycle;
    opened.channel = party->route_via;
    opened.flags = plan.flags;
    emit(opened);
    made_ = made_ == id ? made_ : opened.route;
    const bool enquiry = (plan.flags & OMS_ROUTE_ENQUIRY) != 0;
    for (std::uint32_t i = 0; i < asked.size(); ++i) {
        if (asked[i] == 0) continue;
        Counts there;
        // An enquiry asks about a quantity and has none of it at work.
        if (!enquiry) there.ordered = there.working = asked[i];
        count(*route(opened.route), i, there, enquiry ? asked[i] : 0);
        if (enquiry) continue;
        Counts counts = order(id)->lines[i].counts;
        counts.working += asked[i];
        count(*order(id), i, counts);
    }
    for (const Term& term : plan.terms) {
        auto set = make<oms_term_set>();
        set.order = id;
        set.route = opened.route;
        set.line = term.line;
        set.field = term.field;
        set.type = term.type;
        set.product = term.product;
        set.number = term.number;
        set.text = text(term.text);
        emit(set);
    }
    Refusal refusal = 0;
    if (!enquiry) {
        for (std::uint32_t i = 0; refusal == 0 && i < asked.size(); ++i)
            if (asked[i] != 0) refusal = hold_route_line(opened.route, i, HoldMode::request);
        if (refusal == 0) refusal = run_checks(id, opened.route, OMS_STAGE_route);
    }
    if (refusal != 0) {
        take_back_to(mark);
        return refusal;
    }
    raise({id, opened.route, static_cast<std::uint32_t>(Event::opened),
           role_of(*route(opened.route)), 0});
    return 0;
}

void Step::send(std::uint64_t id, std::uint32_t action, std::uint32_t event, std::uint32_t line,
                std::int64_t quantity) {
    const Route& at = *route(id);
    const auto channel = world().channels.find(at.channel);
    auto effect = make<oms_intent>();
    effect.channel = at.channel;
    effect.action = action;
    effect.out_seq = (channel == world().channels.end() ? 0 : channel->second.out_seq) + 1;
    effect.route = id;
    effect.order = at.order;
    effect.destination = at.destination;
    effect.event = event;
    effect.line = line;
    const std::uint32_t first = line == OMS_WHOLE_ORDER ? at.lines.front().line : line;
    effect.product =
        first < order(at.order)->lines.size() ? order(at.order)->lines[first].product : 0;
    effect.quantity = quantity;
    effect.attempt = action == OMS_action_place ? at.place_attempts + 1 : 1;
    effect.account = order(at.order)->account;
    emit(effect);
}

void Step::flag_route(std::uint64_t id, std::uint32_t set, std::uint32_t clear) {
    const Route& at = *route(id);
    const std::uint32_t flags = (at.flags & ~clear) | set;
    if (flags == at.flags) return;
    auto effect = make<oms_route_changed>();
    effect.route = id;
    effect.order = at.order;
    effect.flags = flags;
    const std::string kept(at.external_ref);
    effect.external_ref = text(kept);
    emit(effect);
    touch(at.order);
}

/// Nothing works there any more: what did goes back to the order's unrouted.
void Step::end_route(std::uint64_t id) {
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        if (at.counts.working != 0 || at.amending != 0) give_back(id, at, at.counts.working, 0);
    }
    flag_route(id, OMS_ROUTE_ENDED, OMS_ROUTE_UNKNOWN);
}

}  // namespace oms::engine
