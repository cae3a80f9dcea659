// SPDX-License-Identifier: Apache-2.0
// What a lifecycle's rules do. Each verb is described at lifecycle::Action.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>
#include <bit>
#include <set>

namespace oms::engine {

using lifecycle::Action;
using lifecycle::Amount;
using lifecycle::Event;
using lifecycle::Target;
using lifecycle::Verb;
using sdk::make;

Refusal Step::act(const Raised& raised, const Program& program, const Action& action) {
    if (action.undo_bit != 0xff) {
        const Instance& instance =
            raised.route != 0 ? route(raised.route)->instance : order(raised.order)->instance;
        auto mask = make<oms_slot_set>();
        mask.order = raised.order;
        mask.route = raised.route;
        mask.slot = World::undo_slot;
        mask.value =
            static_cast<std::int64_t>(instance.undo_mask() | std::uint64_t{1} << action.undo_bit);
        emit(mask);
    }
    switch (action.verb) {
        case Verb::emit: emit_event(raised, program, action); return 0;
        case Verb::set:
        case Verb::add: set_slot(raised, action); return 0;
        case Verb::timer: set_timer(raised, program, action); return 0;
        case Verb::clear_timer: clear_timers(raised, program.outer(action.event)); return 0;
        case Verb::task: ask_person(raised, program, action); return 0;
        case Verb::clear_tasks: clear_tasks(raised); return 0;
        case Verb::undo_all: undo_all(raised, program); return 0;
        case Verb::refuse:
            say(program.table.texts[action.text]);
            return OMS_ERROR_not_in_this_state;
        default: break;
    }
    if (raised.route == 0) return act_on_order(raised, program, action);
    act_on_route(raised, action);
    return 0;
}

Refusal Step::act_on_order(const Raised& raised, const Program& program, const Action& action) {
    const std::uint64_t id = raised.order;
    switch (action.verb) {
        case Verb::route: return plan_routes(id, action.role);
        case Verb::cancel_routes:
            raise_on_routes(id, action.role, static_cast<std::uint32_t>(Event::cancel_asked),
                            OMS_ROUTE_ENDED, 0);
            return 0;
        case Verb::ask_routes:
            raise_on_routes(id, action.role, static_cast<std::uint32_t>(Event::ask_again),
                            OMS_ROUTE_ENDED, OMS_ROUTE_UNKNOWN);
            return 0;
        case Verb::cancel_rest: cancel_rest(id, action.role); return 0;
        case Verb::amend: return carry_out_amend(id);
        case Verb::release_holds: release_holds(id, action.role); return 0;
        case Verb::signal: send_signal(raised, program, action); return 0;
        case Verb::watch:
            if (action.observation_field != 0)
                set_watch(raised, program, action);
            else
                watch_available(raised, program, action);
            return 0;
        case Verb::clear_watches: clear_watches(id); return 0;
        case Verb::tell_linked: {
            const std::vector<Link> links = order(id)->extras().links;
            for (const Link& link : links)
                if (action.index == 0 || link.link == action.index)
                    raise({link.other, 0, program.outer(action.event), lifecycle::any_role,
                           raised.number});
            return 0;
        }
        default: return 0;
    }
}

void Step::act_on_route(const Raised& raised, const Action& action) {
    const std::uint64_t id = raised.route;
    const ShortList<Line>& lines = order(raised.order)->lines;
    std::uint32_t line = route(id)->lines.front().line;
    const std::uint32_t product = lines[line].product;
    Int128 working = 0;
    Int128 asked = 0;
    for (const RouteLine& at : route(id)->lines) {
        working += at.counts.working;
        asked += at.amending;
        // There is no sum of unlike things: what the route is about is said by its lines.
        if (lines[at.line].product != product) line = OMS_WHOLE_ORDER;
    }
    const auto sum = [&line](Int128 of) {
        return line == OMS_WHOLE_ORDER ? std::int64_t{0} : saturate(of);
    };
    switch (action.verb) {
        case Verb::place:
            // An enquiry has nothing at work: it asks about a quantity.
            send(id, OMS_action_place, 0, line, sum(working + asked));
            return;
        case Verb::cancel: send(id, OMS_action_cancel, 0, line, sum(working)); return;
        case Verb::send_amend: send(id, OMS_action_amend, 0, line, sum(asked)); return;
        case Verb::ask: send(id, OMS_action_ask, 0, line, 0); return;
        case Verb::end_route: end_route(id); return;
        case Verb::mark_unknown: flag_route(id, OMS_ROUTE_UNKNOWN, 0); return;
        case Verb::mark_known: flag_route(id, 0, OMS_ROUTE_UNKNOWN); return;
        case Verb::apply_amend: apply_amend(id); return;
        case Verb::drop_amend: drop_amend(id); return;
        default: return;
    }
}

void Step::raise_on_routes(std::uint64_t id, std::uint8_t role, std::uint32_t event,
                           std::uint32_t without_flags, std::uint32_t with_flags) {
    const IdList routes = order(id)->routes;
    for (const std::uint64_t to : routes) {
        const Route& at = *route(to);
        if ((at.flags & without_flags) != 0 || (at.flags & with_flags) != with_flags) continue;
        if (role != lifecycle::any_role && role_of(at) != role) continue;
        raise({id, to, event, role_of(at), 0});
    }
}

void Step::emit_event(const Raised& raised, const Program& program, const Action& action) {
    const std::uint32_t event = program.outer(action.event);
    const Order& of = *order(raised.order);
    switch (action.target) {
        case Target::self: raise({of.id, raised.route, event, raised.role, raised.number}); return;
        case Target::order: raise({of.id, 0, event, raised.role, raised.number}); return;
        case Target::routes: raise_on_routes(of.id, action.role, event, OMS_ROUTE_ENDED, 0); return;
        case Target::parent:
            if (of.parent() != 0) raise({of.parent(), 0, event, raised.role, raised.number});
            return;
        case Target::linked: {
            const std::vector<Link> links = of.extras().links;
            for (const Link& link : links)
                raise({link.other, 0, event, lifecycle::any_role, raised.number});
            return;
        }
    }
}

/// Of the lines of role 0, the sum of (what is owed for the whole line) x done / ordered; once they
/// are all done it is all that the money lines have ordered, so that nothing is left to rounding.
std::int64_t Step::done_part(const Order& of, std::uint32_t field, std::uint8_t role) const {
    Int128 part = 0;
    Int128 ordered = 0;
    bool complete = true;
    for (std::uint32_t i = 0; i < of.lines.size(); ++i) {
        const Line& line = of.lines[i];
        if (line.has_parts) continue;
        if (line.role == role) ordered += line.counts.ordered - line.counts.cancelled;
        if (line.role != 0) continue;
        complete = complete && line.counts.done >= line.counts.ordered;
        for (const Term& term : of.terms)
            if (term.line == i && term.field == field && line.counts.ordered > 0)
                part += Int128{term.number} * line.counts.done / line.counts.ordered;
    }
    const Int128 due = complete ? ordered : std::min(part, ordered);
    return saturate(std::max(due, Int128{0}));
}

void Step::send_signal(const Raised& raised, const Program& program, const Action& action) {
    const Order& of = *order(raised.order);
    std::int64_t due = 0;
    if (action.amount == Amount::done_part) {
        // What was asked for before counts as done: its answers are on their way.
        const std::uint8_t role = action.role % lifecycle::role_count;
        const std::int64_t signalled = of.instance.signalled(role);
        due = done_part(of, action.field, action.role) - signalled;
        if (due <= 0) return;
        auto asked = make<oms_slot_set>();
        asked.order = of.id;
        asked.slot = World::signalled_slot + role;
        asked.value = signalled + due;
        emit(asked);
    } else if (action.amount == Amount::number) {
        due = raised.number;
    }
    const IdList routes = order(raised.order)->routes;
    for (const std::uint64_t to : routes) {
        const Route& at = *route(to);
        if (at.ended() || (action.role != lifecycle::any_role && role_of(at) != action.role))
            continue;
        const RouteLine& line = at.lines.front();
        std::int64_t quantity = line.counts.working;
        if (action.amount != Amount::working) {
            quantity = std::min(quantity, due);
            due -= quantity;
        }
        if (quantity > 0)
            send(to, OMS_action_signal, program.outer(action.event), line.line, quantity);
    }
}

void Step::set_slot(const Raised& raised, const Action& action) {
    const Instance& instance =
        raised.route != 0 ? route(raised.route)->instance : order(raised.order)->instance;
    const std::int64_t old = instance.slot(action.index);
    const std::int64_t given = action.from_event != 0 ? raised.number : action.number;
    std::int64_t sum = given;
    if (action.verb == Verb::add && __builtin_add_overflow(old, given, &sum)) sum = old;
    auto effect = make<oms_slot_set>();
    effect.order = raised.order;
    effect.route = raised.route;
    effect.slot = action.index;
    effect.value = sum;
    emit(effect);
}

void Step::set_timer(const Raised& raised, const Program& program, const Action& action) {
    auto effect = make<oms_timer_set>();
    effect.timer = world().next.timer;
    effect.order = raised.order;
    effect.route = raised.route;
    effect.event = program.outer(action.event);
    effect.due = after(action.number);
    if (action.field != 0) {
        const auto& terms = order(raised.order)->terms;
        const auto term = std::find_if(terms.begin(), terms.end(), [&](const Term& other) {
            return other.field == action.field && other.line == OMS_WHOLE_ORDER;
        });
        if (term == terms.end()) return;
        effect.due = std::max<std::int64_t>(term->number, 1);
    }
    emit(effect);
}

void Step::clear_timers(const Raised& raised, std::uint32_t event) {
    const IdList timers = order(raised.order)->timers;
    for (const std::uint64_t id : timers) {
        const Timer& timer = *world().timers.find(id);
        if (timer.event != event || timer.route != raised.route) continue;
        auto gone = World::as_effect(timer);
        gone.due = 0;
        emit(gone);
    }
}

void Step::set_watch(const Raised& raised, const Program& program, const Action& action) {
    const Order& of = *order(raised.order);
    const auto term = std::find_if(of.terms.begin(), of.terms.end(), [&](const Term& other) {
        return other.field == action.field && (other.line == OMS_WHOLE_ORDER || other.line == 0);
    });
    if (term == of.terms.end()) return;
    auto effect = make<oms_watch_set>();
    effect.watch = world().next.watch;
    effect.order = of.id;
    effect.product = of.lines.front().product;
    effect.field = action.observation_field;
    effect.comparison = of.lines.front().direction == OMS_direction_receive
                            ? static_cast<std::uint32_t>(OMS_comparison_at_least)
                            : static_cast<std::uint32_t>(OMS_comparison_at_most);
    effect.threshold = term->number;
    effect.event = program.outer(action.event);
    emit(effect);
}

/// Wherever what is unrouted could come from: at the accounts of the destinations of its role.
void Step::watch_available(const Raised& raised, const Program& program, const Action& action) {
    const ActiveKind* kind = core_.kind(order(raised.order)->kind);
    if (kind == nullptr) return;
    std::set<std::pair<std::uint32_t, std::uint32_t>> places;  // product and account
    for (const Line& line : order(raised.order)->lines) {
        if (line.has_parts || line.counts.unrouted() == 0) continue;
        for (const std::uint32_t destination : kind->roles[line.role].destinations)
            if (const std::uint32_t account = world().references.find(destination)->group)
                places.emplace(line.product, account);
    }
    for (const auto& [product, account] : places) {
        const Int128 available = world().ledger.get({product, 0, account}).available();
        auto effect = make<oms_watch_set>();
        effect.watch = world().next.watch;
        effect.order = raised.order;
        effect.product = product;
        effect.comparison = OMS_comparison_at_least;
        effect.threshold = saturate(available + 1);
        effect.account = account;
        effect.event = program.outer(action.event);
        emit(effect);
    }
}

void Step::clear_watches(std::uint64_t id) {
    const IdList watches = order(id)->extras().watches;
    for (const std::uint64_t watch : watches) {
        auto gone = World::as_effect(*world().watches.find(watch));
        gone.comparison = 0;
        emit(gone);
    }
}

void Step::ask_person(const Raised& raised, const Program& program, const Action& action) {
    std::string words;
    for (std::size_t i = 0; i < action.answers; ++i) {
        if (i != 0) words += ' ';
        words += program.table.answers[action.index + i].word;
    }
    const auto named = [&](std::uint16_t index) {
        return index == lifecycle::none ? std::string_view() : program.table.texts[index];
    };
    open_task(raised.order, raised.route, named(action.text), named(action.text2), words);
}

void Step::clear_tasks(const Raised& raised) {
    const IdList tasks = order(raised.order)->extras().tasks;
    for (const std::uint64_t id : tasks) {
        const Task& task = *world().tasks.find(id);
        if (task.open == 0 || task.route != raised.route) continue;
        auto closed = World::as_effect(task);
        closed.open = 0;
        emit(closed);
    }
}

void Step::cancel_rest(std::uint64_t id, std::uint8_t role) {
    for (std::uint32_t i = 0; i < order(id)->lines.size(); ++i) {
        const Line line = order(id)->lines[i];
        if (line.has_parts || (role != lifecycle::any_role && line.role != role)) continue;
        if (line.counts.unrouted() == 0) continue;
        Counts counts = line.counts;
        counts.cancelled += counts.unrouted();
        count(*order(id), i, counts);
        static_cast<void>(hold_line(id, i, HoldMode::fact));
    }
}

void Step::undo_all(const Raised& raised, const Program& program) {
    const auto mask = [&] {
        return raised.route != 0 ? route(raised.route)->instance.undo_mask()
                                 : order(raised.order)->instance.undo_mask();
    };
    while (mask() != 0) {
        const auto bit = static_cast<unsigned>(std::bit_width(mask()) - 1);
        auto left = make<oms_slot_set>();
        left.order = raised.order;
        left.route = raised.route;
        left.slot = World::undo_slot;
        left.value = static_cast<std::int64_t>(mask() & ~(std::uint64_t{1} << bit));
        emit(left);
        const Action* undo = program.index.undo_of(program.table, bit);
        if (undo != nullptr) static_cast<void>(act(raised, program, *undo));
    }
}

}  // namespace oms::engine
