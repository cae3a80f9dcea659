// SPDX-License-Identifier: Apache-2.0
#include "runtime/thread_priority.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace oms::runtime {

namespace {

constexpr int nice_first = -10;
constexpr int nice_last = 19;

/// Of the calling thread alone, as Linux counts.
void set_nice(int nice) {
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice));
}

bool set_real_time() {
    const sched_param lowest{.sched_priority = ::sched_get_priority_min(SCHED_FIFO)};
    return ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &lowest) == 0;
}

}  // namespace

void set_priority(Priority priority) {
    if (priority == Priority::first && set_real_time()) return;
    set_nice(priority == Priority::last ? nice_last : nice_first);
}

}  // namespace oms::runtime
