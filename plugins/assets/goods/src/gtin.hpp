// SPDX-License-Identifier: Apache-2.0
// The Global Trade Item Number: 8, 12, 13 or 14 digits, the last of which checks the others.
#pragma once

#include <cstddef>
#include <string_view>

namespace oms::plugins::goods {

/// GS1 General Specifications, section 7.9: from the right, the digits before the check digit weigh
/// 3, 1, 3, 1, ...; with the check digit the sum is a multiple of ten.
constexpr bool is_gtin(std::string_view text) {
    const std::size_t size = text.size();
    if (size != 8 && size != 12 && size != 13 && size != 14) return false;
    int sum = 0;
    for (std::size_t place = 0; place < size; ++place) {
        const char letter = text[size - 1 - place];
        if (letter < '0' || letter > '9') return false;
        sum += (letter - '0') * (place % 2 == 0 ? 1 : 3);
    }
    return sum % 10 == 0;
}

}  // namespace oms::plugins::goods
