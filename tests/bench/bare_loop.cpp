// SPDX-License-Identifier: Apache-2.0
#include "bare_loop.hpp"

#include "figures.hpp"
#include "lifecycle/table.hpp"
#include "model/assert.hpp"

#include <oms/abi/errors.h>
#define XXH_INLINE_ALL
#include <xxhash.h>
#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <cstring>

namespace oms::bench {

using lifecycle::Event;
using sdk::make;
using sdk::text;
using sdk::view;

namespace {

constexpr std::string_view status_words[] = {
    "",          "pending_new",    "new",      "partially_filled",
    "filled",    "pending_cancel", "canceled", "authorising_payment",
    "preparing", "sent",           "working",  "cancelling",
    "done",      "ended"};

BareReference reference_of(const Reference& entry) {
    BareReference own;
    own.reference_class = entry.reference_class;
    own.scale = entry.scale;
    own.price_scale = entry.price_scale;
    own.group = entry.group;
    own.revision = entry.revision;
    own.code = entry.code;
    own.terms = entry.terms;
    for (const Term& term : entry.terms) {
        if (term.field == sdk::field::currency)
            own.currency = static_cast<std::uint32_t>(term.number);
        if (term.field == sdk::field::tick) own.tick = term.number;
        if (term.field == sdk::field::lot) own.lot = term.number;
    }
    return own;
}

BareParty party_of(const References& names, std::string_view code) {
    const Reference& entry = *names.find(names.id_of(OMS_class_destination, code));
    BareParty party;
    party.destination = entry.id;
    party.source = names.id_of(OMS_class_source, code);
    party.channel = entry.route_via;
    party.account = entry.group;
    for (const Term& term : entry.terms) {
        if (term.field == sdk::field::latitude) party.latitude = 1e-6 * double(term.number);
        if (term.field == sdk::field::longitude) party.longitude = 1e-6 * double(term.number);
    }
    return party;
}

std::uint64_t cell_hash(std::uint32_t owner, std::uint32_t cell, std::uint64_t a, std::uint64_t b) {
    return mixed(mixed(owner, cell), mixed(a, b));
}

}  // namespace

BareLoop::BareLoop(const World& world, const engine::Bindings& plugins,
                   const std::vector<oms_observation>& quotes, std::size_t orders_expected)
    : tables_(orders_expected),
      retire_after_ns_(plugins.limits.retire_after_ns),
      seq_(world.seq),
      epoch_(world.epoch),
      observed_(quotes.size()) {
    const References& names = world.references;
    for (const Reference& entry : names.all()) tables_.references.push_back(reference_of(entry));
    for (const engine::CheckBinding& binding : plugins.checks) {
        BareCheck check{binding.plugin,
                        binding.capability,
                        names.id_of(OMS_class_plugin, binding.instance),
                        {}};
        for (const std::string& code : binding.denial_codes)
            check.rules.push_back(names.id_of(OMS_class_rule, binding.instance + "." + code));
        checks_.push_back(std::move(check));
    }
    names_.trade = names.id_of(OMS_class_order_kind, "trade");
    names_.online_order = names.id_of(OMS_class_order_kind, "online_order");
    names_.equity_rule = names.id_of(OMS_class_rule, "equity.CURRENCY_MISSING");
    names_.goods_rule = names.id_of(OMS_class_rule, "goods.SKU_MALFORMED");
    names_.cancel_done = names.id_of(OMS_class_event, "cancel_done");
    names_.cancel_over = names.id_of(OMS_class_event, "cancel_over");
    names_.take_payment = names.id_of(OMS_class_event, "take_payment");
    names_.paid_for = names.id_of(OMS_class_event, "paid_for");
    names_.capture = names.id_of(OMS_class_event, "capture");
    names_.venues = 0;
    names_.places = 2;
    names_.acquirer = 4;
    for (const char* code : {"venue-1", "venue-2", "berlin", "munich", "acquirer"})
        tables_.parties.push_back(party_of(names, code));
    tables_.observations = quotes;
    for (const auto& [key, balance] : world.ledger.all())
        tables_.balance(key.account, key.asset) = {key.account, key.asset, balance.balance,
                                                   balance.held};
    for (const auto& [key, value] : world.cells.all()) {
        const auto& [owner, cell, a, b] = key;
        tables_.cells.insert(cell_hash(owner, cell, a, b), {owner, cell, a, b, value});
    }
}

// ---- the way of an input ------------------------------------------------------------------------

std::uint32_t BareLoop::decide(const oms_batch& input, std::int64_t now, Frame& frame) {
    now_ = now;
    draft_.clear();
    reads_.clear();
    subject_ = 0;
    key_ = {};
    origin_ = 0;
    const std::uint64_t seq_before = seq_;
    const std::uint32_t code =
        input.first->kind == OMS_RECORD_report
            ? decide_report(*reinterpret_cast<const oms_report*>(input.first), input)
            : decide_request(input);
    if (seq_ != seq_before) write(frame, input.first->kind);
    return code;
}

std::uint32_t BareLoop::decide_request(const oms_batch& input) {
    const auto& head = *reinterpret_cast<const oms_place_order*>(input.first);
    const std::string_view key = view(head.key);
    const std::uint64_t hash = mixed(XXH3_64bits(key.data(), key.size()), head.origin);
    input_.clear();
    for (const oms_record& record : sdk::Records(input)) encode(record, input_);
    fingerprint_ = XXH3_64bits(input_.data(), input_.size());
    if (const BareKey* known = tables_.keys.find(hash, [&](const BareKey& each) {
            return each.origin == head.origin && each.key == key;
        }))
        return known->fingerprint == fingerprint_ ? known->code
                                                  : std::uint32_t{OMS_ERROR_key_reused};
    ++seq_;
    key_ = key;
    origin_ = head.origin;
    keep_input(input);
    std::uint32_t code = OMS_ERROR_malformed_input;
    std::uint64_t made = 0;
    if (head.kind == OMS_RECORD_place_order) {
        const std::uint64_t order = subject_ = made = open_order(head, input);
        code = head.order_kind == names_.trade ? place_share(order) : place_cart(order);
        if (code != 0) undo_order(order);
        if (code != 0) subject_ = made = 0;
    } else if (head.kind == OMS_RECORD_cancel_order) {
        code = cancel_share(*reinterpret_cast<const oms_cancel_order*>(input.first));
    }
    tables_.keys.insert(hash, {std::string(key), head.origin, code, seq_, fingerprint_});
    answer(code, made);
    return code;
}

std::uint32_t BareLoop::decide_report(const oms_report& report, const oms_batch& input) {
    ++seq_;
    keep_input(input);
    if (report.route == 0 || report.route >= tables_.routes.size())
        return OMS_ERROR_unknown_destination;
    subject_ = tables_.routes[report.route].order;
    BareOrder& order = tables_.orders[subject_];
    if (report.type == OMS_report_executed &&
        knows(order, report.route, view(report.execution_ref)))
        return 0;
    order.changed_seq = seq_;
    if (order.kind == names_.trade)
        report_share(report);
    else
        report_cart(report, input);
    return 0;
}

void BareLoop::keep_input(const oms_batch& input) {
    for (const oms_record& record : sdk::Records(input)) draft_.add_input(record);
}

void BareLoop::answer(std::uint32_t code, std::uint64_t id) {
    auto effect = make<oms_answered>();
    effect.code = code;
    effect.order = subject_;
    effect.id = id;
    effect.fingerprint = fingerprint_;
    emit(effect);
}

void BareLoop::write(Frame& frame, std::uint32_t cause) {
    auto header = make<oms_decision>();
    header.seq = seq_;
    header.time = now_;
    header.cause = cause;
    header.effects = draft_.count();
    header.order = subject_;
    header.origin = origin_;
    header.observed = observed_;
    header.epoch = epoch_;
    header.key = text(key_);
    frame.add(header, draft_.view());
}

// ---- orders and their checks --------------------------------------------------------------------

std::uint64_t BareLoop::open_order(const oms_place_order& head, const oms_batch& input) {
    const std::uint64_t id = tables_.orders.size();
    BareOrder& order = tables_.orders.emplace_back();
    order.kind = head.order_kind;
    order.account = head.account;
    order.origin = head.origin;
    order.opened = now_;
    order.changed_seq = seq_;
    order.key = key_;
    order.first_line = static_cast<std::uint32_t>(tables_.lines.size());
    order.first_term = static_cast<std::uint32_t>(tables_.terms.size());
    auto opened = make<oms_order_opened>();
    opened.order = id;
    opened.order_kind = head.order_kind;
    opened.account = head.account;
    opened.lifecycle = head.order_kind == names_.trade ? 0 : 2;
    opened.origin = head.origin;
    opened.key = head.key;
    emit(opened);
    for (const oms_record& record : sdk::Records(input)) {
        if (const auto* line = sdk::as<oms_line>(record)) {
            BareLine& own = tables_.lines.emplace_back();
            own.product = line->product;
            own.direction = static_cast<std::uint8_t>(line->direction);
            own.role = static_cast<std::uint8_t>(line->role);
            own.revision = tables_.reference(line->product).revision;
            own.counts.ordered = line->quantity;
            auto effect = make<oms_line_opened>();
            effect.order = id;
            effect.line = order.lines++;
            effect.product = line->product;
            effect.direction = line->direction;
            effect.role = line->role;
            effect.parent_line = OMS_WHOLE_ORDER;
            effect.ordered = line->quantity;
            effect.product_revision = own.revision;
            emit(effect);
        } else if (const auto* term = sdk::as<oms_term>(record)) {
            tables_.terms.push_back({term->line, term->field, term->product, term->number});
            ++order.terms;
            auto effect = make<oms_term_set>();
            effect.order = id;
            effect.line = term->line;
            effect.field = term->field;
            effect.type = term->type;
            effect.product = term->product;
            effect.number = term->number;
            emit(effect);
        }
    }
    return id;
}

/// Before it has a route. What was refused leaves a hold of nothing and an order of no lines: ids
/// are not given twice.
void BareLoop::undo_order(std::uint64_t id) {
    BareOrder& order = tables_.orders[id];
    for (std::uint32_t index = 0; index < order.lines; ++index)
        if (const std::uint64_t held = tables_.line(order, index).hold; held != 0)
            set_hold(held, 0);
    order.lines = order.terms = 0;
    draft_.clear();
}

bool BareLoop::pass_checks(std::uint64_t order, std::uint32_t stage, std::uint64_t route) {
    return std::all_of(checks_.begin(), checks_.end(), [&](const BareCheck& check) {
        return BareCall(*this, check, order).run(stage, route);
    });
}

void BareLoop::approve(std::uint64_t order, std::uint32_t rule) {
    auto effect = make<oms_verdict>();
    effect.order = order;
    effect.rule = rule;
    effect.outcome = OMS_outcome_pass;
    emit(effect);
}

void BareLoop::retire_later(std::uint64_t order) {
    tables_.retiring.push_back({now_ + retire_after_ns_, order});
    auto effect = make<oms_timer_set>();
    effect.timer = ++timers_;
    effect.order = order;
    effect.due = now_ + retire_after_ns_;
    emit(effect);
}

const oms_observation* BareLoop::read(std::uint32_t product, std::uint32_t field,
                                      std::uint32_t source) {
    const oms_observation* found = tables_.observation(product, field, source);
    if (found == nullptr || std::find(reads_.begin(), reads_.end(), found) != reads_.end())
        return found;
    reads_.push_back(found);
    auto effect = make<oms_observation_read>();
    effect.product = found->product;
    effect.source = found->source;
    effect.field = found->field;
    effect.value = found->value;
    effect.time = found->time;
    emit(effect);
    return found;
}

const BareCell* BareLoop::cell(std::uint32_t owner, std::uint32_t cell, std::uint64_t key_a,
                               std::uint64_t key_b) {
    return tables_.cells.find(cell_hash(owner, cell, key_a, key_b), [&](const BareCell& each) {
        return each.owner == owner && each.cell == cell && each.key_a == key_a &&
               each.key_b == key_b;
    });
}

void BareLoop::move(std::uint64_t order, std::uint64_t route, std::uint32_t region,
                    std::uint32_t state, std::uint32_t event) {
    auto effect = make<oms_region_moved>();
    effect.order = order;
    effect.route = route;
    effect.region = region;
    effect.state = state;
    effect.event = event;
    emit(effect);
}

void BareLoop::slot(std::uint64_t order, std::uint32_t slot, std::int64_t value) {
    auto effect = make<oms_slot_set>();
    effect.order = order;
    effect.slot = slot;
    effect.value = value;
    emit(effect);
}

void BareLoop::tell(std::uint64_t order, std::uint64_t route, BareStatus status) {
    BareStatus& shown = route != 0 ? tables_.routes[route].status : tables_.orders[order].status;
    if (shown == status) return;
    shown = status;
    auto effect = make<oms_status_changed>();
    effect.order = order;
    effect.route = route;
    effect.status = text(status_words[static_cast<std::size_t>(status)]);
    emit(effect);
}

// ---- routes -------------------------------------------------------------------------------------

std::uint64_t BareLoop::open_route(std::uint64_t order, std::uint32_t party) {
    const std::uint64_t id = tables_.routes.size();
    BareRoute& route = tables_.routes.emplace_back();
    route.order = order;
    route.party = party;
    route.first_line = static_cast<std::uint32_t>(tables_.route_lines.size());
    BareOrder& of = tables_.orders[order];
    (of.routes[0] == 0 ? of.routes[0] : of.routes[1]) = id;
    auto effect = make<oms_route_opened>();
    effect.route = id;
    effect.order = order;
    effect.destination = tables_.parties[party].destination;
    effect.lifecycle = 1;
    effect.channel = tables_.parties[party].channel;
    emit(effect);
    return id;
}

void BareLoop::add_route_line(std::uint64_t id, std::uint32_t line, std::int64_t quantity) {
    BareRoute& route = tables_.routes[id];
    BareRouteLine& own = tables_.route_lines.emplace_back();
    ++route.lines;
    own.line = line;
    own.counts.ordered = own.counts.working = quantity;
    count_route(id, own);
    tables_.line(tables_.orders[route.order], line).counts.working += quantity;
    count(route.order, line);
}

BareRouteLine& BareLoop::route_line(std::uint64_t id, std::uint32_t line) {
    const BareRoute& route = tables_.routes[id];
    for (std::uint32_t at = 0; at < route.lines; ++at)
        if (tables_.route_lines[route.first_line + at].line == line)
            return tables_.route_lines[route.first_line + at];
    die("the bare loop has no such line of a route");
}

void BareLoop::send(std::uint64_t id, std::uint32_t action, std::uint64_t attempt,
                    std::uint32_t event) {
    const BareRoute& route = tables_.routes[id];
    const BareOrder& order = tables_.orders[route.order];
    const BareRouteLine& first = tables_.route_lines[route.first_line];
    BareParty& party = tables_.parties[route.party];
    auto effect = make<oms_intent>();
    effect.channel = party.channel;
    effect.action = action;
    effect.out_seq = ++party.out_seq;
    effect.route = id;
    effect.order = route.order;
    effect.destination = party.destination;
    effect.event = event;
    effect.line = route.lines == 1 ? first.line : OMS_WHOLE_ORDER;
    effect.product = tables_.line(order, first.line).product;
    effect.quantity = route.lines == 1 ? first.counts.working : 0;
    effect.attempt = attempt;
    effect.account = order.account;
    emit(effect);
}

void BareLoop::name_route(std::uint64_t id, std::string_view external_ref) {
    BareRoute& route = tables_.routes[id];
    route.external_ref = external_ref;
    const std::uint64_t hash =
        mixed(XXH3_64bits(external_ref.data(), external_ref.size()), route.party);
    tables_.routes_by_ref.insert(hash, id);
    tell_route(id);
    move(route.order, id, 0, 1, static_cast<std::uint32_t>(Event::acked));
}

void BareLoop::tell_route(std::uint64_t id) {
    const BareRoute& route = tables_.routes[id];
    auto effect = make<oms_route_changed>();
    effect.route = id;
    effect.order = route.order;
    effect.flags = route.ended ? OMS_ROUTE_ENDED : 0;
    effect.external_ref = text(route.external_ref);
    emit(effect);
}

void BareLoop::end_route(std::uint64_t id, std::uint32_t event, BareStatus status) {
    BareRoute& route = tables_.routes[id];
    route.ended = true;
    move(route.order, id, 0, status == BareStatus::done ? 2 : 4, event);
    tell_route(id);
}

// ---- counts and books ---------------------------------------------------------------------------

bool BareLoop::knows(const BareOrder& order, std::uint64_t route, std::string_view ref) const {
    for (std::uint32_t at = order.newest_execution; at != 0; at = tables_.executions[at].older)
        if (tables_.executions[at].route == route && tables_.executions[at].external_ref == ref)
            return true;
    return false;
}

/// The execution, and the counts of route and order.
void BareLoop::book(std::uint64_t id, std::uint32_t index, std::int64_t quantity,
                    std::int64_t price, std::string_view external_ref) {
    const std::uint64_t owner = tables_.routes[id].order;
    BareOrder& order = tables_.orders[owner];
    BareLine& line = tables_.line(order, index);
    BareExecution& done = tables_.executions.emplace_back();
    done = {id, index, order.newest_execution, quantity, price, std::string(external_ref)};
    order.newest_execution = static_cast<std::uint32_t>(tables_.executions.size() - 1);
    auto effect = make<oms_executed>();
    effect.execution = order.newest_execution;
    effect.route = id;
    effect.order = owner;
    effect.line = index;
    effect.product = line.product;
    effect.quantity = quantity;
    effect.price = price;
    effect.time = now_;
    effect.external_ref = text(external_ref);
    emit(effect);
    BareRouteLine& there = route_line(id, index);
    const std::int64_t expected = std::min(there.counts.working, quantity);
    for (Counts* counts : {&there.counts, &line.counts}) {
        counts->working -= expected;
        counts->done += quantity;
        counts->settle();
    }
    line.value += Int128{price} * quantity;
    count_route(id, there);
    count(owner, index);
}

void BareLoop::count(std::uint64_t order, std::uint32_t index) {
    const BareLine& line = tables_.line(tables_.orders[order], index);
    auto effect = make<oms_line_counted>();
    effect.order = order;
    effect.line = index;
    effect.product = line.product;
    effect.ordered = line.counts.ordered;
    effect.working = line.counts.working;
    effect.done = line.counts.done;
    effect.cancelled = line.counts.cancelled;
    effect.over = line.counts.over;
    effect.value = to_wide(line.value);
    emit(effect);
}

void BareLoop::count_route(std::uint64_t route, const BareRouteLine& line) {
    const std::uint64_t order = tables_.routes[route].order;
    auto effect = make<oms_route_line_counted>();
    effect.route = route;
    effect.order = order;
    effect.line = line.line;
    effect.product = tables_.line(tables_.orders[order], line.line).product;
    effect.ordered = line.counts.ordered;
    effect.working = line.counts.working;
    effect.done = line.counts.done;
    effect.cancelled = line.counts.cancelled;
    effect.over = line.counts.over;
    emit(effect);
}

void BareLoop::transfer(std::uint64_t order, std::uint32_t from, std::uint32_t to,
                        std::uint32_t asset, std::int64_t amount) {
    tables_.balance(from, asset).balance -= amount;
    tables_.balance(to, asset).balance += amount;
    auto effect = make<oms_transferred>();
    effect.order = order;
    effect.execution = tables_.executions.size() - 1;
    effect.from = from;
    effect.to = to;
    effect.asset = asset;
    effect.amount = amount;
    emit(effect);
}

bool BareLoop::hold(std::uint64_t order, std::uint32_t line, std::uint64_t route,
                    std::uint32_t account, std::uint32_t asset, std::int64_t amount) {
    const BareBalance& balance = tables_.balance(account, asset);
    if (balance.balance - balance.held < amount) return false;
    const std::uint64_t id = tables_.holds.size();
    tables_.holds.push_back({order, route, line, account, asset, 0});
    tables_.line(tables_.orders[order], line).hold = id;
    set_hold(id, amount);
    return true;
}

void BareLoop::set_hold(std::uint64_t id, std::int64_t amount) {
    BareHold& own = tables_.holds[id];
    tables_.balance(own.account, own.asset).held += amount - own.amount;
    own.amount = amount;
    auto effect = make<oms_hold_set>();
    effect.hold = id;
    effect.order = own.order;
    effect.route = own.route;
    effect.line = own.line;
    effect.account = own.account;
    effect.asset = own.asset;
    effect.amount = amount;
    emit(effect);
}

// ---- is it the same? ----------------------------------------------------------------------------

void BareLoop::compare(const World& world) const {
    const auto same = [](bool is_same, const char* what) {
        if (!is_same) die(std::string("the bare loop came to other ") + what);
    };
    same(seq_ == world.seq, "decisions");
    same(tables_.orders.size() == world.orders.size() + 1, "orders");
    const auto same_status = [&](BareStatus own, std::uint32_t shown) {
        same(status_words[static_cast<std::size_t>(own)] == world.status_words.at(shown),
             "statuses");
    };
    std::size_t executions = 0;
    world.orders.each([&](const Order& order) {
        const BareOrder& own = tables_.orders[order.id];
        same(own.key == order.key && own.account == order.account, "orders");
        same(own.lines == order.lines.size(), "lines");
        same_status(own.status, order.status);
        for (std::uint32_t index = 0; index < own.lines; ++index) {
            const BareLine& line = tables_.lines[own.first_line + index];
            same(line.counts == order.lines[index].counts, "counts");
            same(line.value == order.value(index), "values");
        }
        executions += order.extras().executions.size();
    });
    same(tables_.executions.size() == executions + 1, "executions");
    same(tables_.routes.size() == world.routes.size() + 1, "routes");
    world.routes.each([&](const Route& route) {
        const BareRoute& own = tables_.routes[route.id];
        same(own.external_ref == route.external_ref && own.ended == route.ended(), "routes");
        same_status(own.status, route.status);
        for (std::uint32_t index = 0; index < own.lines; ++index)
            same(tables_.route_lines[own.first_line + index].counts == route.lines[index].counts,
                 "counts of routes");
    });
    std::size_t balances = 0;
    tables_.balances.each([&](const BareBalance& own) {
        const Balance balance = world.ledger.get({own.asset, OMS_bucket_on_hand, own.account});
        same(balance.balance == own.balance && balance.held == own.held, "balances");
        if (own.balance != 0 || own.held != 0) ++balances;
    });
    same(balances == world.ledger.all().size(), "balances");
    std::size_t held = 0;
    for (const BareHold& own : tables_.holds)
        if (own.amount != 0) ++held;
    same(held == world.holds.size(), "holds");
}

}  // namespace oms::bench
