// SPDX-License-Identifier: Apache-2.0
// What must be so, and what must be so at the end of every ticket: the books sum to zero, and a
// fold over the journal gives the same world.
#include "ticket.hpp"

#include "model/canonical.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/decimal.hpp>

#include <map>
#include <stdexcept>

namespace oms::test {

using sdk::make;
using sdk::text;

namespace {

[[noreturn]] void wrong(const std::string& what) { throw std::runtime_error(what); }

void same(const std::string& what, const std::string& found, const std::string& expected) {
    if (found != expected) wrong(what + " is " + found + ", not " + expected);
}

}  // namespace

void Ticket::expect(Words& words) {
    const std::string what = words.take("what to expect");
    auto query = make<oms_query>();
    query.open_only = 1;
    if (what == "balance") return expect_balance(words);
    if (what == "tasks") {
        query.subject = OMS_subject_tasks;
        const runtime::Reply reply = ask(query);
        return same("the number of open tasks", std::to_string(reply.records.count()),
                    words.take("a number"));
    }
    if (what == "anomalies" || what == "retired" || what == "watches" || what == "holds") {
        query.subject = OMS_subject_state;
        const runtime::Reply reply = ask(query);
        const auto* row = sdk::as<oms_state_row>(*reply.records.view().first);
        const std::uint64_t found = what == "anomalies" ? row->anomalies
                                    : what == "retired" ? row->orders_retired
                                    : what == "watches" ? row->watches
                                                        : row->holds;
        return same("the number of " + what, std::to_string(found), words.take("a number"));
    }
    if (what.find('.') != std::string::npos) return expect_route(what, words);
    expect_order(what, words);
}

void Ticket::expect_order(const std::string& name, Words& words) {
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order_id(name);
    const runtime::Reply reply = ask(query);
    const oms_order_row* order = nullptr;
    std::vector<const oms_line_row*> lines;
    std::vector<const oms_execution_row*> executions;
    std::map<std::string, std::uint64_t> counts;
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        if (const auto* row = sdk::as<oms_order_row>(record)) order = row;
        if (const auto* row = sdk::as<oms_line_row>(record)) lines.push_back(row);
        if (const auto* row = sdk::as<oms_execution_row>(record)) executions.push_back(row);
        if (sdk::as<oms_route_row>(record) != nullptr) ++counts["routes"];
        if (sdk::as<oms_offer_row>(record) != nullptr) ++counts["offers"];
        if (sdk::as<oms_hold_row>(record) != nullptr) ++counts["holds"];
    }
    counts["executions"] = executions.size();
    const oms_line_row* line = lines.at(0);
    while (!words.empty()) {
        const std::string what = words.take("a field");
        const auto decimal = [&](std::int64_t value, std::uint32_t scale) {
            const std::string expected = words.take("a number");
            same(name + "'s " + what, sdk::format_decimal(value, scale),
                 sdk::format_decimal(number(expected, scale), scale));
        };
        const std::uint32_t scale = named(line->product).scale;
        if (what == "line")
            line = lines.at(std::stoul(words.take("a line")));
        else if (what == "ordered")
            decimal(line->ordered, scale);
        else if (what == "working")
            decimal(line->working, scale);
        else if (what == "done")
            decimal(line->done, scale);
        else if (what == "cancelled")
            decimal(line->cancelled, scale);
        else if (what == "over")
            decimal(line->over, scale);
        else if (what == "unrouted")
            decimal(line->unrouted, scale);
        else if (what == "average")
            decimal(line->average_price, named(line->product).price_scale);
        else if (what == "status")
            same(name + "'s status", std::string(sdk::view(order->status)), words.take("a status"));
        else if (what == "shelf")
            same(name + "'s shelf",
                 std::string(
                     sdk::code_name(sdk::shelf_names, static_cast<std::uint32_t>(order->shelf))),
                 words.take("a shelf"));
        else if (counts.count(what) != 0 || what == "routes" || what == "offers" || what == "holds")
            same(name + "'s number of " + what, std::to_string(counts[what]),
                 words.take("a number"));
        else
            wrong("an order has no \"" + what + "\"");
    }
}

/// "expect A.1 status working ordered 100 last place 100": `last` is the newest intent for it.
void Ticket::expect_route(const std::string& name, Words& words) {
    const std::uint64_t id = route_id(name);
    auto query = make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order_id(name.substr(0, name.find('.')));
    const runtime::Reply reply = ask(query);
    const oms_route_row* route = nullptr;
    std::vector<const oms_route_line_row*> lines;
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        if (const auto* row = sdk::as<oms_route_row>(record); row && row->route == id) route = row;
        if (const auto* row = sdk::as<oms_route_line_row>(record); row && row->route == id)
            lines.push_back(row);
    }
    auto last = make<oms_intent>();
    std::uint64_t intents = 0;
    std::uint64_t seq = 0;
    while (port_->read(OMS_READ_ALL, 0, seq, 0, [&](const oms_batch& batch) {
        for (const oms_record& record : sdk::Records(batch)) {
            const auto* intent = sdk::as<oms_intent>(record);
            if (intent == nullptr || intent->route != id) continue;
            last = *intent;
            ++intents;
        }
        return OMS_OK;
    }) == OMS_OK) {
    }
    const oms_route_line_row* line = lines.at(0);
    while (!words.empty()) {
        const std::string what = words.take("a field");
        const auto amount = [&](std::int64_t value) {
            const std::uint32_t scale = named(line->product).scale;
            same(name + "'s " + what, sdk::format_decimal(value, scale),
                 sdk::format_decimal(number(words.take("a number"), scale), scale));
        };
        if (what == "line")
            line = lines.at(std::stoul(words.take("a line")));
        else if (what == "status")
            same(name + "'s status", std::string(sdk::view(route->status)), words.take("a status"));
        else if (what == "to")
            same(name + "'s destination", std::string(sdk::view(named(route->destination).code)),
                 words.take("a destination"));
        else if (what == "ordered")
            amount(line->ordered);
        else if (what == "working")
            amount(line->working);
        else if (what == "done")
            amount(line->done);
        else if (what == "cancelled")
            amount(line->cancelled);
        else if (what == "over")
            amount(line->over);
        else if (what == "intents")
            same(name + "'s number of intents", std::to_string(intents), words.take("a number"));
        else if (what == "last") {
            same(name + "'s last intent",
                 std::string(sdk::code_name(sdk::action_names, last.action)),
                 words.take("an action"));
            if (!words.empty()) amount(last.quantity);
        } else
            wrong("a route has no \"" + what + "\"");
    }
}

void Ticket::expect_balance(Words& words) {
    auto query = make<oms_query>();
    query.subject = OMS_subject_balances;
    query.reference = id(OMS_class_account, words.take("an account"));
    query.id = id(OMS_class_product, words.take("an asset"));
    const runtime::Reply reply = ask(query);
    auto row = make<oms_balance_row>();
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* found = sdk::as<oms_balance_row>(record)) row = *found;
    const std::uint32_t scale = named(static_cast<std::uint32_t>(query.id)).scale;
    const auto check = [&](const char* what, oms_wide found) {
        const auto value = static_cast<std::int64_t>(from_wide(found));
        same(std::string("the ") + what, sdk::format_decimal(value, scale),
             sdk::format_decimal(number(words.take("an amount"), scale), scale));
    };
    check("balance", row.balance);
    if (words.take_if("held")) check("held", row.held);
    words.end();
}

void Ticket::expect_balanced() {
    auto query = make<oms_query>();
    query.subject = OMS_subject_balances;
    std::map<std::uint32_t, Int128> sums;
    const runtime::Reply reply = ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_balance_row>(record))
            sums[row->asset] += from_wide(row->balance);
    for (const auto& [asset, sum] : sums)
        if (sum != 0) wrong("the books of asset " + std::to_string(asset) + " do not sum to zero");
}

void Ticket::expect_replay() {
    World folded;
    std::uint64_t seq = 0;
    while (port_->read(OMS_READ_ALL, 0, seq, 0, [&](const oms_batch& batch) {
        if (const auto header = folded.fold(batch); !header) wrong(to_text(header.error()));
        return OMS_OK;
    }) == OMS_OK) {
    }
    same("the hash of the state", runtime_->state_hash(), state_hash(folded));
}

}  // namespace oms::test
