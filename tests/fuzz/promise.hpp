// SPDX-License-Identifier: Apache-2.0
// What a fuzzer's target promises; a broken promise ends the process, as libFuzzer wants it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

inline void promise(bool kept, const char* words) {
    if (kept) return;
    std::fprintf(stderr, "a promise is broken: %s\n", words);
    std::abort();
}
