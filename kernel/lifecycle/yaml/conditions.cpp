// SPDX-License-Identifier: Apache-2.0
// condition  = term { "and" term }
// term       = the name of a condition
//            | [ "not" ] fact | [ "not" ] role "." fact
//            | [ "not" ] "has" order-term
//            | region "is" [ "not" ] state-or-group { "or" state-or-group }
//            | order-term "is" [ "not" ] choice
//            | operand comparison integer
// operand    = slot | "number" | [ role "." ] "attempt" | order-term | instance "." fact
#include "lifecycle/codec.hpp"
#include "lifecycle/implication.hpp"
#include "lifecycle/words.hpp"
#include "lifecycle/yaml/draft.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>
#include <span>

namespace oms::lifecycle {
namespace {

constexpr const char* how = "see \"Conditions\" in docs/lifecycle-language.md";

std::optional<Comparison> comparison_of(std::string_view sign) {
    if (sign == "<") return Comparison::less;
    if (sign == "<=") return Comparison::at_most;
    if (sign == "=" || sign == "==") return Comparison::equal;
    if (sign == "!=") return Comparison::unequal;
    if (sign == ">=") return Comparison::at_least;
    if (sign == ">") return Comparison::more;
    return std::nullopt;
}

class ConditionReader {
public:
    ConditionReader(Draft& draft, const std::string& text, const std::string& place)
        : draft_(draft), text_(text), place_(place) {}

    Guard read() {
        const std::size_t problems = draft_.problems.count();
        read_terms(text_);
        if (draft_.problems.count() != problems) return {};
        return finish();
    }

private:
    using Words = std::span<const std::string>;

    void error(ErrorCode code, std::string reason, std::string remedy) {
        draft_.error(code, place_, std::move(reason), std::move(remedy));
    }
    void unreadable(std::string reason, std::string remedy = how) {
        error(error_condition, "condition \"" + text_ + "\": " + std::move(reason),
              std::move(remedy));
    }

    void read_terms(const std::string& text) {
        std::vector<std::string> term;
        for (const std::string& word : words_of(text)) {
            if (word != "and") {
                term.push_back(word);
                continue;
            }
            read_term(term);
            term.clear();
        }
        read_term(term);
    }

    void read_named(NamedCondition& condition, bool negated) {
        condition.used = true;
        if (negated) {
            return unreadable("\"not\" cannot stand before a condition of the document's own",
                              "declare its opposite under another name");
        }
        // One condition can name only those before it, so this ends.
        if (!condition.text.empty()) read_terms(condition.text);
    }

    void read_term(Words words) {
        if (words.empty()) return unreadable("there is nothing where something must be true");
        const bool negated = words[0] == "not";
        if (negated) words = words.subspan(1);
        if (words.empty()) return unreadable("nothing follows \"not\"");
        if (std::find(words.begin(), words.end(), "or") != words.end() &&
            (words.size() < 2 || words[1] != "is")) {
            return unreadable("\"or\" stands only between states of one region",
                              "write two rules or statuses, one for each case");
        }
        if (words.size() == 1) {
            if (NamedCondition* named = draft_.find_condition(words[0]))
                return read_named(*named, negated);
            return read_fact(words[0], negated);
        }
        if (words[0] == "has" && words.size() == 2) return read_presence(words[1], negated);
        if (negated)
            return unreadable("\"not\" stands only before a fact or \"has\"",
                              "write \"is not\", or turn the comparison around");
        if (words[1] == "is") return read_choice(words[0], words.subspan(2));
        if (comparison_of(words[1]) && words.size() == 3) return read_comparison(words);
        unreadable("\"" + words[0] + " " + words[1] +
                   "\" is neither a fact, nor \"region is "
                   "state\", nor a comparison");
    }

    void read_fact(const std::string& word, bool negated) {
        const std::size_t dot = word.find('.');
        std::uint8_t role = any_role;
        std::string name = word;
        if (dot != std::string::npos) {
            const auto found = draft_.find_role(word.substr(0, dot));
            name = word.substr(dot + 1);
            if (!found) {
                if (number_of(fact_words(), name))
                    return draft_.unknown(error_unknown, place_, "role", word.substr(0, dot),
                                          draft_.table.roles);
                return unreadable("\"" + word + "\" is a number of a plugin and needs a comparison",
                                  "write \"" + word + " >= 80\", for example");
            }
            role = *found;
        }
        const auto number = number_of(fact_words(), name);
        if (!number) return unknown_name(name);
        const auto fact = static_cast<Fact>(*number);
        if (role != any_role && !is_line_fact(fact)) {
            return unreadable("\"" + name + "\" is about the whole order, not about a role",
                              "write \"" + name + "\" alone");
        }
        if (!is_for(draft_.table.attach, fact)) {
            return error(error_not_here,
                         "fact \"" + name +
                             "\" is one of routes, and this "
                             "lifecycle is for orders",
                         "leave it out");
        }
        (negated ? guard_.forbid : guard_.require) |= fact_bit(fact, role);
    }

    void unknown_name(const std::string& name) {
        if (draft_.find_slot(name) || name == "number" || name == "attempt" ||
            draft_.find_term(name)) {
            return unreadable("\"" + name + "\" is a number and needs a comparison",
                              "write \"" + name + " >= 1\", for example");
        }
        if (draft_.find_region(name)) {
            return unreadable("\"" + name + "\" is a region",
                              "write \"" + name + " is\" and a state");
        }
        std::vector<std::string> known;
        for (const NamedCondition& condition : draft_.conditions) known.push_back(condition.name);
        for (const Word& word : fact_words())
            if (is_for(draft_.table.attach, static_cast<Fact>(word.number)))
                known.emplace_back(word.name);
        draft_.unknown(error_unknown, place_, "fact", name, known);
    }

    void read_presence(const std::string& name, bool negated) {
        const auto term = draft_.find_term(name);
        if (!term) return draft_.unknown(error_unknown, place_, "term", name, draft_.term_names());
        add({Operand::term, negated ? Comparison::absent : Comparison::present,
             static_cast<std::uint16_t>(*term), 0});
    }

    void read_choice(const std::string& name, Words words) {
        const bool negated = !words.empty() && words[0] == "not";
        if (negated) words = words.subspan(1);
        if (const auto region = draft_.find_region(name))
            return read_states(*region, words, negated);
        const auto term = draft_.find_term(name);
        if (!term) {
            std::vector<std::string> known = draft_.region_names();
            return draft_.unknown(error_unknown, place_, "region", name, known);
        }
        std::vector<std::string> known;
        for (const sdk::ChoiceInfo& choice : sdk::choices(name)) known.emplace_back(choice.name);
        if (known.empty()) {
            return unreadable("term \"" + name + "\" has no fixed words",
                              "compare it with a number, or ask \"has " + name + "\"");
        }
        if (words.size() != 1) return unreadable("one word must follow \"" + name + " is\"");
        const auto number = sdk::choice_number(name, words[0]);
        if (!number) return draft_.unknown(error_unknown, place_, name, words[0], known);
        add({Operand::term, negated ? Comparison::unequal : Comparison::equal,
             static_cast<std::uint16_t>(*term), *number});
    }

    void read_states(std::uint8_t region, Words words, bool negated) {
        const Region& here = draft_.table.regions[region];
        std::uint64_t mask = 0;
        for (std::size_t at = 0; at < words.size(); ++at) {
            if (at % 2 == 1) {
                if (words[at] != "or") return unreadable("\"or\" must stand between two states");
                continue;
            }
            const auto states = draft_.find_states(region, words[at]);
            if (!states) {
                return draft_.unknown(error_unknown, place_, "state of region " + here.name,
                                      words[at], draft_.state_names(region));
            }
            mask |= *states;
        }
        if (words.size() % 2 == 0)
            return unreadable("a state must follow \"" + here.name + " is\"");
        if (negated) mask = ~mask & all_states(here);
        RegionTest test;
        test.region = region;
        test.states = mask;
        tests_.push_back(test);
    }

    static std::uint64_t all_states(const Region& region) {
        const std::size_t count = region.states.size();
        return count >= max_states ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    }

    void read_comparison(Words words) {
        Compare compare;
        compare.comparison = *comparison_of(words[1]);
        const std::string& digits = words[2];
        const auto [end, status] =
            std::from_chars(digits.data(), digits.data() + digits.size(), compare.value);
        if (status != std::errc{} || end != digits.data() + digits.size()) {
            return unreadable("\"" + digits + "\" is not an integer",
                              "compare with whole decimal digits of up to 64 bits");
        }
        if (read_operand(words[0], compare)) add(compare);
    }

    bool read_operand(const std::string& name, Compare& compare) {
        const std::size_t dot = name.find('.');
        if (dot != std::string::npos) return read_dotted(name, dot, compare);
        if (const auto slot = draft_.find_slot(name)) {
            compare.index = *slot;
            return true;
        }
        if (name == "number") {
            compare.operand = Operand::number;
            return true;
        }
        if (name == "attempt") {
            compare.operand = Operand::attempt;
            compare.index = any_role;
            return true;
        }
        if (const auto term = draft_.find_term(name)) {
            compare.operand = Operand::term;
            compare.index = static_cast<std::uint16_t>(*term);
            return true;
        }
        std::vector<std::string> known = draft_.table.slots;
        known.insert(known.end(), {"number", "attempt"});
        const std::vector<std::string> terms = draft_.term_names();
        known.insert(known.end(), terms.begin(), terms.end());
        draft_.unknown(error_unknown, place_, "number", name, known);
        return false;
    }

    bool read_dotted(const std::string& name, std::size_t dot, Compare& compare) {
        if (const auto role = draft_.find_role(name.substr(0, dot))) {
            if (name.substr(dot + 1) != "attempt") {
                unreadable("\"" + name + "\" is no number",
                           "compare \"" + name.substr(0, dot) +
                               ".attempt\", or leave the comparison out of a fact");
                return false;
            }
            compare.operand = Operand::attempt;
            compare.index = *role;
            return true;
        }
        const auto& known = draft_.vocabulary.plugin_facts;
        if (draft_.vocabulary.knows_plugin_facts &&
            std::find(known.begin(), known.end(), name) == known.end()) {
            draft_.unknown(error_unknown, place_, "plugin fact", name, known);
            return false;
        }
        auto& facts = draft_.table.plugin_facts;
        auto fact = std::find(facts.begin(), facts.end(), name);
        if (fact == facts.end()) fact = facts.insert(facts.end(), name);
        compare.operand = Operand::plugin_fact;
        compare.index = static_cast<std::uint16_t>(fact - facts.begin());
        return true;
    }

    void add(const Compare& compare) { compares_.push_back(compare); }

    /// The conditions of one guard stand together in the table.
    Guard finish() {
        Table& table = draft_.table;
        if (table.tests.size() + tests_.size() > max_conditions ||
            table.compares.size() + compares_.size() > max_conditions) {
            error(error_limit, "more than " + std::to_string(max_conditions) + " conditions",
                  "split the lifecycle");
            return {};
        }
        guard_.first_test = static_cast<std::uint16_t>(table.tests.size());
        guard_.tests = static_cast<std::uint16_t>(tests_.size());
        guard_.first_compare = static_cast<std::uint16_t>(table.compares.size());
        guard_.compares = static_cast<std::uint16_t>(compares_.size());
        table.tests.insert(table.tests.end(), tests_.begin(), tests_.end());
        table.compares.insert(table.compares.end(), compares_.begin(), compares_.end());
        if (is_impossible(table, guard_)) unreadable("it can never hold", "mend or remove it");
        return guard_;
    }

    Draft& draft_;
    const std::string& text_;
    const std::string& place_;
    Guard guard_;
    std::vector<RegionTest> tests_;
    std::vector<Compare> compares_;
};

}  // namespace

Guard read_condition(Draft& draft, const std::string& text, const std::string& place) {
    return ConditionReader(draft, text, place).read();
}

}  // namespace oms::lifecycle
