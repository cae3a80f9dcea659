// SPDX-License-Identifier: Apache-2.0
// An execution moves counts, books and, for a block, the orders that it gathers from; a reversal
// moves the same back.
#include "engine/step.hpp"

#include <algorithm>
#include <numeric>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;

void Step::count(const Order& of, std::uint32_t index, Counts counts, Int128 value) {
    counts.settle();
    OMS_ASSERT(counts.working >= 0 && counts.done >= 0 && counts.cancelled >= 0 &&
               counts.unrouted() >= 0);
    const Line& line = of.lines[index];
    if (line.counts == counts && of.value(index) == value) return;
    auto effect = make<oms_line_counted>();
    effect.order = of.id;
    effect.line = index;
    effect.product = line.product;
    effect.ordered = counts.ordered;
    effect.working = counts.working;
    effect.done = counts.done;
    effect.cancelled = counts.cancelled;
    effect.over = counts.over;
    effect.value = to_wide(value);
    emit(effect);
    touch(of.id);
    if (line.parent_line != OMS_WHOLE_ORDER) count_whole(of, line.parent_line);
}

void Step::count(const Route& of, std::uint32_t line, Counts counts, std::int64_t amending) {
    counts.settle();
    OMS_ASSERT(counts.working >= 0 && counts.done >= 0 && counts.cancelled >= 0 &&
               counts.unrouted() == 0);
    auto effect = make<oms_route_line_counted>();
    effect.route = of.id;
    effect.order = of.order;
    effect.line = line;
    effect.product = order(of.order)->lines[line].product;
    effect.ordered = counts.ordered;
    effect.working = counts.working;
    effect.done = counts.done;
    effect.cancelled = counts.cancelled;
    effect.over = counts.over;
    effect.amending = amending;
    emit(effect);
}

/// A line that has parts counts in whole units: as many as its scarcest part allows.
void Step::count_whole(const Order& of, std::uint32_t index) {
    std::int64_t done = INT64_MAX;
    std::int64_t reached = INT64_MAX;    // done or working
    std::int64_t reachable = INT64_MAX;  // not cancelled
    for (const Line& part : of.lines) {
        if (part.parent_line != index) continue;
        const std::int64_t ratio = part.ratio;
        done = std::min(done, part.counts.done / ratio);
        reached = std::min(reached, (part.counts.done + part.counts.working) / ratio);
        reachable = std::min(reachable, (part.counts.ordered - part.counts.cancelled) / ratio);
    }
    const Line& whole = of.lines[index];
    Counts counts = whole.counts;
    counts.done = std::min(done, counts.ordered);
    counts.cancelled =
        std::clamp(counts.ordered - reachable, std::int64_t{0}, counts.ordered - counts.done);
    counts.working = std::clamp(reached - counts.done, std::int64_t{0},
                                counts.ordered - counts.done - counts.cancelled);
    count(of, index, counts);
}

/// The party works another quantity from now on, as it was asked to or by itself; one below what
/// is done by now becomes what is done. The order's line follows: more is taken from what is
/// unrouted before it counts as ordered, less was ordered less. The order's holds are the caller's.
void Step::resize(std::uint64_t id, const RouteLine& at, std::int64_t wanted) {
    const std::uint64_t owner = route(id)->order;
    Counts there = at.counts;
    there.ordered = std::max(wanted, there.done - there.over);
    there.working = std::max(there.ordered - there.done - there.cancelled, std::int64_t{0});
    there.settle();
    count(*route(id), at.line, there, 0);
    const Line line = order(owner)->lines[at.line];
    Counts counts = line.counts;
    const std::int64_t more = there.working - at.counts.working;
    counts.working += more;
    counts.ordered += more < 0 ? more : std::max(more - line.counts.unrouted(), std::int64_t{0});
    // What was over there may just have been ordered.
    counts.ordered += std::min(counts.over, std::max(at.counts.over - there.over, std::int64_t{0}));
    count(*order(owner), at.line, counts);
    static_cast<void>(hold_route_line(id, at.line, HoldMode::fact));
}

/// So much of a route's line works no more: it is unrouted again.
void Step::give_back(std::uint64_t id, const RouteLine& at, std::int64_t quantity,
                     std::int64_t amending) {
    const Order& of = *order(route(id)->order);
    const std::int64_t held_before = held_for(of, at.line);
    Counts there = at.counts;
    there.working -= quantity;
    there.cancelled += quantity;
    count(*route(id), at.line, there, amending);
    Counts counts = of.lines[at.line].counts;
    counts.working -= quantity;
    count(of, at.line, counts);
    static_cast<void>(hold_route_line(id, at.line, HoldMode::fact));
    if (held_for(of, at.line) != held_before || amending != at.amending)
        static_cast<void>(hold_line(of.id, at.line, HoldMode::fact));
}

void Step::execute(std::uint64_t id, std::uint32_t index, std::int64_t quantity, std::int64_t price,
                   std::uint64_t refers_to) {
    const Route& at = *route(id);
    const std::uint64_t owner = at.order;
    const RouteLine own = *at.find_line(index);
    Counts there = own.counts;
    const std::int64_t expected = std::min(there.working, quantity);
    there.working -= expected;
    there.done += quantity;

    auto effect = make<oms_executed>();
    effect.execution = world().next.execution;
    effect.route = id;
    effect.order = owner;
    effect.line = index;
    effect.product = own.product;
    effect.quantity = quantity;
    effect.price = price;
    effect.refers_to = refers_to;
    effect.time = now_;
    if (const auto* told = sdk::as<oms_report>(*head_)) {
        if (told->time != 0) effect.time = told->time;
        effect.external_ref = told->execution_ref;
    }
    emit(effect);
    count(at, index, there, own.amending);

    const Line line = order(owner)->lines[index];
    Counts counts = line.counts;
    counts.working -= expected;
    counts.done += quantity;
    count(*order(owner), index, counts, order(owner)->value(index) + Int128{price} * quantity);
    if (quantity > expected) {
        anomaly(owner, id, "more was executed than worked there");
        if (order(owner)->lines[index].counts.over > line.counts.over)
            open_task(owner, id, "operations", "More was executed than was ordered", "noted");
    }
    const Reference* party = world().references.find(at.destination);
    post_execution(*order(owner), order(owner)->extras().executions.back(), at.destination,
                   party == nullptr ? 0 : party->group);
    static_cast<void>(hold_route_line(id, index, HoldMode::fact));
    static_cast<void>(hold_line(owner, index, HoldMode::fact));
    apportion(owner, effect.execution);
}

void Step::reverse(std::uint64_t owner, std::uint64_t execution, std::uint32_t state) {
    const auto& all = order(owner)->extras().executions;
    const Execution done = *std::find_if(
        all.begin(), all.end(), [&](const Execution& other) { return other.id == execution; });
    auto changed = make<oms_execution_changed>();
    changed.execution = execution;
    changed.order = owner;
    changed.state = state;
    if (const auto* told = sdk::as<oms_report>(*head_)) changed.external_ref = told->execution_ref;
    emit(changed);

    // It works again, as far as it was not over, unless the party has cancelled the rest there.
    std::int64_t open = done.quantity;
    bool works_again = true;
    if (const Route* at = done.route == 0 ? nullptr : route(done.route)) {
        const RouteLine own = *at->find_line(done.line);
        Counts there = own.counts;
        there.done -= done.quantity;
        open -= std::min(there.over, done.quantity);
        works_again = there.cancelled == 0;
        (works_again ? there.working : there.cancelled) += open;
        count(*at, done.line, there, own.amending);
    }
    const Line line = order(owner)->lines[done.line];
    Counts counts = line.counts;
    counts.done -= done.quantity;
    if (works_again)
        counts.working += open;
    else if (counts.cancelled > 0)
        counts.cancelled += done.quantity;
    count(*order(owner), done.line, counts,
          order(owner)->value(done.line) - Int128{done.price} * done.quantity);
    post_reversal(owner, execution);
    if (done.route != 0) static_cast<void>(hold_route_line(done.route, done.line, HoldMode::fact));
    static_cast<void>(hold_line(owner, done.line, HoldMode::fact));
    take_back(owner, execution, state);
}

// ---- books --------------------------------------------------------------------------------------

void Step::transfer(const oms_transfer& leg, std::uint64_t of_order, std::uint64_t execution) {
    note_balance({leg.asset, leg.from_bucket, leg.from});
    note_balance({leg.asset, leg.to_bucket, leg.to});
    auto effect = make<oms_transferred>();
    effect.order = of_order;
    effect.execution = execution;
    effect.from = leg.from;
    effect.to = leg.to;
    effect.from_bucket = leg.from_bucket;
    effect.to_bucket = leg.to_bucket;
    effect.asset = leg.asset;
    effect.amount = leg.amount;
    emit(effect);
}

/// Remembers how much was available before the step changes it.
void Step::note_balance(const BalanceKey& key) {
    if (!draft_.available_before.contains(key))
        draft_.available_before.emplace(key, world().ledger.get(key).available());
}

/// A fact may take what is not there, then a person is told; and what waits for more may go on.
void Step::mind_balances() {
    bool newly_short = false;
    for (const auto& [key, before] : draft_.available_before) {
        const Int128 now = world().ledger.get(key).available();
        if (before >= 0 && now < 0) {
            const Reference* owner = world().references.find(key.account);
            newly_short |= owner == nullptr || !owner->external();
        }
        if (now > before) core_.hit_watches(key);
    }
    if (newly_short)
        open_task(subject_, 0, "operations", "An account has less than was taken or is held",
                  "noted");
}

void Step::post_reversal(std::uint64_t owner, std::uint64_t execution) {
    const std::vector<Posting> postings = order(owner)->extras().postings;
    for (const Posting& posting : postings) {
        if (posting.execution != execution) continue;
        auto back = make<oms_transfer>();
        back.from = posting.to;
        back.to = posting.from;
        back.from_bucket = posting.to_bucket;
        back.to_bucket = posting.from_bucket;
        back.asset = posting.asset;
        back.amount = posting.amount;
        transfer(back, owner, 0);
    }
}

// ---- blocks -------------------------------------------------------------------------------------

namespace {

/// In proportion to what each source still has in the block's line, the largest remainders first:
/// the parts add up to the quantity, and the same numbers always give the same parts.
std::vector<std::int64_t> in_proportion(const std::vector<Source>& sources, std::uint32_t line,
                                        Int128 quantity, Int128 open) {
    std::vector<std::int64_t> parts(sources.size(), 0);
    std::vector<std::pair<Int128, std::size_t>> rests;
    Int128 given = 0;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (sources[i].line != line || sources[i].open() == 0) continue;
        const Int128 exact = quantity * sources[i].open();
        parts[i] = static_cast<std::int64_t>(exact / open);
        given += parts[i];
        rests.emplace_back(-(exact % open), i);
    }
    std::sort(rests.begin(), rests.end());
    for (std::size_t i = 0; given < quantity; ++i, ++given) ++parts[rests[i].second];
    return parts;
}

}  // namespace

void Step::set_source(std::uint64_t block, const Source& source) {
    auto effect = make<oms_source_set>();
    effect.order = block;
    effect.source_order = source.order;
    effect.line = source.line;
    effect.source_line = source.source_line;
    effect.product = order(block)->lines[source.line].product;
    effect.quantity = source.quantity;
    effect.done = source.done;
    effect.returned = source.returned;
    emit(effect);
}

void Step::apportion(std::uint64_t block, std::uint64_t execution) {
    if (order(block)->extras().sources.empty()) return;
    const Execution done = order(block)->extras().executions.back();
    OMS_ASSERT(done.id == execution);
    const std::vector<Source> sources = order(block)->extras().sources;
    Int128 open = 0;
    for (const Source& source : sources)
        if (source.line == done.line) open += source.open();
    if (open == 0) return;
    const std::vector<std::int64_t> parts =
        in_proportion(sources, done.line, std::min(Int128{done.quantity}, open), open);
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (parts[i] == 0) continue;
        Source source = sources[i];
        source.done += parts[i];
        set_source(block, source);
        auto executed = make<oms_executed>();
        executed.execution = world().next.execution;
        executed.order = source.order;
        executed.line = source.source_line;
        executed.product = done.product;
        executed.quantity = parts[i];
        executed.price = done.price;
        executed.time = done.time;
        emit(executed);
        auto part = make<oms_apportioned>();
        part.execution = execution;
        part.order = block;
        part.source_order = source.order;
        part.line = source.line;
        part.source_line = source.source_line;
        part.product = done.product;
        part.quantity = parts[i];
        part.source_execution = executed.execution;
        emit(part);
        const Line line = order(source.order)->lines[source.source_line];
        Counts counts = line.counts;
        counts.working -= parts[i];
        counts.done += parts[i];
        count(*order(source.order), source.source_line, counts,
              order(source.order)->value(source.source_line) + Int128{done.price} * parts[i]);
        post_execution(*order(source.order), order(source.order)->extras().executions.back(), 0,
                       order(block)->account);
        static_cast<void>(hold_line(source.order, source.source_line, HoldMode::fact));
        apportion(source.order, executed.execution);
        raise({source.order, 0, static_cast<std::uint32_t>(Event::source_executed),
               lifecycle::any_role, parts[i]});
    }
}

void Step::take_back(std::uint64_t block, std::uint64_t execution, std::uint32_t state) {
    const std::vector<Apportionment> parts = order(block)->extras().apportionments;
    for (const Apportionment& part : parts) {
        if (part.execution != execution || order(part.source_order) == nullptr) continue;
        for (const Source& known : std::vector<Source>(order(block)->extras().sources)) {
            if (known.order != part.source_order || known.line != part.line ||
                known.source_line != part.source_line)
                continue;
            Source less = known;
            less.done -= part.quantity;
            set_source(block, less);
        }
        reverse(part.source_order, part.source_execution, state);
        raise({part.source_order, 0, static_cast<std::uint32_t>(Event::route_reversed),
               lifecycle::any_role, part.quantity});
    }
}

void Step::return_to_sources(std::uint64_t block) {
    const std::vector<Source> sources = order(block)->extras().sources;
    for (const Source& source : sources) {
        const std::int64_t open = source.open();
        const Order* from = order(source.order);
        if (open == 0 || from == nullptr) continue;
        Source returned = source;
        returned.returned += open;
        set_source(block, returned);
        const Line line = from->lines[source.source_line];
        Counts counts = line.counts;
        counts.working -= open;
        count(*from, source.source_line, counts);
        static_cast<void>(hold_line(source.order, source.source_line, HoldMode::fact));
        raise({source.order, 0, static_cast<std::uint32_t>(Event::source_returned),
               lifecycle::any_role, open});
    }
}

}  // namespace oms::engine
