// SPDX-License-Identifier: Apache-2.0
// Invariants are checked in release builds too: a kernel that is wrong stops rather than goes on.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace oms {

[[noreturn]] inline void assertion_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: the invariant \"%s\" does not hold; the process ends here\n", file,
                 line, condition);
    std::abort();
}

}  // namespace oms

#define OMS_ASSERT(condition) \
    ((condition) ? static_cast<void>(0) : ::oms::assertion_failed(#condition, __FILE__, __LINE__))
