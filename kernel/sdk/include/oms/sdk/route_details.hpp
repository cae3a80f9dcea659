// SPDX-License-Identifier: Apache-2.0
// What a connector needs to know of an order to act on an intent: lines, terms, links. Folded from
// the effects of a decision, from the rows of a query, or from both.
#pragma once

#include <oms/abi/codes.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/record_info.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::sdk {

/// One order, seen by one of its routes. What is added later replaces what was known before.
class RouteDetails {
public:
    struct Line {
        std::uint32_t line = 0;
        std::uint32_t product = 0;
        std::uint32_t direction = 0;
        std::uint32_t role = 0;
        std::int64_t ordered = 0;  ///< by the order
        bool routed = false;       ///< the route has a part of it; what follows is of that part
        std::int64_t quantity = 0;
        std::int64_t working = 0;
        std::int64_t amending = 0;  ///< the quantity asked for; 0: no amend pends
    };
    struct Term {
        std::uint64_t route = 0;  ///< 0: the order's own
        std::uint32_t line = 0;
        std::uint32_t field = 0;
        std::uint32_t product = 0;
        std::int64_t number = 0;
        std::string text;
    };
    struct Link {
        std::uint32_t link = 0;
        std::uint64_t order = 0;
    };

    RouteDetails() = default;
    RouteDetails(std::uint64_t order, std::uint64_t route) : order_(order), route_(route) {}

    std::uint64_t order() const { return order_; }
    std::uint64_t route() const { return route_; }
    std::uint32_t account() const { return account_; }
    std::uint32_t flags() const { return flags_; }  ///< of the route
    const std::string& external_ref() const { return external_ref_; }
    const std::string& key() const { return key_; }  ///< of the order
    const std::vector<Line>& lines() const { return lines_; }
    const std::vector<Term>& terms() const { return terms_; }
    const std::vector<Link>& links() const { return links_; }
    /// The order's opening was among what was added: nothing is missing.
    bool complete() const { return complete_; }

    /// The term as the route has it for the line; otherwise as the route, the order's line or the
    /// order has it; null when none of them does.
    const Term* term(std::uint32_t field, std::uint32_t line = OMS_WHOLE_ORDER) const {
        const Term* best = nullptr;
        int best_rank = -1;
        for (const Term& term : terms_) {
            if (term.field != field || (term.line != line && term.line != OMS_WHOLE_ORDER))
                continue;
            const int rank = (term.route != 0 ? 2 : 0) + (term.line != OMS_WHOLE_ORDER ? 1 : 0);
            if (rank <= best_rank) continue;
            best = &term;
            best_rank = rank;
        }
        return best;
    }
    std::optional<std::int64_t> number(std::uint32_t field,
                                       std::uint32_t line = OMS_WHOLE_ORDER) const {
        const Term* found = term(field, line);
        return found == nullptr ? std::nullopt : std::optional(found->number);
    }
    std::string_view text(std::uint32_t field, std::uint32_t line = OMS_WHOLE_ORDER) const {
        const Term* found = term(field, line);
        return found == nullptr ? std::string_view() : std::string_view(found->text);
    }

    void add(const oms_batch& records) {
        for (const oms_record& record : Records(records)) add(record);
    }

    /// Records of other orders and routes, and of kinds that do not matter here, are passed over.
    void add(const oms_record& record) {
        if (const auto* opened = as<oms_order_opened>(record))
            add_order(*opened);
        else if (const auto* order = as<oms_order_row>(record))
            add_order(*order);
        else if (const auto* line = as<oms_line_opened>(record))
            add_line(*line);
        else if (const auto* line_now = as<oms_line_row>(record))
            add_line(*line_now);
        else if (const auto* counted = as<oms_line_counted>(record)) {
            if (counted->order == order_) line_at(counted->line).ordered = counted->ordered;
        } else if (const auto* set = as<oms_term_set>(record))
            add_term(*set);
        else if (const auto* term_now = as<oms_term_row>(record)) {
            if (term_now->reference == 0) add_term(*term_now);
        } else if (const auto* routed = as<oms_route_opened>(record))
            add_route(*routed);
        else if (const auto* route_now = as<oms_route_row>(record)) {
            add_route(*route_now);
            if (route_now->route == route_) external_ref_ = view(route_now->external_ref);
        } else if (const auto* changed = as<oms_route_changed>(record)) {
            add_route(*changed);
            if (changed->route == route_) external_ref_ = view(changed->external_ref);
        } else if (const auto* part = as<oms_route_line_counted>(record))
            add_part(*part);
        else if (const auto* part_now = as<oms_route_line_row>(record))
            add_part(*part_now);
        else if (const auto* linked = as<oms_linked>(record))
            add_link(*linked);
        else if (const auto* link_now = as<oms_link_row>(record))
            add_link(*link_now);
    }

private:
    Line& line_at(std::uint32_t index) {
        const auto found = std::find_if(lines_.begin(), lines_.end(),
                                        [&](const Line& line) { return line.line == index; });
        if (found != lines_.end()) return *found;
        lines_.push_back({.line = index});
        return lines_.back();
    }

    template <class Record>
    void add_order(const Record& record) {
        if (record.order != order_) return;
        account_ = record.account;
        key_ = view(record.key);
        complete_ = true;
    }
    template <class Record>
    void add_line(const Record& record) {
        if (record.order != order_) return;
        Line& line = line_at(record.line);
        line.product = record.product;
        line.direction = record.direction;
        line.role = record.role;
        line.ordered = record.ordered;
    }
    template <class Record>
    void add_route(const Record& record) {
        if (record.route == route_) flags_ = record.flags;
    }
    template <class Record>
    void add_part(const Record& record) {
        if (record.route != route_) return;
        Line& line = line_at(record.line);
        line.product = record.product;
        line.routed = true;
        line.quantity = record.ordered;
        line.working = record.working;
        line.amending = record.amending;
    }
    template <class Record>
    void add_term(const Record& record) {
        if (record.order != order_ || (record.route != 0 && record.route != route_)) return;
        const auto found = std::find_if(terms_.begin(), terms_.end(), [&](const Term& term) {
            return term.route == record.route && term.line == record.line &&
                   term.field == record.field;
        });
        Term& term = found == terms_.end() ? terms_.emplace_back() : *found;
        term = {record.route,   record.line,   record.field,
                record.product, record.number, std::string(view(record.text))};
    }
    template <class Record>
    void add_link(const Record& record) {
        if (record.order != order_) return;
        for (const Link& link : links_)
            if (link.link == record.link && link.order == record.other) return;
        links_.push_back({record.link, record.other});
    }

    std::uint64_t order_ = 0;
    std::uint64_t route_ = 0;
    std::uint32_t account_ = 0;
    std::uint32_t flags_ = 0;
    bool complete_ = false;
    std::string external_ref_;
    std::string key_;
    std::vector<Line> lines_;
    std::vector<Term> terms_;
    std::vector<Link> links_;
};

}  // namespace oms::sdk
