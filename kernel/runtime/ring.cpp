// SPDX-License-Identifier: Apache-2.0
#include "runtime/ring.hpp"

#include <algorithm>
#include <utility>

namespace oms::runtime {

void Ring::begin_after(std::uint64_t seq) {
    const std::lock_guard lock(mutex_);
    last_seq_.store(seq, std::memory_order_release);
}

void Ring::push(std::shared_ptr<const Published> published) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t last = published->last_seq();
    const std::uint64_t channels = published->channels();
    bytes_ += published->bytes();
    groups_.push_back(std::move(published));
    while (groups_.size() > 1 && bytes_ > most_bytes_) {
        bytes_ -= groups_.front()->bytes();
        groups_.pop_front();
    }
    stats_.ring_bytes.set(bytes_);
    last_seq_.store(last, std::memory_order_release);
    for (Waiter* waiter : waiters_) {
        if (waiter->woken) continue;
        if ((waiter->channels & channels) == 0 && waiter->channels != ~std::uint64_t{0}) {
            waiter->seq = last;  // it had seen everything before, and this is not for it
            continue;
        }
        waiter->woken = true;
        waiter->bell.notify_one();
    }
}

std::shared_ptr<const Published> Ring::find(std::uint64_t seq) const {
    if (seq > last_seq()) return nullptr;
    const std::lock_guard lock(mutex_);
    const auto after = std::upper_bound(
        groups_.begin(), groups_.end(), seq,
        [](std::uint64_t wanted, const auto& group) { return wanted < group->first_seq(); });
    return after == groups_.begin() ? nullptr : *std::prev(after);
}

bool Ring::is_behind(std::uint64_t seq) const {
    if (seq > last_seq()) return false;
    const std::lock_guard lock(mutex_);
    return groups_.empty() || seq < groups_.front()->first_seq();
}

void Ring::wait(Waiter& waiter, Deadline deadline) {
    std::unique_lock lock(mutex_);
    waiter.woken = false;
    if (last_seq_.load(std::memory_order_relaxed) > waiter.seq) return;
    if (waiter.wakes->load() != waiter.wakes_seen) return;
    waiters_.push_back(&waiter);
    waiter.bell.wait_until(lock, deadline, [&] { return waiter.woken; });
    waiters_.remove(&waiter);
}

void Ring::wake_all() {
    const std::lock_guard lock(mutex_);
    for (Waiter* waiter : waiters_) {
        if (waiter->wakes->load() == waiter->wakes_seen) continue;
        waiter->woken = true;
        waiter->bell.notify_one();
    }
}

}  // namespace oms::runtime
