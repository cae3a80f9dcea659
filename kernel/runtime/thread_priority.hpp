// SPDX-License-Identifier: Apache-2.0
// Who goes first when there are more threads than cores. Nothing but time depends on it: what the
// system does not permit is left as it was.
#pragma once

namespace oms::runtime {

enum class Priority {
    first,  ///< sleeps most of the time, and everybody waits for it: SCHED_FIFO, which needs root,
            ///< CAP_SYS_NICE or a limit on real-time priority (limits.conf(5)); else a nice value
            ///< below zero, which needs the like
    last    ///< works when nobody else wants to
};

/// Of the calling thread.
void set_priority(Priority priority);

}  // namespace oms::runtime
