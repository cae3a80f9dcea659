// SPDX-License-Identifier: Apache-2.0
#include "warehouse.hpp"

#include <utility>

namespace parties {

namespace {

/// Delivered orders that are kept for a return; older ones have to be returned by a new order.
constexpr std::size_t most_delivered = 10'000;

}  // namespace

std::int64_t Warehouse::Order::open() const {
    std::int64_t open = 0;
    if (stage < Stage::shipped)
        for (const Piece& piece : pieces) open += piece.item.quantity - piece.shipped;
    return open;
}

std::int64_t Warehouse::Order::sent() const {
    std::int64_t sent = 0;
    for (const Piece& piece : pieces) sent += piece.shipped;
    return sent;
}

// ---- stock
// ---------------------------------------------------------------------------------------

void Warehouse::stock(const std::string& product, std::int64_t on_hand) {
    if (!stocks(product)) count(product, on_hand);
}

void Warehouse::count(const std::string& product, std::int64_t on_hand) {
    if (stocks(product) && shelves_[product].on_hand == on_hand) return;
    LineWriter line("counted");
    line.put("product", product).put("on_hand", on_hand);
    write_down(line);
    reread(LineReader(line.line()));
}

void Warehouse::reread(const LineReader& line) {
    Shelf& shelf = shelves_[line.text("product")];
    shelf.on_hand = 0;
    line.get("on_hand", shelf.on_hand);
    shelf.changed = true;
}

std::int64_t Warehouse::available(std::string_view product) const {
    const auto shelf = shelves_.find(product);
    return shelf == shelves_.end() ? 0 : shelf->second.on_hand - shelf->second.reserved;
}

std::vector<StockLevel> Warehouse::take_stock_levels(std::int64_t now) {
    std::vector<StockLevel> levels;
    if (silent(now)) return levels;
    for (auto& [product, shelf] : shelves_)
        if (std::exchange(shelf.changed, false))
            levels.push_back({product, std::max<std::int64_t>(shelf.on_hand - shelf.reserved, 0)});
    return levels;
}

// ---- what is known of orders
// ---------------------------------------------------------------------

void Warehouse::remember(const Request& request) {
    if (request.verb != Verb::place || orders_.contains(request.route)) return;
    Order& order = orders_[request.route];
    order.route = request.route;
    order.script = request.script();
    order.inbound = !request.items.empty() && request.items.front().receives;
    for (const Item& item : request.items) order.pieces.push_back({item, 0, 0, 0});
}

void Warehouse::apply(const Event& event) {
    Order* order = find(event.route);
    if (order == nullptr) return;
    switch (event.say) {
        case Say::acked:
            order->stage = Stage::accepted;
            order->since = event.time;
            reserve(*order);
            break;
        case Say::progress: apply_progress(*order, event); break;
        case Say::executed: apply_executed(*order, event); break;
        case Say::replaced: apply_replaced(*order, event); break;
        case Say::refused: order->stage = Stage::ended; break;
        case Say::cancelled:
            if (order->stage >= Stage::packed) break;  // what was not there; the rest is on its way
            release(*order);
            order->stage = Stage::ended;
            break;
        default: break;
    }
    plan(*order);
}

/// Puts the order where it belongs on the agenda.
void Warehouse::plan(Order& order) {
    agenda_.erase({order.due, order.route});
    order.due = due(order);
    if (order.due != never) agenda_.emplace(order.due, order.route);
    if (order.stage == Stage::ended) to_drop_.push_back(order.route);
    if (order.stage != Stage::delivered || order.due != never) return;
    delivered_.push_back(order.route);
    if (delivered_.size() <= most_delivered) return;
    to_drop_.push_back(delivered_.front());
    delivered_.pop_front();
}

void Warehouse::drop_ended() {
    for (const std::uint64_t route : std::exchange(to_drop_, {})) {
        const Order* order = find(route);
        if (order == nullptr || order->due != never) continue;
        orders_.erase(route);
        ended_.insert(route);
    }
}

void Warehouse::reserve(Order& order) {
    if (order.inbound) return;
    for (Piece& piece : order.pieces) {
        Shelf& shelf = shelves_[piece.item.product];
        const std::int64_t free = std::max<std::int64_t>(shelf.on_hand - shelf.reserved, 0);
        piece.reserved = std::min(piece.item.quantity, free);
        shelf.reserved += piece.reserved;
        shelf.changed = true;
    }
}

void Warehouse::release(Order& order) {
    for (Piece& piece : order.pieces) {
        Shelf& shelf = shelves_[piece.item.product];
        shelf.reserved -= std::exchange(piece.reserved, 0);
        shelf.changed = true;
    }
}

void Warehouse::apply_progress(Order& order, const Event& event) {
    if (event.name == "picked") {
        order.stage = Stage::picked;
        for (Piece& piece : order.pieces)
            for (const Item& item : event.items)
                if (item.line == piece.item.line) piece.picked = item.quantity;
    } else if (event.name == "packed") {
        order.stage = Stage::packed;
    } else if (event.name == "delivered") {
        order.stage = Stage::delivered;
        if (order.script.has("return")) order.expected_back = order.sent();
    } else if (event.name == "return_expected") {
        order.expected_back = event.quantity;
        order.back_since = event.time;
        return;
    } else if (event.name == "return_received") {
        for (const Item& item : event.items) {
            shelves_[item.product].on_hand += item.quantity;
            shelves_[item.product].changed = true;
        }
        order.expected_back = 0;
        order.stage = Stage::ended;
    }
    order.since = event.time;
    if (order.stage == Stage::delivered) order.back_since = event.time;
}

void Warehouse::apply_executed(Order& order, const Event& event) {
    ++parcels_;
    std::int64_t left = 0;
    for (Piece& piece : order.pieces) {
        for (const Item& item : event.items) {
            if (item.line != piece.item.line) continue;
            Shelf& shelf = shelves_[item.product];
            shelf.changed = true;
            shelf.on_hand += order.inbound ? item.quantity : -item.quantity;
            piece.shipped += item.quantity;
        }
        left += (order.inbound ? piece.item.quantity : piece.picked) - piece.shipped;
    }
    if (left > 0) return;
    release(order);
    order.stage = order.inbound ? Stage::ended : Stage::shipped;
    order.since = event.time;
}

void Warehouse::apply_replaced(Order& order, const Event& event) {
    release(order);
    for (Piece& piece : order.pieces)
        for (const Item& item : event.items)
            if (item.line == piece.item.line) piece.item.quantity = item.quantity;
    reserve(order);
}

std::optional<Standing> Warehouse::standing(std::uint64_t route) const {
    if (ended_.contains(route)) return Standing{ref_of(route), 0, true};
    const auto order = orders_.find(route);
    if (order == orders_.end()) return std::nullopt;
    return Standing{ref_of(route), order->second.open(), order->second.open() == 0};
}

void Warehouse::resume(std::int64_t now) { tick(now); }

// ---- requests
// ------------------------------------------------------------------------------------

void Warehouse::decide(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    switch (request.verb) {
        case Verb::place:
            if (order != nullptr && order->stage == Stage::received) accept(request, *order, now);
            break;
        case Verb::cancel: cancel(request, now); break;
        case Verb::amend: amend(request, now); break;
        default: take_signal(request, now);
    }
}

void Warehouse::accept(const Request& request, Order& order, std::int64_t now) {
    if (rejects(request)) return refuse(request, Say::refused, "refused by the warehouse", now);
    bool anything = order.inbound;
    for (const Piece& piece : order.pieces) {
        if (piece.item.receives != order.inbound || piece.item.quantity <= 0)
            return refuse(request, Say::refused, "an order goes one way, with quantities", now);
        anything = anything || available(piece.item.product) > 0;
    }
    if (!anything) return refuse(request, Say::refused, "nothing of it is in stock", now);
    Event event;
    event.say = Say::acked;
    event.ref = ref_of(request.route);
    event.remaining = event.quantity = order.open();
    say(event, now, &request);
}

void Warehouse::cancel(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    if (order == nullptr || order->stage >= Stage::packed)
        return refuse(request, Say::cancel_refused,
                      standing(request.route) ? "it is packed already" : "unknown order", now);
    Event event;
    event.say = Say::cancelled;
    event.ref = ref_of(request.route);
    event.quantity = order->open();
    say(event, now, &request);
}

void Warehouse::amend(const Request& request, std::int64_t now) {
    Order* order = find(request.route);
    if (order == nullptr || order->stage != Stage::accepted || rejects(request))
        return refuse(request, Say::replace_refused,
                      standing(request.route) ? "it is picked already" : "unknown order", now);
    Event event;
    event.say = Say::replaced;
    event.ref = ref_of(request.route);
    for (const Piece& piece : order->pieces) {
        Item item = piece.item;
        for (const Item& wanted : request.items)
            if (wanted.line == item.line && wanted.quantity > 0) item.quantity = wanted.quantity;
        event.quantity += item.quantity;
        event.items.push_back(item);
    }
    event.remaining = event.quantity;
    say(event, now, &request);
}

/// `return_expected` with a quantity: the buyer sends something back.
void Warehouse::take_signal(const Request& request, std::int64_t now) {
    Event event;
    event.say = Say::progress;
    event.ref = ref_of(request.route);
    const Order* order = find(request.route);
    if (request.signal == "return_expected" && order != nullptr && order->stage >= Stage::shipped) {
        event.name = "return_expected";
        event.quantity =
            request.quantity > 0 ? std::min(request.quantity, order->sent()) : order->sent();
    } else {
        event.name = "not_understood";
        event.text = "this warehouse cannot do " + request.signal + " now";
    }
    say(event, now, &request);
}

void Warehouse::refuse(const Request& request, Say how, std::string text, std::int64_t now) {
    Event event;
    event.say = how;
    event.ref = standing(request.route) ? ref_of(request.route) : "NONE";
    event.text = std::move(text);
    say(event, now, &request);
}

// ---- work on the floor
// ---------------------------------------------------------------------------

std::int64_t Warehouse::due(const Order& order) const {
    switch (order.stage) {
        case Stage::accepted:
            if (order.script.has("stuck")) return never;
            return order.since + (order.inbound ? rules_.receive_ns : rules_.pick_ns);
        case Stage::picked: return order.since + rules_.pack_ns;
        case Stage::packed: return order.since + rules_.ship_ns;
        case Stage::shipped: return order.since + rules_.deliver_ns;
        case Stage::delivered:
            if (order.expected_back == 0) return never;
            return order.back_since +
                   order.script.number("return", 0).value_or(rules_.receive_ns / ns_per_ms) *
                       ns_per_ms;
        default: return never;
    }
}

void Warehouse::tick(std::int64_t now) {
    while (!agenda_.empty() && agenda_.begin()->first <= now)
        advance(orders_.find(agenda_.begin()->second)->second, now);
    drop_ended();
}

void Warehouse::advance(Order& order, std::int64_t now) {
    switch (order.stage) {
        case Stage::accepted: return order.inbound ? ship(order, now) : pick(order, now);
        case Stage::picked: {
            std::int64_t picked = 0;
            for (const Piece& piece : order.pieces) picked += piece.picked;
            return progress(order, "packed", picked, now);
        }
        case Stage::packed: return ship(order, now);
        case Stage::shipped: return progress(order, "delivered", order.sent(), now);
        default: take_back(order, now);
    }
}

/// Takes from the shelves what was promised, or what is really there.
void Warehouse::pick(Order& order, std::int64_t now) {
    std::int64_t missing = order.script.number("short", 1).value_or(0);
    if (rules_.short_pick_percent != 0 &&
        draw(order.route, 0, "short") % 100 < rules_.short_pick_percent)
        ++missing;
    Event event;
    event.say = Say::progress;
    event.name = "picked";
    event.route = order.route;
    event.ref = ref_of(order.route);
    for (const Piece& piece : order.pieces) {
        Item item = piece.item;
        const std::int64_t lost = std::min(missing, piece.reserved);
        missing -= lost;
        item.quantity = piece.reserved - lost;
        event.quantity += item.quantity;
        event.items.push_back(item);
    }
    if (event.quantity == 0) return cancel_missing(order, now);
    say(event, now);
}

/// What was not on the shelf. Said last, so that whoever hears it knows that no parcel follows.
void Warehouse::cancel_missing(Order& order, std::int64_t now) {
    Event event;
    event.say = Say::cancelled;
    event.route = order.route;
    event.ref = ref_of(order.route);
    event.text = "not in stock";
    for (const Piece& piece : order.pieces) {
        Item item = piece.item;
        item.quantity -= piece.shipped;
        event.quantity += item.quantity;
        if (item.quantity > 0) event.items.push_back(item);
    }
    if (event.quantity > 0) say(event, now);
}

/// Sends parcels, or puts what came in onto the shelf.
void Warehouse::ship(Order& order, std::int64_t now) {
    std::vector<Item> left;
    for (const Piece& piece : order.pieces) {
        left.push_back(piece.item);
        left.back().quantity = (order.inbound ? piece.item.quantity : piece.picked) - piece.shipped;
    }
    std::int64_t remaining = 0;
    for (const Item& item : left) remaining += item.quantity;
    while (remaining > 0) {
        std::int64_t room = rules_.parcel_capacity > 0 ? rules_.parcel_capacity : remaining;
        Event parcel;
        parcel.say = Say::executed;
        parcel.route = order.route;
        parcel.ref = ref_of(order.route);
        const std::string number = std::to_string(parcels_ + 1);
        parcel.execution_ref = rules_.name + "-P" + number;
        if (!order.inbound) parcel.text = "TRACK" + number;
        for (Item& item : left) {
            Item part = item;
            part.quantity = std::min(item.quantity, room);
            if (part.quantity == 0) continue;
            room -= part.quantity;
            item.quantity -= part.quantity;
            parcel.quantity += part.quantity;
            parcel.items.push_back(part);
        }
        remaining -= parcel.quantity;
        parcel.remaining = order.open() - parcel.quantity;
        say(parcel, now);
    }
    if (!order.inbound) cancel_missing(order, now);
}

void Warehouse::take_back(Order& order, std::int64_t now) {
    Event event;
    event.say = Say::progress;
    event.name = "return_received";
    event.route = order.route;
    event.ref = ref_of(order.route);
    std::int64_t left = order.expected_back;
    for (const Piece& piece : order.pieces) {
        Item item = piece.item;
        item.quantity = std::min(piece.shipped, left);
        left -= item.quantity;
        event.quantity += item.quantity;
        if (item.quantity > 0) event.items.push_back(item);
    }
    say(event, now);
}

void Warehouse::progress(const Order& order, std::string name, std::int64_t number,
                         std::int64_t now) {
    Event event;
    event.say = Say::progress;
    event.name = std::move(name);
    event.route = order.route;
    event.ref = ref_of(order.route);
    event.quantity = number;
    say(event, now);
}

Warehouse::Order* Warehouse::find(std::uint64_t route) {
    const auto found = orders_.find(route);
    return found == orders_.end() ? nullptr : &found->second;
}

}  // namespace parties
