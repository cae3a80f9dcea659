// SPDX-License-Identifier: Apache-2.0
// CRC-32 as in ISO 3309 and zlib.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace connectors {

namespace detail {

consteval std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? 0xedb88320U ^ (value >> 1) : value >> 1;
        table[byte] = value;
    }
    return table;
}
inline constexpr auto crc_table = make_crc_table();

}  // namespace detail

inline std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t value = 0xffffffffU;
    for (const char byte : bytes)
        value = detail::crc_table[(value ^ static_cast<unsigned char>(byte)) & 0xff] ^ (value >> 8);
    return value ^ 0xffffffffU;
}

/// Eight lower-case hexadecimal digits.
inline std::string crc_text(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    const std::uint32_t value = crc32(bytes);
    std::string text;
    for (int shift = 28; shift >= 0; shift -= 4) text += digits[(value >> shift) & 0xf];
    return text;
}

}  // namespace connectors
