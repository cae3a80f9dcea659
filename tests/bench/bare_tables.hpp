// SPDX-License-Identifier: Apache-2.0
// What the bare loop keeps: plain tables by id and hash tables, nothing that could be taken back.
#pragma once

#include "model/order.hpp"
#include "model/wide.hpp"

#include <oms/abi/records.h>

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace oms::bench {

/// Open addressing by a hash that was made before; what is in it stays.
template <class Value>
class FlatMap {
public:
    explicit FlatMap(std::size_t expected) {
        std::size_t slots = 64;
        while (slots < 2 * expected) slots *= 2;
        slots_.resize(slots);
    }

    template <class Equal>
    Value* find(std::uint64_t hash, Equal equal) {
        for (std::size_t at = place(hash);; at = next(at)) {
            if (slots_[at].hash == 0) return nullptr;
            if (slots_[at].hash == (hash | 1) && equal(slots_[at].value)) return &slots_[at].value;
        }
    }

    Value& insert(std::uint64_t hash, Value value) {
        if (2 * (used_ + 1) > slots_.size()) grow();
        ++used_;
        std::size_t at = place(hash);
        while (slots_[at].hash != 0) at = next(at);
        slots_[at] = {hash | 1, std::move(value)};
        return slots_[at].value;
    }

    template <class Visit>
    void each(Visit visit) const {
        for (const Slot& slot : slots_)
            if (slot.hash != 0) visit(slot.value);
    }

private:
    struct Slot {
        std::uint64_t hash = 0;  ///< its lowest bit is always set; 0: the slot is free
        Value value{};
    };
    std::size_t place(std::uint64_t hash) const { return (hash >> 1U) & (slots_.size() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    void grow() {
        std::vector<Slot> old(2 * slots_.size());
        old.swap(slots_);
        used_ = 0;
        for (Slot& slot : old)
            if (slot.hash != 0) insert(slot.hash, std::move(slot.value));
    }

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

/// Spreads the bits of two numbers over 64.
inline std::uint64_t mixed(std::uint64_t left, std::uint64_t right) {
    const auto product =
        static_cast<sdk::WideUnsigned>(left + 0x9e3779b97f4a7c15U) * (right ^ 0xd1b54a32d192ed03U);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

struct BareBalance {
    std::uint32_t account = 0;
    std::uint32_t asset = 0;
    Int128 balance = 0;
    Int128 held = 0;
};

struct BareCell {
    std::uint32_t owner = 0;
    std::uint32_t cell = 0;
    std::uint64_t key_a = 0;
    std::uint64_t key_b = 0;
    std::int64_t value = 0;
};

/// A request that was answered: by its key, so that it is answered alike when it comes again.
struct BareKey {
    std::string key;
    std::uint32_t origin = 0;
    std::uint32_t code = 0;
    std::uint64_t seq = 0;
    std::uint64_t fingerprint = 0;
};

enum class BareStatus : std::uint8_t {
    none,
    pending_new,
    fresh,
    partially_filled,
    filled,
    pending_cancel,
    canceled,
    authorising_payment,
    preparing,
    sent,
    working,
    cancelling,
    done,
    ended,
};

struct BareLine {
    std::uint32_t product = 0;
    std::uint8_t direction = 0;
    std::uint8_t role = 0;
    std::uint32_t revision = 0;
    std::uint64_t hold = 0;  ///< 0: nothing is held for it
    Counts counts;
    Int128 value = 0;
};

struct BareOrder {
    std::uint32_t kind = 0;
    std::uint32_t account = 0;
    std::uint32_t origin = 0;
    BareStatus status = BareStatus::none;
    bool paid_for = false;
    std::int64_t opened = 0;
    std::uint64_t changed_seq = 0;
    std::string key;
    std::uint32_t first_line = 0;
    std::uint32_t lines = 0;
    std::uint32_t first_term = 0;
    std::uint32_t terms = 0;
    std::array<std::uint64_t, 2> routes{};
    std::uint32_t newest_execution = 0;
};

struct BareTerm {
    std::uint32_t line = 0;
    std::uint32_t field = 0;
    std::uint32_t product = 0;
    std::int64_t number = 0;
};

struct BareRouteLine {
    std::uint32_t line = 0;
    Counts counts;
};

struct BareRoute {
    std::uint64_t order = 0;
    std::uint32_t party = 0;  ///< place among the destinations
    BareStatus status = BareStatus::none;
    bool ended = false;
    std::uint32_t first_line = 0;
    std::uint32_t lines = 0;
    std::string external_ref;
};

struct BareExecution {
    std::uint64_t route = 0;
    std::uint32_t line = 0;
    std::uint32_t older = 0;  ///< of the same order
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::string external_ref;
};

struct BareHold {
    std::uint64_t order = 0;
    std::uint64_t route = 0;
    std::uint32_t line = 0;
    std::uint32_t account = 0;
    std::uint32_t asset = 0;
    std::int64_t amount = 0;
};

/// A destination with what is hard to look up each time.
struct BareParty {
    std::uint32_t destination = 0;
    std::uint32_t source = 0;  ///< of its quotes
    std::uint32_t channel = 0;
    std::uint32_t account = 0;
    std::uint64_t out_seq = 0;
    double latitude = 0;
    double longitude = 0;
};

struct BareReference {
    std::uint32_t reference_class = 0;
    std::uint32_t scale = 0;
    std::uint32_t price_scale = 0;
    std::uint32_t group = 0;
    std::uint32_t revision = 0;
    std::uint32_t currency = 0;
    std::int64_t tick = 1;
    std::int64_t lot = 1;
    std::string code;
    std::vector<Term> terms;
};

struct BareTimer {
    std::int64_t due = 0;
    std::uint64_t order = 0;
};

/// Ids count from 1, so the first of each is nobody.
struct BareTables {
    explicit BareTables(std::size_t orders_expected)
        : keys(2 * orders_expected), routes_by_ref(2 * orders_expected), balances(256), cells(256) {
        orders.reserve(orders_expected + 1);
        lines.reserve(3 * orders_expected + 1);
        terms.reserve(4 * orders_expected + 1);
        routes.reserve(2 * orders_expected + 1);
        route_lines.reserve(3 * orders_expected + 1);
        executions.reserve(3 * orders_expected + 1);
        holds.reserve(2 * orders_expected + 1);
        orders.emplace_back();
        routes.emplace_back();
        executions.emplace_back();
        holds.emplace_back();
    }

    std::vector<BareOrder> orders;
    std::vector<BareLine> lines;
    std::vector<BareTerm> terms;
    std::vector<BareRoute> routes;
    std::vector<BareRouteLine> route_lines;
    std::vector<BareExecution> executions;
    std::vector<BareHold> holds;
    FlatMap<BareKey> keys;
    FlatMap<std::uint64_t> routes_by_ref;
    FlatMap<BareBalance> balances;
    FlatMap<BareCell> cells;
    std::deque<BareTimer> retiring;         ///< all wait equally long, so it is a queue
    std::vector<BareReference> references;  ///< by id - OMS_FIRST_REFERENCE
    std::vector<oms_observation> observations;
    std::vector<BareParty> parties;

    BareReference& reference(std::uint32_t id) { return references[id - OMS_FIRST_REFERENCE]; }
    BareLine& line(const BareOrder& order, std::uint32_t index) {
        return lines[order.first_line + index];
    }
    BareBalance& balance(std::uint32_t account, std::uint32_t asset) {
        const std::uint64_t hash = mixed(account, asset);
        BareBalance* found = balances.find(hash, [&](const BareBalance& each) {
            return each.account == account && each.asset == asset;
        });
        return found != nullptr ? *found : balances.insert(hash, {account, asset, 0, 0});
    }
    const oms_observation* observation(std::uint32_t product, std::uint32_t field,
                                       std::uint32_t source) const {
        const oms_observation* newest = nullptr;
        for (const oms_observation& each : observations) {
            if (each.product != product || each.field != field) continue;
            if (source != 0 ? each.source == source : newest == nullptr || each.time > newest->time)
                newest = &each;
        }
        return newest;
    }
};

}  // namespace oms::bench
