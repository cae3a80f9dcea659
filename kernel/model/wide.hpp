// SPDX-License-Identifier: Apache-2.0
// Numbers of 128 bits: balances, and products of price and quantity. The SDK's decimals have the
// arithmetic; here are the names that the kernel uses for them.
#pragma once

#include <oms/sdk/decimal.hpp>

namespace oms {

using Int128 = sdk::Wide;
using sdk::saturate;
using sdk::to_wide;

constexpr Int128 from_wide(oms_wide wide) { return sdk::to_int128(wide); }

}  // namespace oms
