// SPDX-License-Identifier: Apache-2.0
// The registry of terms and observations of fields.def, as constants and as tables to look up.
//
// A plugin says `field::limit_price` and `observed::bid`; an edge that reads or writes names asks
// term_info() and observation_info(). Everything here is constant and may be used from any thread.
#pragma once

#include <oms/abi/codes.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace oms::sdk {

#define OMS_TERM(number, name, type, meaning)
#define OMS_OBSERVATION(number, name, meaning)
#define OMS_CHOICES(set)
#define OMS_CHOICE(set, name, number)
#define OMS_CHOICES_END(set)

/// Numbers of terms: `field::limit_price`.
namespace field {
#undef OMS_TERM
#define OMS_TERM(number, name, type, meaning) inline constexpr std::uint32_t name = (number);
#include <oms/sdk/fields.def>
#undef OMS_TERM
#define OMS_TERM(number, name, type, meaning)
}  // namespace field

/// Numbers of observations: `observed::bid`.
namespace observed {
#undef OMS_OBSERVATION
#define OMS_OBSERVATION(number, name, meaning) inline constexpr std::uint32_t name = (number);
#include <oms/sdk/fields.def>
#undef OMS_OBSERVATION
#define OMS_OBSERVATION(number, name, meaning)
}  // namespace observed

/// Values of choices: `choice::order_type::limit`.
namespace choice {
#undef OMS_CHOICES
#undef OMS_CHOICE
#undef OMS_CHOICES_END
#define OMS_CHOICES(set) namespace set {
#define OMS_CHOICE(set, name, number) inline constexpr std::int64_t name = (number);
#define OMS_CHOICES_END(set) }
#include <oms/sdk/fields.def>
#undef OMS_CHOICES
#undef OMS_CHOICE
#undef OMS_CHOICES_END
#define OMS_CHOICES(set)
#define OMS_CHOICE(set, name, number)
#define OMS_CHOICES_END(set)
}  // namespace choice

/// The first number that belongs to plugins, of terms and of observations.
inline constexpr std::uint32_t first_plugin_field = 10'000;

enum class TermType : std::uint32_t {
    number = OMS_term_type_number,
    text = OMS_term_type_text,
};

/// What a term's or an observation's number stands for; see the head of fields.def.
enum class FieldMeaning : std::uint8_t {
    price,
    quantity,
    money,
    time,
    product,
    account,
    destination,
    choice,
    count,
    basis_points,
    microdegrees,
    text,
    vault,
};

struct TermInfo {
    std::uint32_t number = 0;
    std::string_view name;
    TermType type = TermType::number;
    FieldMeaning meaning = FieldMeaning::count;
};

struct ObservationInfo {
    std::uint32_t number = 0;
    std::string_view name;
    FieldMeaning meaning = FieldMeaning::price;
};

struct ChoiceInfo {
    std::string_view set;  ///< the name of the term
    std::string_view name;
    std::int64_t number = 0;
};

#undef OMS_TERM
#define OMS_TERM(number, name, type, meaning) \
    {(number), #name, TermType::type, FieldMeaning::meaning},
inline constexpr TermInfo term_infos[] = {
#include <oms/sdk/fields.def>
};
#undef OMS_TERM
#define OMS_TERM(number, name, type, meaning)

#undef OMS_OBSERVATION
#define OMS_OBSERVATION(number, name, meaning) {(number), #name, FieldMeaning::meaning},
inline constexpr ObservationInfo observation_infos[] = {
#include <oms/sdk/fields.def>
};
#undef OMS_OBSERVATION
#define OMS_OBSERVATION(number, name, meaning)

#undef OMS_CHOICE
#define OMS_CHOICE(set, name, number) {#set, #name, (number)},
inline constexpr ChoiceInfo choice_infos[] = {
#include <oms/sdk/fields.def>
};

#undef OMS_TERM
#undef OMS_OBSERVATION
#undef OMS_CHOICES
#undef OMS_CHOICE
#undef OMS_CHOICES_END

/// Null when the registry has no such term: a plugin's own, or a mistake.
constexpr const TermInfo* term_info(std::uint32_t number) {
    for (const TermInfo& info : term_infos)
        if (info.number == number) return &info;
    return nullptr;
}
constexpr const TermInfo* term_info(std::string_view name) {
    for (const TermInfo& info : term_infos)
        if (info.name == name) return &info;
    return nullptr;
}

/// Null when the registry has no such observation.
constexpr const ObservationInfo* observation_info(std::uint32_t number) {
    for (const ObservationInfo& info : observation_infos)
        if (info.number == number) return &info;
    return nullptr;
}
constexpr const ObservationInfo* observation_info(std::string_view name) {
    for (const ObservationInfo& info : observation_infos)
        if (info.name == name) return &info;
    return nullptr;
}

/// `choice_number("order_type", "limit")` is 2.
constexpr std::optional<std::int64_t> choice_number(std::string_view term, std::string_view name) {
    for (const ChoiceInfo& info : choice_infos)
        if (info.set == term && info.name == name) return info.number;
    return std::nullopt;
}

/// `choice_name("order_type", 2)` is "limit"; empty for a number that the set does not have.
constexpr std::string_view choice_name(std::string_view term, std::int64_t number) {
    for (const ChoiceInfo& info : choice_infos)
        if (info.set == term && info.number == number) return info.name;
    return {};
}

/// The words that a term of meaning `choice` may have: they stand together.
constexpr std::span<const ChoiceInfo> choices(std::string_view term) {
    const std::span<const ChoiceInfo> all(choice_infos);
    std::size_t first = 0;
    while (first < all.size() && all[first].set != term) ++first;
    std::size_t count = 0;
    while (first + count < all.size() && all[first + count].set == term) ++count;
    return all.subspan(first, count);
}

}  // namespace oms::sdk
