// SPDX-License-Identifier: Apache-2.0
// How a table is walked: what of it is in force at one moment. Nothing here allocates or changes
// anything; carrying out the actions is the engine's work, or the player's.
//
//     const Fired fired = fire(table, index.rules(table, event), moment);
//     for (const Rule* rule : fired) { ... rule->to, actions_of(table, *rule) ... }
//
// All rules that fire at an event see the same moment: a region does not see where another has just
// gone, nor a rule what an earlier one has done. What must come after is an `emit`.
//
// Tables come from compile() or decode(), which check each index; nothing is checked here again.
#pragma once

#include "lifecycle/table.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace oms::lifecycle {

/// Asks a plugin; false when it does not know, and then no comparison with it holds.
struct PluginFacts {
    void* context = nullptr;
    bool (*read)(void* context, std::uint16_t index, std::int64_t& value) = nullptr;
};

/// Looks up the number in a term of the order; false when it has no such term.
struct Terms {
    void* context = nullptr;
    bool (*read)(void* context, std::uint32_t field, std::int64_t& value) = nullptr;
};

/// What guards look at: an instance when an event meets it.
struct Moment {
    Facts facts = 0;
    std::span<const std::uint8_t> states;  ///< one for each region
    std::span<const std::int64_t> slots;
    std::int64_t number = 0;       ///< that the event carries
    std::uint8_t role = any_role;  ///< of the lines of the route that the event came from
    std::array<std::uint8_t, role_count> attempts{};  ///< how often each role was routed
    PluginFacts plugin_facts;
    Terms terms;
};

constexpr bool compares(Comparison comparison, std::int64_t left, std::int64_t right) {
    switch (comparison) {
        case Comparison::less: return left < right;
        case Comparison::at_most: return left <= right;
        case Comparison::equal: return left == right;
        case Comparison::unequal: return left != right;
        case Comparison::at_least: return left >= right;
        case Comparison::more: return left > right;
        case Comparison::present: return true;
        case Comparison::absent: return false;
    }
    return false;
}

/// What the comparison looks at; false when it is not known.
inline bool read(const Compare& compare, const Moment& moment, std::int64_t& value) {
    switch (compare.operand) {
        case Operand::slot: value = moment.slots[compare.index]; return true;
        case Operand::number: value = moment.number; return true;
        case Operand::plugin_fact:
            return moment.plugin_facts.read != nullptr &&
                   moment.plugin_facts.read(moment.plugin_facts.context, compare.index, value);
        case Operand::attempt: {
            const auto& attempts = moment.attempts;
            if (compare.index < role_count) {
                value = attempts[compare.index];
            } else {
                value = 0;
                for (const std::uint8_t attempt : attempts) value += attempt;
            }
            return true;
        }
        case Operand::role: value = moment.role; return true;
        case Operand::term:
            return moment.terms.read != nullptr &&
                   moment.terms.read(moment.terms.context, compare.index, value);
    }
    return false;
}

inline bool holds(const Compare& compare, const Moment& moment) {
    std::int64_t value = 0;
    if (!read(compare, moment, value)) return compare.comparison == Comparison::absent;
    return compares(compare.comparison, value, compare.value);
}

inline bool holds(const RegionTest& test, const Moment& moment) {
    return (test.states >> moment.states[test.region] & 1) != 0;
}

inline bool holds(const Table& table, const Guard& guard, const Moment& moment) {
    if ((moment.facts & guard.require) != guard.require) return false;
    if ((moment.facts & guard.forbid) != 0) return false;
    for (std::size_t at = guard.first_test; at < std::size_t{guard.first_test} + guard.tests; ++at)
        if (!holds(table.tests[at], moment)) return false;
    const std::size_t last = std::size_t{guard.first_compare} + guard.compares;
    for (std::size_t at = guard.first_compare; at < last; ++at)
        if (!holds(table.compares[at], moment)) return false;
    return true;
}

/// Finds the rules of an event, and what undoes an action, without a search.
class TableIndex {
public:
    TableIndex() = default;
    explicit TableIndex(const Table& table);

    /// The rules of the event, in the document's order; empty for an event that no rule takes. The
    /// table is the one that the index was made of.
    std::span<const Rule> rules(const Table& table, std::uint32_t event) const {
        const Range* range = range_of(event);
        if (range == nullptr) return {};
        return std::span(table.rules).subspan(range->first, range->count);
    }

    /// The facts that the guards look at: of the event's rules, of the end, of the statuses.
    Facts needed_by_rules(std::uint32_t event) const {
        const Range* range = range_of(event);
        return range == nullptr ? 0 : range->needed;
    }
    Facts needed_by_end() const { return needed_by_end_; }
    Facts needed_by_statuses() const { return needed_by_statuses_; }

    /// What undoes the action that sets this bit of the undo mask; null: no action sets it.
    const Action* undo_of(const Table& table, unsigned bit) const {
        return bit < undo_.size() && undo_[bit] != none ? &table.actions[undo_[bit]] : nullptr;
    }

private:
    struct Range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
        Facts needed = 0;
    };
    const Range* range_of(std::uint32_t event) const {
        const bool custom = event >= first_custom_event;
        const std::vector<Range>& ranges = custom ? custom_ : words_;
        const std::size_t at = custom ? event - first_custom_event : event;
        return at < ranges.size() ? &ranges[at] : nullptr;
    }
    std::vector<Range> words_;
    std::vector<Range> custom_;
    std::vector<std::uint16_t> undo_;
    Facts needed_by_end_ = 0;
    Facts needed_by_statuses_ = 0;
};

/// The first rule of this region that holds; null when none does.
inline const Rule* match(const Table& table, std::span<const Rule> rules, std::uint8_t region,
                         const Moment& moment) {
    const std::uint64_t state = std::uint64_t{1} << moment.states[region];
    for (const Rule& rule : rules)
        if (rule.region == region && (rule.from & state) != 0 && holds(table, rule.guard, moment))
            return &rule;
    return nullptr;
}

/// The rules that fire, at most one a region, in the order of regions.
struct Fired {
    std::array<const Rule*, max_regions> rules{};
    std::size_t count = 0;
    const Rule* const* begin() const { return rules.data(); }
    const Rule* const* end() const { return rules.data() + count; }
    bool empty() const { return count == 0; }
};

inline Fired fire(const Table& table, std::span<const Rule> rules, const Moment& moment) {
    Fired fired;
    if (rules.empty()) return fired;
    for (std::size_t region = 0; region < table.regions.size(); ++region) {
        const Rule* rule = match(table, rules, static_cast<std::uint8_t>(region), moment);
        if (rule != nullptr) fired.rules[fired.count++] = rule;
    }
    return fired;
}

inline std::span<const Action> actions_of(const Table& table, const Rule& rule) {
    return std::span(table.actions).subspan(rule.first_action, rule.actions);
}

/// The place of the status in Table::statuses: the first that holds. The last always does.
inline std::size_t status_of(const Table& table, const Moment& moment) {
    for (std::size_t at = 0; at + 1 < table.statuses.size(); ++at)
        if (holds(table, table.statuses[at].guard, moment)) return at;
    return table.statuses.size() - 1;
}

inline bool has_ended(const Table& table, const Moment& moment) {
    return holds(table, table.ended, moment);
}

/// A word's number, or that of an event of the table's own; nothing when it knows no such event.
std::optional<std::uint32_t> find_event(const Table& table, std::string_view name);

/// "cancel_asked"; "event 4711" when the table has no such event.
std::string event_name(const Table& table, std::uint32_t event);
/// The state's name; "state 7" when the region has no such state.
std::string state_name(const Table& table, std::uint8_t region, std::uint8_t state);
/// "goods"; empty for any role, "role 2" where the table does not name it.
std::string role_name(const Table& table, std::uint8_t role);
/// The action as a document says it: "emit checked to order".
std::string action_text(const Table& table, const Action& action);

}  // namespace oms::lifecycle
