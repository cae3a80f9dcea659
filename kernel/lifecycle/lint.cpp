// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/lint.hpp"

#include "lifecycle/errors.hpp"
#include "lifecycle/implication.hpp"
#include "lifecycle/interpret.hpp"

#include <algorithm>
#include <array>

namespace oms::lifecycle {
namespace {

using Masks = std::array<std::uint64_t, max_regions>;

std::uint64_t bit(std::size_t state) { return std::uint64_t{1} << state; }

std::uint64_t all_states(const Region& region) {
    return region.states.size() >= max_states ? ~std::uint64_t{0} : bit(region.states.size()) - 1;
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

/// "new, open": the states of a mask.
std::string state_list(const Region& region, std::uint64_t mask) {
    std::string text;
    for (std::size_t state = 0; state < region.states.size(); ++state) {
        if ((mask & bit(state)) == 0) continue;
        if (!text.empty()) text += ", ";
        text += region.states[state];
    }
    return text;
}

class Linter {
public:
    Linter(const Table& table, const Places& places) : table_(table), places_(places) {}

    Findings run() {
        statuses();
        reachable();
        way_out();
        for (std::size_t at = 0; at < table_.rules.size(); ++at) ambiguous(at);
        raised_events();
        unused();
        return std::move(findings_);
    }

private:
    const std::string& place(const std::vector<std::string>& places, std::size_t at) const {
        return at < places.size() ? places[at] : places_.whole;
    }
    const std::string& state_place(std::size_t region, std::size_t state) const {
        return region < places_.states.size() ? place(places_.states[region], state)
                                              : places_.whole;
    }

    void error(ErrorCode code, const std::string& where, std::string reason, std::string remedy) {
        findings_.errors.push_back({code, where, std::move(reason), std::move(remedy)});
    }
    void warning(ErrorCode code, const std::string& where, std::string reason, std::string remedy) {
        findings_.warnings.push_back({code, where, std::move(reason), std::move(remedy)});
    }

    void statuses() {
        const auto& statuses = table_.statuses;
        if (statuses.empty() || !is_empty(statuses.back().guard)) {
            const std::size_t last = statuses.empty() ? 0 : statuses.size() - 1;
            error(error_no_default, place(places_.statuses, last),
                  "no status is left for what none of the conditions meet",
                  "end the list with a status without a condition, such as \"- open\"");
        }
        for (std::size_t at = 1; at < statuses.size(); ++at) {
            for (std::size_t before = 0; before < at; ++before) {
                if (!implies(table_, statuses[at].guard, statuses[before].guard)) continue;
                error(error_hidden_status, place(places_.statuses, at),
                      "status " + quoted(statuses[at].name) + " is never shown: whenever it " +
                          "holds, " + quoted(statuses[before].name) + " holds and stands before it",
                      "put the narrower condition first");
                break;
            }
        }
    }

    /// The states that rules lead to from where an instance starts, as far as regions tell.
    void reachable() {
        const std::size_t regions = table_.regions.size();
        for (std::size_t region = 0; region < regions; ++region) reach_[region] = 1;
        for (bool grown = true; grown;) {
            grown = false;
            for (const Rule& rule : table_.rules) {
                if (rule.to == stay || (reach_[rule.region] & bit(rule.to)) != 0) continue;
                if (!can_fire(rule)) continue;
                reach_[rule.region] |= bit(rule.to);
                grown = true;
            }
        }
        for (std::size_t region = 0; region < regions; ++region) {
            const Region& here = table_.regions[region];
            for (std::size_t state = 0; state < here.states.size(); ++state) {
                if ((reach_[region] & bit(state)) != 0) continue;
                error(error_unreachable, state_place(region, state),
                      "no rule leads to state " + quoted(here.states[state]) + " of region " +
                          quoted(here.name),
                      "add a rule with \"to: " + here.states[state] + "\", or remove the state");
            }
        }
    }

    bool can_fire(const Rule& rule) const {
        if ((rule.from & reach_[rule.region]) == 0) return false;
        const Guard& guard = rule.guard;
        for (std::size_t at = 0; at < guard.tests; ++at) {
            const RegionTest& test = table_.tests[guard.first_test + at];
            if ((test.states & reach_[test.region]) == 0) return false;
        }
        return true;
    }

    /// From each state that can be reached, each region that `ended` names must be able to get to a
    /// state that `ended` accepts.
    void way_out() {
        if (is_empty(table_.ended)) {
            error(error_no_end, places_.ended.empty() ? places_.whole : places_.ended,
                  "\"ended\" has no condition, so every instance would start at its end",
                  "name the states that are an end, such as \"ended: work is done\"");
            return;
        }
        Masks ends{};
        for (std::size_t region = 0; region < table_.regions.size(); ++region)
            ends[region] = all_states(table_.regions[region]);
        for (std::size_t at = 0; at < table_.ended.tests; ++at) {
            const RegionTest& test = table_.tests[table_.ended.first_test + at];
            ends[test.region] &= test.states;
        }
        for (std::size_t region = 0; region < table_.regions.size(); ++region)
            way_out_of(region, ends[region]);
    }

    void way_out_of(std::size_t region, std::uint64_t ends) {
        std::uint64_t good = ends;
        for (bool grown = true; grown;) {
            grown = false;
            for (const Rule& rule : table_.rules) {
                if (rule.region != region || rule.to == stay || !can_fire(rule)) continue;
                if ((good & bit(rule.to)) == 0 || (rule.from & ~good) == 0) continue;
                good |= rule.from;
                grown = true;
            }
        }
        const Region& here = table_.regions[region];
        for (std::size_t state = 0; state < here.states.size(); ++state) {
            if ((good & bit(state)) != 0 || (reach_[region] & bit(state)) == 0) continue;
            error(error_no_way_out, state_place(region, state),
                  "there is no way out of state " + quoted(here.states[state]) + " of region " +
                      quoted(here.name) + ": no rule leads from it to where \"ended\" holds",
                  ends == 0 ? "mend \"ended\", which no state of this region meets"
                            : "add a rule towards " + state_list(here, ends));
        }
    }

    /// Whether an earlier rule takes the event first. Leaving `from` out means "any other state",
    /// so such a rule is only at fault when nothing at all is left for it.
    void ambiguous(std::size_t at) {
        const Rule& rule = table_.rules[at];
        const Region& region = table_.regions[rule.region];
        std::uint64_t taken = 0;
        std::size_t culprit = at;
        for (std::size_t before = 0; before < at; ++before) {
            const Rule& earlier = table_.rules[before];
            if (earlier.event != rule.event || earlier.region != rule.region) continue;
            const std::uint64_t both = earlier.from & rule.from;
            if (both == 0 || !implies(table_, rule.guard, earlier.guard)) continue;
            taken |= both;
            if (culprit == at) culprit = before;
        }
        if (taken == 0) return;
        if (rule.from == all_states(region) && taken != rule.from) return;
        const Rule& earlier = table_.rules[culprit];
        const std::string event = quoted(event_name(table_, rule.event));
        const std::string where =
            "in state " + state_list(region, taken) + " of region " + quoted(region.name);
        const std::string line = "line " + std::to_string(earlier.line);
        if (implies(table_, earlier.guard, rule.guard)) {
            error(error_ambiguous, place(places_.rules, at),
                  "two rules take " + event + " " + where + " and cannot be told apart: this one " +
                      "and that of " + line,
                  "merge them, or give each a condition that the other does not meet");
        } else {
            error(error_ambiguous, place(places_.rules, at),
                  "this rule never takes " + event + " " + where + ": that of " + line +
                      " always comes first",
                  "put the rule with the narrower condition first");
        }
    }

    bool has_rule(std::uint32_t event) const {
        return std::any_of(table_.rules.begin(), table_.rules.end(),
                           [&](const Rule& rule) { return rule.event == event; });
    }

    void raised_events() {
        for (std::size_t at = 0; at < table_.actions.size(); ++at) {
            const Action& action = table_.actions[at];
            const bool to_self = action.verb == Verb::emit && action.target == Target::self;
            const bool later = action.verb == Verb::timer || action.verb == Verb::watch;
            if ((!to_self && !later) || has_rule(action.event)) continue;
            error(error_no_rule, place(places_.actions, at),
                  "\"" + action_text(table_, action) + "\" raises " +
                      quoted(event_name(table_, action.event)) + ", which no rule takes",
                  "add a rule for the event, or remove the action");
        }
        for (std::size_t at = 0; at < table_.answers.size(); ++at) {
            const Answer& answer = table_.answers[at];
            if (has_rule(answer.event)) continue;
            error(error_no_rule, place(places_.answers, at),
                  "answer " + quoted(answer.word) + " raises " +
                      quoted(event_name(table_, answer.event)) + ", which no rule takes",
                  "add a rule for the event, or remove the answer");
        }
    }

    void unused() {
        for (std::size_t slot = 0; slot < table_.slots.size(); ++slot) {
            if (is_slot_used(slot)) continue;
            warning(error_unused, place(places_.slots, slot),
                    "slot " + quoted(table_.slots[slot]) + " is never used", "remove it");
        }
        for (std::size_t event = 0; event < table_.events.size(); ++event) {
            const auto number = first_custom_event + static_cast<std::uint32_t>(event);
            if (has_rule(number) || is_event_named(number)) continue;
            warning(error_unused, place(places_.events, event),
                    "event " + quoted(table_.events[event]) + " is declared and no rule takes it",
                    "add a rule for it, or remove it");
        }
    }

    bool is_slot_used(std::size_t slot) const {
        const bool compared = std::any_of(
            table_.compares.begin(), table_.compares.end(), [&](const Compare& compare) {
                return compare.operand == Operand::slot && compare.index == slot;
            });
        return compared ||
               std::any_of(table_.actions.begin(), table_.actions.end(), [&](const Action& action) {
                   return (action.verb == Verb::set || action.verb == Verb::add) &&
                          action.index == slot;
               });
    }

    bool is_event_named(std::uint32_t event) const {
        const bool raised =
            std::any_of(table_.actions.begin(), table_.actions.end(),
                        [&](const Action& action) { return action.event == event; });
        return raised || std::any_of(table_.answers.begin(), table_.answers.end(),
                                     [&](const Answer& answer) { return answer.event == event; });
    }

    const Table& table_;
    const Places& places_;
    Masks reach_{};
    Findings findings_;
};

}  // namespace

Findings lint(const Table& table, const Places& places) { return Linter(table, places).run(); }

}  // namespace oms::lifecycle
