// SPDX-License-Identifier: Apache-2.0
// Instructions of this thread in user space, where the machine lets them be counted: virtual ones
// often do not.
#pragma once

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace oms::bench {

class Instructions {
public:
    Instructions() {
        perf_event_attr wanted{};
        wanted.type = PERF_TYPE_HARDWARE;
        wanted.size = sizeof wanted;
        wanted.config = PERF_COUNT_HW_INSTRUCTIONS;
        wanted.exclude_kernel = 1;
        wanted.exclude_hv = 1;
        file_ = static_cast<int>(::syscall(SYS_perf_event_open, &wanted, 0, -1, -1, 0));
    }
    ~Instructions() {
        if (file_ >= 0) ::close(file_);
    }
    Instructions(const Instructions&) = delete;
    Instructions& operator=(const Instructions&) = delete;

    bool works() const { return file_ >= 0; }
    std::uint64_t count() const {
        std::uint64_t value = 0;
        if (file_ >= 0 && ::read(file_, &value, sizeof value) != sizeof value) return 0;
        return value;
    }

private:
    int file_ = -1;
};

}  // namespace oms::bench
