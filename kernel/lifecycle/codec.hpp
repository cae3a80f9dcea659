// SPDX-License-Identifier: Apache-2.0
// A table as bytes: what the journal keeps, so that an order finds its lifecycle for life.
//
// The form is canonical: equal tables have equal bytes, and decode() accepts nothing that encode()
// of that version would not have written. It starts with "OMSL" and the version, then come numbers
// as LEB128 (signed ones as zigzag) and texts with their length, in the order of table.hpp. A
// version only ever adds; each that was released can be read for ever.
#pragma once

#include "lifecycle/table.hpp"
#include "model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::lifecycle {

inline constexpr std::uint8_t codec_version = 1;

// What a table may hold at most, beside the limits of table.hpp.
inline constexpr std::size_t max_events = 1'024;
inline constexpr std::size_t max_texts = 1'024;
inline constexpr std::size_t max_text_bytes = 1'024;
inline constexpr std::size_t max_answers = 256;
inline constexpr std::size_t max_statuses = 256;
inline constexpr std::size_t max_rules = 4'096;
inline constexpr std::size_t max_actions = 16'384;
inline constexpr std::size_t max_conditions = 16'384;  ///< of tests, and of comparisons

std::string encode(const Table& table);

/// Whatever the bytes are, the answer is a table that may be walked, or an error.
Result<Table> decode(std::string_view bytes);

/// Whether each index of the table is in range and each enumeration has a known value: after this
/// the walk needs no checks.
Status validate(const Table& table);

}  // namespace oms::lifecycle
