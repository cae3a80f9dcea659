// SPDX-License-Identifier: Apache-2.0
// Exact decimals: whole numbers at a scale, the text that people write for them, and arithmetic
// that names its rounding and refuses what does not fit. There is no binary floating point
// anywhere.
//
// A decimal is an int64 `value` and an unsigned `scale`: value 12345 at scale 2 is 123.45. The
// scale belongs to the asset or the product and is never stored beside the value. Everything here
// is pure, allocates only where it returns a std::string, and may be called from any thread.
#pragma once

#include <oms/abi/base.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace oms::sdk {

/// 128 bits, for products of price and quantity and for balances.
__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 WideUnsigned;

inline constexpr unsigned max_scale = 18;
inline constexpr Wide wide_max = static_cast<Wide>(~WideUnsigned{0} >> 1);
inline constexpr Wide wide_min = -wide_max - 1;
/// A decimal longer than this is refused unread.
inline constexpr std::size_t max_decimal_text = 64;

/// What happens to what is left over. Toward the house means `up` for what it is owed or holds, and
/// `down` for what it owes or pays.
enum class Rounding : std::uint8_t {
    half_even,  ///< to the nearest; a half to the even neighbour: no drift over many roundings
    half_up,    ///< to the nearest; a half away from zero, as invoices do
    down,       ///< towards zero
    up,         ///< away from zero
    floor,      ///< towards minus infinity
    ceiling,    ///< towards plus infinity
};

constexpr Wide to_int128(oms_wide wide) {
    const auto high = static_cast<WideUnsigned>(static_cast<std::uint64_t>(wide.high)) << 64;
    return static_cast<Wide>(high | wide.low);
}

constexpr oms_wide to_wide(Wide value) {
    const auto bits = static_cast<WideUnsigned>(value);
    return {static_cast<std::uint64_t>(bits),
            static_cast<std::int64_t>(static_cast<std::uint64_t>(bits >> 64))};
}

/// The value as an int64, or nothing when it does not fit.
constexpr std::optional<std::int64_t> narrow(Wide value) {
    if (value < std::numeric_limits<std::int64_t>::min() ||
        value > std::numeric_limits<std::int64_t>::max())
        return std::nullopt;
    return static_cast<std::int64_t>(value);
}

/// The value as an int64, or the nearest end of its range.
constexpr std::int64_t saturate(Wide value) {
    if (const auto fits = narrow(value)) return *fits;
    return value < 0 ? std::numeric_limits<std::int64_t>::min()
                     : std::numeric_limits<std::int64_t>::max();
}

/// 10 to the power of 0..38.
constexpr Wide power_of_ten(unsigned exponent) {
    Wide power = 1;
    while (exponent-- > 0) power *= 10;
    return power;
}

constexpr std::optional<std::int64_t> add(std::int64_t left, std::int64_t right) {
    return narrow(static_cast<Wide>(left) + right);
}
constexpr std::optional<std::int64_t> subtract(std::int64_t left, std::int64_t right) {
    return narrow(static_cast<Wide>(left) - right);
}
constexpr std::optional<Wide> add_wide(Wide left, Wide right) {
    if (right > 0 ? left > wide_max - right : left < wide_min - right) return std::nullopt;
    return left + right;
}

namespace decimal_detail {

constexpr WideUnsigned magnitude(Wide value) {
    const auto bits = static_cast<WideUnsigned>(value);
    return value < 0 ? ~bits + 1 : bits;
}

constexpr std::optional<Wide> with_sign(WideUnsigned size, bool negative) {
    const auto most = static_cast<WideUnsigned>(wide_max) + (negative ? 1U : 0U);
    if (size > most) return std::nullopt;
    return static_cast<Wide>(negative ? ~size + 1 : size);
}

/// Whether the magnitude of a quotient with this remainder grows by one.
constexpr bool grows(WideUnsigned quotient, WideUnsigned remainder, WideUnsigned divisor,
                     bool negative, Rounding rounding) {
    if (remainder == 0) return false;
    const WideUnsigned rest = divisor - remainder;  // never overflows, unlike twice the remainder
    switch (rounding) {
        case Rounding::half_even:
            return remainder > rest || (remainder == rest && quotient % 2 == 1);
        case Rounding::half_up: return remainder >= rest;
        case Rounding::down: return false;
        case Rounding::up: return true;
        case Rounding::floor: return negative;
        case Rounding::ceiling: return !negative;
    }
    return false;
}

}  // namespace decimal_detail

/// Nothing when the divisor is 0 or the quotient does not fit.
constexpr std::optional<Wide> divide(Wide dividend, Wide divisor, Rounding rounding) {
    if (divisor == 0) return std::nullopt;
    const bool negative = (dividend < 0) != (divisor < 0);
    const WideUnsigned top = decimal_detail::magnitude(dividend);
    const WideUnsigned bottom = decimal_detail::magnitude(divisor);
    WideUnsigned quotient = top / bottom;
    if (decimal_detail::grows(quotient, top % bottom, bottom, negative, rounding)) ++quotient;
    return decimal_detail::with_sign(quotient, negative);
}

/// left x right / divisor, with the product in 128 bits. Nothing when the divisor is 0 or the
/// result does not fit an int64.
constexpr std::optional<std::int64_t> multiply_divide(std::int64_t left, std::int64_t right,
                                                      std::int64_t divisor, Rounding rounding) {
    const std::optional<Wide> result = divide(static_cast<Wide>(left) * right, divisor, rounding);
    return result ? narrow(*result) : std::nullopt;
}

/// The value at another scale. Nothing when it does not fit or a scale is above max_scale.
constexpr std::optional<std::int64_t> rescale(std::int64_t value, unsigned from_scale,
                                              unsigned to_scale, Rounding rounding) {
    if (from_scale > max_scale || to_scale > max_scale) return std::nullopt;
    if (from_scale <= to_scale)
        return narrow(static_cast<Wide>(value) * power_of_ten(to_scale - from_scale));
    return narrow(*divide(value, power_of_ten(from_scale - to_scale), rounding));
}

/// quantity x price as an amount at `result_scale`. Nothing when it does not fit or a scale is
/// above max_scale.
constexpr std::optional<std::int64_t> multiply(std::int64_t quantity, unsigned quantity_scale,
                                               std::int64_t price, unsigned price_scale,
                                               unsigned result_scale, Rounding rounding) {
    if (quantity_scale > max_scale || price_scale > max_scale || result_scale > max_scale)
        return std::nullopt;
    const Wide product = static_cast<Wide>(quantity) * price;  // at most 2^126
    const unsigned scale = quantity_scale + price_scale;
    if (scale >= result_scale)
        return narrow(*divide(product, power_of_ten(scale - result_scale), rounding));
    if (!narrow(product)) return std::nullopt;  // it would only grow
    return narrow(product * power_of_ten(result_scale - scale));
}

/// So many hundredths of a percent of an amount.
constexpr std::optional<std::int64_t> basis_points(std::int64_t amount, std::int64_t points,
                                                   Rounding rounding) {
    return multiply_divide(amount, points, 10'000, rounding);
}

/// Why a text is no decimal at a scale.
enum class DecimalFault : std::uint8_t {
    none,
    not_a_decimal,      ///< something else than -digits.digits: blank, sign +, exponent, grouping
    too_many_decimals,  ///< a digit other than 0 stands beyond the scale
    out_of_range,       ///< it does not fit an int64 at this scale
};

/// The fault as the middle of a sentence: `"1e5" is not a decimal such as -12.50`.
constexpr std::string_view to_text(DecimalFault fault) {
    switch (fault) {
        case DecimalFault::none: return "is a decimal";
        case DecimalFault::not_a_decimal: return "is not a decimal such as -12.50";
        case DecimalFault::too_many_decimals: return "has more decimals than it may have";
        case DecimalFault::out_of_range: return "is out of range";
    }
    return "is not a decimal";
}

/// What parse_decimal found: a value, or why there is none.
struct ParsedDecimal {
    std::int64_t value = 0;
    DecimalFault fault = DecimalFault::none;

    constexpr explicit operator bool() const { return fault == DecimalFault::none; }
    constexpr std::int64_t operator*() const { return value; }
};

/// Reads an optional minus, digits, and optionally a point with digits behind it. Leading zeros,
/// and zeros beyond the scale, change nothing and are taken, as counterparties send them; anything
/// else that is not exactly this number at this scale is refused.
constexpr ParsedDecimal parse_decimal(std::string_view text, unsigned scale) {
    if (scale > max_scale || text.size() > max_decimal_text) return {0, DecimalFault::out_of_range};
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction =
        point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if (whole.empty() || (point != std::string_view::npos && fraction.empty()))
        return {0, DecimalFault::not_a_decimal};

    DecimalFault fault = DecimalFault::none;
    Wide value = 0;
    const auto take = [&](char letter) {
        if (letter < '0' || letter > '9') {
            fault = DecimalFault::not_a_decimal;
            return;
        }
        if (value > std::numeric_limits<std::int64_t>::max()) return;  // refused below
        value = value * 10 + (letter - '0');
    };
    for (const char letter : whole) take(letter);
    for (std::size_t place = 0; place < fraction.size(); ++place) {
        if (place < scale || fraction[place] < '0' || fraction[place] > '9')
            take(fraction[place]);
        else if (fraction[place] != '0' && fault == DecimalFault::none)
            fault = DecimalFault::too_many_decimals;
    }
    if (fault != DecimalFault::none) return {0, fault};
    for (std::size_t place = fraction.size(); place < scale; ++place) take('0');
    const std::optional<std::int64_t> result = narrow(negative ? -value : value);
    if (!result) return {0, DecimalFault::out_of_range};
    return {*result, DecimalFault::none};
}

/// A decimal's text, in a buffer of its own: for paths that must not allocate.
class DecimalText {
public:
    /// `scale` is at most 38. Zeros at the end are left out down to `least_decimals`.
    constexpr DecimalText(Wide value, unsigned scale, unsigned least_decimals = max_scale) {
        WideUnsigned rest = decimal_detail::magnitude(value);
        unsigned decimals = scale < 38 ? scale : 38;
        while (decimals > least_decimals && rest % 10 == 0) {
            rest /= 10;
            --decimals;
        }
        for (unsigned place = 0; rest != 0 || place <= decimals; ++place) {
            if (place == decimals && decimals != 0) put('.');
            put(static_cast<char>('0' + static_cast<char>(rest % 10)));
            rest /= 10;
        }
        if (value < 0) put('-');
    }

    constexpr std::string_view view() const {
        return {letters_ + first_, sizeof letters_ - first_};
    }

private:
    constexpr void put(char letter) { letters_[--first_] = letter; }

    char letters_[64] = {};  // 39 digits, or 1 and 38 decimals; a point and a sign
    std::size_t first_ = sizeof letters_;
};

/// `12.50` for 1250 at scale 2; all decimals of the scale unless `least_decimals` says fewer.
inline std::string format_decimal(std::int64_t value, unsigned scale,
                                  unsigned least_decimals = max_scale) {
    return std::string(DecimalText(value, scale, least_decimals).view());
}
inline std::string format_decimal_wide(Wide value, unsigned scale,
                                       unsigned least_decimals = max_scale) {
    return std::string(DecimalText(value, scale, least_decimals).view());
}

}  // namespace oms::sdk
