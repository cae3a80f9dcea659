// SPDX-License-Identifier: Apache-2.0
#include "scribes.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <utility>

namespace line {

namespace {

// Events of an order's lifecycle that a client hears of; numbers of words.def.
constexpr std::uint32_t route_expired = 66, route_cancel_refused = 74, route_replace_refused = 75;

}  // namespace

/// One decision, as far as it concerns orders that came by this session.
struct ClientScribe::Reading {
    std::uint32_t cause = 0;
    std::string request;       ///< the key of the input
    std::uint64_t number = 0;  ///< of the client's message
    const oms_answered* answered = nullptr;
    std::map<std::pair<std::uint64_t, std::uint32_t>, const oms_line_counted*> counts;
    std::map<std::uint64_t, std::string> statuses;
    std::set<std::pair<std::uint64_t, std::uint32_t>> moves;  ///< order, event
    std::set<std::uint64_t> executed;
    std::set<std::uint64_t> changed;  ///< whose counts a party changed by something else
    bool asks_parties = false;        ///< something of it pends at a destination
};

std::vector<Message> ClientScribe::notices(const oms_batch& decision) {
    Reading reading;
    gather(decision, reading);
    std::vector<Message> out;
    tell_answer(reading, out);
    tell_executions(decision, reading, out);
    tell_moves(reading, out);
    for (const Message& message : out) remember(message);
    return out;
}

void ClientScribe::gather(const oms_batch& decision, Reading& reading) {
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* header = sdk::as<oms_decision>(record)) {
            reading.cause = header->cause;
            reading.request = sdk::view(header->key);
        } else if (const auto* opened = sdk::as<oms_order_opened>(record)) {
            books_.opened(*opened);
        } else if (const auto* answered = sdk::as<oms_answered>(record)) {
            if (answered->channel == books_.channel()) reading.answered = answered;
        } else if (const auto* numbered = sdk::as<oms_channel_moved>(record)) {
            if (numbered->channel == books_.channel()) reading.number = numbered->in_seq;
        } else if (const auto* counted = sdk::as<oms_line_counted>(record)) {
            if (books_.key_of(counted->order) != nullptr)
                reading.counts[{counted->order, counted->line}] = counted;
        } else if (const auto* status = sdk::as<oms_status_changed>(record)) {
            if (status->route == 0 && books_.key_of(status->order) != nullptr)
                reading.statuses[status->order] = sdk::view(status->status);
        } else if (const auto* moved = sdk::as<oms_region_moved>(record)) {
            if (moved->route == 0 && books_.key_of(moved->order) != nullptr)
                reading.moves.emplace(moved->order, moved->event);
        } else if (const auto* executed = sdk::as<oms_executed>(record)) {
            if (books_.key_of(executed->order) != nullptr) reading.executed.insert(executed->order);
        } else if (const auto* intent = sdk::as<oms_intent>(record)) {
            reading.asks_parties = reading.asks_parties || intent->action != OMS_action_place;
        }
    }
    if (reading.cause == OMS_RECORD_report) gather_changes(decision, reading);
}

/// A report that neither executed, reversed nor cancelled anything and yet moved counts: the party
/// changed the quantity, as it was asked to or by itself.
void ClientScribe::gather_changes(const oms_batch& decision, Reading& reading) {
    std::set<std::uint64_t> other;
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* counted = sdk::as<oms_line_counted>(record)) {
            if (books_.key_of(counted->order) != nullptr) reading.changed.insert(counted->order);
        } else if (const auto* executed = sdk::as<oms_executed>(record)) {
            other.insert(executed->order);
        } else if (const auto* changed = sdk::as<oms_execution_changed>(record)) {
            other.insert(changed->order);
        } else if (const auto* part = sdk::as<oms_route_line_counted>(record)) {
            if (part->cancelled > 0) other.insert(part->order);
        }
    }
    for (const std::uint64_t order : other) reading.changed.erase(order);
}

void ClientScribe::tell_answer(const Reading& reading, std::vector<Message>& out) {
    if (reading.answered == nullptr) return;
    const oms_answered& answered = *reading.answered;
    const bool refused = answered.code != 0;
    std::string_view what;
    switch (reading.cause) {
        case OMS_RECORD_place_order: what = refused ? "refused" : "accepted"; break;
        case OMS_RECORD_amend_order:
            what = refused ? "amend_refused" : reading.asks_parties ? "amend_asked" : "amended";
            break;
        case OMS_RECORD_cancel_order: what = refused ? "cancel_refused" : "cancel_asked"; break;
        default: return;
    }
    Message message = order_message(what, answered.order, reading);
    message.put("ref", reading.number);
    if (reading.cause == OMS_RECORD_place_order) {
        if (message.get("key").empty()) message.put("key", reading.request);
    } else {
        message.put("request", reading.request);
    }
    if (refused) {
        const oms::sdk::ErrorInfo* info = sdk::error_info(answered.code);
        message.put("code", oms::code_text(answered.code));
        // The decision's own words often say the general reason, too.
        const std::string own(sdk::view(answered.text));
        std::string text(info == nullptr ? std::string_view() : info->reason);
        if (own.find(text) != std::string::npos)
            text = own;
        else if (!own.empty())
            text += ": " + own;
        message.put("text", text);
        if (info != nullptr) message.put("remedy", info->remedy);
    }
    out.push_back(std::move(message));
}

void ClientScribe::tell_executions(const oms_batch& decision, const Reading& reading,
                                   std::vector<Message>& out) {
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* executed = sdk::as<oms_executed>(record)) {
            if (books_.key_of(executed->order) == nullptr) continue;
            out.push_back(
                order_message(executed->refers_to != 0 ? "corrected" : "executed", executed->order,
                              reading, executed->line)
                    .put("last", books_.quantity_text(executed->product, executed->quantity))
                    .put("price", books_.price_text(executed->product, executed->price))
                    .put("execution", executed->execution));
            if (executed->refers_to != 0) out.back().put("refers_to", executed->refers_to);
        } else if (const auto* changed = sdk::as<oms_execution_changed>(record)) {
            if (changed->state != OMS_execution_state_reversed) continue;
            if (books_.key_of(changed->order) == nullptr) continue;
            out.push_back(order_message("reversed", changed->order, reading)
                              .put("refers_to", changed->execution));
        }
    }
}

void ClientScribe::tell_moves(const Reading& reading, std::vector<Message>& out) {
    for (const std::uint64_t order : reading.changed)
        out.push_back(order_message("amended", order, reading));
    static constexpr std::pair<std::uint32_t, std::string_view> words[] = {
        {route_expired, "expired"},
        {route_cancel_refused, "cancel_refused"},
        {route_replace_refused, "amend_refused"},
    };
    for (const auto& [event, what] : words)
        for (const auto& [order, moved_by] : reading.moves)
            if (moved_by == event) out.push_back(order_message(what, order, reading));
    for (const auto& [where, counted] : reading.counts) {
        const std::int64_t open =
            counted->ordered + counted->over - counted->done - counted->cancelled;
        if (open == 0 && counted->cancelled > 0 && !reading.executed.contains(where.first))
            out.push_back(order_message("cancelled", where.first, reading, where.second));
    }
    for (const auto& [order, status] : reading.statuses) {
        const std::string id = std::to_string(order);
        const bool told = std::any_of(out.begin(), out.end(), [&](const Message& message) {
            return message.get("order") == id && !message.get("status").empty();
        });
        if (!told) out.push_back(order_message("status", order, reading));
    }
}

Message ClientScribe::order_message(std::string_view what, std::uint64_t order,
                                    const Reading& reading, std::uint32_t line) {
    Message message("ORDER");
    message.put("what", what);
    if (const std::string* key = books_.key_of(order)) message.put("key", *key);
    if (order != 0) message.put("order", order);
    if (const auto status = reading.statuses.find(order); status != reading.statuses.end())
        message.put("status", status->second);
    if (const auto found = reading.counts.find({order, line}); found != reading.counts.end()) {
        const oms_line_counted& counted = *found->second;
        const auto text = [&](std::int64_t quantity) {
            return books_.quantity_text(counted.product, quantity);
        };
        message.put("product", books_.code_of(counted.product));
        message.put("quantity", text(counted.ordered)).put("done", text(counted.done));
        message.put("cancelled", text(counted.cancelled));
        message.put("open",
                    text(counted.ordered + counted.over - counted.done - counted.cancelled));
    }
    return message;
}

void ClientScribe::remember(const Message& told) {
    const std::string key(told.get("key"));
    if (key.empty()) return;
    const auto [known, added] = told_.try_emplace(key, Message("ORDER"));
    if (added) age_.push_back(key);
    static constexpr std::string_view kept[] = {"order", "status",    "product", "quantity",
                                                "done",  "cancelled", "open"};
    Message& now = known->second;
    for (const std::string_view name : kept) {
        const std::string_view value = told.get(name);
        if (value.empty()) continue;
        std::erase_if(now.fields, [&](const auto& field) { return field.first == name; });
        now.put(name, value);
    }
    if (age_.size() <= most_told) return;
    told_.erase(age_.front());
    age_.pop_front();
}

Message ClientScribe::answer(std::uint32_t origin, std::string_view target) {
    const auto known = told_.find(std::string(target));
    if (known == told_.end() || known->second.get("open").empty() ||
        known->second.get("order").empty())
        return look_up(origin, target);
    Message message("ORDER");
    message.put("what", "answer").put("key", target);
    for (const auto& [name, value] : known->second.fields) message.put(name, value);
    return message;
}

Message ClientScribe::look_up(std::uint32_t origin, std::string_view target) {
    Message message("ORDER");
    Message found;
    books_.ask_order(origin, target, 0, [&](const oms_record& record) {
        if (const auto* order = sdk::as<oms_order_row>(record))
            found.put("order", order->order).put("status", sdk::view(order->status));
        const auto* row = sdk::as<oms_line_row>(record);
        if (row == nullptr || row->line != 0) return;
        const auto text = [&](std::int64_t quantity) {
            return books_.quantity_text(row->product, quantity);
        };
        found.put("product", books_.code_of(row->product));
        found.put("quantity", text(row->ordered)).put("done", text(row->done));
        found.put("cancelled", text(row->cancelled));
        found.put("open", text(row->ordered + row->over - row->done - row->cancelled));
    });
    message.put("what", found.fields.empty() ? "not_found" : "answer").put("key", target);
    for (const auto& [name, value] : found.fields) message.put(name, value);
    return message;
}

// ---- requests to a party
// -------------------------------------------------------------------------

std::optional<Message> PartyScribe::intent(const oms_batch& decision, const oms_intent& intent,
                                           bool again) {
    const std::string target = "R" + std::to_string(intent.route);
    const std::string number = std::to_string(intent.out_seq);
    switch (intent.action) {
        case OMS_action_place: return place(decision, intent, again);
        case OMS_action_amend: return amend(decision, intent);
        case OMS_action_cancel:
            return Message("CANCEL").put("key", "C" + number).put("target", target);
        case OMS_action_ask: return Message("ASK").put("key", "Q" + number).put("target", target);
        default: return std::nullopt;
    }
}

std::optional<Message> PartyScribe::place(const oms_batch& decision, const oms_intent& intent,
                                          bool again) {
    namespace field = sdk::field;
    sdk::RouteDetails details(intent.order, intent.route);
    details.add(decision);
    // An order that is old news must not be sent after its end.
    if (again || !details.complete()) details = books_.details(intent.order, intent.route);
    if ((details.flags() & OMS_ROUTE_ENDED) != 0) return std::nullopt;
    const auto routed = [](const sdk::RouteDetails::Line& line) { return line.routed; };
    if (std::count_if(details.lines().begin(), details.lines().end(), routed) > 1)
        return Message(withheld).put("text", "an order of this protocol has one line");
    for (const sdk::RouteDetails::Line& line : details.lines()) {
        if (!line.routed) continue;
        Message message("NEW");
        message.put("key", "R" + std::to_string(intent.route));
        message.put("kind", words_.kind).put("account", words_.account);
        message.put("product", books_.code_of(line.product));
        message.put("direction", sdk::code_name(sdk::direction_names, line.direction));
        message.put("quantity", books_.quantity_text(line.product, line.quantity));
        const auto type = details.number(field::order_type, line.line);
        if (type) message.put("type", sdk::choice_name("order_type", *type));
        if (const auto limit = details.number(field::limit_price, line.line))
            message.put("price", books_.price_text(line.product, *limit));
        if (const auto force = details.number(field::time_in_force))
            message.put("force", sdk::choice_name("time_in_force", *force));
        message.put("text", details.text(field::text));
        return message;
    }
    return std::nullopt;
}

std::optional<Message> PartyScribe::amend(const oms_batch& decision, const oms_intent& intent) {
    sdk::RouteDetails details(intent.order, intent.route);
    details.add(decision);
    if (!details.complete()) {
        sdk::RouteDetails now = books_.details(intent.order, intent.route);
        now.add(decision);
        details = std::move(now);
    }
    for (const sdk::RouteDetails::Line& line : details.lines()) {
        if (!line.routed) continue;
        Message message("AMEND");
        message.put("key", "A" + std::to_string(intent.out_seq));
        message.put("target", "R" + std::to_string(intent.route));
        const std::int64_t quantity = line.amending != 0 ? line.amending : line.quantity;
        message.put("quantity", books_.quantity_text(line.product, quantity));
        if (const auto limit = details.number(sdk::field::limit_price, line.line))
            message.put("price", books_.price_text(line.product, *limit));
        return message;
    }
    return std::nullopt;
}

}  // namespace line
