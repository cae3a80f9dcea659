// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/words.hpp"

#include <algorithm>

namespace oms::lifecycle {
namespace {

#define OMS_EVENT(name, number)
#define OMS_LINE_FACT(name, bit)
#define OMS_WHOLE_FACT(name, bit)
#define OMS_VERB(name, number)

#undef OMS_EVENT
#define OMS_EVENT(name, number) {#name, (number)},
constexpr Word events[] = {
#include "lifecycle/words.def"
};
#undef OMS_EVENT
#define OMS_EVENT(name, number)

#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#define OMS_LINE_FACT(name, bit) {#name, (bit)},
#define OMS_WHOLE_FACT(name, bit) {#name, (bit)},
constexpr Word facts[] = {
#include "lifecycle/words.def"
};
#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#define OMS_LINE_FACT(name, bit)
#define OMS_WHOLE_FACT(name, bit)

#undef OMS_VERB
#define OMS_VERB(name, number) {#name, (number)},
constexpr Word verbs[] = {
#include "lifecycle/words.def"
};

#undef OMS_EVENT
#undef OMS_LINE_FACT
#undef OMS_WHOLE_FACT
#undef OMS_VERB

}  // namespace

std::span<const Word> event_words() { return events; }
std::span<const Word> verb_words() { return verbs; }
std::span<const Word> fact_words() { return facts; }

std::optional<std::uint32_t> number_of(std::span<const Word> words, std::string_view name) {
    const auto word = std::find_if(words.begin(), words.end(),
                                   [&](const Word& known) { return known.name == name; });
    if (word == words.end()) return std::nullopt;
    return word->number;
}

std::string_view name_of(std::span<const Word> words, std::uint32_t number) {
    const auto word = std::find_if(words.begin(), words.end(),
                                   [&](const Word& known) { return known.number == number; });
    return word == words.end() ? std::string_view() : word->name;
}

std::vector<std::string> names_of(std::span<const Word> words) {
    std::vector<std::string> names;
    names.reserve(words.size());
    for (const Word& word : words) names.emplace_back(word.name);
    return names;
}

bool is_for(Attach attach, Event event) {
    const auto number = static_cast<std::uint32_t>(event);
    const bool asked = event == Event::amend_asked || event == Event::cancel_asked;
    const bool of_route = number >= static_cast<std::uint32_t>(Event::opened) &&
                          number <= static_cast<std::uint32_t>(Event::ask_again);
    return asked || of_route == (attach == Attach::route);
}

bool is_for(Attach attach, Fact fact) {
    const bool of_route = fact == Fact::is_enquiry || fact == Fact::order_ended;
    return !of_route || attach == Attach::route;
}

bool is_for(Attach attach, Verb verb) {
    switch (verb) {
        case Verb::emit:
        case Verb::set:
        case Verb::add:
        case Verb::timer:
        case Verb::clear_timer:
        case Verb::task:
        case Verb::clear_tasks:
        case Verb::undo_all:
        case Verb::refuse: return true;
        default: return (verb >= Verb::place) == (attach == Attach::route);
    }
}

}  // namespace oms::lifecycle
