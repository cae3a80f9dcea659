// SPDX-License-Identifier: Apache-2.0
// A table while its document is being read: names that were declared, and what went wrong so far.
#pragma once

#include "lifecycle/errors.hpp"
#include "lifecycle/yaml/compile.hpp"
#include "yaml/readers.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::lifecycle {

/// A condition under a name of its own, or a set of states.
struct NamedCondition {
    std::string name;
    std::string place;
    std::string text;  ///< empty when it could not be read, which was said
    bool used = false;
};
struct Group {
    std::string name;
    std::string place;
    std::uint64_t states = 0;
};

/// Something that waits, declared once and named by actions: a timer, a watch or a task.
struct Waiting {
    std::string name;
    std::string place;
    Action action;
    bool used = false;
};

class Draft {
public:
    explicit Draft(const Vocabulary& known) : vocabulary(known) {}

    void error(ErrorCode code, std::string place, std::string reason, std::string remedy = {}) {
        problems.add(code, std::move(place), std::move(reason), std::move(remedy));
    }
    /// `unknown state "opn" (did you mean "open"?)`, with the known names as the remedy.
    void unknown(ErrorCode code, const std::string& place, std::string_view what,
                 std::string_view name, const std::vector<std::string>& known);

    /// Whether the text is a name as lifecycles write them; says so when it is not.
    bool is_name(const std::string& text, const std::string& place, std::string_view what);
    /// The same, for a name that may be used in conditions and so must stand for one thing only.
    bool is_free_name(const std::string& text, const std::string& place, std::string_view what);

    /// The number of a word or of an event of the document's own, which this may add.
    std::uint32_t event(const std::string& name, const std::string& place);
    /// Events that nobody can send, but by their name from outside, must have been declared.
    void may_come(std::uint32_t event);
    bool can_come(std::uint32_t event) const;
    /// All names that an event of a rule may have.
    std::vector<std::string> known_events() const;

    std::uint16_t text(const std::string& text, const std::string& place);

    std::optional<std::uint8_t> find_role(std::string_view name) const;
    std::optional<std::uint8_t> find_region(std::string_view name) const;
    std::optional<std::uint16_t> find_slot(std::string_view name) const;
    std::optional<std::uint32_t> find_term(std::string_view name) const;
    std::optional<std::uint32_t> find_observation(std::string_view name) const;
    std::vector<std::string> term_names() const;
    std::vector<std::string> observation_names() const;
    std::vector<std::string> region_names() const;
    NamedCondition* find_condition(std::string_view name);
    /// The mask of the state or of the group of states; nothing when the region has neither.
    std::optional<std::uint64_t> find_states(std::size_t region, std::string_view name) const;
    /// Names of states and groups.
    std::vector<std::string> state_names(std::size_t region) const;

    Table table;
    Places places;
    yaml::Problems problems;
    yaml::Errors warnings;
    const Vocabulary& vocabulary;
    std::vector<NamedCondition> conditions;
    std::vector<std::vector<Group>> groups;  ///< by region
    std::vector<Waiting> timers;
    std::vector<Waiting> watches;
    std::vector<Waiting> tasks;

private:
    std::vector<std::uint32_t> coming_;
};

/// A condition as docs/lifecycle-language.md writes it: `any_done and not cancel is pending`.
/// Appends to the table; says what cannot be read and gives the empty guard then.
Guard read_condition(Draft& draft, const std::string& text, const std::string& place);

/// One action or a list of them; appends to the table. Returns the range of the rule's own actions.
struct ActionRange {
    std::uint16_t first = 0;
    std::uint16_t count = 0;
};
ActionRange read_actions(Draft& draft, const yaml::Node& node);

/// A text cut into words: names with dots, numbers, and runs of `<>=!`.
std::vector<std::string> words_of(std::string_view text);

}  // namespace oms::lifecycle
