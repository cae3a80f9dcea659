// SPDX-License-Identifier: Apache-2.0
// A changed order. What works at a destination changes only when the destination says so.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

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

Term as_term(const oms_term& detail) {
    return {detail.line,    detail.field,  detail.type,
            detail.product, detail.number, std::string(view(detail.text))};
}

}  // namespace

Refusal Step::amend_order() {
    const auto& amend = head<oms_amend_order>();
    Refusal refusal = 0;
    const Order* known = target_order(amend.order, amend.target, refusal);
    if (known == nullptr) return refusal;
    subject_ = known->id;
    if (says_halted(OMS_halt_scope_all, 0) || says_halted(OMS_halt_scope_account, known->account))
        return OMS_ERROR_halted;
    if (refusal = check_amend(*known); refusal != 0) return refusal;
    raise({subject_, 0, static_cast<std::uint32_t>(Event::amend_asked), lifecycle::any_role, 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

/// Tries the amend as if it were done, so that checks and holds see it; then takes the try back and
/// keeps only the larger holds.
Refusal Step::check_amend(const Order& known) {
    const std::uint64_t id = known.id;
    Refusal refusal = 0;
    std::uint32_t changes = 0;
    details<oms_line>([&](const oms_line& line) {
        ++changes;
        if (line.line >= order(id)->lines.size() || order(id)->lines[line.line].has_parts)
            refusal = OMS_ERROR_unknown_line;
        else if (line.quantity <= 0)
            refusal = OMS_ERROR_quantity_not_positive;
    });
    details<oms_term>([&](const oms_term& term) {
        ++changes;
        if (refusal == 0) refusal = check_term(term, order(id)->lines.size());
    });
    if (refusal == 0 && changes == 0) refusal = OMS_ERROR_no_lines;
    if (refusal != 0) return refusal;

    World& tried = core_.world;
    const std::size_t mark = tried.undo.mark();
    trying_ = true;
    const auto apply = [&](const auto& effect) {
        const Status applied = tried.apply(*reinterpret_cast<const oms_record*>(&effect));
        OMS_ASSERT(applied.has_value());
    };
    details<oms_line>([&](const oms_line& change) {
        const Line& line = order(id)->lines[change.line];
        auto effect = make<oms_line_counted>();
        effect.order = id;
        effect.line = change.line;
        effect.product = line.product;
        effect.ordered = std::max(change.quantity, line.counts.done);
        effect.working = std::min(line.counts.working, effect.ordered - line.counts.done);
        effect.done = line.counts.done;
        effect.over = line.counts.over;
        effect.value = to_wide(line.value);
        apply(effect);
    });
    details<oms_term>([&](const oms_term& term) { apply(as_effect(as_term(term), id, 0)); });
    refusal = validate_lines(*order(id));
    if (refusal == 0) refusal = run_checks(id, 0, OMS_STAGE_amend);
    if (refusal == 0 && approval_needed_) {
        say("it needs approval: cancel it and place a new one");
        refusal = OMS_ERROR_check_refused;
    }
    std::vector<std::vector<Reservation>> wanted(order(id)->lines.size());
    for (std::uint32_t i = 0; refusal == 0 && i < wanted.size(); ++i)
        refusal = reserve(*order(id), i, 0, order(id)->lines[i].counts.open(), wanted[i]);
    tried.undo.roll_back(tried, mark);
    trying_ = false;
    for (const oms_cell_set& cell : tried_cells_) emit(cell);
    for (std::uint32_t i = 0; refusal == 0 && i < wanted.size(); ++i)
        refusal = hold_exactly(*order(id), i, 0, wanted[i], HoldMode::grow_only);
    return refusal;
}

/// The action `amend`. Answers whether something now pends at a destination.
bool Step::carry_out_amend(std::uint64_t id) {
    amend_pends_ = false;
    std::vector<std::uint64_t> open;
    for (const std::uint64_t id_of_route : order(id)->routes)
        if (!route(id_of_route)->ended()) open.push_back(id_of_route);
    details<oms_line>([&](const oms_line& change) {
        if (amend_line(id, change)) amend_pends_ = true;
    });
    details<oms_term>([&](const oms_term& term) {
        if (open.empty()) emit(as_effect(as_term(term), id, 0));
        for (const std::uint64_t to : open) emit(as_effect(as_term(term), id, to));
        amend_pends_ = amend_pends_ || !open.empty();
    });
    // A party that is told of new terms is told the quantity too.
    for (const std::uint64_t to : open) {
        const Route& at = *route(to);
        const bool has_terms = !at.terms.empty();
        const bool has_quantity =
            std::any_of(at.lines.begin(), at.lines.end(),
                        [](const RouteLine& line) { return line.amending != 0; });
        if (!has_terms && !has_quantity) continue;
        for (std::size_t i = 0; i < at.lines.size(); ++i) {
            const RouteLine line = route(to)->lines[i];
            if (line.amending == 0) count(*route(to), line.line, line.counts, line.counts.ordered);
        }
        raise({id, to, static_cast<std::uint32_t>(Event::amend_asked), role_of(*route(to)), 0});
    }
    if (!amend_pends_)
        for (std::uint32_t line = 0; line < order(id)->lines.size(); ++line)
            static_cast<void>(hold_line(id, line, HoldMode::fact));
    return amend_pends_;
}

/// Less: taken from what is unrouted, then from the routes, the newest first. More: asked of the
/// one route that works it, or left unrouted. Answers whether a route must be asked.
bool Step::amend_line(std::uint64_t id, const oms_line& change) {
    const Line line = order(id)->lines[change.line];
    Counts counts = line.counts;
    std::int64_t delta = change.quantity - counts.ordered;
    const auto working_routes = [&] {
        std::vector<std::uint64_t> found;
        for (const std::uint64_t to : order(id)->routes)
            for (const RouteLine& at : route(to)->lines)
                if (at.line == change.line && !route(to)->ended()) found.push_back(to);
        return found;
    }();
    const auto ask = [&](std::uint64_t to, std::int64_t by) {
        for (const RouteLine& at : route(to)->lines) {
            if (at.line != change.line) continue;
            const RouteLine now = at;
            const std::int64_t asked = std::max(now.counts.done, now.counts.ordered + by);
            if (asked > 0) count(*route(to), change.line, now.counts, asked);
            return asked - now.counts.ordered;
        }
        return std::int64_t{0};
    };
    if (delta > 0 && counts.unrouted() == 0 && working_routes.size() == 1)
        return ask(working_routes.front(), delta) != 0;
    if (delta < 0) {
        const std::int64_t unrouted = std::min(counts.unrouted(), -delta);
        counts.ordered -= unrouted;
        delta += unrouted;
        count(*order(id), change.line, counts, line.value);
        count_parents(id, change.line);
        bool asked = false;
        for (auto to = working_routes.rbegin(); to != working_routes.rend() && delta < 0; ++to) {
            const std::int64_t by = ask(*to, delta);
            delta -= by;
            asked = asked || by != 0;
        }
        return asked;
    }
    counts.ordered += delta;
    count(*order(id), change.line, counts, line.value);
    count_parents(id, change.line);
    return false;
}

Refusal Step::amend_route() {
    const auto& amend = head<oms_amend_route>();
    const Route* known = route(amend.route);
    if (known == nullptr) return OMS_ERROR_unknown_route;
    if (known->ended()) return OMS_ERROR_route_ended;
    subject_ = known->order;
    made_ = known->id;
    touch(subject_);
    Refusal refusal = 0;
    std::uint32_t changes = 0;
    details<oms_route_line>([&](const oms_route_line& change) {
        ++changes;
        for (const RouteLine& line : known->lines) {
            if (line.line != change.line) continue;
            const RouteLine now = line;
            const std::int64_t more = change.quantity - now.counts.ordered;
            if (change.quantity < now.counts.done || change.quantity <= 0)
                refusal = OMS_ERROR_below_done;
            else if (more > order(subject_)->lines[change.line].counts.unrouted())
                refusal = OMS_ERROR_nothing_to_route;
            else
                count(*known, change.line, now.counts, change.quantity);
            return;
        }
        refusal = OMS_ERROR_unknown_line;
    });
    details<oms_term>([&](const oms_term& term) {
        ++changes;
        if (refusal == 0) refusal = check_term(term, order(subject_)->lines.size());
        if (refusal == 0) emit(as_effect(as_term(term), subject_, known->id));
    });
    if (refusal == 0 && changes == 0) refusal = OMS_ERROR_no_lines;
    if (refusal != 0) return refusal;
    raise({subject_, made_, static_cast<std::uint32_t>(Event::amend_asked), role_of(*known), 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

/// The action `apply_amend`: the party has taken it. A quantity below what is done by now becomes
/// what is done.
void Step::apply_amend(std::uint64_t id) {
    const std::uint64_t owner = route(id)->order;
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        if (at.amending == 0) continue;
        const Line line = order(owner)->lines[at.line];
        Counts counts = at.counts;
        const std::int64_t ordered = std::max(at.amending, counts.done + counts.cancelled);
        const std::int64_t delta = ordered - counts.ordered;
        counts.ordered = ordered;
        counts.working = ordered + counts.over - counts.done - counts.cancelled;
        count(*route(id), at.line, counts, 0);
        Counts of_order = line.counts;
        of_order.working += counts.working - at.counts.working;
        // More at the party than the order had open is more ordered; less is less.
        const std::int64_t from_unrouted =
            delta > 0 ? std::min(delta, line.counts.unrouted()) : std::int64_t{0};
        of_order.ordered += delta - from_unrouted;
        count(*order(owner), at.line, of_order, line.value);
        count_parents(owner, at.line);
    }
    const std::vector<Term> taken = route(id)->terms;
    for (const Term& term : taken) {
        emit(as_effect(term, owner, 0));
        Term gone = term;
        gone.type = 0;
        gone.number = 0;
        gone.text.clear();
        emit(as_effect(gone, owner, id));
    }
    for (const RouteLine& at : route(id)->lines)
        static_cast<void>(hold_line(owner, at.line, HoldMode::fact));
}

/// The action `drop_amend`: the party has refused it.
void Step::drop_amend(std::uint64_t id) {
    const std::uint64_t owner = route(id)->order;
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        if (at.amending != 0) count(*route(id), at.line, at.counts, 0);
        static_cast<void>(hold_line(owner, at.line, HoldMode::fact));
    }
    const std::vector<Term> dropped = route(id)->terms;
    for (Term term : dropped) {
        term.type = 0;
        term.number = 0;
        term.text.clear();
        emit(as_effect(term, owner, id));
    }
}

}  // namespace oms::engine
