// SPDX-License-Identifier: Apache-2.0
// Events through the lifecycles: first in, first out, with a named limit.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using lifecycle::Fact;
using lifecycle::fact_bit;
using sdk::make;
using sdk::text;

namespace {

constexpr std::uint32_t to_order = 30;  // route event + 30 is what the order is told, see words.def

bool is_report(std::uint32_t event) {
    return event > static_cast<std::uint32_t>(Event::opened) &&
           event <= static_cast<std::uint32_t>(Event::not_found);
}

/// What is the case among the lines of one role, and the routes that work them.
struct RoleFacts {
    bool line = false, done = false, working = false, unrouted = false, cancelled = false;
    bool over = false, route_open = false, route_unknown = false, amending = false;

    void add(const RoleFacts& other) {
        line |= other.line;
        done |= other.done;
        working |= other.working;
        unrouted |= other.unrouted;
        cancelled |= other.cancelled;
        over |= other.over;
        route_open |= other.route_open;
        route_unknown |= other.route_unknown;
        amending |= other.amending;
    }

    lifecycle::Facts facts(std::uint8_t role) const {
        lifecycle::Facts facts = 0;
        const auto set = [&](bool on, Fact fact) {
            if (on) facts |= fact_bit(fact, role);
        };
        set(line && done && !working && !unrouted, Fact::all_done);
        set(done, Fact::any_done);
        set(working, Fact::any_working);
        set(unrouted, Fact::any_unrouted);
        set(cancelled, Fact::any_cancelled);
        set(over, Fact::any_over);
        set(route_open, Fact::any_route_open);
        set(route_unknown, Fact::any_route_unknown);
        set(amending, Fact::any_amending);
        set(line, Fact::any_line);
        return facts;
    }
};

}  // namespace

std::uint8_t Step::role_of(const Route& at) const {
    return at.lines.empty() ? lifecycle::any_role
                            : order(at.order)->lines[at.lines.front().line].role;
}

lifecycle::Facts Step::facts_of(const Order& of) const {
    std::array<RoleFacts, lifecycle::role_count> roles;
    for (const Line& line : of.lines) {
        if (line.has_parts) continue;
        RoleFacts& role = roles[line.role];
        role.line = true;
        role.done |= line.counts.done > 0;
        role.working |= line.counts.working > 0;
        role.unrouted |= line.counts.unrouted() > 0;
        role.cancelled |= line.counts.cancelled > 0;
        role.over |= line.counts.over > 0;
    }
    for (const std::uint64_t id : of.routes) {
        const Route& at = *route(id);
        if (at.ended() || at.lines.empty()) continue;
        RoleFacts& role = roles[role_of(at)];
        role.route_open = true;
        role.route_unknown |= (at.flags & OMS_ROUTE_UNKNOWN) != 0;
        role.amending |= (at.flags & OMS_ROUTE_ENQUIRY) == 0 &&
                         std::any_of(at.lines.begin(), at.lines.end(),
                                     [](const RouteLine& line) { return line.amending != 0; });
    }
    lifecycle::Facts facts = 0;
    RoleFacts any;
    for (std::uint8_t i = 0; i < roles.size(); ++i) {
        const RoleFacts& role = roles[i];
        facts |= role.facts(i);
        any.add(role);
    }
    facts |= any.facts(lifecycle::any_role);
    const auto set = [&](bool on, Fact fact) {
        if (on) facts |= fact_bit(fact);
    };
    set(of.parent != 0, Fact::has_parent);
    set(!of.sources.empty(), Fact::has_sources);
    set(!of.gathered_by.empty(), Fact::is_source);
    set((of.flags & OMS_ORDER_ADOPTED) != 0, Fact::is_adopted);
    set((of.flags & OMS_ORDER_FACT) != 0, Fact::is_reported);
    set(std::any_of(of.tasks.begin(), of.tasks.end(),
                    [&](std::uint64_t id) { return world().tasks.find(id)->open != 0; }),
        Fact::any_task_open);
    set(!of.holds.empty(), Fact::any_held);
    set(!of.offers.empty(), Fact::any_offer);
    return facts;
}

lifecycle::Facts Step::facts_of(const Route& at) const {
    lifecycle::Facts facts = 0;
    bool done = false;
    bool working = false;
    bool amending = false;
    const auto set = [&](bool on, Fact fact) {
        if (on) facts |= fact_bit(fact);
    };
    for (const RouteLine& line : at.lines) {
        done |= line.counts.done > 0;
        working |= line.counts.working > 0;
        amending |= line.amending != 0;
        set(line.counts.cancelled > 0, Fact::any_cancelled);
        set(line.counts.over > 0, Fact::any_over);
    }
    const bool enquiry = (at.flags & OMS_ROUTE_ENQUIRY) != 0;
    set(done && !working, Fact::all_done);
    set(done, Fact::any_done);
    set(working, Fact::any_working);
    set(amending && !enquiry, Fact::any_amending);
    set(!at.lines.empty(), Fact::any_line);
    set(!at.ended(), Fact::any_route_open);
    set((at.flags & OMS_ROUTE_UNKNOWN) != 0, Fact::any_route_unknown);
    set(enquiry, Fact::is_enquiry);
    const std::vector<Offer>& offers = order(at.order)->offers;
    set(std::any_of(offers.begin(), offers.end(),
                    [&](const Offer& offer) { return offer.route == at.id; }),
        Fact::any_offer);
    bool ended = false;
    const Order& owner = *order(at.order);
    const Program& program = program_of(owner.instance);
    lifecycle::Moment moment;
    moment.states = owner.instance.states;
    moment.slots = owner.instance.slots;
    moment.facts = facts_of(owner);
    if (program.table.ended.compares == 0) ended = lifecycle::has_ended(program.table, moment);
    set(ended, Fact::order_ended);
    return facts;
}

/// Calls `visit(table, moment)` with the instance that the event is for, as it is now.
template <class Visit>
auto Step::with_moment(const Raised& raised, Visit visit) {
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
    moment.facts = at != nullptr ? facts_of(*at) : facts_of(owner);
    const std::array<std::uint8_t, 8> states = instance.states;
    std::vector<std::int64_t> slots = instance.slots;
    slots.resize(std::max(slots.size(), program.table.slots.size()));
    moment.states = states;
    moment.slots = slots;
    moment.number = raised.number;
    moment.role = raised.role;
    for (std::size_t i = 0; i < lifecycle::role_count; ++i)
        moment.attempts[i] = owner.instance.attempts[i];
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
    return visit(program.table, moment);
}

bool Step::walk(Refusal& refusal) {
    bool first_found = false;
    bool first = true;
    std::uint32_t steps = 0;
    while (!events_.empty() && refusal == 0) {
        const Raised raised = events_.front();
        events_.pop_front();
        if (++steps > core_.bindings.limits.events_per_step ||
            effect_count_ > core_.bindings.limits.effects_per_step) {
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
            raised, [&](const lifecycle::Table& table, const lifecycle::Moment& moment) {
                return lifecycle::fire(table, program.index.rules(table, event), moment);
            });
    }
    touch(raised.order);
    // The order hears what its route heard, after it and before whatever that set off.
    const bool custom = raised.event >= lifecycle::first_custom_event;
    const bool told_on = raised.route != 0 && (is_report(raised.event) || custom);
    const std::size_t before = events_.size();
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
        events_.insert(events_.begin() + static_cast<std::ptrdiff_t>(before), tell);
    }
    mind_end(raised.order, raised.route);
    return !fired.empty();
}

bool Step::has_ended(std::uint64_t id, std::uint64_t of_route) {
    return with_moment({id, of_route, 0, lifecycle::any_role, 0},
                       [](const lifecycle::Table& table, const lifecycle::Moment& moment) {
                           return lifecycle::has_ended(table, moment);
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
    if (ended && !of.sources.empty()) return_to_sources(id);
    if (ended == retires(of)) return;
    if (ended)
        retire_later(id);
    else
        clear_timers({id, 0, 0, lifecycle::any_role, 0}, 0);
    for (std::uint32_t line = 0; line < of.lines.size(); ++line)
        static_cast<void>(hold_line(id, line, HoldMode::fact));
    if (!ended) return;
    clear_watches(id);
    const std::vector<Link> links = order(id)->links;
    for (const Link& link : links)
        if (link.link == OMS_link_list || link.link == OMS_link_one_cancels_other ||
            link.link == OMS_link_one_triggers_other)
            raise({link.other, 0, static_cast<std::uint32_t>(Event::linked_ended),
                   lifecycle::any_role, static_cast<std::int64_t>(link.link)});
}

void Step::update_statuses() {
    const auto name = [&](std::uint64_t id, std::uint64_t of_route, const std::string& now) {
        std::string status =
            with_moment({id, of_route, 0, lifecycle::any_role, 0},
                        [](const lifecycle::Table& table, const lifecycle::Moment& moment) {
                            return table.statuses[lifecycle::status_of(table, moment)].name;
                        });
        if (status == now) return;
        auto effect = make<oms_status_changed>();
        effect.order = id;
        effect.route = of_route;
        effect.status = text(status);
        emit(effect);
    };
    for (const std::uint64_t id : touched_) {
        if (order(id) == nullptr) continue;
        const std::vector<std::uint64_t> routes = order(id)->routes;
        for (const std::uint64_t of_route : routes) name(id, of_route, route(of_route)->status);
        name(id, 0, order(id)->status);
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
    const bool busy = !known->gathered_by.empty() || !known->holds.empty() ||
                      std::any_of(known->lines.begin(), known->lines.end(),
                                  [](const Line& line) { return line.counts.working != 0; }) ||
                      std::any_of(known->tasks.begin(), known->tasks.end(), [&](std::uint64_t id) {
                          return world().tasks.find(id)->open != 0;
                      });
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
