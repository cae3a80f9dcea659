// SPDX-License-Identifier: Apache-2.0
#include "clients.hpp"

#include "invariants/invariant.hpp"

#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <iterator>

namespace oms::simulation {

namespace {

constexpr std::size_t buyers_in_a_rush = 64;

}  // namespace

// ---- what is asked ------------------------------------------------------------------------------

template <class Head>
Head Clients::head(std::uint32_t origin) {
    key_ = "k" + std::to_string(++keys_);
    Head head = sdk::make<Head>();
    head.origin = origin;
    head.actor = world_.names.clerk;
    head.key = sdk::text(key_);
    draft_ = {};
    draft_.kind = head.kind;
    draft_.origin = origin;
    draft_.key = key_;
    input_ = sdk::Batch();
    return head;
}

void Clients::line(std::uint32_t index, std::uint32_t product, std::uint32_t direction,
                   std::int64_t quantity, std::uint32_t role) {
    oms_line line = sdk::make<oms_line>();
    line.line = index;
    line.product = product;
    line.direction = direction;
    line.role = role;
    line.quantity = quantity;
    line.parent_line = OMS_WHOLE_ORDER;
    input_.add(line);
}

void Clients::number(std::uint32_t index, std::uint32_t field, std::int64_t value,
                     std::uint32_t product) {
    oms_term term = sdk::make<oms_term>();
    term.line = index;
    term.field = field;
    term.type = OMS_term_type_number;
    term.product = product;
    term.number = value;
    input_.add(term);
}

void Clients::place_trade(Moment& moment) {
    Chance& chance = moment.chance;
    oms_place_order order = head<oms_place_order>(world_.names.origin_desk);
    order.order_kind = chance.one_in(4) ? world_.names.care_order : world_.names.trade;
    order.account = world_.names.desk;
    input_.add(order);
    const std::uint32_t product = chance.one_in(2) ? world_.names.acme : world_.names.globex;
    const bool buys = !chance.one_in(3);
    line(0, product, buys ? OMS_direction_receive : OMS_direction_deliver, chance.between(1, 300));
    if (!chance.one_in(5))
        number(0, sdk::field::limit_price, 1000 + chance.between(-120, 120), product);
    if (chance.one_in(8))
        number(OMS_WHOLE_ORDER, sdk::field::expire_time,
               world_.clock.now() + chance.between(1, 300) * ns_per_second);
    if (chance.one_in(12)) {
        if (const ReadOrder* other = any_order(moment)) {
            oms_link link = sdk::make<oms_link>();
            link.link = OMS_link_one_cancels_other;
            link.order = other->id;
            input_.add(link);
        }
    }
}

void Clients::place_basket(Moment& moment, std::uint32_t product, std::int64_t quantity) {
    oms_place_order order = head<oms_place_order>(world_.names.origin_web);
    order.order_kind = world_.names.online_order;
    order.account = world_.names.shop;
    input_.add(order);
    std::uint32_t index = 0;
    std::int64_t owed = quantity * 500;
    line(index, product, OMS_direction_deliver, quantity);
    sdk::Batch goods = std::exchange(input_, sdk::Batch());
    number(index++, sdk::field::line_amount, owed, world_.names.eur);
    if (product != world_.names.last && moment.chance.one_in(2)) {
        const std::int64_t more = moment.chance.between(1, 6);
        sdk::Batch terms = std::exchange(input_, std::move(goods));
        line(index, world_.names.lace, OMS_direction_deliver, more);
        goods = std::exchange(input_, std::move(terms));
        number(index++, sdk::field::line_amount, more * 100, world_.names.eur);
        owed += more * 100;
    }
    const sdk::Batch terms = std::exchange(input_, std::move(goods));
    line(index, world_.names.eur, OMS_direction_receive, owed, 1);
    input_.append(terms.view());
}

void Clients::place_enquiry(Moment& moment) {
    oms_place_order order = head<oms_place_order>(world_.names.origin_desk);
    order.order_kind = world_.names.enquiry;
    order.account = world_.names.desk;
    input_.add(order);
    line(0, world_.names.acme, OMS_direction_receive, moment.chance.between(1, 100));
}

/// Of what was captured, and never more than that in all.
bool Clients::place_refund(Moment& moment) {
    const ReadOrder* paid = any_order(moment);
    if (paid == nullptr || paid->kind != world_.names.online_order) return false;
    std::int64_t captured = 0;
    for (const auto& [index, product] : paid->products)
        if (product == world_.names.eur) captured = paid->lines.at(index).done;
    std::int64_t& asked = world_.refunds_asked[paid->id];
    if (captured - asked <= 0) return false;
    const std::int64_t amount =
        moment.chance.one_in(2) ? captured - asked : moment.chance.between(1, captured - asked);
    asked += amount;
    oms_place_order order = head<oms_place_order>(world_.names.origin_web);
    order.order_kind = world_.names.refund;
    order.account = world_.names.shop;
    input_.add(order);
    line(0, world_.names.eur, OMS_direction_deliver, amount);
    oms_link link = sdk::make<oms_link>();
    link.link = OMS_link_repayment_of;
    link.order = paid->id;
    input_.add(link);
    return true;
}

const ReadOrder* Clients::any_order(Moment& moment) const {
    const auto& orders = world_.ledger.orders;
    if (orders.empty()) return nullptr;
    // The newest are the liveliest.
    const std::uint64_t last = orders.rbegin()->first;
    const std::uint64_t back =
        moment.chance.below(moment.chance.one_in(4) ? last : std::min<std::uint64_t>(last, 20));
    const auto found = orders.lower_bound(last - back);
    return found == orders.end() ? nullptr : &found->second;
}

void Clients::cancel(const ReadOrder& order) {
    oms_cancel_order head = this->head<oms_cancel_order>(world_.names.origin_desk);
    head.order = order.id;
    input_.add(head);
}

void Clients::amend(const ReadOrder& order, Moment& moment) {
    oms_amend_order head = this->head<oms_amend_order>(world_.names.origin_desk);
    head.order = order.id;
    input_.add(head);
    const Counted& counts = order.lines.begin()->second;
    draft_.order = order.id;
    draft_.quantity = std::max<std::int64_t>(counts.ordered / 2, 1) + moment.chance.between(0, 120);
    line(0, order.products.begin()->second, 0, draft_.quantity);
}

void Clients::route(const ReadOrder& order, Moment& moment) {
    oms_route_order head = this->head<oms_route_order>(world_.names.origin_desk);
    head.order = order.id;
    head.destination = moment.chance.one_in(2) ? world_.names.alpha : world_.names.beta;
    head.enquiry = order.kind == world_.names.enquiry ? 1 : 0;
    input_.add(head);
    const Counted& counts = order.lines.begin()->second;
    const std::int64_t open =
        counts.ordered + counts.over - counts.working - counts.done - counts.cancelled;
    if (head.enquiry != 0 || open < 2 || moment.chance.one_in(2)) return;
    oms_route_line part = sdk::make<oms_route_line>();
    part.line = 0;
    part.product = order.products.begin()->second;
    part.quantity = moment.chance.between(1, open);
    input_.add(part);
}

void Clients::raise(const ReadOrder& order, Moment& moment) {
    oms_raise_event head = this->head<oms_raise_event>(world_.names.origin_web);
    head.order = order.id;
    const std::array events{world_.names.return_requested, world_.names.return_received,
                            world_.names.new_payment, world_.names.take_offer};
    head.event = events[moment.chance.below(events.size())];
    input_.add(head);
}

void Clients::about_an_order(Moment& moment) {
    const ReadOrder* order = any_order(moment);
    if (order == nullptr || order->lines.empty()) return place_trade(moment);
    const bool by_hand =
        order->kind == world_.names.care_order || order->kind == world_.names.enquiry;
    const std::uint32_t dice = moment.chance.small(10);
    if (by_hand && dice < 6) return route(*order, moment);
    if (dice < 6) return cancel(*order);
    if (dice < 8 && order->kind != world_.names.online_order) return amend(*order, moment);
    raise(*order, moment);
}

void Clients::resolve(Moment& moment) {
    const auto& tasks = world_.ledger.open_tasks;
    if (tasks.empty()) return place_trade(moment);
    const auto task =
        std::next(tasks.begin(), static_cast<std::ptrdiff_t>(moment.chance.below(tasks.size())));
    oms_resolve_task head = this->head<oms_resolve_task>(world_.names.origin_desk);
    head.task = task->first;
    const std::string& answers = task->second;
    const std::size_t blank = answers.find(' ');
    const std::string answer = moment.chance.one_in(2) || blank == std::string::npos
                                   ? answers.substr(0, blank)
                                   : answers.substr(blank + 1);
    head.answer = sdk::text(answer);
    input_.add(head);
}

/// Money for the desk, or goods for a place.
void Clients::deposit(Moment& moment) {
    oms_post head = this->head<oms_post>(world_.names.origin_desk);
    head.reason = sdk::text("a count");
    input_.add(head);
    oms_transfer leg = sdk::make<oms_transfer>();
    if (moment.chance.one_in(3)) {
        leg.from = world_.names.street;
        leg.to = world_.names.desk;
        leg.asset = world_.names.usd;
        leg.amount = moment.chance.between(1, 5'000'000);
    } else {
        leg.from = world_.names.adjustments;
        leg.to = moment.chance.one_in(2) ? world_.names.stock_berlin : world_.names.stock_munich;
        leg.asset = moment.chance.one_in(2) ? world_.names.shoe : world_.names.lace;
        leg.amount = moment.chance.between(1, 20);
    }
    input_.add(leg);
}

// ---- how it is asked ----------------------------------------------------------------------------

void Clients::act(runtime::Port& port, Moment& moment) {
    if (!world_.asked.empty() && moment.strikes(Fault::repeat, 6)) return send_again(port, moment);
    const std::uint32_t dice = moment.chance.small(100);
    if (dice < 32)
        place_trade(moment);
    else if (dice < 54)
        place_basket(moment, world_.names.shoe, moment.chance.between(1, 4));
    else if (dice < 57)
        place_enquiry(moment);
    else if (dice < 66) {
        if (!place_refund(moment)) about_an_order(moment);
    } else if (dice < 88)
        about_an_order(moment);
    else if (dice < 96)
        resolve(moment);
    else
        deposit(moment);
    if (!world_.asked.empty() && moment.strikes(Fault::reuse_key, 20)) {
        const Asked& other = world_.asked[moment.chance.below(world_.asked.size())];
        auto* head =
            reinterpret_cast<oms_place_order*>(const_cast<oms_record*>(input_.view().first));
        head->key = sdk::text(other.key);
        head->origin = other.origin;
        draft_.key = other.key;
        draft_.origin = other.origin;
        draft_.reuses_key = true;
        sdk::Batch owned;  // of the other's text
        owned.append(input_.view());
        input_ = std::move(owned);
    }
    draft_.input = std::make_shared<const sdk::Batch>(std::move(input_));
    world_.asked.push_back(draft_);
    submit(port, world_.asked.size());
}

void Clients::send_again(runtime::Port& port, Moment& moment) {
    const std::uint64_t last = world_.asked.size();
    const std::uint64_t back =
        moment.chance.below(moment.chance.one_in(4) ? last : std::min<std::uint64_t>(last, 12));
    submit(port, last - back);
}

void Clients::submit(runtime::Port& port, std::uint64_t token) {
    Asked& asked = world_.asked[token - 1];
    const oms_status status = port.submit(asked.input->view(), token);
    if (status != OMS_OK) return;  // nothing was taken, and that is known at once
    if (asked.life != world_.life) asked.waits = 0;
    asked.life = world_.life;
    ++asked.waits;
    world_.figures.add("requests");
    if (asked.kind == OMS_RECORD_amend_order) {
        // Whether it is taken is not known yet, so it may be this much from now on.
        std::int64_t& most = world_.most_asked[asked.order][asked.line];
        most = std::max(most, asked.quantity);
    }
}

void Clients::take_answers(runtime::Port& port) {
    port.take_answers(0, [&](const oms_answer& answer) {
        if (answer.token == 0 || answer.token > world_.asked.size()) return;
        Asked& asked = world_.asked[answer.token - 1];
        if (asked.waits > 0) --asked.waits;
        if (answer.status != OMS_OK) return;
        Told told;
        told.seq = answer.seq;
        for (const oms_record& record : sdk::Records(answer.records)) {
            const auto* answered = sdk::as<oms_answered>(record);
            if (answered == nullptr) continue;
            told.code = answered->code;
            told.order = answered->order;
            told.id = answered->id;
            break;
        }
        on_answer_(asked, told);
        world_.figures.add("answers");
        if (asked.told) return;
        asked.told = told;
        if (told.code != 0) world_.figures.add("refusals");
    });
}

void Clients::process_died() {
    for (auto asked = world_.asked.rbegin(); asked != world_.asked.rend(); ++asked)
        asked->waits = 0;
}

// ---- several at once ----------------------------------------------------------------------------

void Clients::rush(runtime::Port& port, Moment& moment) {
    if (world_.ledger.available({world_.names.stock_berlin, world_.names.last, 0}) == 0) {
        oms_post head = this->head<oms_post>(world_.names.origin_desk);
        head.reason = sdk::text("the last one");
        input_.add(head);
        oms_transfer leg = sdk::make<oms_transfer>();
        leg.from = world_.names.adjustments;
        leg.to = world_.names.stock_berlin;
        leg.asset = world_.names.last;
        leg.amount = 1;
        input_.add(leg);
        draft_.input = std::make_shared<const sdk::Batch>(std::move(input_));
        world_.asked.push_back(draft_);
        submit(port, world_.asked.size());
    }
    for (std::size_t buyer = 0; buyer < buyers_in_a_rush; ++buyer) {
        place_basket(moment, world_.names.last, 1);
        draft_.input = std::make_shared<const sdk::Batch>(std::move(input_));
        world_.asked.push_back(draft_);
        submit(port, world_.asked.size());
    }
    world_.figures.add("buyers of a last unit", buyers_in_a_rush);
}

void Clients::set_halt(runtime::Port& port, Scope scope, bool on) {
    oms_set_halt halt = sdk::make<oms_set_halt>();
    halt.scope = scope.first;
    halt.target = scope.second;
    halt.on = on ? 1 : 0;
    halt.reason = sdk::text("somebody is careful");
    const auto* record = reinterpret_cast<const oms_record*>(&halt);
    const oms_status status = port.submit({record, record->size, 1, 0}, 0);
    if (status != OMS_OK) return;
    if (on)
        world_.halts_in_force.insert(scope);
    else
        world_.halts_in_force.erase(scope);
}

void Clients::halt(runtime::Port& port, Moment& moment) {
    if (!world_.halts_in_force.empty() && !moment.chance.one_in(3))
        return set_halt(port, *world_.halts_in_force.begin(), false);
    const Names& names = world_.names;
    const std::array<Scope, 6> scopes{Scope{OMS_halt_scope_all, 0},
                                      {OMS_halt_scope_account, names.desk},
                                      {OMS_halt_scope_account, names.firm},
                                      {OMS_halt_scope_destination, names.alpha},
                                      {OMS_halt_scope_destination, names.berlin},
                                      {OMS_halt_scope_product, names.shoe}};
    set_halt(port, scopes[moment.chance.below(scopes.size())], true);
}

void Clients::resume_all(runtime::Port& port) {
    std::set<Scope> all = world_.halts_in_force;
    all.insert(world_.ledger.halts.begin(), world_.ledger.halts.end());
    for (const Scope& scope : all) set_halt(port, scope, false);
}

}  // namespace oms::simulation
