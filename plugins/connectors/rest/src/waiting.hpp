// SPDX-License-Identifier: Apache-2.0
// Who waits for which answer of the kernel: a token for each question, given out once.
#pragma once

#include <oms/abi/connector.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace oms::rest {

/// Called once, from any thread: with the answer, or with null when none came in time.
using OnAnswer = std::function<void(const oms_answer*)>;

class WaitingRoom {
public:
    explicit WaitingRoom(std::chrono::milliseconds patience) : patience_(patience) {}

    std::uint64_t enter(OnAnswer on_answer) {
        const auto deadline = std::chrono::steady_clock::now() + patience_;
        const std::lock_guard lock(mutex_);
        while (!deadlines_.empty() && !waits(deadlines_.front().second)) deadlines_.pop_front();
        std::uint32_t slot = 0;
        if (free_.empty()) {
            slot = static_cast<std::uint32_t>(slots_.size());
            slots_.emplace_back();
        } else {
            slot = free_.back();
            free_.pop_back();
        }
        Slot& entry = slots_[slot];
        ++entry.generation;
        entry.on_answer = std::move(on_answer);
        const std::uint64_t token = std::uint64_t{entry.generation} << 32 | (slot + 1);
        deadlines_.emplace_back(deadline, token);
        ++count_;
        return token;
    }

    /// Empty when nobody waits under the token any more.
    OnAnswer leave(std::uint64_t token) {
        const std::lock_guard lock(mutex_);
        return take(token);
    }

    /// Those whose time is up; each is to be called with null.
    std::vector<OnAnswer> expired(std::chrono::steady_clock::time_point now) {
        std::vector<OnAnswer> late;
        const std::lock_guard lock(mutex_);
        while (!deadlines_.empty() && deadlines_.front().first <= now) {
            if (OnAnswer on_answer = take(deadlines_.front().second))
                late.push_back(std::move(on_answer));
            deadlines_.pop_front();
        }
        return late;
    }

    /// Everybody, at the end.
    std::vector<OnAnswer> empty() { return expired(std::chrono::steady_clock::time_point::max()); }

    std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    struct Slot {
        std::uint32_t generation = 0;
        OnAnswer on_answer;
    };

    bool waits(std::uint64_t token) const {
        const std::uint32_t slot = static_cast<std::uint32_t>(token) - 1;
        return slot < slots_.size() && slots_[slot].generation == token >> 32 &&
               slots_[slot].on_answer;
    }

    OnAnswer take(std::uint64_t token) {
        if (!waits(token)) return {};
        const std::uint32_t slot = static_cast<std::uint32_t>(token) - 1;
        OnAnswer on_answer;
        on_answer.swap(slots_[slot].on_answer);
        free_.push_back(slot);
        --count_;
        return on_answer;
    }

    const std::chrono::milliseconds patience_;
    mutable std::mutex mutex_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    /// In the order of their time, since all wait equally long. Those that were answered stay until
    /// nobody before them waits.
    std::deque<std::pair<std::chrono::steady_clock::time_point, std::uint64_t>> deadlines_;
    std::size_t count_ = 0;
};

}  // namespace oms::rest
