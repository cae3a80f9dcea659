// SPDX-License-Identifier: Apache-2.0
// A mutex that is given in the order in which it was asked for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace oms::runtime {

/// With a plain mutex the thread that appends, which gives it up and takes it again at once, would
/// leave none for readers. Meets the standard's requirements for `std::lock_guard`.
class FairMutex {
public:
    void lock() {
        std::unique_lock guard(mutex_);
        const std::uint64_t ticket = next_ticket_++;
        turn_.wait(guard, [&] { return now_served_ == ticket; });
    }

    void unlock() {
        bool others_wait = false;
        {
            const std::lock_guard guard(mutex_);
            ++now_served_;
            others_wait = now_served_ != next_ticket_;
        }
        if (others_wait) turn_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t next_ticket_ = 0;
    std::uint64_t now_served_ = 0;
};

}  // namespace oms::runtime
