// SPDX-License-Identifier: Apache-2.0
// Order -> Line -> Route -> Execution: what both worlds have in common.
#pragma once

#include "model/compact_text.hpp"
#include "model/id_list.hpp"
#include "model/key_table.hpp"
#include "model/short_list.hpp"
#include "model/wide.hpp"

#include <oms/abi/codes.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oms {

/// Nothing is counted beyond this, so that the sums of a line's counts fit too.
inline constexpr std::int64_t max_quantity = std::numeric_limits<std::int64_t>::max() / 4;

/// How much of a line is where. `over` is what a party did beyond what it was asked for.
struct Counts {
    std::int64_t ordered = 0;
    std::int64_t working = 0;
    std::int64_t done = 0;
    std::int64_t cancelled = 0;
    std::int64_t over = 0;
    std::int64_t unrouted() const { return ordered + over - working - done - cancelled; }
    std::int64_t open() const { return unrouted() + working; }
    /// What works or is done is a fact: what was cancelled gives way to it, and the rest is over.
    void settle() {
        const std::int64_t beyond = working + done + cancelled - ordered;
        cancelled -= std::clamp(beyond, std::int64_t{0}, cancelled);
        over = std::max(working + done + cancelled - ordered, std::int64_t{0});
    }
    bool operator==(const Counts&) const = default;
};

struct Line {
    std::uint32_t product = 0;
    std::uint32_t product_revision = 0;
    std::uint32_t parent_line = OMS_WHOLE_ORDER;
    std::uint32_t ratio = 0;
    std::uint8_t direction = 0;
    std::uint8_t role = 0;
    bool has_parts = false;  ///< other lines name it as their parent: it is never routed itself
    Counts counts;
    IdList holds;  ///< for the order and for its routes
};

/// A small typed value that the kernel carries and does not interpret.
struct Term {
    std::uint32_t line = OMS_WHOLE_ORDER;
    std::uint32_t field = 0;
    std::uint32_t type = 0;
    std::uint32_t product = 0;
    std::int64_t number = 0;
    CompactText text;
};

/// Puts it there, behind zeros where the list is shorter.
template <class Number>
void put_at(ShortList<Number>& list, std::uint32_t index, Number number) {
    while (list.size() <= index) list.push_back(0);
    list[index] = number;
}

/// What few instances have.
struct InstanceExtras {
    std::uint64_t undo_mask = 0;
    std::array<std::int64_t, 4> signalled{};
    ShortList<std::int64_t> slots;
};

/// A place in a lifecycle: one state a region, some numbers, and what could still be undone.
struct Instance {
    std::uint32_t lifecycle = 0;
    std::array<std::uint8_t, 4> attempts{};  ///< how often each role was routed
    std::array<std::uint8_t, 8> states{};

    /// As far as any was set.
    std::span<const std::int64_t> slots() const {
        if (extras_ == nullptr) return {};
        return {extras_->slots.data(), extras_->slots.size()};
    }
    std::int64_t slot(std::uint32_t index) const {
        return index < slots().size() ? slots()[index] : 0;
    }
    void set_slot(std::uint32_t index, std::int64_t value) {
        if (slot(index) != value) put_at(add_extras().slots, index, value);
    }
    /// How much the routes of a role were told to do.
    std::int64_t signalled(std::uint32_t role) const {
        return extras_ == nullptr ? 0 : extras_->signalled[role];
    }
    void set_signalled(std::uint32_t role, std::int64_t quantity) {
        if (signalled(role) != quantity) add_extras().signalled[role] = quantity;
    }
    std::uint64_t undo_mask() const { return extras_ == nullptr ? 0 : extras_->undo_mask; }
    void set_undo_mask(std::uint64_t mask) {
        if (undo_mask() != mask) add_extras().undo_mask = mask;
    }

private:
    InstanceExtras& add_extras() {
        if (extras_ == nullptr) extras_ = std::make_unique<InstanceExtras>();
        return *extras_;
    }
    std::unique_ptr<InstanceExtras> extras_;
};

struct Link {
    std::uint64_t other = 0;
    std::uint32_t link = 0;
};

/// A line of a block gathers from a line of another order.
struct Source {
    std::uint64_t order = 0;
    std::uint32_t line = 0;         ///< of the block
    std::uint32_t source_line = 0;  ///< of `order`
    std::int64_t quantity = 0;
    std::int64_t done = 0;
    std::int64_t returned = 0;
    std::int64_t open() const { return quantity - done - returned; }
};

struct Execution {
    std::uint64_t id = 0;
    std::uint64_t route = 0;  ///< 0: handed down by a block
    std::uint64_t refers_to = 0;
    std::uint32_t line = 0;
    std::uint32_t product = 0;
    std::uint32_t state = OMS_execution_state_live;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t time = 0;
    CompactText external_ref;
};

/// A party's id that changes nothing when it comes again.
struct SpentRef {
    std::uint64_t route = 0;
    CompactText external_ref;
};

/// Which part of a block's execution went to which source, so that a reversal is exact.
struct Apportionment {
    std::uint64_t execution = 0;
    std::uint64_t source_order = 0;
    std::uint64_t source_execution = 0;
    std::uint32_t line = 0;
    std::uint32_t source_line = 0;
    std::int64_t quantity = 0;
};

/// A transfer that an execution made, kept so that its reversal posts exactly the opposite.
struct Posting {
    std::uint64_t execution = 0;
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    std::uint32_t from_bucket = 0;
    std::uint32_t to_bucket = 0;
    std::uint32_t asset = 0;
    std::int64_t amount = 0;
};

struct Offer {
    std::uint64_t route = 0;
    std::uint32_t line = 0;
    std::uint32_t product = 0;
    std::int64_t quantity = 0;
    std::int64_t price = 0;
    std::int64_t until = 0;
    CompactText external_ref;
};

/// What few orders have before something was done for them.
struct OrderExtras {
    std::uint64_t parent = 0;
    ShortList<Int128> values;  ///< by line, as far as there are any
    std::vector<Link> links;
    std::vector<Source> sources;
    IdList gathered_by;  ///< blocks that gather from this order
    ShortList<Execution> executions;
    std::vector<SpentRef> spent_refs;
    std::vector<Apportionment> apportionments;
    std::vector<Posting> postings;
    std::vector<Offer> offers;
    IdList watches;
    IdList tasks;
};

struct Order {
    std::uint64_t id = 0;
    std::uint32_t kind = 0;
    std::uint32_t account = 0;
    std::uint32_t flags = 0;
    std::uint32_t origin = 0;
    std::uint32_t channel = 0;
    std::uint32_t status = 0;  ///< one of World::status_words
    std::int64_t opened = 0;
    std::uint64_t changed_seq = 0;
    Instance instance;
    CompactText key;
    ShortList<Line> lines;
    ShortList<Term> terms;  ///< by line, then field; the order's own come last
    IdList routes;
    IdList timers;
    IdList keys;  ///< their places, of all requests about it

    bool holds_any() const {
        return std::any_of(lines.begin(), lines.end(),
                           [](const Line& line) { return !line.holds.empty(); });
    }
    /// Calls `visit(id)` for the holds of all lines, by id.
    template <class Visit>
    void each_hold(Visit visit) const {
        std::vector<std::uint64_t> ids;
        for (const Line& line : lines)
            for (const std::uint64_t hold : line.holds) ids.push_back(hold);
        std::sort(ids.begin(), ids.end());
        std::for_each(ids.begin(), ids.end(), visit);
    }

    /// 0: none.
    std::uint64_t parent() const { return extras().parent; }
    void set_parent(std::uint64_t order) {
        if (parent() != order) add_extras().parent = order;
    }
    /// Sum of price x quantity over the live executions of a line.
    Int128 value(std::uint32_t line) const {
        return line < extras().values.size() ? extras().values[line] : 0;
    }
    void set_value(std::uint32_t line, Int128 value) {
        if (this->value(line) != value) put_at(add_extras().values, line, value);
    }

    const OrderExtras& extras() const { return extras_ == nullptr ? none_ : *extras_; }
    OrderExtras& add_extras() {
        if (extras_ == nullptr) extras_ = std::make_unique<OrderExtras>();
        return *extras_;
    }

private:
    inline static const OrderExtras none_;
    std::unique_ptr<OrderExtras> extras_;
};

struct RouteLine {
    std::uint32_t line = 0;
    std::uint32_t product = 0;
    Counts counts;
    std::int64_t amending = 0;  ///< the quantity that the party was asked for; 0: none
};

struct Route {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint32_t destination = 0;
    std::uint32_t channel = 0;
    std::uint32_t flags = 0;
    std::uint32_t signals = 0;  ///< intents of the kind `signal` so far
    std::uint32_t place_attempts = 0;
    std::uint32_t status = 0;  ///< one of World::status_words
    Instance instance;
    CompactText external_ref;
    ShortList<RouteLine> lines;
    bool ended() const { return (flags & OMS_ROUTE_ENDED) != 0; }
    bool enquiry() const { return (flags & OMS_ROUTE_ENQUIRY) != 0; }
    bool amending() const {
        return std::any_of(lines.begin(), lines.end(),
                           [](const RouteLine& line) { return line.amending != 0; });
    }
    /// Null when nothing of that line of the order is there.
    const RouteLine* find_line(std::uint32_t line) const {
        const auto found = std::find_if(lines.begin(), lines.end(),
                                        [&](const RouteLine& own) { return own.line == line; });
        return found == lines.end() ? nullptr : &*found;
    }
    /// Its own, and those of an amend that pends.
    std::span<const Term> terms() const {
        if (terms_ == nullptr) return {};
        return *terms_;
    }
    std::vector<Term>& add_terms() {
        if (terms_ == nullptr) terms_ = std::make_unique<std::vector<Term>>();
        return *terms_;
    }

private:
    std::unique_ptr<std::vector<Term>> terms_;  // few have any
};

/// Set aside of a balance until it is committed, released or lapses.
struct Hold {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint64_t route = 0;
    std::uint32_t line = 0;
    std::uint32_t account = 0;
    std::uint32_t asset = 0;
    std::uint32_t bucket = 0;
    std::int64_t amount = 0;
};

struct Timer {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint64_t route = 0;
    std::int64_t due = 0;
    std::uint32_t event = 0;  ///< 0: the order is to retire
};

struct Watch {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint32_t product = 0;
    std::uint32_t source = 0;
    std::uint32_t field = 0;
    std::uint32_t comparison = 0;
    std::uint32_t account = 0;
    std::uint32_t event = 0;
    std::int64_t threshold = 0;
    bool hit_by(std::int64_t value) const {
        return comparison == OMS_comparison_at_least ? value >= threshold : value <= threshold;
    }
};

struct Task {
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::uint64_t route = 0;
    std::uint32_t open = 0;
    std::uint32_t actor = 0;
    std::string queue;
    std::string title;
    std::string answers;
    std::string answer;
    std::string note;
};

}  // namespace oms
