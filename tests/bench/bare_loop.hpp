// SPDX-License-Identifier: Apache-2.0
// What one would write by hand for just the bench's day: the peer of the engine.
//
// It knows two kinds of orders, their lives, their routing and their bookkeeping by heart, where
// the engine interprets lifecycles and asks plugins. What is the same: each request's key is looked
// up and its body fingerprinted, five checks of loaded plugins are called through the same C table
// as often as the engine calls them, counts, holds and balances come out alike, and a decision
// record of the same content is written by the same codec, so that the decision could be replayed.
#pragma once

#include "bare_draft.hpp"
#include "bare_view.hpp"
#include "engine/bindings.hpp"
#include "engine/engine.hpp"
#include "model/codec.hpp"
#include "model/world.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::bench {

class BareLoop {
public:
    /// Takes names, balances, limits and counters from the world as it is before the first order.
    BareLoop(const World& world, const engine::Bindings& plugins,
             const std::vector<oms_observation>& quotes, std::size_t orders_expected);

    /// Decides and appends the decision to `frame`; the number after "OMS-" of a refusal, 0: none.
    std::uint32_t decide(const oms_batch& input, std::int64_t now, Frame& frame);

    /// Ends the bench unless orders, routes, executions and balances are those of the world.
    void compare(const World& world) const;

    // ---- for the checks' view -----------------------------------------------------------------
    BareTables& tables() { return tables_; }
    std::int64_t now() const { return now_; }
    /// The value, written into the decision when it is read for the first time in it.
    const oms_observation* read(std::uint32_t product, std::uint32_t field, std::uint32_t source);
    const BareCell* cell(std::uint32_t owner, std::uint32_t cell, std::uint64_t key_a,
                         std::uint64_t key_b);
    template <class Record>
    void emit(const Record& effect) {
        draft_.add(effect);
    }

private:
    // ---- bare_loop.cpp
    std::uint32_t decide_request(const oms_batch& input);
    std::uint32_t decide_report(const oms_report& report, const oms_batch& input);
    void keep_input(const oms_batch& input);
    void answer(std::uint32_t code, std::uint64_t id);
    void write(Frame& frame, std::uint32_t cause);
    std::uint64_t open_order(const oms_place_order& head, const oms_batch& input);
    void undo_order(std::uint64_t id);
    bool pass_checks(std::uint64_t order, std::uint32_t stage, std::uint64_t route = 0);
    std::uint64_t open_route(std::uint64_t order, std::uint32_t party);
    void add_route_line(std::uint64_t route, std::uint32_t line, std::int64_t quantity);
    void send(std::uint64_t route, std::uint32_t action, std::uint64_t attempt,
              std::uint32_t event = 0);
    void name_route(std::uint64_t route, std::string_view external_ref);
    void tell_route(std::uint64_t route);
    void end_route(std::uint64_t route, std::uint32_t event, BareStatus status);
    void book(std::uint64_t route, std::uint32_t line, std::int64_t quantity, std::int64_t price,
              std::string_view external_ref);
    void count(std::uint64_t order, std::uint32_t line);
    void count_route(std::uint64_t route, const BareRouteLine& line);
    void transfer(std::uint64_t order, std::uint32_t from, std::uint32_t to, std::uint32_t asset,
                  std::int64_t amount);
    bool hold(std::uint64_t order, std::uint32_t line, std::uint64_t route, std::uint32_t account,
              std::uint32_t asset, std::int64_t amount);
    void set_hold(std::uint64_t hold, std::int64_t amount);
    void move(std::uint64_t order, std::uint64_t route, std::uint32_t region, std::uint32_t state,
              std::uint32_t event);
    void slot(std::uint64_t order, std::uint32_t slot, std::int64_t value);
    void tell(std::uint64_t order, std::uint64_t route, BareStatus status);
    void approve(std::uint64_t order, std::uint32_t rule);
    void retire_later(std::uint64_t order);
    BareRouteLine& route_line(std::uint64_t route, std::uint32_t line);
    bool knows(const BareOrder& order, std::uint64_t route, std::string_view ref) const;

    // ---- bare_shares.cpp
    std::uint32_t place_share(std::uint64_t order);
    std::uint32_t best_venue(std::uint64_t order);
    std::uint32_t cancel_share(const oms_cancel_order& head);
    void report_share(const oms_report& report);
    void execute_share(const oms_report& report);

    // ---- bare_shop.cpp
    std::uint32_t place_cart(std::uint64_t order);
    void report_cart(const oms_report& report, const oms_batch& input);
    bool source_goods(std::uint64_t order);
    std::uint32_t nearest_place(std::uint64_t order);
    void explain_place(std::uint64_t order, std::uint32_t party, bool chosen, double metres);
    void send_parcel(const oms_report& report, const oms_batch& input);
    void capture(const oms_report& report);

    BareTables tables_;
    std::vector<BareCheck> checks_;
    struct {
        std::uint32_t trade, online_order, equity_rule, goods_rule, cancel_done, cancel_over,
            take_payment, paid_for, capture;
        std::uint32_t venues, places, acquirer;  ///< among the parties: the first of two, or it
    } names_{};
    std::int64_t retire_after_ns_;

    // The decision that is being made.
    std::uint64_t seq_;
    std::int64_t now_ = 0;
    std::uint64_t epoch_;
    std::uint64_t observed_;
    std::uint64_t timers_ = 0;
    std::uint64_t subject_ = 0;
    std::uint64_t fingerprint_ = 0;
    std::uint32_t origin_ = 0;
    std::string_view key_;
    BareDraft draft_;
    std::string input_;  // encoded
    std::string why_;
    std::vector<const oms_observation*> reads_;
};

}  // namespace oms::bench
