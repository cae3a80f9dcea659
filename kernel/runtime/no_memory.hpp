// SPDX-License-Identifier: Apache-2.0
// What is done when there is no memory: nothing is guessed about what was half done. A thread that
// the promises hang on ends the process with a word; one that only helps says so and goes on later.
#pragma once

#include "model/result.hpp"

#include <new>

namespace oms::runtime {

inline constexpr ErrorCode error_no_memory = 4240;

/// Runs work that returns a Status or a Result. OMS-4240: it found no memory, and what it had begun
/// is to be thrown away.
template <class Work>
auto with_memory(Work work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return fail(error_no_memory, {}, "there is no memory left",
                    "give the process more memory, or lower limits.input_memory");
    }
}

}  // namespace oms::runtime
