// SPDX-License-Identifier: Apache-2.0
// Numbers of 128 bits: balances, and products of price and quantity.
#pragma once

#include <oms/abi/base.h>

#include <cstdint>
#include <limits>

namespace oms {

__extension__ using Int128 = __int128;

constexpr oms_wide to_wide(Int128 number) {
    return {static_cast<std::uint64_t>(number), static_cast<std::int64_t>(number >> 64)};
}
constexpr Int128 from_wide(oms_wide wide) {
    return (static_cast<Int128>(wide.high) << 64) | static_cast<Int128>(wide.low);
}

constexpr bool fits_int64(Int128 number) {
    return number >= std::numeric_limits<std::int64_t>::min() &&
           number <= std::numeric_limits<std::int64_t>::max();
}

/// Rounds half to even; `divisor` above zero.
constexpr Int128 divide_half_even(Int128 number, Int128 divisor) {
    Int128 quotient = number / divisor;
    Int128 rest = number % divisor;
    const bool negative = rest < 0;
    if (negative) rest = -rest;
    const Int128 twice = rest * 2;
    if (twice > divisor || (twice == divisor && quotient % 2 != 0)) quotient += negative ? -1 : 1;
    return quotient;
}

}  // namespace oms
