// SPDX-License-Identifier: Apache-2.0
// The fold: the ledger, clocks, tasks, channels, cells and halts.
#include "model/world.hpp"

#include <algorithm>

namespace oms {

using sdk::make;
using sdk::text;
using sdk::view;

namespace {

struct OldBalance {
    BalanceKey key;
    oms_wide balance, held;
    explicit OldBalance(const BalanceKey& of, const Balance& old)
        : key(of), balance(to_wide(old.balance)), held(to_wide(old.held)) {}
    void put_back(World& world) const {
        world.ledger.set(key, {from_wide(balance), from_wide(held)});
    }
};

constexpr std::size_t usual_postings = 4;  // of an order: two executions with two legs each

template <class Effect>
Posting posting_of(const Effect& effect) {
    return {effect.execution, effect.from,  effect.to,    effect.from_bucket,
            effect.to_bucket, effect.asset, effect.amount};
}

}  // namespace

Status World::on(const oms_transferred& effect) {
    const auto add = [&](const BalanceKey& key, Int128 amount) {
        Balance balance = ledger.get(key);
        undo.push([old = OldBalance(key, balance)](World& world) { old.put_back(world); });
        balance.balance += amount;
        ledger.set(key, balance);
    };
    add({effect.asset, effect.from_bucket, effect.from}, -Int128{effect.amount});
    add({effect.asset, effect.to_bucket, effect.to}, effect.amount);
    Order* order = effect.execution == 0 ? nullptr : orders.find(effect.order);
    if (order == nullptr) return {};
    std::vector<Posting>& postings = order->add_extras().postings;
    if (postings.empty()) postings.reserve(usual_postings);
    postings.push_back(posting_of(effect));
    undo.push([id = effect.order](World& world) {
        world.orders.find(id)->add_extras().postings.pop_back();
    });
    return {};
}

Status World::on(const oms_posting_restored& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->add_extras().postings.push_back(posting_of(effect));
    return {};
}

Status World::on(const oms_balance_restored& effect) {
    const BalanceKey key{effect.asset, effect.bucket, effect.account};
    ledger.set(key, {from_wide(effect.balance), ledger.get(key).held});
    return {};
}

Status World::on(const oms_hold_set& effect) {
    const BalanceKey key{effect.asset, effect.bucket, effect.account};
    Balance balance = ledger.get(key);
    undo.push([old = OldBalance(key, balance)](World& world) { old.put_back(world); });
    Hold* known = holds.find(effect.hold);
    balance.held += Int128{effect.amount} - (known == nullptr ? 0 : known->amount);
    ledger.set(key, balance);
    if (known == nullptr) {
        IdList* held = holds_of(effect.order, effect.line);
        if (held == nullptr) return missing("the line of a hold of order", effect.order);
        if (effect.hold == 0) return missing("a new hold", effect.hold);
        holds.insert({effect.hold, effect.order, effect.route, effect.line, effect.account,
                      effect.asset, effect.bucket, effect.amount});
        held->push_back(effect.hold);
        undo.push([id = effect.hold, old = next.hold](World& world) {
            const Hold& gone = *world.holds.find(id);
            world.holds_of(gone.order, gone.line)->pop_back();
            world.holds.erase(id);
            world.next.hold = old;
        });
        next.hold = std::max(next.hold, effect.hold + 1);
        return {};
    }
    undo.push([old = *known](World& world) {
        if (Hold* back = world.holds.find(old.id)) {
            *back = old;
            return;
        }
        world.holds.insert(old);
        world.holds_of(old.order, old.line)->insert(old.id);
    });
    known->amount = effect.amount;
    if (effect.amount != 0) return {};
    holds_of(known->order, known->line)->erase(effect.hold);
    holds.erase(effect.hold);
    return {};
}

/// Null when there is no such line.
IdList* World::holds_of(std::uint64_t order, std::uint32_t line) {
    Order* owner = orders.find(order);
    return owner == nullptr || line >= owner->lines.size() ? nullptr : &owner->lines[line].holds;
}

// ---- timers and watches
// ---------------------------------------------------------------------------

void World::insert_timer(const Timer& timer) {
    timers.insert(timer);
    timers_by_due.emplace(timer.due, timer.id);
    if (Order* order = orders.find(timer.order)) order->timers.insert(timer.id);
}

void World::remove_timer(std::uint64_t id) {
    const Timer& timer = *timers.find(id);
    timers_by_due.erase({timer.due, id});
    if (Order* order = orders.find(timer.order)) order->timers.erase(id);
    timers.erase(id);
}

Status World::on(const oms_timer_set& effect) {
    const Timer* known = timers.find(effect.timer);
    if (effect.due == 0) {
        if (known == nullptr) return missing("timer", effect.timer);
        undo.push([old = *known](World& world) { world.insert_timer(old); });
        remove_timer(effect.timer);
        return {};
    }
    if (effect.timer == 0 || known != nullptr) return missing("a new timer", effect.timer);
    insert_timer({effect.timer, effect.order, effect.route, effect.due, effect.event});
    undo.push([id = effect.timer, old = next.timer](World& world) {
        world.remove_timer(id);
        world.next.timer = old;
    });
    next.timer = std::max(next.timer, effect.timer + 1);
    return {};
}

void World::insert_watch(const Watch& watch) {
    watches.insert(watch);
    index_watch(watch, true);
    orders.find(watch.order)->add_extras().watches.insert(watch.id);
}

void World::index_watch(const Watch& watch, bool present) {
    const auto put = [&](auto& index, const auto& key) {
        if (present)
            index.insert(key);
        else
            index.erase(key);
    };
    if (watch.account != 0)
        put(watches_by_balance,
            std::tuple(watch.product, watch.account, watch.threshold, watch.id));
    else
        put(watches_by_value,
            std::tuple(watch.product, watch.field, watch.comparison, watch.threshold, watch.id));
}

void World::remove_watch(std::uint64_t id) {
    const Watch& watch = *watches.find(id);
    index_watch(watch, false);
    orders.find(watch.order)->add_extras().watches.erase(id);
    watches.erase(id);
}

Status World::on(const oms_watch_set& effect) {
    const Watch* known = watches.find(effect.watch);
    if (orders.find(effect.order) == nullptr) return missing("order", effect.order);
    if (effect.comparison == 0) {
        if (known == nullptr) return missing("watch", effect.watch);
        undo.push([old = *known](World& world) { world.insert_watch(old); });
        remove_watch(effect.watch);
        return {};
    }
    if (effect.watch == 0 || known != nullptr) return missing("a new watch", effect.watch);
    insert_watch({effect.watch, effect.order, effect.product, effect.source, effect.field,
                  effect.comparison, effect.account, effect.event, effect.threshold});
    undo.push([id = effect.watch, old = next.watch](World& world) {
        world.remove_watch(id);
        world.next.watch = old;
    });
    next.watch = std::max(next.watch, effect.watch + 1);
    return {};
}

// ---- people, channels, cells, halts
// ---------------------------------------------------------------

Status World::on(const oms_task_set& effect) {
    Task* known = tasks.find(effect.task);
    if (known != nullptr) {
        undo.push([id = effect.task, open = known->open, actor = known->actor,
                   answer = undo.keep(known->answer), note = undo.keep(known->note)](World& world) {
            Task& back = *world.tasks.find(id);
            back.open = open;
            back.actor = actor;
            back.answer = *answer;
            back.note = *note;
        });
        known->open = effect.open;
        known->actor = effect.actor;
        known->answer = view(effect.answer);
        known->note = view(effect.note);
        return {};
    }
    if (effect.task == 0) return missing("a new task", effect.task);
    tasks.insert({effect.task, effect.order, effect.route, effect.open, effect.actor,
                  std::string(view(effect.queue)), std::string(view(effect.title)),
                  std::string(view(effect.answers)), std::string(view(effect.answer)),
                  std::string(view(effect.note))});
    Order* order = orders.find(effect.order);
    if (order != nullptr) order->add_extras().tasks.push_back(effect.task);
    undo.push([id = effect.task, order_id = effect.order, old = next.task](World& world) {
        world.tasks.erase(id);
        if (Order* owner = world.orders.find(order_id)) owner->add_extras().tasks.erase(id);
        world.next.task = old;
    });
    next.task = std::max(next.task, effect.task + 1);
    return {};
}

Status World::on(const oms_channel_moved& effect) {
    Channel& channel = channels[effect.channel];
    undo.push([id = effect.channel, in_seq = channel.in_seq, out_seq = channel.out_seq,
               kept = undo.keep(channel.cursor)](World& world) {
        world.channels[id] = {in_seq, out_seq, *kept};
    });
    channel = {effect.in_seq, effect.out_seq, std::string(view(effect.cursor))};
    return {};
}

Status World::on(const oms_cell_set& effect) {
    const CellKey key{effect.owner, effect.cell, effect.key_a, effect.key_b};
    const std::int64_t* known = cells.find(key);
    undo.push([key, existed = known != nullptr, old = known == nullptr ? 0 : *known](World& world) {
        if (existed)
            world.cells.set(key, old);
        else
            world.cells.erase(key);
    });
    if (effect.present != 0)
        cells.set(key, effect.value);
    else
        cells.erase(key);
    return {};
}

Status World::on(const oms_halt_changed& effect) {
    const Halt halt{effect.scope, effect.target};
    const auto known = halts.find(halt);
    const bool existed = known != halts.end();
    undo.push(
        [halt, existed, kept = undo.keep(existed ? known->second : std::string())](World& world) {
            if (existed)
                world.halts[halt] = *kept;
            else
                world.halts.erase(halt);
        });
    if (effect.on != 0)
        halts[halt] = view(effect.reason);
    else
        halts.erase(halt);
    return {};
}

// ---- as effects
// -----------------------------------------------------------------------------------

oms_hold_set World::as_effect(const Hold& hold) {
    auto effect = make<oms_hold_set>();
    effect.hold = hold.id;
    effect.order = hold.order;
    effect.route = hold.route;
    effect.line = hold.line;
    effect.account = hold.account;
    effect.asset = hold.asset;
    effect.bucket = hold.bucket;
    effect.amount = hold.amount;
    return effect;
}

oms_timer_set World::as_effect(const Timer& timer) {
    auto effect = make<oms_timer_set>();
    effect.timer = timer.id;
    effect.order = timer.order;
    effect.route = timer.route;
    effect.due = timer.due;
    effect.event = timer.event;
    return effect;
}

oms_watch_set World::as_effect(const Watch& watch) {
    auto effect = make<oms_watch_set>();
    effect.watch = watch.id;
    effect.order = watch.order;
    effect.product = watch.product;
    effect.source = watch.source;
    effect.field = watch.field;
    effect.comparison = watch.comparison;
    effect.threshold = watch.threshold;
    effect.account = watch.account;
    effect.event = watch.event;
    return effect;
}

oms_task_set World::as_effect(const Task& task) {
    auto effect = make<oms_task_set>();
    effect.task = task.id;
    effect.order = task.order;
    effect.route = task.route;
    effect.open = task.open;
    effect.actor = task.actor;
    effect.queue = text(task.queue);
    effect.title = text(task.title);
    effect.answers = text(task.answers);
    effect.answer = text(task.answer);
    effect.note = text(task.note);
    return effect;
}

}  // namespace oms
