// SPDX-License-Identifier: Apache-2.0
// A simulated acquirer of payments: it authorises, captures in parts, voids the rest, refunds, and
// sometimes its answer does not arrive. It knows nothing of oms.
//
// An item that the customer receives is a payment: placing it asks for an authorisation. An item
// that it gives away is a refund of captured money of the order that the request refers to.
//
// Words that it knows in a script, beside those that every party knows:
//   decline       the card is declined
//   action=MS     the buyer has to confirm first, and does after so long (0: only by the signal
//                 `action_done`)
//   expire=MS     the authorisation lapses after so long
#pragma once

#include "shared/party.hpp"

#include <set>

namespace parties {

struct AcquirerRules {
    std::string name = "PAY";  ///< the ids that the acquirer gives start with it
    std::int64_t valid_ns = 7 * std::int64_t{86'400} * 1000 * ns_per_ms;
    std::int64_t decline_above = 0;  ///< in the currency's smallest unit; 0: no limit
    unsigned action_percent = 0;     ///< how often the buyer has to confirm
    std::int64_t action_ns = 2000 * ns_per_ms;
    bool unreferenced_refunds = false;  ///< pays out without a payment that it belongs to
};

class Acquirer final : public Party {
public:
    Acquirer(Conditions conditions, AcquirerRules rules, std::filesystem::path book)
        : Party(conditions, std::move(book)), rules_(std::move(rules)) {}

    std::optional<Standing> standing(std::uint64_t route) const override;

    /// Sums over everything that ever happened here, for reconciliation.
    struct Totals {
        std::int64_t authorised = 0;
        std::int64_t captured = 0;
        std::int64_t refunded = 0;
    };
    Totals totals(std::string_view currency) const;

private:
    enum class Stage : std::uint8_t { received, action, open, ended };
    struct Payment {
        std::uint64_t route = 0;
        std::uint64_t order = 0;
        std::uint64_t refund_of = 0;
        Item item;
        Stage stage = Stage::received;
        std::int64_t captured = 0;
        std::int64_t due = never;  ///< when it lapses, or the buyer confirms
        Script script;
        std::int64_t open() const { return stage == Stage::open ? item.quantity - captured : 0; }
    };

    void remember(const Request& request) override;
    void decide(const Request& request, std::int64_t now) override;
    void apply(const Event& event) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override {
        return agenda_.empty() ? never : agenda_.begin()->first;
    }

    void authorise(const Request& request, Payment& payment, std::int64_t now);
    void refund(const Request& request, Payment& payment, std::int64_t now);
    void capture(const Request& request, Payment* payment, std::int64_t now);
    void cancel(const Request& request, Payment* payment, std::int64_t now);
    void amend(const Request& request, Payment* payment, std::int64_t now);
    void acknowledge(const Payment& payment, std::int64_t now, const Request* cause);
    void answer(const Request& request, Say how, std::string text, std::int64_t now);
    void apply_executed(Payment& payment, const Event& event);
    void plan(Payment& payment, std::int64_t due);
    void end(Payment& payment);
    Payment* find(std::uint64_t route);
    std::string ref_of(std::uint64_t route) const {
        return rules_.name + "-" + std::to_string(route);
    }

    AcquirerRules rules_;
    std::map<std::uint64_t, Payment> payments_;  ///< by route; those at their end leave
    std::set<std::uint64_t> ended_;
    std::vector<std::uint64_t> to_drop_;
    std::set<std::pair<std::int64_t, std::uint64_t>> agenda_;
    /// What was captured for an order and not paid back yet, by currency.
    std::map<std::pair<std::uint64_t, std::string>, std::int64_t> refundable_;
    std::map<std::string, Totals, std::less<>> totals_;
};

}  // namespace parties
