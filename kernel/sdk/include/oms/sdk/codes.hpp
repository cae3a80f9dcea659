// SPDX-License-Identifier: Apache-2.0
// The words of codes.def and errors.def with their numbers, for edges that read and write names.
#pragma once

#include <oms/abi/base.h>
#include <oms/abi/codes.h>
#include <oms/abi/errors.h>
#include <oms/sdk/error.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace oms::sdk {

/// One word of a code set.
struct CodeName {
    std::uint32_t number = 0;
    std::string_view name;
};

/// The words of each set, in the order of codes.def: `direction_names`, `report_names`, ...
#define OMS_CODES(set) inline constexpr CodeName set##_names[] = {
#define OMS_CODE(set, name, number) {(number), #name},
#define OMS_CODES_END(set) \
    }                      \
    ;
#include <oms/abi/codes.def>
#undef OMS_CODES
#undef OMS_CODE
#undef OMS_CODES_END

struct CodeSet {
    std::string_view name;
    std::span<const CodeName> codes;
};

inline constexpr CodeSet code_sets[] = {
#define OMS_CODES(set) {#set, set##_names},
#define OMS_CODE(set, name, number)
#define OMS_CODES_END(set)
#include <oms/abi/codes.def>
#undef OMS_CODES
#undef OMS_CODE
#undef OMS_CODES_END
};

/// The words of the set that is called so; empty when there is none.
constexpr std::span<const CodeName> code_set(std::string_view name) {
    for (const CodeSet& set : code_sets)
        if (set.name == name) return set.codes;
    return {};
}

/// `code_name(direction_names, 1)` is "receive"; empty for a number that is not in the set.
constexpr std::string_view code_name(std::span<const CodeName> set, std::uint32_t number) {
    for (const CodeName& code : set)
        if (code.number == number) return code.name;
    return {};
}

/// `code_number(direction_names, "receive")` is 1.
constexpr std::optional<std::uint32_t> code_number(std::span<const CodeName> set,
                                                   std::string_view name) {
    for (const CodeName& code : set)
        if (code.name == name) return code.number;
    return std::nullopt;
}

/// What the kernel refuses, why, and the way out.
struct ErrorInfo {
    ErrorCode number = 0;
    std::string_view name;
    std::string_view reason;
    std::string_view remedy;
};

inline constexpr ErrorInfo error_infos[] = {
#define OMS_ERROR(number, name, reason, remedy) {(number), #name, reason, remedy},
#include <oms/abi/errors.def>
#undef OMS_ERROR
};

/// Null for a number that errors.def does not have.
constexpr const ErrorInfo* error_info(ErrorCode number) {
    for (const ErrorInfo& info : error_infos)
        if (info.number == number) return &info;
    return nullptr;
}

/// The error as a value; `text`, when given, takes the place of the general reason.
inline Error make_error(ErrorCode number, std::string place = {}, std::string_view text = {}) {
    const ErrorInfo* info = error_info(number);
    Error error{number, std::move(place), std::string(text), {}};
    if (info != nullptr) {
        if (text.empty()) error.reason = info->reason;
        error.remedy = info->remedy;
    }
    return error;
}

/// `not found` for OMS_NOT_FOUND, and so on.
constexpr std::string_view status_text(oms_status status) {
    switch (status) {
        case OMS_OK: return "ok";
        case OMS_AGAIN: return "nothing was taken, try again";
        case OMS_NOT_FOUND: return "not found";
        case OMS_INVALID: return "breaks the contract";
        case OMS_OUT_OF_RANGE: return "out of range";
        case OMS_HALTED: return "halted";
        case OMS_STOPPED: return "the host is stopping";
        case OMS_UNSUPPORTED: return "not supported";
        case OMS_FAILED: return "failed";
        default: return "an unknown status";
    }
}

}  // namespace oms::sdk
