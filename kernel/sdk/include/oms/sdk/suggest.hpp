// SPDX-License-Identifier: Apache-2.0
// A mistyped name is answered with the name that was probably meant.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oms::sdk {

/// Names longer than this are never compared: the cost grows with the square of the length.
inline constexpr std::size_t suggest_max_name = 96;

/// How many letters must be inserted, dropped, changed or swapped with a neighbour to get from one
/// name to the other ("optimal string alignment"; letters are bytes).
inline std::size_t edit_distance(std::string_view from, std::string_view to) {
    const std::size_t columns = to.size() + 1;
    std::vector<std::size_t> before_last(columns), last(columns), now(columns);
    for (std::size_t column = 0; column < columns; ++column) last[column] = column;
    for (std::size_t row = 1; row <= from.size(); ++row) {
        now[0] = row;
        for (std::size_t column = 1; column < columns; ++column) {
            const bool same = from[row - 1] == to[column - 1];
            now[column] = std::min(
                {last[column] + 1, now[column - 1] + 1, last[column - 1] + (same ? 0U : 1U)});
            const bool swapped = row > 1 && column > 1 && from[row - 1] == to[column - 2] &&
                                 from[row - 2] == to[column - 1];
            if (swapped) now[column] = std::min(now[column], before_last[column - 2] + 1);
        }
        before_last.swap(last);
        last.swap(now);
    }
    return last[to.size()];
}

/// The nearest of the known names, or nothing when none is near enough to be a slip of the hand.
/// Of equally near names the first one wins, so the answer does not depend on anything hidden.
template <class Names>
std::optional<std::string> closest_name(std::string_view typed, const Names& known) {
    std::optional<std::string> best;
    if (typed.empty() || typed.size() > suggest_max_name) return best;
    std::size_t best_distance = std::max<std::size_t>(1, typed.size() / 3) + 1;
    for (const auto& candidate : known) {
        const std::string_view name(candidate);
        if (name.empty() || name.size() > suggest_max_name) continue;
        // The difference in length is the least that the distance can be.
        if (std::max(typed.size(), name.size()) - std::min(typed.size(), name.size()) >=
            best_distance)
            continue;
        const std::size_t distance = edit_distance(typed, name);
        // A name with no letter in common is not a misspelling, however short it is.
        if (distance < best_distance && distance < std::max(typed.size(), name.size())) {
            best_distance = distance;
            best = std::string(name);
        }
    }
    return best;
}

/// ` (did you mean "limit"?)`, to be put behind the reason; empty when nothing is near.
template <class Names>
std::string did_you_mean(std::string_view typed, const Names& known) {
    const std::optional<std::string> name = closest_name(typed, known);
    return name ? " (did you mean \"" + *name + "\"?)" : std::string();
}

/// `a, b, c`: the known names for a remedy; long lists are cut with "and n more".
template <class Names>
std::string name_list(const Names& known, std::size_t most = 12) {
    std::string text;
    std::size_t count = 0;
    for (const auto& name : known) {
        if (++count > most) continue;
        if (!text.empty()) text += ", ";
        text += std::string_view(name);
    }
    if (count > most) text += " and " + std::to_string(count - most) + " more";
    return text;
}

}  // namespace oms::sdk
