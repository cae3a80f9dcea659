// SPDX-License-Identifier: Apache-2.0
// Events through the lifecycles: first in, first out, with a named limit.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using lifecycle::Fact;
using lifecycle::fact_bit;
using lifecycle::Facts;
using sdk::make;
using sdk::text;

namespace {

constexpr std::uint32_t to_order = 30;  // route event + 30 is what the order is told, see words.def

bool is_report(std::uint32_t event) {
    return event > static_cast<std::uint32_t>(Event::opened) &&
           event <= static_cast<std::uint32_t>(Event::not_found);
}

/// A fact about lines, at the place of role 0.
constexpr Facts line_fact(Fact fact) { return lifecycle::fact_bit(fact, 0); }

constexpr Facts if_so(bool so, Facts facts) { return so ? facts : 0; }

constexpr unsigned place_of(std::uint8_t role) { return role * lifecycle::line_facts_per_role; }

Facts facts_of(const Counts& counts) {
    return line_fact(Fact::any_line) | if_so(counts.done > 0, line_fact(Fact::any_done)) |
           if_so(counts.working > 0, line_fact(Fact::any_working)) |
           if_so(counts.unrouted() > 0, line_fact(Fact::any_unrouted)) |
           if_so(counts.cancelled > 0, line_fact(Fact::any_cancelled)) |
           if_so(counts.over > 0, line_fact(Fact::any_over));
}

/// The facts of each role, with those that follow from them, and of any role.
Facts complete(Facts roles) {
    constexpr Facts of_one = (Facts{1} << lifecycle::line_facts_per_role) - 1;
    constexpr Facts decisive = line_fact(Fact::any_line) | line_fact(Fact::any_done) |
                               line_fact(Fact::any_working) | line_fact(Fact::any_unrouted);
    constexpr Facts all_done = line_fact(Fact::any_line) | line_fact(Fact::any_done);
    for (std::uint8_t role = 0; role < lifecycle::role_count; ++role)
        roles |= (roles >> place_of(role) & of_one) << place_of(lifecycle::any_role);
    for (std::uint8_t role = 0; role <= lifecycle::any_role; ++role)
        if ((roles >> place_of(role) & decisive) == all_done)
            roles |= lifecycle::fact_bit(Fact::all_done, role);
    return roles;
}

}  // namespace

std::uint8_t Step::role_of(const Route& at) const {
    return at.lines.empty() ? lifecycle::any_role
                            : order(at.order)->lines[at.lines.front().line].role;
}

Facts Step::facts_of(const Order& of) const {
    Facts roles = 0;
    for (const Line& line : of.lines)
        if (!line.has_parts) roles |= engine::facts_of(line.counts) << place_of(line.role);
    for (const std::uint64_t id : of.routes) {
        const Route& at = *route(id);
        if (at.ended() || at.lines.empty()) continue;
        const bool amending = !at.enquiry() && at.amending();
        roles |= (line_fact(Fact::any_route_open) |
                  if_so((at.flags & OMS_ROUTE_UNKNOWN) != 0, line_fact(Fact::any_route_unknown)) |
                  if_so(amending, line_fact(Fact::any_amending)))
                 << place_of(role_of(at));
    }
    const bool asked =
        std::any_of(of.extras().tasks.begin(), of.extras().tasks.end(),
                    [&](std::uint64_t id) { return world().tasks.find(id)->open != 0; });
    return complete(roles) | if_so(of.parent() != 0, fact_bit(Fact::has_parent)) |
           if_so(!of.extras().sources.empty(), fact_bit(Fact::has_sources)) |
           if_so(!of.extras().gathered_by.empty(), fact_bit(Fact::is_source)) |
           if_so((of.flags & OMS_ORDER_ADOPTED) != 0, fact_bit(Fact::is_adopted)) |
           if_so((of.flags & OMS_ORDER_FACT) != 0, fact_bit(Fact::is_reported)) |
           if_so(asked, fact_bit(Fact::any_task_open)) |
           if_so(of.holds_any(), fact_bit(Fact::any_held)) |
           if_so(!of.extras().offers.empty(), fact_bit(Fact::any_offer));
}

Facts Step::facts_of(const Route& at, Facts needed) const {
    bool done = false;
    bool working = false;
    bool cancelled = false;
    bool over = false;
    for (const RouteLine& line : at.lines) {
        done |= line.counts.done > 0;
        working |= line.counts.working > 0;
        cancelled |= line.counts.cancelled > 0;
        over |= line.counts.over > 0;
    }
    const Order& owner = *order(at.order);
    const bool offered = std::any_of(owner.extras().offers.begin(), owner.extras().offers.end(),
                                     [&](const Offer& offer) { return offer.route == at.id; });
    const Facts facts =
        if_so(done && !working, fact_bit(Fact::all_done)) | if_so(done, fact_bit(Fact::any_done)) |
        if_so(working, fact_bit(Fact::any_working)) |
        if_so(cancelled, fact_bit(Fact::any_cancelled)) | if_so(over, fact_bit(Fact::any_over)) |
        if_so(at.amending() && !at.enquiry(), fact_bit(Fact::any_amending)) |
        if_so(!at.lines.empty(), fact_bit(Fact::any_line)) |
        if_so(!at.ended(), fact_bit(Fact::any_route_open)) |
        if_so((at.flags & OMS_ROUTE_UNKNOWN) != 0, fact_bit(Fact::any_route_unknown)) |
        if_so(at.enquiry(), fact_bit(Fact::is_enquiry)) | if_so(offered, fact_bit(Fact::any_offer));
    if ((needed & fact_bit(Fact::order_ended)) == 0) return facts;
    // An end that numbers decide is not looked at from here.
    const lifecycle::Table& table = program_of(owner.instance).table;
    lifecycle::Moment moment;
    moment.states = owner.instance.states;
    moment.facts = facts_of(owner);
    const bool ended = table.ended.compares == 0 && lifecycle::has_ended(table, moment);
    return facts | if_so(ended, fact_bit(Fact::order_ended));
}

/// Calls `visit(program, moment)` with the instance that the event is for, as it is now. Of the
/// facts those are known that `needed(program)` names.
template <class Needed, class Visit>
decltype(auto) Step::with_moment(const Raised& raised, Needed needed, Visit visit) {
    const Route* at = raised.route == 0 ? nullptr : route(raised.route);
    const Order& owner = *order(raised.order);
    const Instance& instance = at != nullptr ? at->instance : owner.instance;
    const Program& program = program_of(instance);
    struct Context {
        Step* step;
        const Program* program;
        const Order* order;
    } context{this, &program, &owner};
    lifecycle::Moment moment;
    const Facts facts = needed(program);
    if (facts != 0) moment.facts = at != nullptr ? facts_of(*at, facts) : facts_of(owner);
    const std::array<std::uint8_t, 8> states = instance.states;
    moment.states = states;
    moment.slots = instance.slots();
    std::array<std::int64_t, lifecycle::max_slots> slots;  // with those that were never set
    if (instance.slots().size() < program.table.slots.size()) {
        const auto set = std::copy(instance.slots().begin(), instance.slots().end(), slots.begin());
        const auto end = slots.begin() + static_cast<std::ptrdiff_t>(program.table.slots.size());
        std::fill(set, end, 0);
        moment.slots = {slots.begin(), end};
    }
    moment.number = raised.number;
    moment.role = raised.role;
    moment.attempts = owner.instance.attempts;
    moment.plugin_facts.context = &context;
    moment.plugin_facts.read = [](void* of, std::uint16_t index, std::int64_t& value) {
        auto& from = *static_cast<Context*>(of);
        return from.step->read_fact(*from.program, from.order->id, index, value);
    };
    moment.terms.context = &context;
    moment.terms.read = [](void* of, std::uint32_t field, std::int64_t& value) {
        for (const Term& term : static_cast<Context*>(of)->order->terms) {
            if (term.field != field || (term.line != OMS_WHOLE_ORDER && term.line != 0)) continue;
            value = term.number;
            return true;
        }
        return false;
    };
    return visit(program, moment);
}

bool Step::walk(Refusal& refusal) {
    bool first_found = false;
    bool first = true;
    std::uint32_t steps = 0;
    while (!draft_.events.empty() && refusal == 0) {
        const Raised raised = draft_.events.pop();
        if (++steps > core_.bindings.limits.events_per_step ||
            draft_.effects.count() > core_.bindings.limits.effects_per_step) {
            refusal = OMS_ERROR_too_many_steps;
            break;
        }
        const bool found = deliver(raised, refusal);
        // What a route takes its order may take in its place: the first event counts as taken then.
        if (first) first_found = found;
        first = false;
        const bool told_on =
            is_report(raised.event - to_order) || raised.event >= lifecycle::first_custom_event;
        if (!first_found && steps == 2 && raised.route == 0 && told_on) first_found = found;
    }
    return first_found;
}

bool Step::deliver(const Raised& raised, Refusal& refusal) {
    if (order(raised.order) == nullptr || (raised.route != 0 && route(raised.route) == nullptr))
        return false;
    const Route* at = raised.route == 0 ? nullptr : route(raised.route);
    const Program& program =
        program_of(at != nullptr ? at->instance : order(raised.order)->instance);
    const std::uint32_t event = program.inner(raised.event);
    lifecycle::Fired fired;
    if (event != 0) {
        fired = with_moment(
            raised, [&](const Program& of) { return of.index.needed_by_rules(event); },
            [&](const Program& of, const lifecycle::Moment& moment) {
                return lifecycle::fire(of.table, of.index.rules(of.table, event), moment);
            });
    }
    touch(raised.order);
    // The order hears what its route heard, after it and before whatever that set off.
    const bool custom = raised.event >= lifecycle::first_custom_event;
    const bool told_on = raised.route != 0 && (is_report(raised.event) || custom);
    const std::size_t before = draft_.events.size();
    for (const lifecycle::Rule* rule : fired) {
        if (rule->to != lifecycle::stay) {
            auto moved = make<oms_region_moved>();
            moved.order = raised.order;
            moved.route = raised.route;
            moved.region = rule->region;
            moved.state = rule->to;
            moved.event = raised.event;
            emit(moved);
        }
        for (const lifecycle::Action& action : lifecycle::actions_of(program.table, *rule)) {
            if (refusal == 0) refusal = act(raised, program, action);
        }
    }
    if (told_on) {
        const Raised tell{raised.order, 0, custom ? raised.event : raised.event + to_order,
                          raised.role, raised.number};
        draft_.events.insert(before, tell);
    }
    mind_end(raised.order, raised.route);
    return !fired.empty();
}

bool Step::has_ended(std::uint64_t id, std::uint64_t of_route) {
    return with_moment(
        {id, of_route, 0, lifecycle::any_role, 0},
        [](const Program& of) { return of.index.needed_by_end(); },
        [](const Program& of, const lifecycle::Moment& moment) {
            return lifecycle::has_ended(of.table, moment);
        });
}

/// The order has ended and waits for its retirement.
bool Step::retires(const Order& of) const {
    return std::any_of(of.timers.begin(), of.timers.end(),
                       [&](std::uint64_t timer) { return world().timers.find(timer)->event == 0; });
}

void Step::retire_later(std::uint64_t id) {
    auto timer = make<oms_timer_set>();
    timer.timer = world().next.timer;
    timer.order = id;
    timer.due = after(core_.bindings.limits.retire_after_ns);
    emit(timer);
}

/// What follows when an instance reaches its end, or comes back from it.
void Step::mind_end(std::uint64_t id, std::uint64_t of_route) {
    const bool ended = has_ended(id, of_route);
    if (of_route != 0) {
        // What comes late may have put something to work there again.
        const Route& at = *route(of_route);
        const bool works = std::any_of(at.lines.begin(), at.lines.end(), [](const RouteLine& line) {
            return line.counts.working != 0;
        });
        if (ended && (works || !at.ended())) end_route(of_route);
        if (!ended) flag_route(of_route, 0, OMS_ROUTE_ENDED);
        return;
    }
    const Order& of = *order(id);
    if (ended && !of.extras().sources.empty()) return_to_sources(id);
    if (ended == retires(of)) return;
    if (ended)
        retire_later(id);
    else
        clear_timers({id, 0, 0, lifecycle::any_role, 0}, 0);
    for (std::uint32_t line = 0; line < of.lines.size(); ++line)
        static_cast<void>(hold_line(id, line, HoldMode::fact));
    if (!ended) return;
    clear_watches(id);
    const std::vector<Link> links = order(id)->extras().links;
    for (const Link& link : links)
        if (link.link == OMS_link_list || link.link == OMS_link_one_cancels_other ||
            link.link == OMS_link_one_triggers_other)
            raise({link.other, 0, static_cast<std::uint32_t>(Event::linked_ended),
                   lifecycle::any_role, static_cast<std::int64_t>(link.link)});
}

void Step::update_status(std::uint64_t id, std::uint64_t of_route, std::string_view known) {
    const std::string& status = with_moment(
        {id, of_route, 0, lifecycle::any_role, 0},
        [](const Program& of) { return of.index.needed_by_statuses(); },
        [](const Program& of, const lifecycle::Moment& moment) -> const std::string& {
            return of.table.statuses[lifecycle::status_of(of.table, moment)].name;
        });
    if (status == known) return;
    auto effect = make<oms_status_changed>();
    effect.order = id;
    effect.route = of_route;
    effect.status = text(status);
    emit(effect);
}

void Step::update_statuses() {
    for (const std::uint64_t id : draft_.touched) {
        const Order* of = order(id);
        if (of == nullptr) continue;
        for (const std::uint64_t of_route : of->routes)
            update_status(id, of_route, world().status_words.at(route(of_route)->status));
        update_status(id, 0, world().status_words.at(of->status));
    }
}

Refusal Step::retire_order() {
    const Order* known = order(head<oms_retire_order>().order);
    if (known == nullptr) return OMS_ERROR_unknown_order;
    subject_ = known->id;
    mind_end(known->id, 0);
    const auto timer =
        std::find_if(known->timers.begin(), known->timers.end(),
                     [&](std::uint64_t id) { return world().timers.find(id)->event == 0; });
    if (timer == known->timers.end() || world().timers.find(*timer)->due > now_)
        return 0;  // it lives, or its time has not come
    const bool busy =
        !known->extras().gathered_by.empty() || known->holds_any() ||
        std::any_of(known->lines.begin(), known->lines.end(),
                    [](const Line& line) { return line.counts.working != 0; }) ||
        std::any_of(known->extras().tasks.begin(), known->extras().tasks.end(),
                    [&](std::uint64_t id) { return world().tasks.find(id)->open != 0; });
    if (!busy) {
        auto effect = make<oms_order_shelved>();
        effect.order = known->id;
        effect.shelf = OMS_shelf_retired;
        emit(effect);
        return 0;
    }
    // Something about it is still open: its clock starts anew.
    clear_timers({known->id, 0, 0, lifecycle::any_role, 0}, 0);
    retire_later(known->id);
    return 0;
}

}  // namespace oms::engine
