// SPDX-License-Identifier: Apache-2.0
// A changed order. What works at a destination changes only when the destination says so.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>
#include <vector>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;
using sdk::view;

namespace {

oms_term_set as_effect(const Term& term, std::uint64_t order, std::uint64_t route) {
    auto effect = make<oms_term_set>();
    effect.order = order;
    effect.route = route;
    effect.line = term.line;
    effect.field = term.field;
    effect.type = term.type;
    effect.product = term.product;
    effect.number = term.number;
    effect.text = sdk::text(term.text);
    return effect;
}

bool any_open(const Order& of) {
    return std::any_of(of.lines.begin(), of.lines.end(),
                       [](const Line& line) { return !line.has_parts && line.counts.open() != 0; });
}

Term as_term(const oms_term& detail) {
    return {detail.line,    detail.field,  detail.type,
            detail.product, detail.number, CompactText(view(detail.text))};
}

std::vector<Term> copied_terms(const Route& at) { return {at.terms().begin(), at.terms().end()}; }

}  // namespace

Refusal Step::amend_order() {
    const auto& amend = head<oms_amend_order>();
    Refusal refusal = 0;
    const Order* known = target_order(amend.order, amend.target, refusal);
    if (known == nullptr) return refusal;
    subject_ = known->id;
    if (says_halted(OMS_halt_scope_all, 0) || says_halted(OMS_halt_scope_account, known->account))
        return OMS_ERROR_halted;
    if (awaits_approval(*known)) {
        say("it waits for approval: cancel it and place a new one");
        return OMS_ERROR_not_in_this_state;
    }
    if (refusal = check_amend(*known); refusal != 0) return refusal;
    raise({subject_, 0, static_cast<std::uint32_t>(Event::amend_asked), lifecycle::any_role, 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

Refusal Step::check_amend(const Order& known) {
    Refusal refusal = 0;
    std::uint32_t changes = 0;
    details<oms_line>([&](const oms_line& line) {
        ++changes;
        if (refusal != 0) return;
        if (line.line >= known.lines.size() || known.lines[line.line].has_parts)
            refusal = OMS_ERROR_unknown_line;
        else if (line.quantity <= 0)
            refusal = OMS_ERROR_quantity_not_positive;
        else if (line.quantity > max_quantity)
            refusal = OMS_ERROR_overflow;
        else if (!known.extras().sources.empty() &&
                 line.quantity > known.lines[line.line].counts.ordered)
            refusal = OMS_ERROR_bad_source;  // a block orders what it gathers, and no more
    });
    details<oms_term>([&](const oms_term& term) {
        ++changes;
        if (refusal == 0) refusal = check_term(term, known.lines.size());
    });
    if (refusal == 0 && changes == 0) refusal = OMS_ERROR_no_lines;
    return refusal != 0 ? refusal : try_amend(known.id, 0);
}

/// Tries the amend as if it were done, so that checks and holds see it; then takes the try back and
/// keeps only the larger holds.
Refusal Step::try_amend(std::uint64_t id, std::uint64_t of_route) {
    World& tried = core_.world;
    const std::size_t mark = tried.undo.mark();
    trying_ = true;
    const auto apply = [&](const auto& effect) {
        const Status applied = tried.apply(*reinterpret_cast<const oms_record*>(&effect));
        OMS_ASSERT(applied.has_value());
    };
    details<oms_line>([&](const oms_line& change) {
        const Line& line = order(id)->lines[change.line];
        Counts counts = line.counts;
        counts.ordered = std::max(change.quantity, counts.done);
        counts.working = std::min(counts.working, counts.ordered - counts.done);
        counts.settle();
        auto effect = make<oms_line_counted>();
        effect.order = id;
        effect.line = change.line;
        effect.product = line.product;
        effect.ordered = counts.ordered;
        effect.working = counts.working;
        effect.done = counts.done;
        effect.cancelled = counts.cancelled;
        effect.value = to_wide(order(id)->value(change.line));
        apply(effect);
    });
    details<oms_term>([&](const oms_term& term) { apply(as_effect(as_term(term), id, 0)); });
    Refusal refusal = validate_lines(*order(id));
    if (refusal == 0) refusal = run_checks(id, of_route, OMS_STAGE_amend);
    if (refusal == 0 && approval_needed_) {
        say("it needs approval: cancel it and place a new one");
        refusal = OMS_ERROR_check_refused;
    }
    std::vector<Reservations> wanted(order(id)->lines.size());
    for (std::uint32_t i = 0; refusal == 0 && i < wanted.size(); ++i) {
        // An order that has ended may live again with its own amend, not with that of a route.
        const std::int64_t open =
            of_route == 0 ? order(id)->lines[i].counts.open() : held_for(*order(id), i);
        if (open != 0) refusal = reserve(*order(id), i, 0, open, wanted[i]);
    }
    tried.undo.roll_back(tried, mark);
    trying_ = false;
    for (const oms_cell_set& cell : draft_.tried_cells) emit(cell);
    for (std::uint32_t i = 0; refusal == 0 && i < wanted.size(); ++i)
        refusal = hold_exactly(*order(id), i, 0, wanted[i], HoldMode::request, true);
    return refusal;
}

/// The action `amend`: what no party has to be asked about is done at once.
Refusal Step::carry_out_amend(std::uint64_t id) {
    bool pends = false;
    Refusal refusal = 0;
    const bool was_open = any_open(*order(id));
    std::vector<std::uint64_t> open;
    for (const std::uint64_t to : order(id)->routes)
        if (!route(to)->ended() && !route(to)->enquiry()) open.push_back(to);
    details<oms_line>([&](const oms_line& change) {
        if (refusal == 0) refusal = amend_line(id, change, open, pends);
    });
    if (refusal != 0) return refusal;
    details<oms_term>([&](const oms_term& term) {
        if (open.empty()) emit(as_effect(as_term(term), id, 0));
        for (const std::uint64_t to : open) emit(as_effect(as_term(term), id, to));
        pends = pends || !open.empty();
    });
    // A party that is told of new terms is told the quantity too.
    for (const std::uint64_t to : open) {
        const Route& at = *route(to);
        const bool has_terms = !at.terms().empty();
        const bool has_quantity = at.amending();
        if (!has_terms && !has_quantity) continue;
        for (std::size_t i = 0; i < at.lines.size(); ++i) {
            const RouteLine line = at.lines[i];
            if (line.amending == 0) count(at, line.line, line.counts, line.counts.ordered);
        }
        raise({id, to, static_cast<std::uint32_t>(Event::amend_asked), role_of(at), 0});
    }
    if (!was_open && !any_open(*order(id))) {
        say("all of it is done: it can only grow");
        return OMS_ERROR_too_late;
    }
    if (!pends)
        for (std::uint32_t line = 0; line < order(id)->lines.size(); ++line)
            static_cast<void>(hold_line(id, line, HoldMode::fact));
    return 0;
}

/// Less: taken from what is unrouted, then from the routes, the newest first. More: asked of the
/// one route that works it, or left unrouted. `pends` becomes true when a route must be asked.
Refusal Step::amend_line(std::uint64_t id, const oms_line& change,
                         const std::vector<std::uint64_t>& open, bool& pends) {
    const Line line = order(id)->lines[change.line];
    Counts counts = line.counts;
    std::int64_t delta = change.quantity - counts.ordered;
    std::vector<std::uint64_t> working;
    for (const std::uint64_t to : open)
        if (route(to)->find_line(change.line) != nullptr) working.push_back(to);
    const auto ask = [&](std::uint64_t to, std::int64_t by) {
        const RouteLine now = *route(to)->find_line(change.line);
        const std::int64_t asked = std::max(now.counts.done, now.counts.ordered + by);
        // Nothing of it is left there: that would be a cancel, which nobody asked for.
        if (asked == 0 || asked == now.counts.ordered) return std::int64_t{0};
        count(*route(to), change.line, now.counts, asked);
        pends = true;
        return asked - now.counts.ordered;
    };
    if (delta > 0 && counts.unrouted() == 0 && working.size() == 1) {
        ask(working.front(), delta);
        return 0;
    }
    const std::int64_t at_once = std::max(delta, -counts.unrouted());
    counts.ordered += at_once;
    delta -= at_once;
    count(*order(id), change.line, counts);
    for (auto to = working.rbegin(); to != working.rend() && delta < 0; ++to)
        delta -= ask(*to, delta);
    // What is done by now stays done; whatever else is left cannot be taken from anybody.
    if (-delta <= std::max(line.counts.done - change.quantity, std::int64_t{0})) return 0;
    say("what works on it can only be cancelled");
    return OMS_ERROR_below_done;
}

Refusal Step::amend_route() {
    const auto& amend = head<oms_amend_route>();
    const Route* known = route(amend.route);
    if (known == nullptr) return OMS_ERROR_unknown_route;
    if (known->ended()) return OMS_ERROR_route_ended;
    subject_ = known->order;
    made_ = known->id;
    touch(subject_);
    if (halted(OMS_halt_scope_all, 0) || halted(OMS_halt_scope_account, order(subject_)->account) ||
        halted(OMS_halt_scope_destination, known->destination))
        return OMS_ERROR_halted;
    if (known->enquiry()) {
        say("an enquiry has nothing at work; ask anew");
        return OMS_ERROR_not_in_this_state;
    }
    Refusal refusal = 0;
    std::uint32_t changes = 0;
    details<oms_route_line>([&](const oms_route_line& change) {
        ++changes;
        if (refusal == 0) refusal = amend_route_line(*known, change);
    });
    details<oms_term>([&](const oms_term& term) {
        ++changes;
        if (refusal == 0) refusal = check_term(term, order(subject_)->lines.size());
    });
    if (refusal == 0 && changes == 0) refusal = OMS_ERROR_no_lines;
    if (refusal == 0) refusal = try_amend(subject_, known->id);
    if (refusal != 0) return refusal;
    details<oms_term>(
        [&](const oms_term& term) { emit(as_effect(as_term(term), subject_, known->id)); });
    raise({subject_, made_, static_cast<std::uint32_t>(Event::amend_asked), role_of(*known), 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

Refusal Step::amend_route_line(const Route& at, const oms_route_line& change) {
    const RouteLine* line = at.find_line(change.line);
    if (line == nullptr) return OMS_ERROR_unknown_line;
    const Counts counts = line->counts;
    if (change.quantity <= 0 || change.quantity < counts.done) return OMS_ERROR_below_done;
    if (change.quantity - counts.ordered > free_of(*order(at.order), change.line, at.id))
        return OMS_ERROR_nothing_to_route;
    count(at, change.line, counts, change.quantity);
    return 0;
}

/// What of the line could still go somewhere: the unrouted, less what other routes were asked to
/// take of it and have not answered.
std::int64_t Step::free_of(const Order& of, std::uint32_t line, std::uint64_t but) const {
    Int128 asked = 0;
    for (const std::uint64_t to : of.routes) {
        const Route& at = *route(to);
        const RouteLine* own = at.find_line(line);
        if (to == but || own == nullptr || own->amending == 0 || at.enquiry()) continue;
        asked += std::max(own->amending - own->counts.ordered, std::int64_t{0});
    }
    return static_cast<std::int64_t>(std::max(of.lines[line].counts.unrouted() - asked, Int128{0}));
}

/// The action `apply_amend`: the party has taken it.
void Step::apply_amend(std::uint64_t id) {
    const std::uint64_t owner = route(id)->order;
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        if (at.amending != 0 && !route(id)->enquiry()) resize(id, at, at.amending);
    }
    const std::vector<Term> taken = copied_terms(*route(id));
    drop_terms(id);
    for (const Term& term : taken) emit(as_effect(term, owner, 0));
    // The terms may change what must be held for any line of the order.
    for (std::uint32_t line = 0; line < order(owner)->lines.size(); ++line)
        static_cast<void>(hold_line(owner, line, HoldMode::fact));
}

/// The action `drop_amend`: the party has refused it.
void Step::drop_amend(std::uint64_t id) {
    const std::uint64_t owner = route(id)->order;
    drop_terms(id);
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        if (at.amending != 0 && !route(id)->enquiry()) count(*route(id), at.line, at.counts, 0);
    }
    for (std::uint32_t line = 0; line < order(owner)->lines.size(); ++line)
        static_cast<void>(hold_line(owner, line, HoldMode::fact));
}

void Step::drop_terms(std::uint64_t id) {
    const std::vector<Term> dropped = copied_terms(*route(id));
    for (Term term : dropped) {
        term.type = 0;
        term.number = 0;
        term.text = CompactText();
        emit(as_effect(term, route(id)->order, id));
    }
}

}  // namespace oms::engine
