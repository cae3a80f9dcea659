// SPDX-License-Identifier: Apache-2.0
// The newest durable decisions, decoded and shared by all readers; who is behind reads the journal.
#pragma once

#include "runtime/published.hpp"
#include "runtime/stats.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <mutex>

namespace oms::runtime {

class Ring {
public:
    using Deadline = std::chrono::steady_clock::time_point;

    /// Keeps decisions up to so many bytes, and always the newest commit.
    Ring(std::uint64_t most_bytes, Stats& stats) : most_bytes_(most_bytes), stats_(stats) {}

    /// What lies before belongs to the journal. Before the first push.
    void begin_after(std::uint64_t seq);
    /// The next commit; wakes those whom it concerns. One thread at a time.
    void push(std::shared_ptr<const Published> published);

    std::uint64_t last_seq() const noexcept { return last_seq_.load(std::memory_order_acquire); }

    /// The commit that holds `seq`; null when the ring has it no more, or not yet.
    std::shared_ptr<const Published> find(std::uint64_t seq) const;
    /// Whether it is the journal alone that has `seq`.
    bool is_behind(std::uint64_t seq) const;

    /// A thread that waits, and what for.
    struct Waiter {
        std::uint64_t seq = 0;  ///< the last that it has seen; moves on over what is not for it
        std::uint64_t channels = 0;  ///< bits of channels; ~0: every commit concerns it
        /// Counts up when the waiter is to come back anyhow; `wake_all` makes it look.
        const std::atomic<std::uint64_t>* wakes = nullptr;
        std::uint64_t wakes_seen = 0;
        bool woken = false;
        std::condition_variable bell{};
    };
    /// Returns when a commit behind waiter.seq concerns the waiter, its `wakes` moved, or the time
    /// is over.
    void wait(Waiter& waiter, Deadline deadline);
    /// Looks at the `wakes` of everybody who waits.
    void wake_all();

private:
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const Published>> groups_;
    std::list<Waiter*> waiters_;
    std::uint64_t bytes_ = 0;
    const std::uint64_t most_bytes_;
    std::atomic<std::uint64_t> last_seq_{0};
    Stats& stats_;
};

}  // namespace oms::runtime
