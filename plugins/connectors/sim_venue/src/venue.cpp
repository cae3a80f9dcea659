// SPDX-License-Identifier: Apache-2.0
#include "venue.hpp"

#include <utility>

namespace parties {

namespace {

constexpr std::uint32_t too_late = 0, unknown_order = 1;  // as FIX numbers CxlRejReason (102)

}  // namespace

Venue::Venue(Conditions conditions, VenueRules rules, std::filesystem::path book)
    : Party(conditions, std::move(book)), rules_(std::move(rules)) {}

std::int64_t Venue::Order::open() const {
    std::int64_t open = 0;
    for (const Leg& leg : legs) open += ended || enquiry ? 0 : leg.open();
    return open;
}

// ---- what is known of orders
// ---------------------------------------------------------------------

void Venue::remember(const Request& request) {
    if (request.verb != Verb::place) return;
    const std::string ref = ref_of(request.route);
    if (orders_.contains(ref) || ended_.contains(ref)) return;
    Order& order = orders_[ref];
    order.route = request.route;
    order.ref = ref;
    order.force = request.force;
    order.enquiry = request.enquiry;
    order.script = request.script();
    order.offer = request.offer;
    for (const Item& item : request.items) {
        legs_[next_leg_] = {ref, order.legs.size()};
        order.legs.push_back(
            {next_leg_++, item.line, item.product, item.receives, item.quantity, 0, item.price});
    }
}

void Venue::apply(const Event& event) {
    if (event.say == Say::acked && event.route == 0 && !orders_.contains(event.ref)) {
        Order& order = orders_[event.ref];
        order.ref = event.ref;
        order.force = Force::good_till_cancel;
        for (const Item& item : event.items) {
            legs_[next_leg_] = {event.ref, order.legs.size()};
            order.legs.push_back({next_leg_++, item.line, item.product, item.receives,
                                  item.quantity, 0, item.price});
        }
    }
    Order* order = find_order(event);
    if (order == nullptr) return;
    const auto leg_of = [&](const Item& item) -> Leg* {
        for (Leg& leg : order->legs)
            if (leg.line == item.line) return &leg;
        return nullptr;
    };
    switch (event.say) {
        case Say::acked: order->live = true; break;
        case Say::executed:
            ++executions_;
            offers_.erase(order->offer);
            for (const Item& item : event.items)
                if (Leg* leg = leg_of(item)) leg->done += item.quantity;
            order->ended = order->filled = order->open() == 0;
            for (const char* word : {"bust", "correct"})
                if (const auto wait = order->script.number(word, 1000);
                    wait && event.execution_ref.ends_with("-1"))
                    doubts_.push_back(
                        {event.time + *wait * ns_per_ms, word[0] == 'b', order->ref, event});
            break;
        case Say::replaced:
            for (const Item& item : event.items)
                if (Leg* leg = leg_of(item)) {
                    leg->quantity = item.quantity;
                    leg->price = item.price;
                }
            order->ended = order->filled = order->open() == 0;
            break;
        case Say::offered:
            order->until = event.until;
            offers_[event.execution_ref] = {event.items.front(), event.until};
            break;
        case Say::reversed:
            for (const Item& item : event.items)
                if (Leg* leg = leg_of(item)) leg->done -= item.quantity;
            if (std::exchange(order->filled, false)) order->ended = false;
            [[fallthrough]];
        case Say::corrected:
            std::erase_if(doubts_, [&](const Doubt& doubt) {
                return doubt.execution.execution_ref == event.refers_to;
            });
            break;
        case Say::refused:
        case Say::cancelled:
        case Say::expired: order->ended = true; break;
        default: break;
    }
    if (order->ended) ending_.insert(order->ref);
}

std::optional<Standing> Venue::standing(std::uint64_t route) const {
    const std::string ref = ref_of(route);
    if (ended_.contains(ref)) return Standing{ref, 0, true};
    const auto order = orders_.find(ref);
    if (order == orders_.end()) return std::nullopt;
    return Standing{ref, order->second.open(), order->second.ended};
}

void Venue::resume(std::int64_t now) {
    for (auto& [id, where] : legs_) {
        Order& order = orders_[where.first];
        Leg& leg = order.legs[where.second];
        if (!markets_.contains(leg.product))
            list({leg.product, std::max<std::int64_t>(leg.price, 1)});
        if (order.live && !order.ended && !order.enquiry && leg.open() > 0)
            rest_or_wait(order, leg);
    }
    drop_ended();
    if (rules_.close_at_ns < 0) return;
    constexpr std::int64_t day_ns = std::int64_t{86'400} * 1000 * ns_per_ms;
    next_close_ = now - now % day_ns + rules_.close_at_ns;
    if (next_close_ <= now) next_close_ += day_ns;
}

// ---- requests
// ------------------------------------------------------------------------------------

void Venue::decide(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    switch (request.verb) {
        case Verb::place:
            if (order != nullptr && !order->live && !order->ended) place(request, *order, now);
            break;
        case Verb::cancel: cancel(request, now); break;
        case Verb::amend: amend(request, now); break;
        default: {
            Event event;
            event.say = Say::progress;
            event.ref = ref_of(request.route);
            event.name = "not_understood";
            event.text = "this venue knows no signal " + request.signal;
            say(event, now, &request);
        }
    }
}

void Venue::place(const Request& request, Order& order, std::int64_t now) {
    if (rejects(request))
        return end_order(order, Say::refused, "rejected by the venue", now, &request);
    if (std::string reason = fault(order); !reason.empty())
        return end_order(order, Say::refused, std::move(reason), now, &request);
    if (order.enquiry) return quote(request, order, now);
    if (!order.offer.empty()) return take_offer(request, order, now);
    Event event;
    event.say = Say::acked;
    event.ref = order.ref;
    event.remaining = order.open();
    event.quantity = event.remaining;
    say(event, now, &request);
    if (order.force == Force::fill_or_kill && !fillable(order))
        return end_order(order, Say::cancelled, "it could not be filled as a whole", now);
    work_order(order, now);
}

std::string Venue::fault(const Order& order) const {
    if (order.legs.empty()) return "an order needs a product";
    if (order.legs.size() > 1 && order.force == Force::fill_or_kill)
        return "fill or kill is for orders of one leg";
    for (const Leg& leg : order.legs) {
        const auto found = markets_.find(leg.product);
        if (found == markets_.end()) return "unknown product " + leg.product;
        const Listing& listing = found->second.listing;
        if (leg.quantity <= 0) return "the quantity must be above zero";
        if (leg.quantity % listing.lot != 0)
            return "the quantity must be a multiple of " + std::to_string(listing.lot);
        if (leg.price < 0 || leg.price % listing.tick != 0)
            return "the price must be a multiple of " + std::to_string(listing.tick);
    }
    return {};
}

bool Venue::fillable(const Order& order) {
    const Leg& leg = order.legs.front();
    const auto limit = leg.price > 0 ? std::optional(leg.price) : std::nullopt;
    return market(leg.product).book.available(leg.buy, limit) >= leg.open();
}

/// What an accepted order does at once.
void Venue::work_order(Order& order, std::int64_t now) {
    for (Leg& leg : order.legs) {
        if (const auto fill = order.script.number("fill", leg.open())) {
            const std::int64_t price = leg.price > 0 ? leg.price : market(leg.product).reference;
            execute(order, leg, std::min(*fill, leg.open()), price, now);
        }
        if (!order.script.has("no_fill")) trade(order, leg, now);
    }
    if (order.open() == 0) return;
    if (order.force == Force::immediate_or_cancel)
        return end_order(order, Say::cancelled, "the rest found nobody at once", now);
    for (Leg& leg : order.legs) rest_or_wait(order, leg);
}

void Venue::cancel(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    if (order != nullptr && order->live && !order->ended) {
        if (const auto wins = order->script.number("fill_on_cancel")) {
            for (Leg& leg : order->legs) {
                const std::int64_t most = *wins == 0 ? leg.open() : std::min(*wins, leg.open());
                if (most <= 0) continue;
                market(leg.product).book.remove(leg.id);
                const std::int64_t price =
                    leg.price > 0 ? leg.price : market(leg.product).reference;
                execute(*order, leg, most, price, now);
            }
        }
        if (order->open() > 0 || order->enquiry)
            return end_order(*order, Say::cancelled, {}, now, &request);
    }
    Event event;
    event.say = Say::cancel_refused;
    const bool known = standing(request.route).has_value();
    event.ref = known ? ref_of(request.route) : "NONE";
    event.reason = known ? too_late : unknown_order;
    event.text = known ? "too late to cancel" : "unknown order";
    say(event, now, &request);
}

void Venue::amend(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    Event event;
    event.ref = ref_of(request.route);
    if (order == nullptr || !order->live || order->ended || order->enquiry || rejects(request)) {
        event.say = Say::replace_refused;
        event.reason = standing(request.route) ? too_late : unknown_order;
        event.text = event.reason == too_late ? "too late to replace" : "unknown order";
        return say(event, now, &request);
    }
    event.say = Say::replaced;
    std::vector<bool> moved(order->legs.size(), false);
    for (std::size_t at = 0; at < order->legs.size(); ++at) {
        const Leg& leg = order->legs[at];
        Item item{leg.line, leg.product, leg.buy, leg.quantity, leg.price};
        for (const Item& wanted : request.items) {
            if (wanted.line != leg.line) continue;
            if (wanted.quantity > 0) item.quantity = std::max(wanted.quantity, leg.done);
            if (wanted.price > 0) item.price = wanted.price;
        }
        // A new price or a larger quantity goes to the end of the queue.
        moved[at] = item.price != leg.price || item.quantity > leg.quantity;
        event.remaining += item.quantity - leg.done;
        event.quantity += item.quantity;
        event.price = item.price;
        event.items.push_back(item);
    }
    say(event, now, &request);
    for (std::size_t at = 0; at < order->legs.size(); ++at) {
        Leg& leg = order->legs[at];
        Book& book = market(leg.product).book;
        market(leg.product).changed = true;
        if (!moved[at] && leg.open() > 0) {
            book.shrink(leg.id, leg.open());
            continue;
        }
        book.remove(leg.id);
        if (leg.open() == 0) continue;
        if (!order->script.has("no_fill")) trade(*order, leg, now);
        rest_or_wait(*order, leg);
    }
}

// ---- enquiries
// -----------------------------------------------------------------------------------

/// Two offers: all of it at the price that is quoted, or half of it at a better one.
void Venue::quote(const Request& request, Order& order, std::int64_t now) {
    Event event;
    event.say = Say::acked;
    event.ref = order.ref;
    say(event, now, &request);
    for (const Leg& leg : order.legs) {
        const Market& at = market(leg.product);
        const std::int64_t sign = leg.buy ? 1 : -1;
        const std::int64_t spread = at.listing.half_spread_ticks * at.listing.tick;
        for (int better = 0; better < 2; ++better) {
            Event offer;
            offer.say = Say::offered;
            offer.route = order.route;
            offer.ref = order.ref;
            offer.execution_ref =
                order.ref + "-L" + std::to_string(leg.line) + (better ? "B" : "A");
            offer.quantity = better ? std::max<std::int64_t>(leg.quantity / 2, 1) : leg.quantity;
            offer.price = at.reference + sign * (spread - better * at.listing.tick);
            offer.until = now + rules_.offer_valid_ns;
            offer.items = {{leg.line, leg.product, leg.buy, offer.quantity, offer.price}};
            say(offer, now);
        }
    }
}

void Venue::take_offer(const Request& request, Order& order, std::int64_t now) {
    const auto found = offers_.find(order.offer);
    const Leg& leg = order.legs.front();
    if (found == offers_.end() || found->second.until <= now)
        return end_order(order, Say::refused, "the offer is not good any more", now, &request);
    const Item offered = found->second.item;
    if (order.legs.size() != 1 || offered.product != leg.product || offered.receives != leg.buy ||
        offered.quantity < leg.quantity)
        return end_order(order, Say::refused, "the offer was for something else", now, &request);
    Event event;
    event.say = Say::acked;
    event.ref = order.ref;
    event.remaining = order.open();
    event.quantity = event.remaining;
    say(event, now, &request);
    execute(order, leg, leg.open(), offered.price, now);
}

// ---- trading
// -------------------------------------------------------------------------------------

void Venue::trade(Order& order, Leg& leg, std::int64_t now) {
    if (leg.open() <= 0 || order.ended) return;
    Market& at = market(leg.product);
    const auto limit = leg.price > 0 ? std::optional(leg.price) : std::nullopt;
    for (const Fill& fill : at.book.take(leg.buy, limit, leg.open())) {
        execute(order, leg, fill.quantity, fill.price, now);
        hit({fill}, at, now);
    }
}

/// Resting orders of customers that were hit hear of it; the house does not care.
void Venue::hit(const std::vector<Fill>& fills, Market& at, std::int64_t now) {
    for (const Fill& fill : fills) {
        at.last = fill.price;
        at.changed = true;
        const auto where = legs_.find(fill.resting);
        if (where == legs_.end()) continue;
        Order& order = orders_[where->second.first];
        execute(order, order.legs[where->second.second], fill.quantity, fill.price, now);
    }
}

void Venue::execute(Order& order, const Leg& leg, std::int64_t quantity, std::int64_t price,
                    std::int64_t now) {
    if (quantity <= 0) return;
    std::int64_t done = 0;
    for (const Leg& other : order.legs) done += other.done;
    Market& at = market(leg.product);
    at.last = price;
    at.changed = true;
    Event event;
    event.say = Say::executed;
    event.route = order.route;
    event.ref = order.ref;
    // The first execution of an order ends in -1, which is what scripts look for.
    event.execution_ref =
        rules_.name + "-E" + std::to_string(executions_ + 1) + (done == 0 ? "-1" : "");
    event.items = {{leg.line, leg.product, leg.buy, quantity, price}};
    event.quantity = quantity;
    event.price = price;
    event.remaining = order.open() - quantity;
    say(event, now);
}

void Venue::rest_or_wait(Order& order, Leg& leg) {
    if (leg.open() <= 0 || order.ended || order.script.has("no_fill")) return;
    if (leg.price == 0) {
        waiting_.insert(leg.id);
        return;
    }
    Market& at = market(leg.product);
    at.book.rest(leg.id, leg.buy, leg.price, leg.open());
    at.changed = true;
}

void Venue::withdraw(Order& order) {
    for (const Leg& leg : order.legs) {
        waiting_.erase(leg.id);
        const auto at = markets_.find(leg.product);
        if (at == markets_.end()) continue;
        at->second.book.remove(leg.id);
        at->second.changed = true;
    }
}

/// Refused, cancelled or expired: nothing of it works any more.
void Venue::end_order(Order& order, Say how, std::string text, std::int64_t now,
                      const Request* cause) {
    withdraw(order);
    Event event;
    event.say = how;
    event.route = order.route;
    event.ref = order.ref;
    event.text = std::move(text);
    event.quantity = order.open();
    say(event, now, cause);
}

Venue::Order* Venue::find(std::uint64_t route) {
    const auto found = orders_.find(ref_of(route));
    return found == orders_.end() ? nullptr : &found->second;
}

Venue::Order* Venue::find_order(const Event& event) {
    if (event.route != 0) return find(event.route);
    const auto found = orders_.find(event.ref);
    return found == orders_.end() ? nullptr : &found->second;
}

}  // namespace parties
