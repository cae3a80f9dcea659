// SPDX-License-Identifier: Apache-2.0
// A line of text that says facts, has a fixed size, and checks itself: the slots of the high-water
// mark and the heads of snapshots. Anybody can read it with head(1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace oms::runtime {

/// Appends ` name=` (given whole) and the number with 20 digits.
void put_number(std::string& line, std::string_view name, std::uint64_t number);
/// Appends ` check=` with the beginning of the SHA-256 of what is there, blanks up to `size` bytes,
/// and a line feed.
void close_line(std::string& line, std::size_t size);

/// Takes `name` and what follows it up to the next blank off the front. Nothing when the text
/// begins otherwise. Whoever has read a line writes it again and compares: no other spelling
/// counts.
std::string_view take_fact(std::string_view& text, std::string_view name);
bool take_number(std::string_view& text, std::string_view name, std::uint64_t& number);
bool take_bytes(std::string_view& text, std::string_view name, std::span<std::uint8_t> bytes);

}  // namespace oms::runtime
