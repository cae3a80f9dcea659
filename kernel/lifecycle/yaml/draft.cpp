// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/yaml/draft.hpp"

#include "lifecycle/codec.hpp"
#include "lifecycle/words.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <array>

namespace oms::lifecycle {
namespace {

constexpr std::size_t max_name = 48;

bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool is_well_formed(std::string_view name) {
    return !name.empty() && name.size() <= max_name && is_lower(name[0]) &&
           std::all_of(name.begin(), name.end(), [](char letter) {
               return is_lower(letter) || is_digit(letter) || letter == '_';
           });
}

/// Words that other readers of YAML do not take for texts.
constexpr std::array<std::string_view, 9> yaml_words = {"yes",   "no",   "on", "off", "true",
                                                        "false", "null", "y",  "n"};
/// Words of conditions.
constexpr std::array<std::string_view, 8> grammar = {"and", "or",     "not",     "is",
                                                     "has", "number", "attempt", "any"};

std::string with_article(std::string_view what) {
    const bool vowel = !what.empty() && std::string_view("aeiou").find(what[0]) != what.npos;
    return (vowel ? "an " : "a ") + std::string(what);
}

template <class Number = std::size_t, class List>
std::optional<Number> place_in(const List& list, std::string_view name) {
    const auto found = std::find(list.begin(), list.end(), name);
    if (found == list.end()) return std::nullopt;
    return static_cast<Number>(found - list.begin());
}

std::optional<std::uint32_t> find_named(const std::vector<NamedNumber>& list,
                                        std::string_view name) {
    for (const NamedNumber& entry : list)
        if (entry.name == name) return entry.number;
    return std::nullopt;
}

}  // namespace

void Draft::unknown(ErrorCode code, const std::string& place, std::string_view what,
                    std::string_view name, const std::vector<std::string>& known) {
    Error problem = yaml::unknown_name(place, what, name, known);
    problem.code = code;
    problems.add(std::move(problem));
}

bool Draft::is_name(const std::string& text, const std::string& place, std::string_view what) {
    if (place_in(yaml_words, text)) {
        error(error_name, place,
              with_article(what) + " cannot be called \"" + text +
                  "\": other readers of YAML take that for a value of theirs",
              "choose another word");
        return false;
    }
    if (is_well_formed(text)) return true;
    error(error_name, place,
          "\"" + text.substr(0, 64) + "\" is not a name for " + with_article(what),
          "write small letters, digits and underscores, a letter first, " +
              std::to_string(max_name) + " at most");
    return false;
}

bool Draft::is_free_name(const std::string& text, const std::string& place, std::string_view what) {
    if (!is_name(text, place, what)) return false;
    const char* meaning = nullptr;
    if (place_in(grammar, text)) {
        meaning = "a word of conditions";
    } else if (number_of(fact_words(), text)) {
        meaning = "a fact";
    } else if (find_role(text)) {
        meaning = "a role";
    } else if (find_slot(text)) {
        meaning = "a slot";
    } else if (find_region(text)) {
        meaning = "a region";
    } else if (find_condition(text) != nullptr) {
        meaning = "a condition";
    }
    if (meaning == nullptr) return true;
    error(
        error_doubled, place,
        with_article(what) + " cannot be called \"" + text + "\": that is " + meaning + " already",
        "choose another name");
    return false;
}

std::uint32_t Draft::event(const std::string& name, const std::string& place) {
    if (const auto word = number_of(event_words(), name)) {
        if (!is_for(table.attach, static_cast<Event>(*word))) {
            const bool order = table.attach == Attach::order;
            const bool has_twin = order && number_of(event_words(), "route_" + name);
            error(error_not_here, place,
                  "event \"" + name + "\" is one of " + (order ? "routes" : "orders") +
                      ", and this lifecycle is for " + (order ? "orders" : "routes"),
                  has_twin ? "write \"route_" + name + "\", which follows when the route took it"
                           : "leave it out");
        }
        return *word;
    }
    std::optional<std::size_t> at = place_in(table.events, name);
    if (!at) {
        if (!is_name(name, place, "event")) return 0;
        if (table.events.size() == max_events) {
            error(error_limit, place, "more than " + std::to_string(max_events) + " events");
            return 0;
        }
        at = table.events.size();
        table.events.push_back(name);
        places.events.push_back(place);
    }
    return first_custom_event + static_cast<std::uint32_t>(*at);
}

void Draft::may_come(std::uint32_t event) { coming_.push_back(event); }

bool Draft::can_come(std::uint32_t event) const {
    return event < first_custom_event ||
           std::find(coming_.begin(), coming_.end(), event) != coming_.end();
}

std::vector<std::string> Draft::known_events() const {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < table.events.size(); ++at)
        if (can_come(first_custom_event + static_cast<std::uint32_t>(at)))
            names.push_back(table.events[at]);
    for (const Word& word : event_words())
        if (is_for(table.attach, static_cast<Event>(word.number))) names.emplace_back(word.name);
    return names;
}

std::uint16_t Draft::text(const std::string& text, const std::string& place) {
    if (text.size() > max_text_bytes) {
        error(error_limit, place,
              "a text of more than " + std::to_string(max_text_bytes) + " bytes", "shorten it");
        return none;
    }
    std::optional<std::size_t> at = place_in(table.texts, text);
    if (!at) {
        if (table.texts.size() == max_texts) {
            error(error_limit, place, "more than " + std::to_string(max_texts) + " texts");
            return none;
        }
        at = table.texts.size();
        table.texts.push_back(text);
    }
    return static_cast<std::uint16_t>(*at);
}

std::optional<std::uint8_t> Draft::find_role(std::string_view name) const {
    return place_in<std::uint8_t>(table.roles, name);
}

std::optional<std::uint8_t> Draft::find_region(std::string_view name) const {
    for (std::size_t at = 0; at < table.regions.size(); ++at)
        if (table.regions[at].name == name) return static_cast<std::uint8_t>(at);
    return std::nullopt;
}

std::optional<std::uint16_t> Draft::find_slot(std::string_view name) const {
    return place_in<std::uint16_t>(table.slots, name);
}

std::optional<std::uint32_t> Draft::find_term(std::string_view name) const {
    if (const sdk::TermInfo* info = sdk::term_info(name)) return info->number;
    return find_named(vocabulary.terms, name);
}

std::optional<std::uint32_t> Draft::find_observation(std::string_view name) const {
    if (const sdk::ObservationInfo* info = sdk::observation_info(name)) return info->number;
    return find_named(vocabulary.observations, name);
}

std::vector<std::string> Draft::term_names() const {
    std::vector<std::string> names;
    for (const NamedNumber& term : vocabulary.terms) names.push_back(term.name);
    for (const sdk::TermInfo& info : sdk::term_infos) names.emplace_back(info.name);
    return names;
}

std::vector<std::string> Draft::observation_names() const {
    std::vector<std::string> names;
    for (const NamedNumber& entry : vocabulary.observations) names.push_back(entry.name);
    for (const sdk::ObservationInfo& info : sdk::observation_infos) names.emplace_back(info.name);
    return names;
}

std::vector<std::string> Draft::region_names() const {
    std::vector<std::string> names;
    for (const Region& region : table.regions) names.push_back(region.name);
    return names;
}

NamedCondition* Draft::find_condition(std::string_view name) {
    for (NamedCondition& condition : conditions)
        if (condition.name == name) return &condition;
    return nullptr;
}

std::optional<std::uint64_t> Draft::find_states(std::size_t region, std::string_view name) const {
    if (const auto state = place_in(table.regions[region].states, name))
        return std::uint64_t{1} << *state;
    if (region < groups.size())
        for (const Group& group : groups[region])
            if (group.name == name) return group.states;
    return std::nullopt;
}

std::vector<std::string> Draft::state_names(std::size_t region) const {
    std::vector<std::string> names = table.regions[region].states;
    if (region < groups.size())
        for (const Group& group : groups[region]) names.push_back(group.name);
    return names;
}

std::vector<std::string> words_of(std::string_view text) {
    const auto kind = [](char letter) {
        if (is_lower(letter) || is_digit(letter) || letter == '_' || letter == '.' ||
            letter == '-' || (letter >= 'A' && letter <= 'Z'))
            return 1;
        if (letter == '<' || letter == '>' || letter == '=' || letter == '!') return 2;
        return letter == ' ' || letter == '\n' ? 0 : 3;
    };
    std::vector<std::string> words;
    int last = 0;
    for (const char letter : text) {
        const int now = kind(letter);
        if (now != 0) {
            if (now != last || now == 3) words.emplace_back();
            words.back() += letter;
        }
        last = now;
    }
    return words;
}

}  // namespace oms::lifecycle
