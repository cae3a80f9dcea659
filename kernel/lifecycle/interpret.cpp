// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/interpret.hpp"

#include "lifecycle/words.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>

#include <algorithm>
#include <string>

namespace oms::lifecycle {
namespace {

std::string term_name(std::uint32_t field) {
    const sdk::TermInfo* info = sdk::term_info(field);
    return info != nullptr ? std::string(info->name) : "term " + std::to_string(field);
}

std::string duration_text(std::int64_t ns) {
    struct Unit {
        std::string_view name;
        std::int64_t ns;
    };
    constexpr Unit units[] = {{"d", 86'400'000'000'000},
                              {"h", 3'600'000'000'000},
                              {"m", 60'000'000'000},
                              {"s", 1'000'000'000},
                              {"ms", 1'000'000}};
    for (const Unit& unit : units)
        if (ns % unit.ns == 0) return std::to_string(ns / unit.ns) + std::string(unit.name);
    return std::to_string(ns) + "ns";
}

std::string with_role(const Table& table, const std::string& text, std::uint8_t role) {
    return role == any_role ? text : text + " " + role_name(table, role);
}

std::string emit_text(const Table& table, const Action& action) {
    std::string text = "emit " + event_name(table, action.event);
    switch (action.target) {
        case Target::self: return text;
        case Target::order: return text + " to order";
        case Target::routes: return with_role(table, text + " to routes", action.role);
        case Target::parent: return text + " to parent";
        case Target::linked: return text + " to linked";
    }
    return text;
}

std::string signal_text(const Table& table, const Action& action) {
    const std::string text =
        with_role(table, "signal " + event_name(table, action.event), action.role);
    switch (action.amount) {
        case Amount::working: return text + " working";
        case Amount::number: return text + " number";
        case Amount::done_part: return text + " done_part of " + term_name(action.field);
    }
    return text;
}

std::string slot_text(const Table& table, const Action& action) {
    const std::string& slot = table.slots[action.index];
    const std::string value = action.from_event != 0 ? "number" : std::to_string(action.number);
    if (action.verb == Verb::set) return "set " + slot + " to " + value;
    return "add " + value + " to " + slot;
}

std::string link_text(std::uint32_t link) {
    if (link == 0) return {};
    const std::string_view name = sdk::code_name(sdk::link_names, link);
    return " over " + (name.empty() ? "link " + std::to_string(link) : std::string(name));
}

std::string text_at(const Table& table, std::uint16_t at) {
    return at == none ? std::string() : " " + table.texts[at];
}

Facts needed_by(const Guard& guard) { return guard.require | guard.forbid; }

}  // namespace

TableIndex::TableIndex(const Table& table) {
    custom_.resize(table.events.size());
    for (std::size_t at = 0; at < table.rules.size(); ++at) {
        const std::uint32_t event = table.rules[at].event;
        const bool custom = event >= first_custom_event;
        std::vector<Range>& ranges = custom ? custom_ : words_;
        const std::size_t place = custom ? event - first_custom_event : event;
        if (place >= ranges.size()) ranges.resize(place + 1);
        if (ranges[place].count == 0) ranges[place].first = static_cast<std::uint32_t>(at);
        ++ranges[place].count;
        ranges[place].needed |= needed_by(table.rules[at].guard);
    }
    needed_by_end_ = needed_by(table.ended);
    for (const StatusName& status : table.statuses) needed_by_statuses_ |= needed_by(status.guard);
    for (const Action& action : table.actions) {
        if (action.undo_bit >= max_undo) continue;
        if (action.undo_bit >= undo_.size()) undo_.resize(action.undo_bit + std::size_t{1}, none);
        undo_[action.undo_bit] = action.undo;
    }
}

std::optional<std::uint32_t> find_event(const Table& table, std::string_view name) {
    if (const auto word = number_of(event_words(), name)) return word;
    const auto custom = std::find(table.events.begin(), table.events.end(), name);
    if (custom == table.events.end()) return std::nullopt;
    return first_custom_event + static_cast<std::uint32_t>(custom - table.events.begin());
}

std::string event_name(const Table& table, std::uint32_t event) {
    if (event >= first_custom_event && event - first_custom_event < table.events.size())
        return table.events[event - first_custom_event];
    const std::string_view word = name_of(event_words(), event);
    return word.empty() ? "event " + std::to_string(event) : std::string(word);
}

std::string state_name(const Table& table, std::uint8_t region, std::uint8_t state) {
    if (region < table.regions.size() && state < table.regions[region].states.size())
        return table.regions[region].states[state];
    return "state " + std::to_string(state);
}

std::string role_name(const Table& table, std::uint8_t role) {
    if (role == any_role) return {};
    return role < table.roles.size() ? table.roles[role] : "role " + std::to_string(role);
}

std::string action_text(const Table& table, const Action& action) {
    const std::string verb(name_of(verb_words(), static_cast<std::uint32_t>(action.verb)));
    switch (action.verb) {
        case Verb::route:
        case Verb::cancel_routes:
        case Verb::ask_routes:
        case Verb::cancel_rest:
        case Verb::release_holds: return with_role(table, verb, action.role);
        case Verb::emit: return emit_text(table, action);
        case Verb::signal: return signal_text(table, action);
        case Verb::set:
        case Verb::add: return slot_text(table, action);
        case Verb::timer: {
            const std::string text = "timer " + event_name(table, action.event);
            if (action.field != 0) return text + " at " + term_name(action.field);
            return text + " after " + duration_text(action.number);
        }
        case Verb::clear_timer: return "clear_timer " + event_name(table, action.event);
        case Verb::watch: return "watch " + event_name(table, action.event);
        case Verb::task: return "task" + text_at(table, action.text);
        case Verb::tell_linked:
            return "tell_linked " + event_name(table, action.event) + link_text(action.index);
        case Verb::refuse: return "refuse" + text_at(table, action.text);
        default: return verb;
    }
}

}  // namespace oms::lifecycle
