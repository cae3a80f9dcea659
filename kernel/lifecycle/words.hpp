// SPDX-License-Identifier: Apache-2.0
// The words of words.def by name and by number, and what each is for.
#pragma once

#include "lifecycle/table.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oms::lifecycle {

struct Word {
    std::string_view name;
    std::uint32_t number = 0;
};

/// In the order of words.def.
std::span<const Word> event_words();
std::span<const Word> verb_words();
/// Facts about lines come first.
std::span<const Word> fact_words();

/// The number of the word, or nothing.
std::optional<std::uint32_t> number_of(std::span<const Word> words, std::string_view name);
/// The word of the number, or an empty text.
std::string_view name_of(std::span<const Word> words, std::uint32_t number);
std::vector<std::string> names_of(std::span<const Word> words);

constexpr bool is_line_fact(Fact fact) { return static_cast<unsigned>(fact) < line_facts_per_role; }

/// Whether instances that sit there can meet the event, state the fact, carry out the verb.
bool is_for(Attach attach, Event event);
bool is_for(Attach attach, Fact fact);
bool is_for(Attach attach, Verb verb);

}  // namespace oms::lifecycle
