// SPDX-License-Identifier: Apache-2.0
// Wakes the one thread that waits for it; ringing costs next to nothing while that thread is busy.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace oms::runtime {

class Bell {
public:
    void ring() {
        if (rung_.exchange(true)) return;
        if (!waiting_.load()) return;
        // The lock keeps the ring from falling between the other's look and its sleep.
        { const std::lock_guard lock(mutex_); }
        rang_.notify_one();
    }

    /// Returns at once when it rang since the last wait. Waits `ns` at most; negative: for ever.
    void wait(std::int64_t ns) {
        if (rung_.exchange(false)) return;
        std::unique_lock lock(mutex_);
        waiting_.store(true);
        const auto rung = [this] { return rung_.load(); };
        if (ns < 0)
            rang_.wait(lock, rung);
        else
            rang_.wait_for(lock, std::chrono::nanoseconds(ns), rung);
        waiting_.store(false);
        rung_.store(false);
    }

private:
    std::atomic<bool> rung_{false};
    std::atomic<bool> waiting_{false};
    std::mutex mutex_;
    std::condition_variable rang_;
};

}  // namespace oms::runtime
