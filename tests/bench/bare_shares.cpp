// SPDX-License-Identifier: Apache-2.0
// The bare loop's share orders: cash is held, two venues are compared by price.
#include "bare_loop.hpp"
#include "figures.hpp"
#include "lifecycle/table.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/fields.hpp>

#include <algorithm>

namespace oms::bench {

using lifecycle::Event;
using sdk::make;
using sdk::text;
using sdk::view;

namespace {

std::uint32_t number(Event event) { return static_cast<std::uint32_t>(event); }

/// Appends cents with two decimals.
void append_price(std::string& to, std::int64_t cents) {
    to += std::to_string(cents / 100);
    to += '.';
    to += static_cast<char>('0' + cents / 10 % 10);
    to += static_cast<char>('0' + cents % 10);
}

}  // namespace

std::uint32_t BareLoop::place_share(std::uint64_t id) {
    BareOrder& order = tables_.orders[id];
    if (order.lines != 1 || order.terms != 1) return OMS_ERROR_malformed_input;
    BareLine& line = tables_.line(order, 0);
    const BareReference& share = tables_.reference(line.product);
    const BareTerm& limit = tables_.terms[order.first_term];
    if (limit.field != sdk::field::limit_price || limit.number <= 0 ||
        limit.number % share.tick != 0 || line.counts.ordered % share.lot != 0)
        return OMS_ERROR_asset_class_refused;
    approve(id, names_.equity_rule);
    if (!hold(id, 0, 0, order.account, share.currency, line.counts.ordered * limit.number))
        return OMS_ERROR_insufficient;
    if (!pass_checks(id, OMS_STAGE_place)) return OMS_ERROR_check_refused;
    slot(id, World::attempts_slot, 1);
    const std::uint64_t route = open_route(id, best_venue(id));
    add_route_line(route, 0, line.counts.ordered);
    if (!pass_checks(id, OMS_STAGE_route, route)) die("the bare loop takes back no route");
    send(route, OMS_action_place, 1);
    tell(id, route, BareStatus::sent);
    tell(id, 0, BareStatus::pending_new);
    return 0;
}

/// The venue that asks least; both are written down with what spoke for or against them.
std::uint32_t BareLoop::best_venue(std::uint64_t id) {
    const BareOrder& order = tables_.orders[id];
    const BareLine& line = tables_.line(order, 0);
    const std::int64_t limit = tables_.terms[order.first_term].number;
    std::uint32_t best = names_.venues;
    std::array<std::int64_t, 2> asks{};
    std::array<std::int64_t, 2> sizes{};
    for (std::uint32_t index = 0; index < 2; ++index) {
        const std::uint32_t source = tables_.parties[names_.venues + index].source;
        const oms_observation* ask = read(line.product, sdk::observed::ask, source);
        const oms_observation* size = read(line.product, sdk::observed::ask_size, source);
        asks[index] = ask == nullptr ? INT64_MAX : ask->value;
        sizes[index] = size == nullptr ? 0 : size->value;
        if (asks[index] < asks[best - names_.venues]) best = names_.venues + index;
    }
    for (std::uint32_t index = 0; index < 2; ++index) {
        const bool chosen = names_.venues + index == best;
        why_.clear();
        if (chosen) {
            why_ += std::to_string(line.counts.ordered) + " of " +
                    std::to_string(line.counts.ordered) + " at ";
            append_price(why_, asks[index]);
            why_ += " x " + std::to_string(sizes[index]) + ": best of 1 quotes";
        } else {
            why_ += "its ask ";
            append_price(why_, asks[index]);
            why_ += " is beyond the limit ";
            append_price(why_, limit);
        }
        auto effect = make<oms_route_read>();
        effect.order = id;
        effect.destination = tables_.parties[names_.venues + index].destination;
        effect.chosen = chosen ? 1 : 0;
        effect.score = asks[index];
        effect.text = text(why_);
        emit(effect);
    }
    return best;
}

std::uint32_t BareLoop::cancel_share(const oms_cancel_order& head) {
    if (head.order == 0 || head.order >= tables_.orders.size()) return OMS_ERROR_unknown_order;
    BareOrder& order = tables_.orders[head.order];
    if (order.status != BareStatus::fresh && order.status != BareStatus::partially_filled)
        return OMS_ERROR_not_in_this_state;
    subject_ = head.order;
    order.changed_seq = seq_;
    const std::uint64_t route = order.routes[0];
    move(head.order, 0, 1, 1, number(Event::cancel_asked));
    move(head.order, route, 1, 1, number(Event::cancel_asked));
    send(route, OMS_action_cancel, 1);
    slot(head.order, 0, 1);
    tell(head.order, route, BareStatus::cancelling);
    tell(head.order, 0, BareStatus::pending_cancel);
    return 0;
}

void BareLoop::report_share(const oms_report& report) {
    const std::uint64_t id = subject_;
    if (report.type == OMS_report_executed) return execute_share(report);
    if (report.type == OMS_report_acked) {
        name_route(report.route, view(report.external_ref));
        move(id, 0, 0, 3, number(Event::route_acked));
        tell(id, report.route, BareStatus::working);
        tell(id, 0, BareStatus::fresh);
        return;
    }
    BareOrder& order = tables_.orders[id];
    BareLine& line = tables_.line(order, 0);
    BareRouteLine& there = route_line(report.route, 0);
    const std::int64_t rest = there.counts.working;
    there.counts.working = 0;
    there.counts.cancelled += rest;
    count_route(report.route, there);
    line.counts.working -= rest;
    count(id, 0);
    end_route(report.route, number(Event::cancelled), BareStatus::ended);
    move(id, report.route, 1, 0, number(Event::cancelled));
    move(id, 0, 1, 0, names_.cancel_done);
    slot(id, 0, 0);
    move(id, 0, 0, 5, names_.cancel_over);
    line.counts.cancelled += rest;
    count(id, 0);
    set_hold(line.hold, 0);
    retire_later(id);
    tell(id, report.route, BareStatus::ended);
    tell(id, 0, BareStatus::canceled);
}

void BareLoop::execute_share(const oms_report& report) {
    const std::uint64_t id = subject_;
    const BareOrder& order = tables_.orders[id];
    BareLine& line = tables_.line(order, 0);
    book(report.route, 0, report.quantity, report.price, view(report.execution_ref));
    const std::uint32_t street = tables_.parties[tables_.routes[report.route].party].account;
    const std::uint32_t currency = tables_.reference(line.product).currency;
    transfer(id, street, order.account, line.product, report.quantity);
    transfer(id, order.account, street, currency, report.quantity * report.price);
    set_hold(line.hold, line.counts.open() * tables_.terms[order.first_term].number);
    const bool filled = line.counts.open() == 0;
    if (filled) end_route(report.route, number(Event::executed), BareStatus::done);
    move(id, 0, 0, filled ? 4 : 3, number(Event::route_executed));
    if (filled) retire_later(id);
    pass_checks(id, OMS_STAGE_report);
    if (filled) tell(id, report.route, BareStatus::done);
    tell(id, 0, filled ? BareStatus::filled : BareStatus::partially_filled);
}

}  // namespace oms::bench
