// SPDX-License-Identifier: Apache-2.0
// Values of the world outside, as they were last told.
#pragma once

#include <cstdint>
#include <tuple>

namespace oms::engine {

struct Observed {
    std::int64_t value = 0;
    std::int64_t time = 0;
};

/// Product, field, source.
using ObservationKey = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

}  // namespace oms::engine
