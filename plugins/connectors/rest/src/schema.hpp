// SPDX-License-Identifier: Apache-2.0
// What a request's body may hold, as data: the reader checks bodies against it, and the OpenAPI
// document is written from it, so the two cannot disagree.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace oms::rest {

enum class MemberKind : std::uint8_t {
    text,     ///< a string
    code,     ///< a string that names a reference entry
    word,     ///< one of `words`
    decimal,  ///< a decimal string; a JSON number is refused
    integer,  ///< a whole JSON number
    boolean,
    id,       ///< a string of digits
    money,    ///< {"amount": decimal, "currency": code}
    terms,    ///< an object of terms by name
    object,   ///< an object of `members`
    objects,  ///< a list of objects of `members`
    words,    ///< a list of `words`
    role,     ///< a string that names a role of the lifecycle, or its whole number
};

struct Member {
    std::string_view name;
    MemberKind kind = MemberKind::text;
    bool required = false;
    std::string_view help;
    std::span<const Member> members = {};
    std::span<const std::string_view> words = {};
};

using Schema = std::span<const Member>;

/// A parameter of the address, behind the question mark.
struct Parameter {
    std::string_view name;
    MemberKind kind = MemberKind::text;
    std::string_view help;
    std::span<const std::string_view> words = {};
};

}  // namespace oms::rest
