// SPDX-License-Identifier: Apache-2.0
// Somebody asks the process to stop: a signal handler, which may do next to nothing, or a client.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace oms::runtime {

class StopBell {
public:
    StopBell() : descriptor_(eventfd(0, EFD_CLOEXEC)) {}
    ~StopBell() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    StopBell(const StopBell&) = delete;
    StopBell& operator=(const StopBell&) = delete;

    void ring() noexcept {
        const int before = errno;
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(descriptor_, &one, sizeof one);
        errno = before;
    }

    /// Blocks until it rang once; stays rung.
    void wait() noexcept {
        std::uint64_t rings = 0;
        while (read(descriptor_, &rings, sizeof rings) < 0 && errno == EINTR) {
        }
        ring();
    }

private:
    int descriptor_;
};

}  // namespace oms::runtime
