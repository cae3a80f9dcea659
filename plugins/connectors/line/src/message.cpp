// SPDX-License-Identifier: Apache-2.0
#include "message.hpp"

#include "shared/crc32.hpp"

#include <charconv>

namespace line {

namespace {

void append_escaped(std::string& out, std::string_view value) {
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char letter : value) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte >= 0x20 && byte != '%' && byte != '|' && byte != 0x7f) {
            out += letter;
            continue;
        }
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
    }
}

}  // namespace

std::uint64_t Message::number_of(std::string_view name) const {
    const std::string_view text = get(name);
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    return fault == std::errc() && end == text.data() + text.size() ? value : 0;
}

std::string encode(const Message& message) {
    constexpr std::size_t tail = 9;  // checksum and line feed
    std::string out = std::to_string(message.number);
    out += '|';
    out += message.type;
    out += '|';
    for (const auto& [name, value] : message.fields) {
        std::string field = name + "=";
        append_escaped(field, value);
        field += '|';
        if (out.size() + field.size() + tail > max_line_bytes) continue;
        out += field;
    }
    out += connectors::crc_text(out);
    out += '\n';
    return out;
}

}  // namespace line
