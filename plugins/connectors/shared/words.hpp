// SPDX-License-Identifier: Apache-2.0
// Settings that hold several words, such as "ACME 100.00 0.01".
#pragma once

#include <oms/sdk/decimal.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace parties {

inline std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t blank = text.find(' ');
        if (blank != 0) words.emplace_back(text.substr(0, blank));
        text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    }
    return words;
}

/// Throws std::invalid_argument, which names the setting and the words.
inline std::vector<std::string> words_of(std::string_view setting, std::string_view text,
                                         std::size_t least, std::size_t most) {
    std::vector<std::string> words = words_of(text);
    if (words.size() >= least && words.size() <= most) return words;
    throw std::invalid_argument("setting `" + std::string(setting) + "`: \"" + std::string(text) +
                                "\" does not have " + std::to_string(least) + " to " +
                                std::to_string(most) + " words");
}

inline std::int64_t decimal_of(std::string_view setting, std::string_view text, unsigned scale) {
    const oms::sdk::ParsedDecimal parsed = oms::sdk::parse_decimal(text, scale);
    if (parsed) return *parsed;
    throw std::invalid_argument("setting `" + std::string(setting) + "`: \"" + std::string(text) +
                                "\" " + std::string(to_text(parsed.fault)));
}

}  // namespace parties
