// SPDX-License-Identifier: Apache-2.0
// Decimals against an oracle that counts on its fingers: texts of digits, as taught at school.
#include <oms/sdk/decimal.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace oms::sdk;

constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr Rounding all_roundings[] = {Rounding::half_even, Rounding::half_up, Rounding::down,
                                      Rounding::up,        Rounding::floor,   Rounding::ceiling};

/// A natural number as its digits, the lowest first.
using Digits = std::vector<int>;

Digits digits_of(std::int64_t value) {
    std::string text = std::to_string(value);
    if (text.front() == '-') text.erase(0, 1);
    Digits digits;
    for (auto letter = text.rbegin(); letter != text.rend(); ++letter)
        digits.push_back(*letter - '0');
    return digits;
}

void trim(Digits& digits) {
    while (digits.size() > 1 && digits.back() == 0) digits.pop_back();
}

Digits times(const Digits& left, const Digits& right) {
    Digits product(left.size() + right.size(), 0);
    for (std::size_t i = 0; i < left.size(); ++i)
        for (std::size_t j = 0; j < right.size(); ++j) product[i + j] += left[i] * right[j];
    for (std::size_t i = 0; i + 1 < product.size(); ++i) {
        product[i + 1] += product[i] / 10;
        product[i] %= 10;
    }
    trim(product);
    return product;
}

void increment(Digits& digits) {
    for (int& digit : digits) {
        if (++digit < 10) return;
        digit = 0;
    }
    digits.push_back(1);
}

/// Cuts `count` digits off, rounding by what they were.
Digits cut(Digits digits, unsigned count, bool negative, Rounding rounding) {
    Digits cut_off(count, 0);
    for (unsigned i = 0; i < count; ++i)
        if (i < digits.size()) cut_off[i] = digits[i];
    digits.erase(digits.begin(),
                 digits.begin() +
                     std::min<std::ptrdiff_t>(count, static_cast<std::ptrdiff_t>(digits.size())));
    if (digits.empty()) digits.push_back(0);
    const bool any = std::any_of(cut_off.begin(), cut_off.end(), [](int d) { return d != 0; });
    const int first = count == 0 ? 0 : cut_off.back();
    const bool half =
        first == 5 && std::all_of(cut_off.begin(), cut_off.end() - 1, [](int d) { return d == 0; });
    bool grows = false;
    if (any && rounding == Rounding::up) grows = true;
    if (any && rounding == Rounding::floor) grows = negative;
    if (any && rounding == Rounding::ceiling) grows = !negative;
    if (rounding == Rounding::half_up) grows = first >= 5;
    if (rounding == Rounding::half_even) grows = half ? digits[0] % 2 == 1 : first >= 5;
    if (grows) increment(digits);
    trim(digits);
    return digits;
}

std::string text_of(const Digits& digits, bool negative) {
    std::string text;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text += static_cast<char>('0' + *digit);
    return negative && text != "0" ? "-" + text : text;
}

bool fits(const Digits& digits, bool negative) {
    const std::string text = text_of(digits, false);
    const std::string limit = negative ? "9223372036854775808" : "9223372036854775807";
    return text.size() < limit.size() || (text.size() == limit.size() && text <= limit);
}

/// Numbers of all sizes, and those at which arithmetic goes wrong.
class Numbers {
public:
    std::int64_t next() {
        static constexpr std::int64_t edges[] = {
            0,  1,  -1, 5, 50, -50, 99, most, most - 1, least, least + 1, 1'000'000'000'000'000'000,
            -5, 15, 25};
        if (engine_() % 8 == 0) return edges[engine_() % std::size(edges)];
        const auto bits = static_cast<std::int64_t>(engine_());
        return bits >> (engine_() % 64);
    }
    unsigned scale() { return static_cast<unsigned>(engine_() % (max_scale + 1)); }

private:
    std::mt19937_64 engine_{20240229};
};

TEST(Decimal, multiplies_as_one_does_on_paper) {
    Numbers numbers;
    for (int round = 0; round < 60'000; ++round) {
        const std::int64_t quantity = numbers.next();
        const std::int64_t price = numbers.next();
        const unsigned quantity_scale = numbers.scale();
        const unsigned price_scale = numbers.scale();
        const unsigned result_scale = numbers.scale();
        const Rounding rounding = all_roundings[round % 6];
        const bool negative = (quantity < 0) != (price < 0);
        Digits product = times(digits_of(quantity), digits_of(price));
        const unsigned scale = quantity_scale + price_scale;
        if (scale >= result_scale) {
            product = cut(product, scale - result_scale, negative, rounding);
        } else {
            product.insert(product.begin(), result_scale - scale, 0);
            trim(product);
        }
        const auto result =
            multiply(quantity, quantity_scale, price, price_scale, result_scale, rounding);
        ASSERT_EQ(result.has_value(), fits(product, negative))
            << quantity << " x " << price << " at " << quantity_scale << ", " << price_scale;
        if (result) {
            ASSERT_EQ(std::to_string(*result), text_of(product, negative))
                << quantity << " x " << price << " at " << quantity_scale << ", " << price_scale
                << " -> " << result_scale << " rounding " << static_cast<int>(rounding);
        }
    }
}

TEST(Decimal, rescales_as_multiplying_by_one_does) {
    Numbers numbers;
    for (int round = 0; round < 20'000; ++round) {
        const std::int64_t value = numbers.next();
        const unsigned from = numbers.scale();
        const unsigned to = numbers.scale();
        const Rounding rounding = all_roundings[round % 6];
        EXPECT_EQ(rescale(value, from, to, rounding), multiply(value, from, 1, 0, to, rounding));
    }
}

TEST(Decimal, divides_so_that_the_parts_make_the_whole) {
    Numbers numbers;
    for (int round = 0; round < 60'000; ++round) {
        const Wide dividend = static_cast<Wide>(numbers.next()) * numbers.next();
        const Wide divisor = round % 2 == 0 ? static_cast<Wide>(numbers.next())
                                            : static_cast<Wide>(numbers.next()) * numbers.next();
        if (divisor == 0) {
            EXPECT_FALSE(divide(dividend, divisor, Rounding::down));
            continue;
        }
        const Wide floor = *divide(dividend, divisor, Rounding::floor);
        const Wide rest = dividend - floor * divisor;
        ASSERT_TRUE(rest == 0 || (rest < 0) == (divisor < 0));
        ASSERT_TRUE(rest == 0 || (divisor < 0 ? rest > divisor : rest < divisor));
        const Wide exact_or_above = rest == 0 ? floor : floor + 1;
        const bool negative = (dividend < 0) != (divisor < 0);
        EXPECT_TRUE(*divide(dividend, divisor, Rounding::ceiling) == exact_or_above);
        EXPECT_TRUE(*divide(dividend, divisor, Rounding::down) ==
                    (negative ? exact_or_above : floor));
        EXPECT_TRUE(*divide(dividend, divisor, Rounding::up) ==
                    (negative ? floor : exact_or_above));
        const Wide to_next = divisor - rest;  // both have the divisor's sign
        const bool nearer_above = divisor < 0 ? rest < to_next : rest > to_next;
        const Wide even = floor % 2 == 0 ? floor : exact_or_above;
        EXPECT_TRUE(*divide(dividend, divisor, Rounding::half_even) ==
                    (rest == to_next ? even : (nearer_above ? exact_or_above : floor)));
        const Wide away = negative ? floor : exact_or_above;
        EXPECT_TRUE(*divide(dividend, divisor, Rounding::half_up) ==
                    (rest == to_next ? away : (nearer_above ? exact_or_above : floor)));
    }
}

TEST(Decimal, divides_at_the_edges_of_128_bits) {
    EXPECT_FALSE(divide(wide_min, -1, Rounding::down));
    EXPECT_TRUE(*divide(wide_min, 1, Rounding::down) == wide_min);
    EXPECT_TRUE(*divide(wide_max, wide_max, Rounding::half_even) == 1);
    EXPECT_TRUE(*divide(wide_max, wide_min, Rounding::half_even) == -1);
    EXPECT_TRUE(*divide(wide_max, wide_min, Rounding::down) == 0);
    EXPECT_TRUE(*divide(wide_min, wide_min, Rounding::up) == 1);
}

TEST(Decimal, rounds_halves_by_name) {
    struct Case {
        std::int64_t value;
        std::int64_t half_even, half_up, down, up, floor, ceiling;
    };
    const Case cases[] = {
        {25, 2, 3, 2, 3, 2, 3},        {35, 4, 4, 3, 4, 3, 4},        {-25, -2, -3, -2, -3, -3, -2},
        {-35, -4, -4, -3, -4, -4, -3}, {24, 2, 2, 2, 3, 2, 3},        {-26, -3, -3, -2, -3, -3, -2},
        {20, 2, 2, 2, 2, 2, 2},        {-20, -2, -2, -2, -2, -2, -2}, {1, 0, 0, 0, 1, 0, 1},
        {-1, 0, 0, 0, -1, -1, 0},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::half_even), c.half_even) << c.value;
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::half_up), c.half_up) << c.value;
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::down), c.down) << c.value;
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::up), c.up) << c.value;
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::floor), c.floor) << c.value;
        EXPECT_EQ(rescale(c.value, 1, 0, Rounding::ceiling), c.ceiling) << c.value;
    }
}

TEST(Decimal, refuses_what_does_not_fit) {
    EXPECT_EQ(add(most, 1), std::nullopt);
    EXPECT_EQ(add(most, 0), most);
    EXPECT_EQ(subtract(least, 1), std::nullopt);
    EXPECT_EQ(subtract(0, least), std::nullopt);
    EXPECT_FALSE(add_wide(wide_max, 1));
    EXPECT_FALSE(add_wide(wide_min, -1));
    EXPECT_TRUE(*add_wide(wide_max, wide_min) == -1);
    EXPECT_EQ(multiply(1, 19, 1, 0, 0, Rounding::down), std::nullopt);
    EXPECT_EQ(rescale(1, 0, 19, Rounding::down), std::nullopt);
    EXPECT_EQ(multiply_divide(1, 1, 0, Rounding::down), std::nullopt);
    EXPECT_EQ(multiply_divide(most, most, most, Rounding::down), most);
    EXPECT_EQ(basis_points(10'000, 25, Rounding::up), 25);
    EXPECT_EQ(basis_points(10'001, 25, Rounding::up), 26);
    EXPECT_EQ(basis_points(-10'001, 25, Rounding::half_even), -25);
}

TEST(Decimal, reads_what_it_wrote) {
    Numbers numbers;
    for (int round = 0; round < 40'000; ++round) {
        const std::int64_t value = numbers.next();
        const unsigned scale = numbers.scale();
        const unsigned decimals = numbers.scale();
        const std::string text = format_decimal(value, scale, decimals);
        const ParsedDecimal parsed = parse_decimal(text, scale);
        ASSERT_TRUE(parsed) << text << " at " << scale;
        ASSERT_EQ(*parsed, value) << text << " at " << scale;
    }
}

TEST(Decimal, writes_as_people_do) {
    EXPECT_EQ(format_decimal(1250, 2), "12.50");
    EXPECT_EQ(format_decimal(1250, 2, 0), "12.5");
    EXPECT_EQ(format_decimal(1200, 2, 0), "12");
    EXPECT_EQ(format_decimal(1200, 3, 2), "1.20");
    EXPECT_EQ(format_decimal(-5, 2), "-0.05");
    EXPECT_EQ(format_decimal(0, 0), "0");
    EXPECT_EQ(format_decimal(0, 3), "0.000");
    EXPECT_EQ(format_decimal(0, 3, 0), "0");
    EXPECT_EQ(format_decimal(100, 0, 0), "100");
    EXPECT_EQ(format_decimal(least, 0), "-9223372036854775808");
    EXPECT_EQ(format_decimal(least, 18), "-9.223372036854775808");
    EXPECT_EQ(format_decimal(1, 18), "0.000000000000000001");
    EXPECT_EQ(format_decimal_wide(wide_max, 0), "170141183460469231731687303715884105727");
    EXPECT_EQ(format_decimal_wide(wide_min, 36), "-170.141183460469231731687303715884105728");
    EXPECT_EQ(format_decimal_wide(1, 36), "0.000000000000000000000000000000000001");
    EXPECT_EQ(format_decimal_wide(-1, 38, 38).size(), 41U);
}

TEST(Decimal, takes_zeros_that_change_nothing) {
    EXPECT_EQ(*parse_decimal("00023.23", 2), 2323);
    EXPECT_EQ(*parse_decimal("12.500", 2), 1250);
    EXPECT_EQ(*parse_decimal("12.000", 0), 12);
    EXPECT_EQ(*parse_decimal("-0", 2), 0);
    EXPECT_EQ(*parse_decimal("-0.01", 2), -1);
    EXPECT_EQ(*parse_decimal("7", 3), 7000);
    EXPECT_EQ(*parse_decimal("-9223372036854775808", 0), least);
    EXPECT_EQ(*parse_decimal("9223372036854775807", 0), most);
    EXPECT_EQ(*parse_decimal("0000000000000000000000000000009223372036854775807", 0), most);
}

TEST(Decimal, refuses_what_is_no_decimal) {
    for (const char* text : {"",
                             "-",
                             ".",
                             "5.",
                             ".5",
                             "-.5",
                             "+5",
                             " 5",
                             "5 ",
                             "1e5",
                             "1,000",
                             "0x1",
                             "1.2.3",
                             "--1",
                             "1-",
                             "NaN",
                             "inf",
                             "12.5x",
                             "12.50x",
                             "\xc2\xa0"
                             "1"})
        EXPECT_EQ(parse_decimal(text, 2).fault, DecimalFault::not_a_decimal) << text;
    EXPECT_EQ(parse_decimal(std::string_view("1\0", 2), 2).fault, DecimalFault::not_a_decimal);
    EXPECT_EQ(parse_decimal("12.505", 2).fault, DecimalFault::too_many_decimals);
    EXPECT_EQ(parse_decimal("0.1", 0).fault, DecimalFault::too_many_decimals);
    EXPECT_EQ(parse_decimal("9223372036854775808", 0).fault, DecimalFault::out_of_range);
    EXPECT_EQ(parse_decimal("-9223372036854775809", 0).fault, DecimalFault::out_of_range);
    EXPECT_EQ(parse_decimal("92233720368547758.08", 2).fault, DecimalFault::out_of_range);
    EXPECT_EQ(parse_decimal("10", 18).fault, DecimalFault::out_of_range);
    EXPECT_EQ(parse_decimal("99999999999999999999999999999999999999999999999", 0).fault,
              DecimalFault::out_of_range);
    EXPECT_EQ(parse_decimal(std::string(65, '0'), 0).fault, DecimalFault::out_of_range);
}

TEST(Decimal, packs_128_bits) {
    for (const Wide value : {Wide{0}, Wide{1}, Wide{-1}, wide_max, wide_min, Wide{most} * 3}) {
        const oms_wide packed = to_wide(value);
        EXPECT_TRUE(to_int128(packed) == value);
    }
    EXPECT_EQ(to_wide(-1).low, ~std::uint64_t{0});
    EXPECT_EQ(to_wide(-1).high, -1);
}

// The arithmetic is there at compile time.
static_assert(multiply(100, 0, 12345, 2, 2, Rounding::half_even) == 1'234'500);
static_assert(*parse_decimal("123.45", 2) == 12345);
static_assert(DecimalText(12345, 2).view() == "123.45");

}  // namespace
