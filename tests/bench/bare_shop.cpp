// SPDX-License-Identifier: Apache-2.0
// The bare loop's shop orders: money is authorised, the nearest warehouse that has it all sends it.
#include "bare_loop.hpp"
#include "figures.hpp"
#include "lifecycle/table.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/fields.hpp>

#include <cmath>

namespace oms::bench {

using lifecycle::Event;
using sdk::make;
using sdk::text;
using sdk::view;

namespace {

constexpr std::uint32_t money_line = 2;  // behind two of goods

std::uint32_t number(Event event) { return static_cast<std::uint32_t>(event); }

double metres_between(double latitude, double longitude, const BareParty& to) {
    constexpr double degree = 3.14159265358979323846 / 180;
    const double across = std::sin((latitude - to.latitude) * degree / 2);
    const double along = std::sin((longitude - to.longitude) * degree / 2);
    const double chord = across * across + std::cos(latitude * degree) *
                                               std::cos(to.latitude * degree) * along * along;
    return 2 * 6'371'009 * std::asin(std::sqrt(chord));
}

}  // namespace

std::uint32_t BareLoop::place_cart(std::uint64_t id) {
    BareOrder& order = tables_.orders[id];
    if (order.lines != 3 || order.terms != 4) return OMS_ERROR_malformed_input;
    for (std::uint32_t line = 0; line < money_line; ++line) {
        if (tables_.line(order, line).counts.ordered <= 0) return OMS_ERROR_asset_class_refused;
        approve(id, names_.goods_rule);
    }
    if (!pass_checks(id, OMS_STAGE_place)) return OMS_ERROR_check_refused;
    move(id, 0, 0, 2, number(Event::accepted));
    move(id, 0, 1, 1, names_.take_payment);
    slot(id, World::attempts_slot + 1, 1);
    const std::uint64_t route = open_route(id, names_.acquirer);
    add_route_line(route, money_line, tables_.line(order, money_line).counts.ordered);
    if (!pass_checks(id, OMS_STAGE_route, route)) die("the bare loop takes back no route");
    send(route, OMS_action_place, 1);
    tell(id, route, BareStatus::sent);
    tell(id, 0, BareStatus::authorising_payment);
    return 0;
}

void BareLoop::report_cart(const oms_report& report, const oms_batch& input) {
    const std::uint64_t id = subject_;
    BareOrder& order = tables_.orders[id];
    const bool of_money = report.route == order.routes[0];
    if (report.type == OMS_report_executed)
        return of_money ? capture(report) : send_parcel(report, input);
    name_route(report.route, view(report.external_ref));
    if (of_money && !order.paid_for) {
        order.paid_for = true;
        move(id, 0, 1, 3, number(Event::route_acked));
        move(id, 0, 2, 1, names_.paid_for);
        slot(id, World::attempts_slot, 1);
        if (!source_goods(id)) die("the bare loop found no place with stock");
    }
    tell(id, report.route, BareStatus::working);
    if (!of_money) return;
    tell(id, order.routes[1], BareStatus::sent);
    tell(id, 0, BareStatus::preparing);
}

bool BareLoop::source_goods(std::uint64_t id) {
    const std::uint32_t place = nearest_place(id);
    if (place == 0) return false;
    const std::uint64_t route = open_route(id, place);
    const BareOrder& order = tables_.orders[id];
    for (std::uint32_t line = 0; line < money_line; ++line)
        add_route_line(route, line, tables_.line(order, line).counts.ordered);
    for (std::uint32_t line = 0; line < money_line; ++line) {
        const BareLine& of = tables_.line(order, line);
        if (!hold(id, line, route, tables_.parties[place].account, of.product, of.counts.ordered))
            return false;
    }
    if (!pass_checks(id, OMS_STAGE_route, route)) return false;
    send(route, OMS_action_place, 1);
    return true;
}

/// 0: no place has everything.
std::uint32_t BareLoop::nearest_place(std::uint64_t id) {
    const BareOrder& order = tables_.orders[id];
    const BareTerm* terms = &tables_.terms[order.first_term];
    const double latitude = 1e-6 * static_cast<double>(terms[2].number);
    const double longitude = 1e-6 * static_cast<double>(terms[3].number);
    std::array<double, 2> metres{};
    std::uint32_t nearest = 0;
    for (std::uint32_t index = 0; index < 2; ++index) {
        const BareParty& party = tables_.parties[names_.places + index];
        metres[index] = metres_between(latitude, longitude, party);
        bool has_all = true;
        for (std::uint32_t line = 0; line < money_line; ++line) {
            const BareLine& of = tables_.line(order, line);
            const BareBalance& stock = tables_.balance(party.account, of.product);
            has_all = has_all && stock.balance - stock.held >= of.counts.ordered;
        }
        if (has_all && (nearest == 0 || metres[index] < metres[nearest - names_.places]))
            nearest = names_.places + index;
    }
    for (std::uint32_t index = 0; index < 2; ++index)
        explain_place(id, names_.places + index, names_.places + index == nearest, metres[index]);
    return nearest;
}

void BareLoop::explain_place(std::uint64_t id, std::uint32_t party, bool chosen, double metres) {
    const BareOrder& order = tables_.orders[id];
    const auto far = static_cast<std::int64_t>(std::llround(metres));
    const auto list = [&](const char* plenty) {
        for (std::uint32_t index = 0; index < money_line; ++index) {
            const BareLine& line = tables_.line(order, index);
            if (index > 0) why_ += ", ";
            if (plenty != nullptr)
                why_ += plenty;
            else
                why_ += std::to_string(line.counts.ordered);
            why_ += ' ';
            why_ += tables_.reference(line.product).code;
        }
    };
    why_.clear();
    if (chosen) {
        list(nullptr);
        why_ += " of ";
        list(nullptr);
    } else {
        why_ += "it has ";
        list("plenty of");
    }
    why_ += "; " + std::to_string(far / 1000) + "." + std::to_string(far / 100 % 10) +
            " km; decided by nearest";
    if (chosen) why_ += " among 2 plans";
    auto effect = make<oms_route_read>();
    effect.order = id;
    effect.destination = tables_.parties[party].destination;
    effect.chosen = chosen ? 1 : 0;
    effect.score = far;
    effect.text = text(why_);
    emit(effect);
}

void BareLoop::send_parcel(const oms_report& report, const oms_batch& input) {
    const std::uint64_t id = subject_;
    const std::uint64_t money = tables_.orders[id].routes[0];
    const std::uint32_t place = tables_.parties[tables_.routes[report.route].party].account;
    for (const oms_record& record : sdk::Records(input)) {
        const auto* part = sdk::as<oms_route_line>(record);
        if (part == nullptr) continue;
        book(report.route, part->line, part->quantity, 0, view(report.execution_ref));
        const BareOrder& order = tables_.orders[id];
        const BareLine& line = tables_.line(order, part->line);
        transfer(id, place, order.account, line.product, part->quantity);
        set_hold(line.hold, line.counts.open());
    }
    end_route(report.route, number(Event::executed), BareStatus::done);
    slot(id, World::signalled_slot + 1, route_line(money, money_line).counts.working);
    send(money, OMS_action_signal, 1, names_.capture);
    move(id, 0, 2, 3, number(Event::route_executed));
    pass_checks(id, OMS_STAGE_report);
    tell(id, report.route, BareStatus::done);
    tell(id, 0, BareStatus::sent);
}

void BareLoop::capture(const oms_report& report) {
    const std::uint64_t id = subject_;
    book(report.route, money_line, report.quantity, report.price, view(report.execution_ref));
    const BareOrder& order = tables_.orders[id];
    const BareLine& line = tables_.line(order, money_line);
    transfer(id, tables_.parties[names_.acquirer].account, order.account, line.product,
             report.quantity);
    end_route(report.route, number(Event::executed), BareStatus::done);
    move(id, 0, 1, 4, number(Event::route_executed));
    retire_later(id);
    pass_checks(id, OMS_STAGE_report);
    tell(id, report.route, BareStatus::done);
}

}  // namespace oms::bench
