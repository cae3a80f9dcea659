// SPDX-License-Identifier: Apache-2.0
#include "author.hpp"

#include <oms/sdk/fields.hpp>

namespace oms::test {

using sdk::make;
using sdk::text;

Author::Author(std::uint64_t seed, const engine::Engine& engine, const Names& names)
    : chance_(seed), engine_(engine), names_(names) {
    extremes_ = chance_.one_in(2);
    garbage_ = !chance_.one_in(4);
    halts_ = chance_.one_in(3);
    facts_ = chance_.one_in(2);
}

void Author::write(sdk::Batch& batch, std::int64_t now) {
    now_ = now;
    batch.clear();
    texts_.clear();
    const std::uint32_t dice = chance_.small(1000);
    if (dice < 180)
        place(batch);
    else if (dice < 540)
        report(batch);
    else if (dice < 600)
        amend(batch);
    else if (dice < 650)
        cancel(batch);
    else if (dice < 730)
        route(batch);
    else if (dice < 760)
        cancel_route(batch);
    else if (dice < 800)
        amend_route(batch);
    else if (dice < 850)
        raise_event(batch);
    else if (dice < 870)
        define(batch);
    else if (dice < 910)
        post(batch);
    else if (dice < 920)
        write_cell(batch);
    else if (dice < 950)
        resolve_task(batch);
    else if (dice < 965)
        set_halt(batch);
    else if (dice < 975)
        advance_channel(batch);
    else if (dice < 985)
        kernels_own(batch);
    else
        adopt(batch);
    if (chance_.one_in(20)) {
        auto cursor = make<oms_cursor>();
        cursor.cursor = text(keep(std::string(chance_.below(300), 'c')));
        batch.add(cursor);
    }
}

void Author::note(const oms_record& effect) {
    if (const auto* opened = sdk::as<oms_route_opened>(effect)) {
        if (routes_.size() < 5000) routes_.push_back(opened->route);
    } else if (const auto* executed = sdk::as<oms_executed>(effect)) {
        if (executed->route != 0 && executed->external_ref.size != 0)
            executions_.push_back(
                {executed->route, std::string(sdk::view(executed->external_ref))});
    } else if (const auto* decision = sdk::as<oms_decision>(effect)) {
        if (decision->key.size != 0 && old_keys_.size() < 5000)
            old_keys_.emplace_back(sdk::view(decision->key));
    }
}

oms_observation Author::observation() {
    auto value = make<oms_observation>();
    value.product = reference(names_.traded);
    value.source = chance_.pick(names_.sources);
    value.field = chance_.one_in(3) ? sdk::observed::ask : sdk::observed::last;
    value.value = price();
    value.time = now_;
    return value;
}

// ---- heads, names and numbers -------------------------------------------------------------------

template <class Head>
Head Author::head() {
    auto head = make<Head>();
    head.origin = chance_.pick(names_.origins);
    if (chance_.one_in(6)) {
        head.channel = chance_.pick(names_.channels);
        const auto known = world().channels.find(head.channel);
        const std::uint64_t last = known == world().channels.end() ? 0 : known->second.in_seq;
        head.in_seq = last + 1 + chance_.below(3) - (chance_.one_in(10) && last > 3 ? 3 : 0);
        if (chance_.one_in(8)) head.flags |= OMS_POSSIBLE_DUPLICATE;
    }
    return head;
}

template <class Head>
Head Author::request() {
    Head asked = head<Head>();
    std::string key = "k" + std::to_string(++keys_);
    if (chance_.one_in(10)) key = "20260101-" + key;
    if (garbage_) {
        if (chance_.one_in(60)) key = "20240229-" + key;
        if (chance_.one_in(60)) key = std::string(65, 'k') + key;
        if (chance_.one_in(60)) key.clear();
        if (chance_.one_in(40) && !old_keys_.empty()) key = chance_.pick(old_keys_);
    }
    asked.key = text(keep(std::move(key)));
    return asked;
}

std::int64_t Author::quantity() {
    if (extremes_ && chance_.one_in(12)) return chance_.extreme();
    if (garbage_ && chance_.one_in(60)) return -chance_.between(0, 5);
    return chance_.between(1, chance_.one_in(3) ? 10 : 300);
}

std::int64_t Author::price() {
    if (extremes_ && chance_.one_in(12)) return chance_.extreme();
    if (garbage_ && chance_.one_in(30)) return -chance_.between(0, 50);
    return chance_.between(1, 100);
}

std::uint32_t Author::reference(const std::vector<std::uint32_t>& good) {
    if (garbage_ && chance_.one_in(50)) return chance_.small(2000);
    return chance_.pick(good);
}

const Order* Author::live_order() {
    if (world().next.order <= 1) return nullptr;
    // The newest are the liveliest.
    const std::uint64_t last = world().next.order - 1;
    const std::uint64_t back =
        chance_.below(chance_.one_in(3) ? last : std::min<std::uint64_t>(last, 12));
    const Order* found = world().orders.find(last - back);
    return found != nullptr ? found : world().orders.after(last - back);
}

const Route* Author::live_route() {
    if (world().next.route <= 1) return nullptr;
    const std::uint64_t last = world().next.route - 1;
    const std::uint64_t back =
        chance_.below(chance_.one_in(3) ? last : std::min<std::uint64_t>(last, 15));
    const Route* found = world().routes.after(last - back - 1);
    for (int tries = 0; found != nullptr && found->ended() && tries < 6; ++tries)
        found = world().routes.after(found->id);
    return found;
}

std::uint64_t Author::any_order() {
    if (garbage_ && chance_.one_in(25))
        return chance_.one_in(2) ? chance_.bits() : chance_.below(60);
    const Order* live = live_order();
    return live == nullptr ? 0 : live->id;
}

std::uint64_t Author::any_route() {
    if (garbage_ && chance_.one_in(25))
        return chance_.one_in(2) ? chance_.bits() : chance_.below(60);
    const Route* live = live_route();
    if (live != nullptr && !chance_.one_in(6)) return live->id;
    return routes_.empty() ? 1 : chance_.pick(routes_);
}

// ---- details ------------------------------------------------------------------------------------

void Author::add_line(sdk::Batch& batch, std::uint32_t index, std::uint32_t product,
                      std::uint32_t direction, std::int64_t wanted, std::uint32_t role,
                      std::uint32_t parent, std::uint32_t ratio) {
    auto line = make<oms_line>();
    line.line = index;
    line.product = product;
    line.direction = direction;
    line.role = role;
    line.quantity = wanted;
    line.parent_line = parent;
    line.ratio = ratio;
    if (garbage_ && chance_.one_in(200)) {
        if (chance_.one_in(2)) line.direction = chance_.small(5);
        if (chance_.one_in(2)) line.role = chance_.small(6);
        if (chance_.one_in(2)) line.line = chance_.small(5);
        if (chance_.one_in(2)) line.parent_line = chance_.small(3);
    }
    batch.add(line);
}

void Author::add_number(sdk::Batch& batch, std::uint32_t line, std::uint32_t field,
                        std::int64_t value, std::uint32_t product) {
    auto term = make<oms_term>();
    term.line = line;
    term.field = field;
    term.type = OMS_term_type_number;
    term.product = product;
    term.number = value;
    batch.add(term);
}

void Author::add_terms(sdk::Batch& batch, std::uint32_t lines) {
    if (!chance_.one_in(4))
        add_number(batch, chance_.one_in(2) ? OMS_WHOLE_ORDER : 0, sdk::field::limit_price,
                   price());
    if (chance_.one_in(8)) add_number(batch, OMS_WHOLE_ORDER, sdk::field::stop_price, price());
    if (chance_.one_in(6)) {
        const std::int64_t until = extremes_ && chance_.one_in(10)
                                       ? chance_.extreme()
                                       : now_ + chance_.between(1, 900) * ns_per_second;
        add_number(batch, OMS_WHOLE_ORDER, sdk::field::expire_time, until);
    }
    if (chance_.one_in(10)) {
        auto term = make<oms_term>();
        term.line = garbage_ && chance_.one_in(3) ? lines + chance_.small(2) : 0;
        term.field = sdk::field::text;
        term.type = OMS_term_type_text;
        term.text = text(keep(std::string(chance_.below(40), 't')));
        if (garbage_ && chance_.one_in(6)) term.number = 1;
        batch.add(term);
    }
}

void Author::add_links(sdk::Batch& batch) {
    if (!chance_.one_in(6)) return;
    auto link = make<oms_link>();
    link.order = any_order();
    link.link = 1 + chance_.small(garbage_ ? 8 : 6);
    batch.add(link);
}

// ---- new orders ---------------------------------------------------------------------------------

void Author::place(sdk::Batch& batch) {
    const std::uint32_t dice = chance_.small(100);
    if (dice < 30)
        place_trade(batch, names_.trade);
    else if (dice < 50)
        place_trade(batch, names_.by_hand);
    else if (dice < 55)
        place_trade(batch, names_.enquiry);
    else if (dice < 70)
        place_basket(batch, names_.web);
    else if (dice < 80)
        place_basket(batch, names_.workflow);
    else if (dice < 92)
        place_block(batch);
    else if (dice < 96)
        place_refund(batch);
    else
        place_nonsense(batch);
}

void Author::place_trade(sdk::Batch& batch, std::uint32_t kind) {
    auto head = request<oms_place_order>();
    head.order_kind = kind;
    head.account = reference(names_.accounts);
    if (chance_.one_in(12)) head.parent = any_order();
    if (facts_ && chance_.one_in(10)) head.flags |= OMS_ORDER_FACT;
    batch.add(head);
    std::uint32_t index = 0;
    const auto direction = [&] {
        return chance_.one_in(3) ? static_cast<std::uint32_t>(OMS_direction_deliver)
                                 : static_cast<std::uint32_t>(OMS_direction_receive);
    };
    if (chance_.one_in(8)) {  // legs of a package
        const std::int64_t sets = chance_.between(1, 40);
        add_line(batch, index++, names_.kit, OMS_direction_receive, sets);
        add_line(batch, index++, names_.traded[0], direction(), sets * 2, 0, 0, 2);
        add_line(batch, index++, names_.traded[1], direction(), sets * 3, 0, 0, 3);
    } else {
        const std::uint32_t lines = chance_.one_in(4) ? 1 + chance_.small(3) : 1;
        while (index < lines)
            add_line(batch, index++,
                     reference(chance_.one_in(10) ? names_.products : names_.traded), direction(),
                     quantity());
    }
    add_terms(batch, index);
    add_links(batch);
}

/// Goods to send, and what is owed for them, in roles of their own.
void Author::place_basket(sdk::Batch& batch, std::uint32_t kind) {
    auto head = request<oms_place_order>();
    head.order_kind = kind;
    head.account = names_.accounts[1];
    if (facts_ && chance_.one_in(10)) head.flags |= OMS_ORDER_FACT;
    batch.add(head);
    std::uint32_t index = 0;
    std::int64_t owed = 0;
    const std::uint32_t lines = 1 + chance_.small(3);
    sdk::Batch terms;
    const auto goods = [&](std::int64_t wanted, std::uint32_t parent, std::uint32_t ratio) {
        const std::int64_t amount = chance_.between(1, 5000);
        owed += amount;
        add_number(terms, index, sdk::field::line_amount,
                   extremes_ && chance_.one_in(20) ? chance_.extreme() : amount, names_.money);
        add_line(batch, index++, chance_.pick(names_.goods), OMS_direction_deliver, wanted, 0,
                 parent, ratio);
    };
    if (chance_.one_in(5)) {
        const std::int64_t sets = chance_.between(1, 9);
        add_line(batch, index++, names_.kit, OMS_direction_deliver, sets);
        goods(sets, 0, 1);
        goods(sets * 2, 0, 2);
    } else {
        for (std::uint32_t i = 0; i < lines; ++i) goods(quantity(), OMS_WHOLE_ORDER, 0);
    }
    if (!chance_.one_in(6)) add_line(batch, index++, names_.money, OMS_direction_receive, owed, 1);
    batch.append(terms.view());
    if (chance_.one_in(4))
        add_number(batch, OMS_WHOLE_ORDER, sdk::field::ship_by, now_ + 60 * ns_per_second);
    add_links(batch);
}

/// Gathers what is unrouted of live orders in one product and direction.
void Author::place_block(sdk::Batch& batch) {
    auto head = request<oms_place_order>();
    head.order_kind = chance_.one_in(4) ? names_.by_hand : names_.trade;
    head.account = chance_.pick(chance_.one_in(3) ? names_.accounts : names_.outside);
    batch.add(head);
    sdk::Batch sources;
    std::uint32_t product = 0;
    std::uint32_t direction = 0;
    std::int64_t sum = 0;
    for (int tries = 0; tries < 12 && sources.count() < 3; ++tries) {
        const Order* order = live_order();
        if (order == nullptr) break;
        const std::uint32_t index = chance_.small(static_cast<std::uint32_t>(order->lines.size()));
        const Line& line = order->lines[index];
        const std::int64_t open = line.counts.unrouted();
        if (open <= 0 || (product != 0 && (line.product != product || line.direction != direction)))
            continue;
        product = line.product;
        direction = line.direction;
        auto source = make<oms_line_source>();
        source.source_order = order->id;
        source.source_line = index;
        source.product = product;
        source.quantity = chance_.one_in(3) ? (open + 1) / 2 : open;
        if (garbage_ && chance_.one_in(20)) source.quantity += 1;
        if (__builtin_add_overflow(sum, source.quantity, &sum)) break;
        sources.add(source);
    }
    if (product == 0) return place_nonsense(batch);
    add_line(batch, 0, product, direction, sum + (garbage_ && chance_.one_in(20) ? 1 : 0));
    batch.append(sources.view());
    if (!chance_.one_in(3)) add_number(batch, 0, sdk::field::limit_price, price());
}

void Author::place_refund(sdk::Batch& batch) {
    auto head = request<oms_place_order>();
    head.order_kind = names_.refund;
    head.account = names_.accounts[1];
    batch.add(head);
    add_line(batch, 0, names_.money, OMS_direction_deliver, quantity());
    auto link = make<oms_link>();
    link.link = OMS_link_repayment_of;
    link.order = any_order();
    batch.add(link);
}

/// Every field from anywhere.
void Author::place_nonsense(sdk::Batch& batch) {
    batch.clear();
    auto head = request<oms_place_order>();
    head.order_kind = 1000 + chance_.small(80);
    if (chance_.one_in(2)) head.order_kind = names_.trade;
    head.account = chance_.one_in(2) ? 1000 + chance_.small(80) : chance_.pick(names_.accounts);
    if (chance_.one_in(3)) head.parent = any_order();
    head.flags = facts_ ? chance_.small(8) : 0;
    batch.add(head);
    const std::uint32_t lines = chance_.small(4);
    for (std::uint32_t i = 0; i < lines; ++i)
        add_line(batch, i, reference(names_.products), 1 + chance_.small(2), quantity(),
                 chance_.small(4), chance_.one_in(4) ? i - 1 : OMS_WHOLE_ORDER, chance_.small(3));
    add_terms(batch, lines);
    add_links(batch);
}

// ---- about orders -------------------------------------------------------------------------------

void Author::amend(sdk::Batch& batch) {
    auto head = request<oms_amend_order>();
    head.order = any_order();
    const Order* known = world().orders.find(head.order);
    if (known != nullptr && !known->key.empty() && chance_.one_in(5)) {
        head.order = 0;
        head.origin = known->origin;
        head.target = text(keep(std::string(known->key)));
    }
    batch.add(head);
    const auto lines = static_cast<std::uint32_t>(known == nullptr ? 1 : known->lines.size());
    if (!chance_.one_in(4)) {
        const std::uint32_t index = chance_.small(lines + (garbage_ && chance_.one_in(10) ? 1 : 0));
        std::int64_t wanted = quantity();
        if (known != nullptr && index < lines && !chance_.one_in(3))
            wanted = std::max<std::int64_t>(
                known->lines[index].counts.ordered / 2 + chance_.between(0, 100), 1);
        add_line(batch, index, known == nullptr || index >= lines ? 0 : known->lines[index].product,
                 0, wanted);
    }
    if (chance_.one_in(3)) add_terms(batch, lines);
}

void Author::cancel(sdk::Batch& batch) {
    auto head = request<oms_cancel_order>();
    head.order = any_order();
    batch.add(head);
}

void Author::route(sdk::Batch& batch) {
    auto head = request<oms_route_order>();
    const Order* known = live_order();
    for (int tries = 0; tries < 8 && known != nullptr; ++tries) {
        if (known->kind == names_.by_hand && known->lines[0].counts.unrouted() > 0) break;
        known = live_order();
    }
    head.order = known == nullptr || chance_.one_in(10) ? any_order() : known->id;
    head.destination = reference(chance_.one_in(8) ? names_.destinations : names_.venues);
    head.enquiry = chance_.one_in(4) ? 1 : 0;
    batch.add(head);
    if (known == nullptr || chance_.one_in(3)) return;
    for (std::uint32_t i = 0; i < known->lines.size(); ++i) {
        const Line& line = known->lines[i];
        if (line.counts.unrouted() <= 0 && !(garbage_ && chance_.one_in(6))) continue;
        auto detail = make<oms_route_line>();
        detail.line = i + (garbage_ && chance_.one_in(40) ? 1 : 0);
        detail.product = line.product;
        detail.quantity =
            chance_.one_in(12) ? quantity() : std::max<std::int64_t>(line.counts.unrouted() / 2, 1);
        batch.add(detail);
    }
    if (chance_.one_in(6)) add_terms(batch, static_cast<std::uint32_t>(known->lines.size()));
}

void Author::cancel_route(sdk::Batch& batch) {
    auto head = request<oms_cancel_route>();
    head.route = any_route();
    batch.add(head);
}

void Author::amend_route(sdk::Batch& batch) {
    auto head = request<oms_amend_route>();
    head.route = any_route();
    batch.add(head);
    const Route* known = world().routes.find(head.route);
    const std::uint32_t parts = chance_.one_in(5) ? 2 : 1;
    for (std::uint32_t i = 0; i < parts; ++i) {
        auto detail = make<oms_route_line>();
        detail.line = known == nullptr ? 0 : chance_.pick(known->lines).line;
        detail.quantity = quantity();
        if (known != nullptr && !chance_.one_in(4))
            detail.quantity = known->lines[0].counts.ordered / 2 + chance_.between(0, 60);
        if (garbage_ && chance_.one_in(20)) detail.line = 9;
        batch.add(detail);
    }
    if (chance_.one_in(3)) add_terms(batch, 1);
}

void Author::raise_event(sdk::Batch& batch) {
    auto head = request<oms_raise_event>();
    if (chance_.one_in(3))
        head.route = any_route();
    else
        head.order = any_order();
    head.event = reference(names_.events);
    if (garbage_ && chance_.one_in(10)) head.event = chance_.small(100);
    head.number = chance_.one_in(8) ? quantity() : chance_.between(0, 100);
    batch.add(head);
}

void Author::resolve_task(sdk::Batch& batch) {
    auto head = request<oms_resolve_task>();
    const std::uint64_t last = world().next.task;
    const Task* task = world().tasks.after(chance_.below(last));
    for (int tries = 0; task != nullptr && task->open == 0 && tries < 30; ++tries)
        task = world().tasks.after(task->id);
    head.task =
        task == nullptr || (garbage_ && chance_.one_in(10)) ? chance_.below(last) : task->id;
    std::string answer = "noted";
    if (task != nullptr && !task->answers.empty()) {
        const std::size_t blank = task->answers.find(' ');
        answer = blank == std::string::npos || chance_.one_in(2) ? task->answers.substr(0, blank)
                                                                 : task->answers.substr(blank + 1);
    }
    if (garbage_ && chance_.one_in(10)) answer = chance_.one_in(2) ? "perhaps" : "";
    head.answer = text(keep(std::move(answer)));
    head.note = text("seen");
    batch.add(head);
}

// ---- administration -----------------------------------------------------------------------------

void Author::define(sdk::Batch& batch) {
    auto head = request<oms_define>();
    const bool again = chance_.one_in(2);
    head.reference_class =
        again ? static_cast<std::uint32_t>(OMS_class_product) : 1 + chance_.small(15);
    head.code = text(again ? "LACE" : keep("code-" + std::to_string(chance_.below(40))));
    head.price_scale = again ? 2 : chance_.small(20);
    if (again) head.group = engine_.find_reference(OMS_class_asset_class, "plain");
    if (!again && chance_.one_in(3)) head.group = chance_.small(1100);
    if (!again && chance_.one_in(3)) head.route_via = chance_.pick(names_.channels);
    if (garbage_ && chance_.one_in(10)) head.code = text(keep(std::string(chance_.below(70), ' ')));
    if (garbage_ && chance_.one_in(10)) head.scale = chance_.small(40);
    head.reference_flags = chance_.one_in(4) ? OMS_REFERENCE_DISABLED : 0;
    batch.add(head);
    if (chance_.one_in(3))
        add_number(batch, garbage_ && chance_.one_in(4) ? 0 : OMS_WHOLE_ORDER,
                   sdk::field::weight_grams, quantity());
}

void Author::post(sdk::Batch& batch) {
    auto head = request<oms_post>();
    if (facts_ && chance_.one_in(10)) head.flags |= OMS_ORDER_FACT;
    head.reason = text("a count");
    batch.add(head);
    const std::uint32_t legs = chance_.one_in(4) ? chance_.small(4) : 1;
    for (std::uint32_t i = 0; i < legs; ++i) {
        auto leg = make<oms_transfer>();
        leg.from = chance_.one_in(4) ? reference(names_.accounts) : chance_.pick(names_.outside);
        leg.to = reference(names_.accounts);
        leg.asset = reference(names_.products);
        if (chance_.one_in(10)) leg.to_bucket = chance_.small(3);
        leg.amount = chance_.one_in(10) ? quantity() : chance_.between(1, 5000);
        if (leg.asset == names_.money) leg.amount *= leg.amount < 10000 && leg.amount > 0 ? 10 : 1;
        batch.add(leg);
    }
}

void Author::write_cell(sdk::Batch& batch) {
    auto head = make<oms_write_cell>();
    head.owner = reference({names_.plugins[0]});
    head.cell = 3 + chance_.small(2);
    head.key_a = chance_.below(20);
    head.value = quantity();
    head.erase = chance_.small(2);
    batch.add(head);
}

void Author::set_halt(sdk::Batch& batch) {
    auto halt = make<oms_set_halt>();
    if (!halts_ && world().halts.empty()) {
        halt.scope = OMS_halt_scope_destination;
        halt.target = names_.places[1];
        halt.on = 1;
    } else if (!world().halts.empty() && !chance_.one_in(4)) {
        halt.scope = world().halts.begin()->first.scope;
        halt.target = world().halts.begin()->first.target;
    } else {
        halt.scope = chance_.small(6);
        halt.target = halt.scope == OMS_halt_scope_account       ? reference(names_.accounts)
                      : halt.scope == OMS_halt_scope_destination ? reference(names_.destinations)
                      : halt.scope == OMS_halt_scope_product     ? reference(names_.products)
                                                                 : 0;
        halt.on = 1;
    }
    halt.reason = text("somebody is careful");
    batch.add(halt);
}

void Author::advance_channel(sdk::Batch& batch) {
    auto advance = make<oms_advance_channel>();
    advance.channel = reference(names_.channels);
    advance.outgoing = extremes_ && chance_.one_in(4) ? chance_.bits() : chance_.below(5);
    advance.reset = chance_.one_in(8) ? 1 : 0;
    batch.add(advance);
}

/// What only the kernel asks for, asked for at the wrong time and about the wrong things.
void Author::kernels_own(sdk::Batch& batch) {
    switch (chance_.small(4)) {
        case 0: {
            auto timer = make<oms_timer_due>();
            timer.timer = chance_.below(world().next.timer + 2);
            batch.add(timer);
            return;
        }
        case 1: {
            auto watch = make<oms_watch_hit>();
            watch.watch = chance_.below(world().next.watch + 2);
            watch.value = price();
            batch.add(watch);
            return;
        }
        case 2: {
            auto retire = make<oms_retire_order>();
            retire.order = any_order();
            batch.add(retire);
            return;
        }
        default: {
            auto epoch = make<oms_begin_epoch>();
            epoch.version = text("0.1.0");
            batch.add(epoch);
            auto loaded = make<oms_plugin_loaded>();
            loaded.plugin = names_.plugins[0];
            loaded.id = text("limits");
            batch.add(loaded);
        }
    }
}

void Author::adopt(sdk::Batch& batch) {
    auto head = this->head<oms_adopt_order>();
    if (chance_.one_in(4)) head.key = text(keep("a" + std::to_string(++keys_)));
    const bool basket = chance_.one_in(4);
    head.order_kind = reference({basket ? names_.web : names_.trade});
    head.account = reference(names_.accounts);
    head.destination = reference(names_.destinations);
    head.external_ref = text(keep("theirs-" + std::to_string(chance_.below(30))));
    if (chance_.one_in(20)) head.external_ref = {};
    batch.add(head);
    if (chance_.one_in(6)) {
        add_line(batch, 0, names_.kit, OMS_direction_receive, 5);
        add_line(batch, 1, names_.traded[0], OMS_direction_receive, 10, 0, 0, 2);
    } else {
        add_line(batch, 0, reference(basket ? names_.goods : names_.traded),
                 basket ? 2u : 1 + chance_.small(2), quantity());
        if (chance_.one_in(3))
            add_line(batch, 1, names_.traded[0], OMS_direction_receive, quantity());
    }
    add_terms(batch, 1);
}

}  // namespace oms::test
