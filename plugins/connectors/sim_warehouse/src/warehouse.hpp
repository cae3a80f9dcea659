// SPDX-License-Identifier: Apache-2.0
// A simulated warehouse: stock of its own, and people who pick, pack, ship and sometimes find a
// shelf empty. It knows nothing of oms. Items that the customer gives away (`receives` false) are
// sent to a buyer; items that it receives are goods that come in, such as a return.
//
// What it says about an order: acked, progress `picked`, progress `packed`, one executed for each
// parcel with all that is in it, cancelled for what was not there, progress `delivered`; and for
// goods that come in: acked, then executed when they are on the shelf.
//
// Words that it knows in a script, beside those that every party knows:
//   short=N     the pickers find N pieces less than there should be
//   stuck       it stays with the pickers until it is cancelled
//   return=MS   so long after the delivery the parcel comes back: progress `return_received`
#pragma once

#include "shared/party.hpp"

#include <deque>
#include <set>

namespace parties {

struct WarehouseRules {
    std::string name = "W";  ///< the ids that the warehouse gives start with it
    std::int64_t pick_ns = 500 * ns_per_ms;
    std::int64_t pack_ns = 500 * ns_per_ms;
    std::int64_t ship_ns = 500 * ns_per_ms;
    std::int64_t deliver_ns = 2000 * ns_per_ms;
    std::int64_t receive_ns = 1000 * ns_per_ms;  ///< from the notice of goods to the shelf
    unsigned short_pick_percent = 0;
    std::int64_t parcel_capacity = 0;  ///< pieces that fit into one parcel; 0: all of them
};

/// Stock of a product, for who wants to publish it.
struct StockLevel {
    std::string product;
    std::int64_t available = 0;  ///< on hand less what is promised
};

class Warehouse final : public Party {
public:
    Warehouse(Conditions conditions, WarehouseRules rules, std::filesystem::path book)
        : Party(conditions, std::move(book)), rules_(std::move(rules)) {}

    /// What lies here before the first order. Of a product that the book knows it changes nothing.
    void stock(const std::string& product, std::int64_t on_hand);
    /// The shelf was counted: it is what it is.
    void count(const std::string& product, std::int64_t on_hand);
    bool stocks(std::string_view product) const { return shelves_.contains(product); }
    std::int64_t available(std::string_view product) const;

    /// Shelves that changed since the last call. Nothing while the warehouse says nothing.
    std::vector<StockLevel> take_stock_levels(std::int64_t now);

    std::optional<Standing> standing(std::uint64_t route) const override;

private:
    /// How far an order is. Cancelling works before `packed`.
    enum class Stage : std::uint8_t {
        received,
        accepted,
        picked,
        packed,
        shipped,
        delivered,
        ended
    };
    struct Piece {
        Item item;  ///< as ordered
        std::int64_t reserved = 0;
        std::int64_t picked = 0;
        std::int64_t shipped = 0;
    };
    struct Order {
        std::uint64_t route = 0;
        std::vector<Piece> pieces;
        Stage stage = Stage::received;
        std::int64_t since = 0;  ///< the time of the last stage
        bool inbound = false;
        std::int64_t expected_back = 0;  ///< pieces of a return that was announced
        std::int64_t back_since = 0;
        std::int64_t due = never;  ///< as in the agenda
        Script script;
        std::int64_t open() const;
        std::int64_t sent() const;
    };
    struct Shelf {
        std::int64_t on_hand = 0;
        std::int64_t reserved = 0;
        bool changed = true;
    };

    void remember(const Request& request) override;
    void decide(const Request& request, std::int64_t now) override;
    void apply(const Event& event) override;
    void reread(const LineReader& line) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override {
        return agenda_.empty() ? never : agenda_.begin()->first;
    }
    void resume(std::int64_t now) override;

    void accept(const Request& request, Order& order, std::int64_t now);
    void cancel(const Request& request, std::int64_t now);
    void amend(const Request& request, std::int64_t now);
    void take_signal(const Request& request, std::int64_t now);
    void refuse(const Request& request, Say how, std::string text, std::int64_t now);
    void advance(Order& order, std::int64_t now);
    void pick(Order& order, std::int64_t now);
    void ship(Order& order, std::int64_t now);
    void cancel_missing(Order& order, std::int64_t now);
    void take_back(Order& order, std::int64_t now);
    void progress(const Order& order, std::string name, std::int64_t number, std::int64_t now);
    std::int64_t due(const Order& order) const;
    void plan(Order& order);
    void drop_ended();
    void reserve(Order& order);
    void apply_executed(Order& order, const Event& event);
    void apply_progress(Order& order, const Event& event);
    void apply_replaced(Order& order, const Event& event);
    void release(Order& order);
    Order* find(std::uint64_t route);
    std::string ref_of(std::uint64_t route) const {
        return rules_.name + "-" + std::to_string(route);
    }

    WarehouseRules rules_;
    std::map<std::string, Shelf, std::less<>> shelves_;
    std::map<std::uint64_t, Order> orders_;  ///< by route; those with nothing left to do leave
    std::set<std::pair<std::int64_t, std::uint64_t>> agenda_;  ///< when which order goes on
    std::deque<std::uint64_t> delivered_;  ///< the youngest that may still come back
    std::vector<std::uint64_t> to_drop_;
    std::set<std::uint64_t> ended_;
    std::uint64_t parcels_ = 0;
};

}  // namespace parties
