// SPDX-License-Identifier: Apache-2.0
// An error as every edge shows it: a stable code, the place, the reason and the way out.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace oms {

/// A stable number, shown as `OMS-nnnn`. Ranges: 1000 requests, 2000 ledger, 3000 lifecycles,
/// 4000 manifests and settings, 4200 plugins, 5000 journal, 6000 configuration and control,
/// 7000 connectors. The kernel's own are named in <oms/abi/errors.def>.
using ErrorCode = std::uint32_t;

struct Error {
    ErrorCode code = 0;
    std::string place;  ///< file:line:column, a path in a document, or an argument; may be empty
    std::string
        reason;  ///< what was expected and what was found, as a sentence without a full stop
    std::string remedy;  ///< what the reader can do about it; may be empty
};

/// `OMS-0042`
inline std::string code_text(ErrorCode code) {
    std::string digits = std::to_string(code);
    if (digits.size() < 4) digits.insert(0, 4 - digits.size(), '0');
    return "OMS-" + digits;
}

/// `config.yaml:3:1: OMS-4003: unknown setting "limt" (did you mean "limit"?)`, remedy on its own
/// line.
inline std::string to_text(const Error& error) {
    std::string text;
    if (!error.place.empty()) text += error.place + ": ";
    text += code_text(error.code) + ": " + error.reason;
    if (!error.remedy.empty()) text += "\n  what to do: " + error.remedy;
    return text;
}

}  // namespace oms
