// SPDX-License-Identifier: Apache-2.0
// Numbers, times and names between people and records.
#pragma once

#include "cli/failure.hpp"

#include <oms/abi/records.h>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/names.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oms::cli {

// ---- from people; `place` is the option or the column that messages name
// -------------------------

/// Decimal digits alone: `17`.
std::optional<std::uint64_t> read_number(std::string_view text);
std::uint64_t need_number(std::string_view text, const std::string& place);
std::int64_t need_decimal(std::string_view text, unsigned scale, const std::string& place,
                          std::string_view of);
/// RFC 3339, or a date alone, which is its midnight UTC; ns since 1970 UTC.
std::optional<std::int64_t> read_time(std::string_view text);
std::int64_t need_time(std::string_view text, const std::string& place);

/// The field of the registry, or an error with the nearest name.
const sdk::TermInfo& need_term(std::string_view name, const std::string& place);
/// The number of a word of the field's choices.
std::int64_t need_choice(const sdk::TermInfo& term, std::string_view word,
                         const std::string& place);
/// The number of a word of one of the contract's code sets.
std::uint32_t need_word(std::span<const sdk::CodeName> set, std::string_view word,
                        const std::string& place);

/// `name=value`, cut at the first sign.
struct Assignment {
    std::string name;
    std::string value;
};
Assignment need_assignment(std::string_view text, const std::string& place);

/// `20261122-k3v9...`: a key of one's own; the date lets the kernel forget it some day.
std::string make_key(std::int64_t now_ns);
std::int64_t now_ns();

// ---- to people
// ---------------------------------------------------------------------------------------

std::string code_of(const sdk::Names& names, std::uint32_t reference);
std::string quantity_text(const sdk::Names& names, std::uint32_t product, std::int64_t quantity);
std::string price_text(const sdk::Names& names, std::uint32_t product, std::int64_t price);
std::string amount_text(const sdk::Names& names, std::uint32_t asset, sdk::Wide amount);
/// `100 XYZ`
std::string thing_text(const sdk::Names& names, std::uint32_t product, std::int64_t quantity);
/// What a verdict measured: `1000.00 EUR`, `10.25`, or a plain number.
std::string measure_text(const sdk::Names& names, std::uint32_t product, std::uint32_t unit,
                         std::int64_t number);
std::string term_text(const sdk::Names& names, std::uint32_t field, std::uint32_t type,
                      std::uint32_t product, std::int64_t number, std::string_view text);
std::string field_name(const sdk::Names& names, std::uint32_t field);

/// `2026-11-22 09:30:00.123`, UTC.
std::string time_text(std::int64_t time_ns);
/// `09:30:00.123`, UTC.
std::string clock_text(std::int64_t time_ns);

}  // namespace oms::cli
