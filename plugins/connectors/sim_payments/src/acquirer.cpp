// SPDX-License-Identifier: Apache-2.0
#include "acquirer.hpp"

#include <utility>

namespace parties {

// ---- what is known of payments
// -------------------------------------------------------------------

void Acquirer::remember(const Request& request) {
    if (request.verb != Verb::place || ended_.contains(request.route)) return;
    Payment& payment = payments_[request.route];
    if (payment.route != 0) return;
    payment.route = request.route;
    payment.order = request.order;
    payment.refund_of = request.refund_of;
    payment.script = request.script();
    if (request.items.size() == 1) payment.item = request.items.front();
}

void Acquirer::apply(const Event& event) {
    Payment* payment = find(event.route);
    if (payment == nullptr) return;
    switch (event.say) {
        case Say::acked:
            payment->stage = Stage::open;
            if (payment->item.receives)
                totals_[payment->item.product].authorised += payment->item.quantity;
            plan(*payment, event.until == 0 ? never : event.until);
            break;
        case Say::progress:
            if (event.name != "needs_action") break;
            payment->stage = Stage::action;
            plan(*payment, event.until == 0 ? never : event.until);
            break;
        case Say::executed: apply_executed(*payment, event); break;
        case Say::replaced: payment->item.quantity = event.quantity; break;
        case Say::refused:
        case Say::cancelled:
        case Say::expired: end(*payment); break;
        default: break;
    }
}

void Acquirer::apply_executed(Payment& payment, const Event& event) {
    Totals& totals = totals_[payment.item.product];
    payment.captured += event.quantity;
    if (payment.item.receives) {
        totals.captured += event.quantity;
        refundable_[{payment.order, payment.item.product}] += event.quantity;
    } else {
        totals.refunded += event.quantity;
        if (payment.refund_of != 0)
            refundable_[{payment.refund_of, payment.item.product}] -= event.quantity;
    }
    if (payment.open() == 0) end(payment);
}

void Acquirer::plan(Payment& payment, std::int64_t due) {
    agenda_.erase({payment.due, payment.route});
    payment.due = due;
    if (due != never) agenda_.emplace(due, payment.route);
}

void Acquirer::end(Payment& payment) {
    plan(payment, never);
    payment.stage = Stage::ended;
    to_drop_.push_back(payment.route);
}

std::optional<Standing> Acquirer::standing(std::uint64_t route) const {
    if (ended_.contains(route)) return Standing{ref_of(route), 0, true};
    const auto found = payments_.find(route);
    if (found == payments_.end()) return std::nullopt;
    const Payment& payment = found->second;
    const bool waits = payment.stage == Stage::received || payment.stage == Stage::action;
    return Standing{ref_of(route), waits ? payment.item.quantity : payment.open(),
                    payment.stage == Stage::ended};
}

Acquirer::Totals Acquirer::totals(std::string_view currency) const {
    const auto found = totals_.find(currency);
    return found == totals_.end() ? Totals{} : found->second;
}

// ---- requests
// ------------------------------------------------------------------------------------

void Acquirer::decide(const Request& request, std::int64_t now) {
    Payment* payment = find(request.route);
    switch (request.verb) {
        case Verb::place:
            if (payment == nullptr || payment->stage != Stage::received) break;
            if (payment->item.receives)
                authorise(request, *payment, now);
            else
                refund(request, *payment, now);
            break;
        case Verb::cancel: cancel(request, payment, now); break;
        case Verb::amend: amend(request, payment, now); break;
        default: capture(request, payment, now);
    }
}

void Acquirer::authorise(const Request& request, Payment& payment, std::int64_t now) {
    if (payment.item.quantity <= 0)
        return answer(request, Say::refused, "the amount must be above zero", now);
    if (payment.script.has("decline") || rejects(request))
        return answer(request, Say::refused, "declined", now);
    if (rules_.decline_above > 0 && payment.item.quantity > rules_.decline_above)
        return answer(request, Say::refused, "declined: above the limit of this card", now);
    const auto action = payment.script.number("action", rules_.action_ns / ns_per_ms);
    if (!action && !chance(rules_.action_percent, request, "action"))
        return acknowledge(payment, now, &request);
    Event event;
    event.say = Say::progress;
    event.name = "needs_action";
    event.ref = ref_of(request.route);
    event.remaining = payment.item.quantity;
    event.text = "the buyer has to confirm the payment";
    if (action != 0) event.until = now + action.value_or(rules_.action_ns / ns_per_ms) * ns_per_ms;
    say(event, now, &request);
}

void Acquirer::acknowledge(const Payment& payment, std::int64_t now, const Request* cause) {
    Event event;
    event.say = Say::acked;
    event.route = payment.route;
    event.ref = ref_of(payment.route);
    event.quantity = event.remaining = payment.item.quantity;
    const auto expire = payment.script.number("expire", 1000);
    event.until = now + (expire ? *expire * ns_per_ms : rules_.valid_ns);
    say(event, now, cause);
}

/// Money goes back at once, and never more than came in.
void Acquirer::refund(const Request& request, Payment& payment, std::int64_t now) {
    if (payment.item.quantity <= 0)
        return answer(request, Say::refused, "a refund names one amount above zero", now);
    if (rejects(request)) return answer(request, Say::refused, "rejected", now);
    if (payment.refund_of == 0 && !rules_.unreferenced_refunds)
        return answer(request, Say::refused, "a refund must name the order that was paid", now);
    const auto left = refundable_.find({payment.refund_of, payment.item.product});
    if (payment.refund_of != 0 &&
        (left == refundable_.end() || left->second < payment.item.quantity))
        return answer(request, Say::refused, "more than was captured and not yet refunded", now);
    Event acked;
    acked.say = Say::acked;
    acked.ref = ref_of(request.route);
    acked.quantity = acked.remaining = payment.item.quantity;
    say(acked, now, &request);
    Event event;
    event.say = Say::executed;
    event.route = request.route;
    event.ref = acked.ref;
    event.execution_ref = ref_of(request.route) + "-R";
    event.quantity = payment.item.quantity;
    event.items = {payment.item};
    say(event, now);
}

/// The id of a capture is the route's with the number of the message that asked for it, so that the
/// same message can never take money twice.
void Acquirer::capture(const Request& request, Payment* payment, std::int64_t now) {
    if (payment != nullptr && request.signal == "action_done" && payment->stage == Stage::action)
        return acknowledge(*payment, now, &request);
    if (request.signal != "capture")
        return answer(request, Say::progress, "an acquirer cannot do " + request.signal, now);
    const std::int64_t amount = request.quantity > 0 ? request.quantity
                                : payment == nullptr ? 0
                                                     : payment->open();
    if (payment == nullptr || amount <= 0 || amount > payment->open() || rejects(request))
        return answer(request, Say::progress, "the authorisation does not cover this capture", now);
    Event event;
    event.say = Say::executed;
    event.ref = ref_of(request.route);
    event.execution_ref = event.ref + "-C" + std::to_string(request.number);
    event.quantity = amount;
    event.remaining = payment->open() - amount;
    event.items = {payment->item};
    event.items.front().quantity = amount;
    say(event, now, &request);
}

/// A void: what is not captured is given back to the buyer.
void Acquirer::cancel(const Request& request, Payment* payment, std::int64_t now) {
    if (payment == nullptr || payment->stage == Stage::ended)
        return answer(request, Say::cancel_refused,
                      standing(request.route) ? "nothing is left to void" : "unknown payment", now);
    Event event;
    event.say = Say::cancelled;
    event.ref = ref_of(request.route);
    event.quantity = payment->stage == Stage::open ? payment->open() : payment->item.quantity;
    say(event, now, &request);
}

void Acquirer::amend(const Request& request, Payment* payment, std::int64_t now) {
    std::int64_t amount = 0;
    if (payment != nullptr)
        for (const Item& item : request.items)
            if (item.line == payment->item.line) amount = item.quantity;
    const bool above = rules_.decline_above > 0 && amount > rules_.decline_above;
    if (payment == nullptr || payment->stage != Stage::open || amount <= 0 || above ||
        rejects(request))
        return answer(request, Say::replace_refused, "the authorisation cannot be changed", now);
    Event event;
    event.say = Say::replaced;
    event.ref = ref_of(request.route);
    event.quantity = std::max(amount, payment->captured);
    event.remaining = event.quantity - payment->captured;
    event.items = {payment->item};
    event.items.front().quantity = event.quantity;
    say(event, now, &request);
}

void Acquirer::answer(const Request& request, Say how, std::string text, std::int64_t now) {
    Event event;
    event.say = how;
    event.ref = standing(request.route) ? ref_of(request.route) : "NONE";
    event.text = std::move(text);
    if (how == Say::progress)
        event.name = request.signal == "capture" ? "capture_refused" : "not_understood";
    say(event, now, &request);
}

// ---- what time brings
// ----------------------------------------------------------------------------

void Acquirer::tick(std::int64_t now) {
    while (!agenda_.empty() && agenda_.begin()->first <= now) {
        Payment& payment = payments_.find(agenda_.begin()->second)->second;
        if (payment.stage == Stage::action) {
            acknowledge(payment, now, nullptr);
            continue;
        }
        Event event;
        event.say = Say::expired;
        event.route = payment.route;
        event.ref = ref_of(payment.route);
        event.quantity = payment.open();
        event.text = "the authorisation has lapsed";
        say(event, now);
    }
    for (const std::uint64_t route : std::exchange(to_drop_, {})) {
        payments_.erase(route);
        ended_.insert(route);
    }
}

Acquirer::Payment* Acquirer::find(std::uint64_t route) {
    const auto found = payments_.find(route);
    return found == payments_.end() ? nullptr : &found->second;
}

}  // namespace parties
