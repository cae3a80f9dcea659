// SPDX-License-Identifier: Apache-2.0
// Words of which there are few and that are shown again and again, as numbers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace oms {

class WordTable {
public:
    WordTable() { number_of({}); }

    /// The number that the word has had from its first use on. 0: the empty word.
    std::uint32_t number_of(std::string_view word) {
        const auto known = numbers_.find(word);
        if (known != numbers_.end()) return known->second;
        const auto number = static_cast<std::uint32_t>(words_.size());
        words_.push_back(numbers_.emplace(word, number).first->first);
        return number;
    }
    std::string_view at(std::uint32_t number) const { return words_[number]; }

private:
    std::map<std::string, std::uint32_t, std::less<>> numbers_;
    std::vector<std::string_view> words_;  // of the map's keys, which stay
};

}  // namespace oms
