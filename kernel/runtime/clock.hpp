// SPDX-License-Identifier: Apache-2.0
// Where the kernel's time comes from: the machine, or whoever plays a past day again.
#pragma once

#include <atomic>
#include <cstdint>

namespace oms::runtime {

class Clock {
public:
    Clock() = default;
    virtual ~Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;

    /// ns since 1970 UTC. May jump in both directions; the kernel stamps never backwards.
    virtual std::int64_t now() const noexcept = 0;
    /// Whether time passes by itself: if not, the kernel never waits for a time to come.
    virtual bool passes() const noexcept = 0;
};

class RealClock final : public Clock {
public:
    std::int64_t now() const noexcept override;
    bool passes() const noexcept override { return true; }
};

/// Stands still until it is moved; never goes back.
class VirtualClock final : public Clock {
public:
    explicit VirtualClock(std::int64_t start = 0) : now_(start) {}
    std::int64_t now() const noexcept override { return now_.load(std::memory_order_acquire); }
    bool passes() const noexcept override { return false; }
    void move_to(std::int64_t time) noexcept {
        std::int64_t before = now();
        while (time > before && !now_.compare_exchange_weak(before, time)) {
        }
    }

private:
    std::atomic<std::int64_t> now_;
};

}  // namespace oms::runtime
