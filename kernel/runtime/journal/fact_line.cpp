// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/fact_line.hpp"

#include "model/assert.hpp"
#include "runtime/journal/journal_hash.hpp"

#include <array>
#include <charconv>

namespace oms::runtime {
namespace {

constexpr std::size_t check_bytes = 8;
constexpr std::size_t number_digits = 20;

}  // namespace

void put_number(std::string& line, std::string_view name, std::uint64_t number) {
    std::array<char, number_digits> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    line += name;
    line.append(number_digits - static_cast<std::size_t>(end - digits.data()), '0');
    line.append(digits.data(), end);
}

void close_line(std::string& line, std::size_t size) {
    const JournalHash digest = digest_of(std::as_bytes(std::span(line)));
    line += " check=" + to_hex(std::span(digest).first<check_bytes>());
    OMS_ASSERT(line.size() < size);
    line.append(size - 1 - line.size(), ' ');
    line.push_back('\n');
}

std::string_view take_fact(std::string_view& text, std::string_view name) {
    if (!text.starts_with(name)) return {};
    text.remove_prefix(name.size());
    const std::string_view value = text.substr(0, text.find(' '));
    text.remove_prefix(value.size());
    return value;
}

bool take_number(std::string_view& text, std::string_view name, std::uint64_t& number) {
    const std::string_view digits = take_fact(text, name);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    return error == std::errc{} && end == digits.end();
}

bool take_bytes(std::string_view& text, std::string_view name, std::span<std::uint8_t> bytes) {
    return from_hex(std::string(take_fact(text, name)), bytes);
}

}  // namespace oms::runtime
