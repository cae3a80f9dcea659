// SPDX-License-Identifier: Apache-2.0
#include "distance.hpp"

#include <oms/sdk/decimal.hpp>

namespace oms::plugins::nearest_stock {
namespace {

using sdk::Wide;
using sdk::WideUnsigned;

// Fixed point with 60 bits behind the point: 1 is 2^60, and products fit 128 bits up to 2^66.
constexpr unsigned bits = 60;
constexpr Wide one = Wide{1} << bits;
constexpr Wide pi = (Wide{3} << bits) + 163'245'215'218'020'493;  // 0.14159265358979323846 x 2^60
constexpr std::int64_t earth_radius_m = 6'371'009;
constexpr std::int64_t quarter_turn = 90'000'000;
constexpr std::int64_t half_turn = 180'000'000;

constexpr Wide times(Wide left, Wide right) { return (left * right) >> bits; }

constexpr Wide radians(std::int64_t microdegrees) { return pi * microdegrees / half_turn; }

/// Of 0 .. pi / 2, by its series; what is left out is below 2^-60.
constexpr Wide sine(Wide angle) {
    const Wide square = times(angle, angle);
    Wide term = angle;
    Wide sum = angle;
    for (int power = 3; power <= 23; power += 2) {
        term = -times(term, square) / ((power - 1) * power);
        sum += term;
    }
    return sum;
}

constexpr Wide cosine(Wide angle) { return sine(pi / 2 - angle); }

constexpr std::int64_t size(std::int64_t value) { return value < 0 ? -value : value; }

/// The square of the sine of half an angle of -360 .. 360 degrees.
constexpr Wide haversine(std::int64_t microdegrees) {
    std::int64_t whole = size(microdegrees);
    if (whole > half_turn) whole = 2 * half_turn - whole;
    const Wide half = sine(radians(whole) / 2);
    return times(half, half);
}

constexpr Wide square_root(Wide value) {
    const auto of = static_cast<WideUnsigned>(value) << bits;
    WideUnsigned root = 0;
    for (int bit = bits; bit >= 0; --bit) {
        const WideUnsigned next = root | (WideUnsigned{1} << bit);
        if (next * next <= of) root = next;
    }
    return static_cast<Wide>(root);
}

/// The angle of 0 .. pi / 2 with this sine: the sine grows, so halving the range finds it. 36 times
/// leave less than a millimetre on the ground.
constexpr Wide angle_of(Wide wanted) {
    Wide low = 0;
    Wide high = pi / 2;
    for (int round = 0; round < 36; ++round) {
        const Wide middle = (low + high) / 2;
        (sine(middle) < wanted ? low : high) = middle;
    }
    return (low + high) / 2;
}

constexpr bool on_globe(const Point& point) {
    return size(point.latitude) <= quarter_turn && size(point.longitude) <= half_turn;
}

}  // namespace

std::optional<std::int64_t> distance_m(const Point& from, const Point& to) {
    if (!on_globe(from) || !on_globe(to)) return std::nullopt;
    const Wide both_cosines =
        times(cosine(radians(size(from.latitude))), cosine(radians(size(to.latitude))));
    Wide chord = haversine(from.latitude - to.latitude) +
                 times(both_cosines, haversine(from.longitude - to.longitude));
    if (chord > one) chord = one;
    return static_cast<std::int64_t>(
        (2 * earth_radius_m * angle_of(square_root(chord)) + one / 2) >> bits);
}

}  // namespace oms::plugins::nearest_stock
