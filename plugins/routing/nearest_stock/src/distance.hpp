// SPDX-License-Identifier: Apache-2.0
// How far it is from one point of the globe to another, in whole numbers alone.
#pragma once

#include <cstdint>
#include <optional>

namespace oms::plugins::nearest_stock {

/// Millionths of a degree, north and east positive.
struct Point {
    std::int64_t latitude = 0;
    std::int64_t longitude = 0;
};

/// The great circle on a sphere of the mean radius of the earth (IUGG: 6,371,009 m), by the
/// haversine formula with sines in 60-bit fixed point. The arithmetic is within a metre of that
/// sphere; the sphere is within 0.6 percent of the earth. The same points give the same metres
/// everywhere, which floating point does not promise. Nothing for a point that is not on the globe.
std::optional<std::int64_t> distance_m(const Point& from, const Point& to);

}  // namespace oms::plugins::nearest_stock
