// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/codec.hpp"
#include "lifecycle/errors.hpp"
#include "lifecycle/words.hpp"

#include <algorithm>
#include <vector>

namespace oms::lifecycle {
namespace {

template <class Enum>
bool is_between(Enum value, Enum first, Enum last) {
    return value >= first && value <= last;
}

std::uint64_t mask_of(std::size_t states) {
    return states >= max_states ? ~std::uint64_t{0} : (std::uint64_t{1} << states) - 1;
}

class Validator {
public:
    explicit Validator(const Table& table) : table_(table) {}

    /// What is wrong, or null.
    const char* fault() const {
        if (!sizes()) return "a list is too long or empty";
        if (!is_between(table_.attach, Attach::order, Attach::route)) return "an unknown place";
        if (!std::all_of(table_.tests.begin(), table_.tests.end(),
                         [&](const RegionTest& test) { return is_good(test); }))
            return "a condition about a region or state that is not there";
        if (!std::all_of(table_.compares.begin(), table_.compares.end(),
                         [&](const Compare& compare) { return is_good(compare); }))
            return "a comparison with something that is not there";
        if (!std::all_of(table_.answers.begin(), table_.answers.end(),
                         [&](const Answer& answer) { return is_event(answer.event); }))
            return "an answer whose event is not there";
        if (!actions()) return "an action that names something that is not there";
        if (!rules()) return "a rule that names something that is not there";
        if (!std::all_of(table_.statuses.begin(), table_.statuses.end(),
                         [&](const StatusName& status) { return is_good(status.guard); }))
            return "a status whose condition is not there";
        if (!is_empty(table_.statuses.back().guard)) return "no status that always holds";
        if (!is_good(table_.ended)) return "an end whose condition is not there";
        return nullptr;
    }

private:
    bool sizes() const {
        const auto is_short = [](const std::string& text) { return text.size() <= max_text_bytes; };
        const auto all_short = [&](const std::vector<std::string>& texts) {
            return std::all_of(texts.begin(), texts.end(), is_short);
        };
        const bool regions =
            std::all_of(table_.regions.begin(), table_.regions.end(), [&](const Region& region) {
                return !region.states.empty() && region.states.size() <= max_states &&
                       is_short(region.name) && all_short(region.states);
            });
        return regions && is_short(table_.name) && all_short(table_.roles) &&
               all_short(table_.slots) && all_short(table_.events) &&
               all_short(table_.plugin_facts) && all_short(table_.texts) && counts();
    }

    bool counts() const {
        return table_.roles.size() <= role_count && !table_.regions.empty() &&
               table_.regions.size() <= max_regions && table_.slots.size() <= max_slots &&
               table_.events.size() <= max_events && table_.plugin_facts.size() <= max_events &&
               table_.texts.size() <= max_texts && table_.answers.size() <= max_answers &&
               table_.tests.size() <= max_conditions && table_.compares.size() <= max_conditions &&
               table_.actions.size() <= max_actions && table_.rules.size() <= max_rules &&
               !table_.statuses.empty() && table_.statuses.size() <= max_statuses;
    }

    static bool is_empty(const Guard& guard) {
        return guard.require == 0 && guard.forbid == 0 && guard.tests == 0 && guard.compares == 0;
    }

    bool is_event(std::uint32_t event) const {
        if (event >= first_custom_event) return event - first_custom_event < table_.events.size();
        return !name_of(event_words(), event).empty();
    }

    bool is_good(const RegionTest& test) const {
        return test.region < table_.regions.size() &&
               (test.states & ~mask_of(table_.regions[test.region].states.size())) == 0;
    }

    bool is_good(const Compare& compare) const {
        if (!is_between(compare.comparison, Comparison::less, Comparison::absent)) return false;
        switch (compare.operand) {
            case Operand::slot: return compare.index < table_.slots.size();
            case Operand::plugin_fact: return compare.index < table_.plugin_facts.size();
            case Operand::attempt: return compare.index <= any_role;
            case Operand::number:
            case Operand::role:
            case Operand::term: return true;
        }
        return false;
    }

    bool is_good(const Guard& guard) const {
        return std::size_t{guard.first_test} + guard.tests <= table_.tests.size() &&
               std::size_t{guard.first_compare} + guard.compares <= table_.compares.size();
    }

    bool is_text(std::uint16_t at) const { return at == none || at < table_.texts.size(); }

    bool is_good(const Action& action) const {
        if (name_of(verb_words(), static_cast<std::uint32_t>(action.verb)).empty()) return false;
        if (action.role > any_role || !is_text(action.text) || !is_text(action.text2)) return false;
        if (!is_between(action.target, Target::self, Target::linked)) return false;
        if (!is_between(action.amount, Amount::working, Amount::done_part)) return false;
        if (action.undo_bit != 0xff && action.undo_bit >= max_undo) return false;
        if (action.undo != none && action.undo >= table_.actions.size()) return false;
        if ((action.undo_bit == 0xff) != (action.undo == none)) return false;
        switch (action.verb) {
            case Verb::set:
            case Verb::add: return action.index < table_.slots.size();
            case Verb::task:
                return action.text != none && action.text2 != none &&
                       std::size_t{action.index} + action.answers <= table_.answers.size();
            case Verb::refuse: return action.text != none;
            case Verb::emit:
            case Verb::signal:
            case Verb::timer:
            case Verb::clear_timer:
            case Verb::watch:
            case Verb::tell_linked: return is_event(action.event);
            default: return action.event == 0;
        }
    }

    /// What undoes has no undo itself, so undoing ends; no two actions have one bit.
    bool actions() const {
        std::uint64_t bits = 0;
        for (const Action& action : table_.actions) {
            if (!is_good(action)) return false;
            if (action.undo == none) continue;
            if (table_.actions[action.undo].undo != none) return false;
            const std::uint64_t bit = std::uint64_t{1} << action.undo_bit;
            if ((bits & bit) != 0) return false;
            bits |= bit;
        }
        return true;
    }

    bool rules() const {
        for (std::size_t at = 0; at < table_.rules.size(); ++at) {
            const Rule& rule = table_.rules[at];
            if (!is_event(rule.event) || rule.region >= table_.regions.size()) return false;
            const std::size_t states = table_.regions[rule.region].states.size();
            if (rule.to != stay && rule.to >= states) return false;
            if ((rule.from & ~mask_of(states)) != 0 || !is_good(rule.guard)) return false;
            if (std::size_t{rule.first_action} + rule.actions > table_.actions.size()) return false;
            if (at > 0 && table_.rules[at - 1].event > rule.event) return false;
        }
        return true;
    }

    const Table& table_;
};

}  // namespace

Status validate(const Table& table) {
    const char* fault = Validator(table).fault();
    if (fault == nullptr) return {};
    return fail(error_damaged_tables, {},
                "the tables of lifecycle \"" + table.name.substr(0, 64) + "\" have " + fault,
                "compile the document again");
}

}  // namespace oms::lifecycle
