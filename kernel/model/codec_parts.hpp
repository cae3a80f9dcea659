// SPDX-License-Identifier: Apache-2.0
// What the ways to write a record have in common: numbers as varints, and a walk over a record's
// fields as constants, so that the compiler writes what a person would for each record.
#pragma once

#include "model/result.hpp"

#include <oms/sdk/record_info.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <utility>

/// Behind the parameters of a lambda that visits fields: what it captures stays in registers.
#define OMS_INLINED __attribute__((always_inline))

namespace oms::codec {

inline constexpr std::size_t varint_bytes = 10;

constexpr std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t number) {
    return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

inline char* put_varint(char* at, std::uint64_t number) {
    while (number >= 0x80) {
        *at++ = static_cast<char>(number | 0x80);
        number >>= 7;
    }
    *at++ = static_cast<char>(number);
    return at;
}

/// Where the number ends; null when it is cut short or too long.
inline const char* get_varint(const char* at, const char* end, std::uint64_t& number) {
    if (at != end && static_cast<std::uint8_t>(*at) < 0x80) {
        number = static_cast<std::uint8_t>(*at);
        return at + 1;
    }
    number = 0;
    for (unsigned shift = 0; at != end && shift < 70; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(*at++);
        if (shift == 63 && byte > 1) return nullptr;
        number |= std::uint64_t{byte & 0x7fu} << shift;
        if (byte < 0x80) return at;
    }
    return nullptr;
}

template <class Record>
constexpr const auto& fields_of = sdk::detail::Fields<Record>::list;

template <class Visit, std::size_t... index>
OMS_INLINED inline void each_index(Visit visit, std::index_sequence<index...>) {
    (visit.template operator()<index>(), ...);
}

/// Calls `visit.operator()<i>()` for each field, in order.
template <class Record, class Visit>
OMS_INLINED inline void each_field(Visit visit) {
    each_index(visit, std::make_index_sequence<std::size(fields_of<Record>)>());
}

template <class Visit, std::size_t... index>
OMS_INLINED inline bool all_indices(Visit visit, std::index_sequence<index...>) {
    return (visit.template operator()<index>() && ...);
}

/// The same until one of them is false. Whether none was.
template <class Record, class Visit>
OMS_INLINED inline bool all_fields(Visit visit) {
    return all_indices(visit, std::make_index_sequence<std::size(fields_of<Record>)>());
}

template <sdk::FieldType>
struct ValueOf {
    using type = std::uint64_t;
};
template <>
struct ValueOf<sdk::FieldType::u32> {
    using type = std::uint32_t;
};
template <>
struct ValueOf<sdk::FieldType::text> {
    using type = oms_text;
};
template <>
struct ValueOf<sdk::FieldType::wide> {
    using type = oms_wide;
};

template <sdk::FieldType type>
typename ValueOf<type>::type load(const char* field) {
    typename ValueOf<type>::type value;
    std::memcpy(&value, field, sizeof value);
    return value;
}

constexpr bool is_set(std::uint64_t number) { return number != 0; }
constexpr bool is_set(const oms_text& text) { return text.size != 0; }
constexpr bool is_set(const oms_wide& wide) {
    return (wide.low | static_cast<std::uint64_t>(wide.high)) != 0;
}

/// Bit i: field i is not zero.
template <class Record>
std::uint64_t mask_of(const char* raw) {
    std::uint64_t mask = 0;
    each_field<Record>([&]<std::size_t index>() OMS_INLINED {
        constexpr const auto& field = fields_of<Record>[index];
        mask |= std::uint64_t{is_set(load<field.type>(raw + field.offset))} << index;
    });
    return mask;
}

/// Null for a kind that this build does not know.
inline const sdk::RecordInfo* known_record(std::uint64_t kind) {
    return kind < sdk::detail::kind_limit ? sdk::record_info(static_cast<std::uint32_t>(kind))
                                          : nullptr;
}

inline constexpr ErrorCode error_cut_short = 5201;
inline constexpr ErrorCode error_too_new = 5202;
inline constexpr const char* newer_oms = "use the version of oms that wrote it, or a later one";

inline tl::unexpected<Error> unknown_kind(std::uint64_t kind) {
    return fail(
        error_too_new, {},
        "there is a record of kind " + std::to_string(kind) + ", which this version does not know",
        newer_oms);
}
inline tl::unexpected<Error> unknown_fields(const sdk::RecordInfo& info) {
    return fail(
        error_too_new, {},
        "a record \"" + std::string(info.name) + "\" has fields that this version does not know",
        newer_oms);
}

inline bool knows_fields(const sdk::RecordInfo& info, std::uint64_t mask) {
    return info.fields.size() >= 64 || (mask >> info.fields.size()) == 0;
}

}  // namespace oms::codec
