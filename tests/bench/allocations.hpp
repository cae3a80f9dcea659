// SPDX-License-Identifier: Apache-2.0
// How often memory was asked for: the bench's `operator new` counts, for its plugins too.
#pragma once

#include <cstdint>

namespace oms::bench {

/// By this thread, since it began.
std::uint64_t allocations();

}  // namespace oms::bench
