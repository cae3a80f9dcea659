// SPDX-License-Identifier: Apache-2.0
#include "distance.hpp"

#include <oms/sdk/decimal.hpp>

#include <array>
#include <cstddef>

namespace oms::plugins::nearest_stock {
namespace {

using sdk::Wide;
using sdk::WideUnsigned;

/// Fixed point with 60 bits behind the point: 1 is 2^60, and no number here reaches 8.
using Fixed = std::int64_t;
constexpr unsigned bits = 60;
constexpr Fixed one = Fixed{1} << bits;
constexpr Fixed pi = 3 * one + 163'245'215'218'020'493;  // 0.14159265358979323846 x 2^60
constexpr std::int64_t earth_radius_m = 6'371'009;
constexpr std::int64_t quarter_turn = 90'000'000;
constexpr std::int64_t half_turn = 180'000'000;

constexpr Fixed times(Fixed left, Fixed right) {
    return static_cast<Fixed>((Wide{left} * right) >> bits);
}

constexpr Fixed radians(std::int64_t microdegrees) {
    return static_cast<Fixed>(Wide{pi} * microdegrees / half_turn);
}

constexpr int last_power = 23;

/// Of each term of the sine's series what it is of the one before, but for the square of the angle:
/// a division here is ten multiplications.
constexpr auto ratios = [] {
    std::array<Fixed, (last_power - 1) / 2> all{};
    for (int power = 3; power <= last_power; power += 2)
        all[static_cast<std::size_t>(power / 2 - 1)] = one / ((power - 1) * power);
    return all;
}();

/// Of 0 .. pi / 2, by its series; what is left out, and what rounding adds, is below 2^-55.
constexpr Fixed sine(Fixed angle) {
    const Fixed square = times(angle, angle);
    Fixed sum = one;
    for (std::size_t place = ratios.size(); place-- > 0;)
        sum = one - times(times(square, ratios[place]), sum);
    return times(angle, sum);
}

constexpr Fixed cosine(Fixed angle) { return sine(pi / 2 - angle); }

constexpr std::int64_t size(std::int64_t value) { return value < 0 ? -value : value; }

/// The square of the sine of half an angle of -360 .. 360 degrees.
constexpr Fixed haversine(std::int64_t microdegrees) {
    std::int64_t whole = size(microdegrees);
    if (whole > half_turn) whole = 2 * half_turn - whole;
    const Fixed half = sine(radians(whole) / 2);
    return times(half, half);
}

/// Digit by digit.
constexpr Fixed square_root(Fixed value) {
    const auto of = static_cast<WideUnsigned>(value) << bits;
    std::uint64_t root = 0;
    for (int bit = bits; bit >= 0; --bit) {
        const std::uint64_t next = root | (std::uint64_t{1} << bit);
        if (static_cast<WideUnsigned>(next) * next <= of) root = next;
    }
    return static_cast<Fixed>(root);
}

/// The angle of 0 .. pi / 4 with this sine and cosine, by Newton's steps: as the cosine is known,
/// each doubles the digits that are right, of which the sine itself has four bits.
constexpr Fixed small_angle(Fixed sine_of, Fixed cosine_of) {
    const auto slope = static_cast<Fixed>((Wide{one} << bits) / cosine_of);
    Fixed angle = sine_of;
    for (int step = 0; step < 4; ++step) angle += times(sine_of - sine(angle), slope);
    return angle;
}

/// The angle of 0 .. pi / 2 whose sine has this square.
constexpr Fixed angle_of(Fixed square) {
    const Fixed sine_of = square_root(square);
    const Fixed cosine_of = square_root(one - square);
    return square <= one / 2 ? small_angle(sine_of, cosine_of)
                             : pi / 2 - small_angle(cosine_of, sine_of);
}

constexpr bool on_globe(const Point& point) {
    return size(point.latitude) <= quarter_turn && size(point.longitude) <= half_turn;
}

}  // namespace

std::optional<std::int64_t> distance_m(const Point& from, const Point& to) {
    if (!on_globe(from) || !on_globe(to)) return std::nullopt;
    const Fixed both_cosines =
        times(cosine(radians(size(from.latitude))), cosine(radians(size(to.latitude))));
    Fixed chord = haversine(from.latitude - to.latitude) +
                  times(both_cosines, haversine(from.longitude - to.longitude));
    if (chord > one) chord = one;
    return static_cast<std::int64_t>((Wide{2 * earth_radius_m} * angle_of(chord) + one / 2) >>
                                     bits);
}

}  // namespace oms::plugins::nearest_stock
