// SPDX-License-Identifier: Apache-2.0
#include "runtime/clock.hpp"

#include <ctime>

namespace oms::runtime {

std::int64_t RealClock::now() const noexcept {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace oms::runtime
