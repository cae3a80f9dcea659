// SPDX-License-Identifier: Apache-2.0
#include "decoder.hpp"

#include "shared/crc32.hpp"

#include <charconv>

namespace line {

namespace {

Decoded fault(std::string reason) { return {std::nullopt, std::move(reason)}; }

int digit_of(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    return -1;
}

/// Nothing where an escape is broken or a control character stands.
std::optional<std::string> unescaped(std::string_view text) {
    std::string value;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte < 0x20 || byte == 0x7f) return std::nullopt;
        if (text[at] != '%') {
            value += text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = digit_of(text[at + 1]), low = digit_of(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        value += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return value;
}

bool is_name(std::string_view text) {
    if (text.empty()) return false;
    for (const char letter : text)
        if ((letter < 'a' || letter > 'z') && letter != '_') return false;
    return true;
}

bool is_type(std::string_view text) {
    if (text.empty() || text.size() > max_type_bytes) return false;
    for (const char letter : text)
        if (letter < 'A' || letter > 'Z') return false;
    return true;
}

/// Cuts the part before the next bar off the front.
std::string_view next_part(std::string_view& rest) {
    const std::size_t bar = rest.find('|');
    const std::string_view part = rest.substr(0, bar);
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
    return part;
}

}  // namespace

Decoded decode(std::string_view text) {
    if (text.size() >= max_line_bytes) return fault("the line is longer than 4096 bytes");
    const std::size_t last_bar = text.rfind('|');
    if (last_bar == std::string_view::npos) return fault("the line has no bar in it");
    if (text.substr(last_bar + 1) != connectors::crc_text(text.substr(0, last_bar + 1)))
        return fault("the checksum is wrong");
    std::string_view rest = text.substr(0, last_bar);

    Message message;
    const std::string_view number = next_part(rest);
    const auto [end, code] =
        std::from_chars(number.data(), number.data() + number.size(), message.number);
    if (code != std::errc() || end != number.data() + number.size() || message.number == 0)
        return fault("the line does not begin with a number above zero");
    const std::string_view type = next_part(rest);
    if (!is_type(type)) return fault("the second part is not a type");
    message.type = type;
    while (!rest.empty()) {
        const std::string_view part = next_part(rest);
        const std::size_t equals = part.find('=');
        if (equals == std::string_view::npos || !is_name(part.substr(0, equals)))
            return fault("a part is not name=value");
        const std::string_view name = part.substr(0, equals);
        for (const auto& field : message.fields)
            if (field.first == name) return fault("a field comes twice");
        if (message.fields.size() == max_fields) return fault("the line has more than 64 fields");
        std::optional<std::string> value = unescaped(part.substr(equals + 1));
        if (!value) return fault("a value has a broken escape or a control character");
        message.fields.emplace_back(name, std::move(*value));
    }
    return {std::move(message), {}};
}

std::optional<std::string> LineBuffer::next() {
    const std::size_t feed = bytes_.find('\n', start_);
    if (feed == std::string::npos) {
        bytes_.erase(0, start_);
        start_ = 0;
        return std::nullopt;
    }
    std::string found = bytes_.substr(start_, feed - start_);
    start_ = feed + 1;
    return found;
}

bool LineBuffer::overflown() const {
    return size() >= max_line_bytes && bytes_.find('\n', start_) == std::string::npos;
}

}  // namespace line
