// SPDX-License-Identifier: Apache-2.0
// What happens at the venue by itself: quotes that wander, other participants, the end of the day.
#include "venue.hpp"

#include <algorithm>
#include <utility>

namespace parties {

namespace {

/// Up, down or neither, in ticks: the further the price is from where it was listed, the likelier
/// towards there. A free walk would leave every limit behind after some hours, and two venues that
/// list the same product would part for good.
std::int64_t wander(Random& random, const Listing& listing, std::int64_t reference) {
    constexpr std::int64_t reach = 63;
    const std::int64_t away = (reference - listing.price) / listing.tick;
    const std::int64_t drawn = random.between(-reach, reach) - std::clamp(away, -reach, reach);
    return drawn > reach / 3 ? 1 : drawn < -reach / 3 ? -1 : 0;
}

}  // namespace

void Venue::list(const Listing& listing) {
    Market& at = markets_[listing.product];
    const bool first = at.reference == 0;
    at.listing = listing;
    if (first) {
        at.reference = listing.price - listing.price % listing.tick;
        at.random = Random(draw(0, 0, listing.product));
    }
    next_quote_ = 0;
}

void Venue::enter_by_phone(const std::string& ref, const Item& item, std::int64_t now) {
    if (orders_.contains(ref) || ended_.contains(ref)) return;
    Event event;
    event.say = Say::acked;
    event.ref = ref;
    event.items = {item};
    event.quantity = item.quantity;
    event.remaining = item.quantity;
    say(event, now);
    Order& order = orders_[ref];
    if (std::string reason = fault(order); !reason.empty())
        return end_order(order, Say::cancelled, std::move(reason), now);
    work_order(order, now);
}

std::vector<MarketData> Venue::take_market_data(std::int64_t now) {
    std::vector<MarketData> data;
    if (silent(now)) return data;
    for (auto& [product, at] : markets_) {
        if (!std::exchange(at.changed, false)) continue;
        data.push_back({product, at.book.best(true), at.book.best(false), at.last});
    }
    return data;
}

std::int64_t Venue::next_tick() const {
    std::int64_t next = std::min(markets_.empty() ? never : next_quote_, next_close_);
    for (const Doubt& doubt : doubts_) next = std::min(next, doubt.due);
    return next;
}

void Venue::tick(std::int64_t now) {
    if (now >= next_quote_) {
        for (auto& [product, at] : markets_) move_market(at, now);
        next_quote_ = now + rules_.quote_every_ns;
        for (auto& [ref, order] : orders_)
            if (order.enquiry && !order.ended && order.until != 0 && order.until <= now)
                end_order(order, Say::expired, "nobody took up the offers", now);
    }
    settle_doubts(now);
    if (now >= next_close_) close_day(now);
    drop_ended();
}

/// The house quotes anew, and perhaps somebody trades with what is there.
void Venue::move_market(Market& at, std::int64_t now) {
    const Listing& rules = at.listing;
    for (const std::uint64_t id : at.house) at.book.remove(id);
    at.house.clear();
    const std::int64_t depth = rules.half_spread_ticks + static_cast<std::int64_t>(rules.levels);
    at.reference += wander(at.random, rules, at.reference) * rules.tick;
    at.reference = std::max(at.reference, depth * rules.tick);
    for (std::int64_t level = rules.half_spread_ticks; level < depth; ++level) {
        for (const bool buy : {true, false}) {
            const std::int64_t lots = std::max<std::int64_t>(rules.quote_size / rules.lot, 1);
            std::int64_t size = at.random.between((lots + 1) / 2, lots + lots / 2) * rules.lot;
            const std::int64_t price = at.reference + (buy ? -level : level) * rules.tick;
            const std::vector<Fill> fills = at.book.take(buy, price, size);
            for (const Fill& fill : fills) size -= fill.quantity;
            hit(fills, at, now);
            if (size <= 0) continue;
            at.house.push_back(next_house_++);
            at.book.rest(at.house.back(), buy, price, size);
        }
    }
    at.changed = true;
    if (at.random.below(100) < rules_.taker_percent) {
        const bool buy = at.random.below(2) == 0;
        const std::int64_t most = std::max<std::int64_t>(rules.quote_size / rules.lot, 1);
        const std::int64_t size = at.random.between(1, most) * rules.lot;
        hit(at.book.take(buy, std::nullopt, size), at, now);
    }
    const std::set<std::uint64_t> waiting = waiting_;
    for (const std::uint64_t id : waiting) {
        const auto& [ref, index] = legs_[id];
        Order& order = orders_[ref];
        Leg& leg = order.legs[index];
        if (leg.product != rules.product) continue;
        trade(order, leg, now);
        if (leg.open() == 0 || order.ended) waiting_.erase(id);
    }
}

/// Executions that a script declares void, or to have had another price.
void Venue::settle_doubts(std::int64_t now) {
    std::vector<Doubt> due;
    for (const Doubt& doubt : doubts_)
        if (doubt.due <= now) due.push_back(doubt);
    for (const Doubt& doubt : due) {
        Event event = doubt.execution;
        event.number = event.cause = event.lost = 0;
        event.refers_to = doubt.execution.execution_ref;
        event.execution_ref += doubt.bust ? "-B" : "-C";
        event.say = doubt.bust ? Say::reversed : Say::corrected;
        event.text = doubt.bust ? "declared void" : "the price was wrong";
        Order& order = orders_[doubt.order];
        Leg* leg = nullptr;
        for (Leg& other : order.legs)
            if (other.line == event.items.front().line) leg = &other;
        const bool revives = doubt.bust && (order.filled || !order.ended);
        event.remaining = order.open() + (revives ? event.quantity : 0);
        if (!doubt.bust) event.price += market(leg->product).listing.tick;
        event.items.front().price = event.price;
        if (revives) market(leg->product).book.remove(leg->id);
        say(event, now);
        if (revives) rest_or_wait(order, *leg);
    }
}

void Venue::close_day(std::int64_t now) {
    constexpr std::int64_t day_ns = std::int64_t{86'400} * 1000 * ns_per_ms;
    while (next_close_ <= now) next_close_ += day_ns;
    for (auto& [ref, order] : orders_) {
        if (!order.live || order.ended || order.enquiry || order.force != Force::day) continue;
        Event event;
        event.say = Say::progress;
        event.name = "done_for_day";
        event.route = order.route;
        event.ref = ref;
        event.remaining = order.open();
        say(event, now);
        end_order(order, Say::expired, "the day is over", now);
    }
}

/// An order in doubt may live again: it stays, with its legs in the book's index.
void Venue::drop_ended() {
    std::erase_if(ending_, [&](const std::string& ref) {
        const auto found = orders_.find(ref);
        if (found == orders_.end() || !found->second.ended) return true;
        for (const Doubt& doubt : doubts_)
            if (doubt.order == ref) return false;
        for (const Leg& leg : found->second.legs) legs_.erase(leg.id);
        orders_.erase(found);
        ended_.insert(ref);
        return true;
    });
}

}  // namespace parties
