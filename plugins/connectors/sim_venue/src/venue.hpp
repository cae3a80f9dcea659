// SPDX-License-Identifier: Apache-2.0
// A simulated venue: a book per product, a house that quotes both sides around a wandering price,
// and other participants who now and then trade. It knows nothing of oms.
//
// Prices and quantities are integers at the scales of the product, whatever these are.
// Words that it knows in a script (see shared/messages.hpp), beside those that every party knows:
//   fill=N            N are filled at once at the order's own price, whatever the book holds
//   no_fill           the order rests where nobody trades with it
//   fill_on_cancel=N  when a cancel arrives, N (0: all) are filled before it: the fill wins the
//   race bust=MS           the first execution is declared void after so long correct=MS        the
//   first execution's price is corrected by one tick after so long
#pragma once

#include "book.hpp"

#include "shared/party.hpp"

#include <set>

namespace parties {

/// What is traded here.
struct Listing {
    std::string product;
    std::int64_t price = 0;  ///< where the price starts to wander
    std::int64_t tick = 1;
    std::int64_t lot = 1;
    std::int64_t quote_size = 100;  ///< about so much rests at each level of the house
    std::int64_t half_spread_ticks = 1;
    unsigned levels = 3;
};

struct VenueRules {
    std::string name = "V";  ///< the ids that the venue gives start with it
    std::int64_t quote_every_ns = 250 * ns_per_ms;
    unsigned taker_percent = 30;  ///< how likely another participant trades between two quotes
    std::int64_t offer_valid_ns = 30'000 * ns_per_ms;
    std::int64_t close_at_ns = -1;  ///< time of the day (UTC) at which day orders end; -1: never
};

/// The state of a product's market, for who wants to publish it.
struct MarketData {
    std::string product;
    Best bid;
    Best ask;
    std::int64_t last = 0;
};

class Venue final : public Party {
public:
    Venue(Conditions conditions, VenueRules rules, std::filesystem::path book);

    /// A product is traded from now on; said again, only its rules change.
    void list(const Listing& listing);
    bool lists(std::string_view product) const { return markets_.contains(product); }

    /// An order that somebody telephones in: it is worked like any other, and the customer's system
    /// hears of it by its reports alone. Known by `ref`: said again, nothing happens.
    void enter_by_phone(const std::string& ref, const Item& item, std::int64_t now);

    /// Markets that changed since the last call. Nothing while the venue says nothing.
    std::vector<MarketData> take_market_data(std::int64_t now);

    std::optional<Standing> standing(std::uint64_t route) const override;

private:
    struct Leg {
        std::uint64_t id = 0;  ///< in the book
        std::uint32_t line = 0;
        std::string product;
        bool buy = false;
        std::int64_t quantity = 0;
        std::int64_t done = 0;
        std::int64_t price = 0;  ///< 0: at any price
        std::int64_t open() const { return quantity - done; }
    };
    struct Order {
        std::uint64_t route = 0;
        std::string ref;
        std::vector<Leg> legs;
        Force force = Force::day;
        bool enquiry = false;
        bool live = false;
        bool ended = false;
        bool filled = false;  ///< ended since nothing was left; a bust revives it
        Script script;
        std::string offer;
        std::int64_t until = 0;  ///< of an enquiry
        std::int64_t open() const;
    };
    struct Market {
        Listing listing;
        Book book;
        Random random{0};
        std::int64_t reference = 0;
        std::int64_t last = 0;
        std::vector<std::uint64_t> house;
        bool changed = false;
    };
    struct Offer {
        Item item;
        std::int64_t until = 0;
    };
    /// An execution that a script wants changed.
    struct Doubt {
        std::int64_t due = 0;
        bool bust = false;
        std::string order;
        Event execution;
    };

    void remember(const Request& request) override;
    void decide(const Request& request, std::int64_t now) override;
    void apply(const Event& event) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override;
    void resume(std::int64_t now) override;

    void place(const Request& request, Order& order, std::int64_t now);
    void cancel(const Request& request, std::int64_t now);
    void amend(const Request& request, std::int64_t now);
    void quote(const Request& request, Order& order, std::int64_t now);
    void take_offer(const Request& request, Order& order, std::int64_t now);
    std::string fault(const Order& order) const;
    bool fillable(const Order& order);
    void work_order(Order& order, std::int64_t now);
    void trade(Order& order, Leg& leg, std::int64_t now);
    void execute(Order& order, const Leg& leg, std::int64_t quantity, std::int64_t price,
                 std::int64_t now);
    void hit(const std::vector<Fill>& fills, Market& market, std::int64_t now);
    void rest_or_wait(Order& order, Leg& leg);
    void withdraw(Order& order);
    void end_order(Order& order, Say say, std::string text, std::int64_t now,
                   const Request* cause = nullptr);
    void move_market(Market& market, std::int64_t now);
    void settle_doubts(std::int64_t now);
    void close_day(std::int64_t now);
    void drop_ended();

    Order* find(std::uint64_t route);
    Order* find_order(const Event& event);
    Market& market(const std::string& product) { return markets_.find(product)->second; }
    std::string ref_of(std::uint64_t route) const {
        return rules_.name + "-" + std::to_string(route);
    }

    VenueRules rules_;
    std::map<std::string, Market, std::less<>> markets_;
    std::map<std::string, Order> orders_;  ///< by ref; ended ones leave
    std::map<std::uint64_t, std::pair<std::string, std::size_t>> legs_;  ///< by id in the book
    std::set<std::uint64_t> waiting_;  ///< legs that take whatever comes
    std::set<std::string> ended_;
    std::set<std::string> ending_;  ///< ended, and still here
    std::map<std::string, Offer> offers_;
    std::vector<Doubt> doubts_;
    std::uint64_t next_leg_ = 1;
    std::uint64_t next_house_ = std::uint64_t{1} << 63;
    std::uint64_t executions_ = 0;
    std::int64_t next_quote_ = 0;
    std::int64_t next_close_ = never;
};

}  // namespace parties
