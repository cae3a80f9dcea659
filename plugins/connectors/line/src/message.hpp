// SPDX-License-Identifier: Apache-2.0
// One line of the protocol, as README.md describes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace line {

inline constexpr std::size_t max_line_bytes = 4096;  ///< with the line feed
inline constexpr std::size_t max_fields = 64;
inline constexpr std::size_t max_type_bytes = 16;

struct Message {
    std::uint64_t number = 0;
    std::string type;
    std::vector<std::pair<std::string, std::string>> fields;

    Message() = default;
    explicit Message(std::string_view type_of) : type(type_of) {}

    /// Empty values are left out: a field that is missing reads as empty.
    Message& put(std::string_view name, std::string_view value) {
        if (!value.empty()) fields.emplace_back(name, value);
        return *this;
    }
    Message& put(std::string_view name, std::uint64_t value) {
        return put(name, std::to_string(value));
    }
    std::string_view get(std::string_view name) const {
        for (const auto& [field, value] : fields)
            if (field == name) return value;
        return {};
    }
    /// 0 when it is missing or no number.
    std::uint64_t number_of(std::string_view name) const;
    bool duplicate() const { return get("dup") == "1"; }

    bool operator==(const Message&) const = default;
};

/// The line with its checksum and line feed. Values that would make it too long are cut.
std::string encode(const Message& message);

}  // namespace line
