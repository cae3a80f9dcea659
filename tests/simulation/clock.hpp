// SPDX-License-Identifier: Apache-2.0
// The machine's clock, as somebody sets it: forwards, and also back.
#pragma once

#include "runtime/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace oms::simulation {

inline constexpr std::int64_t ns_per_ms = 1'000'000;
inline constexpr std::int64_t ns_per_second = 1000 * ns_per_ms;

class SimulatedClock final : public runtime::Clock {
public:
    std::int64_t now() const noexcept override { return now_; }
    bool passes() const noexcept override { return false; }
    void pass(std::int64_t ns) {
        now_ += ns;
        latest_ = std::max(latest_, now_);
    }
    /// One that was put back is put right: what is due by the time that it showed before comes.
    void catch_up() { now_ = latest_; }

private:
    std::int64_t now_ = std::int64_t{1'767'225'600} * ns_per_second;  // 2026-01-01 UTC
    std::int64_t latest_ = now_;
};

}  // namespace oms::simulation
