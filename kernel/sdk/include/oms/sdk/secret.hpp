// SPDX-License-Identifier: Apache-2.0
// Secrets, compared in a time that tells nothing about where they differ.
#pragma once

#include <cstddef>
#include <string_view>

namespace oms::sdk {

/// Whether what somebody gave is the secret. The time it takes depends on the length of `given`
/// alone.
inline bool same_secret(std::string_view given, std::string_view secret) {
    unsigned difference = given.size() == secret.size() ? 0U : 1U;
    for (std::size_t at = 0; at < given.size(); ++at) {
        const char other = secret.empty() ? '\0' : secret[at % secret.size()];
        difference |= static_cast<unsigned>(static_cast<unsigned char>(given[at] ^ other));
    }
    return difference == 0;
}

}  // namespace oms::sdk
