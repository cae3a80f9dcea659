// SPDX-License-Identifier: Apache-2.0
// The book of one product: what rests on both sides, by price and then by time of arrival.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace parties {

/// A resting order was hit.
struct Fill {
    std::uint64_t resting = 0;
    std::int64_t price = 0;
    std::int64_t quantity = 0;

    bool operator==(const Fill&) const = default;
};

/// The best price of a side and all that rests there. `quantity` 0: nobody.
struct Best {
    std::int64_t price = 0;
    std::int64_t quantity = 0;

    bool operator==(const Best&) const = default;
};

/// Ids are the caller's and unique. Prices are positive.
class Book {
public:
    void rest(std::uint64_t id, bool buy, std::int64_t price, std::int64_t quantity) {
        Level& level = side(buy)[price];
        level.push_back({id, quantity});
        places_[id] = {buy, price};
    }

    /// Takes up to `quantity` from the other side, at `limit` or better; nothing: at any price.
    std::vector<Fill> take(bool buy, std::optional<std::int64_t> limit, std::int64_t quantity) {
        std::vector<Fill> fills;
        Side& other = side(!buy);
        while (quantity > 0 && !other.empty()) {
            const auto best = best_level(other, !buy);
            if (!acceptable(buy, limit, best->first)) break;
            Level& level = best->second;
            while (quantity > 0 && !level.empty()) {
                Entry& entry = level.front();
                const std::int64_t traded = std::min(quantity, entry.quantity);
                fills.push_back({entry.id, best->first, traded});
                quantity -= traded;
                entry.quantity -= traded;
                if (entry.quantity > 0) continue;
                places_.erase(entry.id);
                level.pop_front();
            }
            if (level.empty()) other.erase(best);
        }
        return fills;
    }

    /// What `take` would find.
    std::int64_t available(bool buy, std::optional<std::int64_t> limit) const {
        std::int64_t total = 0;
        for (const auto& [price, level] : buy ? asks_ : bids_)
            if (acceptable(buy, limit, price))
                for (const Entry& entry : level) total += entry.quantity;
        return total;
    }

    void remove(std::uint64_t id) {
        const auto place = places_.find(id);
        if (place == places_.end()) return;
        Side& own = side(place->second.buy);
        const auto level = own.find(place->second.price);
        level->second.remove_if([&](const Entry& entry) { return entry.id == id; });
        if (level->second.empty()) own.erase(level);
        places_.erase(place);
    }

    /// A smaller quantity keeps its place in the queue. False: the order does not rest here.
    bool shrink(std::uint64_t id, std::int64_t quantity) {
        const auto place = places_.find(id);
        if (place == places_.end()) return false;
        for (Entry& entry : side(place->second.buy)[place->second.price])
            if (entry.id == id) entry.quantity = quantity;
        return true;
    }

    Best best(bool buy) const {
        const Side& own = buy ? bids_ : asks_;
        if (own.empty()) return {};
        const auto& [price, level] = buy ? *own.rbegin() : *own.begin();
        Best best{price, 0};
        for (const Entry& entry : level) best.quantity += entry.quantity;
        return best;
    }

private:
    struct Entry {
        std::uint64_t id = 0;
        std::int64_t quantity = 0;
    };
    using Level = std::list<Entry>;
    using Side = std::map<std::int64_t, Level>;
    struct Place {
        bool buy = false;
        std::int64_t price = 0;
    };

    static bool acceptable(bool buy, std::optional<std::int64_t> limit, std::int64_t price) {
        return !limit || (buy ? price <= *limit : price >= *limit);
    }
    static Side::iterator best_level(Side& side, bool buy) {
        return buy ? std::prev(side.end()) : side.begin();
    }
    Side& side(bool buy) { return buy ? bids_ : asks_; }

    Side bids_;
    Side asks_;
    std::unordered_map<std::uint64_t, Place> places_;
};

}  // namespace parties
