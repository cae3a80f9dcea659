// SPDX-License-Identifier: Apache-2.0
#include "oracle/ledger.hpp"

#include <oms/abi/codes.h>

namespace oms::simulation {

using sdk::as;
using sdk::view;

namespace {

template <class Record>
Counted counted(const Record& record) {
    return {record.ordered, record.working, record.done, record.cancelled, record.over, 0};
}

}  // namespace

Wide Ledger::available(const Shelf& shelf) const {
    const auto balance = balances.find(shelf);
    const auto of_it = held.find(shelf);
    return (balance == balances.end() ? 0 : balance->second) -
           (of_it == held.end() ? 0 : of_it->second);
}

void Ledger::take(const oms_batch& decision) {
    for (const oms_record& record : sdk::Records(decision)) {
        take_record(record);
        take_route(record);
        take_books(record);
    }
}

void Ledger::take_record(const oms_record& record) {
    if (const auto* header = as<oms_decision>(record)) {
        seq = header->seq;
        time = header->time;
        epoch = header->epoch;
    } else if (const auto* opened = as<oms_order_opened>(record)) {
        ReadOrder& order = orders[opened->order];
        order.id = opened->order;
        order.kind = opened->order_kind;
        order.account = opened->account;
        order.key = view(opened->key);
    } else if (const auto* line = as<oms_line_opened>(record)) {
        ReadOrder& order = orders[line->order];
        order.lines[line->line].ordered = line->ordered;
        order.products[line->line] = line->product;
    } else if (const auto* now = as<oms_line_counted>(record)) {
        Counted& counts = orders[now->order].lines[now->line];
        counts = counted(*now);
        counts.value = wide(now->value);
    } else if (const auto* executed = as<oms_executed>(record)) {
        orders[executed->order].executions[executed->execution] = {
            executed->execution,
            executed->route,
            executed->line,
            executed->quantity,
            executed->price,
            true,
            std::string(view(executed->external_ref))};
    } else if (const auto* changed = as<oms_execution_changed>(record)) {
        orders[changed->order].executions[changed->execution].live =
            changed->state == OMS_execution_state_live;
    } else if (const auto* status = as<oms_status_changed>(record)) {
        if (status->route == 0)
            orders[status->order].status = view(status->status);
        else
            routes[status->route].status = view(status->status);
    } else if (const auto* shelved = as<oms_order_shelved>(record)) {
        orders[shelved->order].retired = shelved->shelf == OMS_shelf_retired;
    } else if (const auto* task = as<oms_task_set>(record)) {
        if (task->open == 1)
            open_tasks[task->task] = view(task->answers);
        else
            open_tasks.erase(task->task);
    } else if (const auto* halt = as<oms_halt_changed>(record)) {
        const Scope scope{halt->scope, halt->scope == OMS_halt_scope_all ? 0 : halt->target};
        if (halt->on != 0)
            halts.insert(scope);
        else
            halts.erase(scope);
    }
}

void Ledger::take_route(const oms_record& record) {
    if (const auto* opened = as<oms_route_opened>(record)) {
        ReadRoute& route = routes[opened->route];
        route.id = opened->route;
        route.order = opened->order;
        route.destination = opened->destination;
        route.channel = opened->channel;
    } else if (const auto* now = as<oms_route_line_counted>(record)) {
        routes[now->route].lines[now->line] = counted(*now);
    } else if (const auto* intent = as<oms_intent>(record)) {
        intents[{intent->channel, intent->out_seq}] = {seq, intent->route, intent->action};
    }
}

void Ledger::take_books(const oms_record& record) {
    if (const auto* moved = as<oms_transferred>(record)) {
        balances[{moved->from, moved->asset, moved->from_bucket}] -= moved->amount;
        balances[{moved->to, moved->asset, moved->to_bucket}] += moved->amount;
    } else if (const auto* set = as<oms_hold_set>(record)) {
        ReadHold& hold = holds[set->hold];
        const Shelf shelf{set->account, set->asset, set->bucket};
        held[shelf] += Wide{set->amount} - hold.amount;
        hold = {set->account, set->asset, set->bucket, set->order, set->amount};
        if (set->amount == 0) holds.erase(set->hold);
    }
}

}  // namespace oms::simulation
