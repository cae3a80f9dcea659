// SPDX-License-Identifier: Apache-2.0
// What was submitted and not decided yet: bounded, in order, copied flat into memory that is used
// again and again. Any thread pushes; the kernel's thread takes.
#pragma once

#include "runtime/flat_batch.hpp"
#include "runtime/mailbox.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace oms::runtime {

struct Item {
    enum class Kind : std::uint8_t {
        input,
        query,
        barrier,  ///< answered when all that was pushed before it is durable
        errand,   ///< a piece of work for the kernel's thread; no kernel state may leave by it
    };
    Kind kind = Kind::input;
    std::uint64_t token = 0;
    std::shared_ptr<Mailbox> mailbox;  ///< null: nobody waits
    oms_batch records{};               ///< flat, in the lane's memory
    std::shared_ptr<std::function<void()>> errand;
};

class Lane {
public:
    Lane(std::size_t most_items, std::size_t most_bytes);

    /// Copies the records. OMS_AGAIN: there is no room now. OMS_INVALID: they break the contract.
    oms_status push(Item item, const oms_batch& records);

    /// The kernel's thread: the next, or null. It is good until the next call.
    Item* next();
    bool empty() const { return waiting_.load(std::memory_order_acquire) == 0; }
    std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

private:
    struct Side {
        explicit Side(std::size_t bytes) : arena(bytes) {}
        Arena arena;
        std::vector<Item> items;
    };
    const std::size_t most_items_;
    std::mutex mutex_;
    std::unique_ptr<Side> filling_;
    std::unique_ptr<Side> working_;  // the kernel's thread alone
    std::size_t at_ = 0;
    std::atomic<std::size_t> waiting_{0};
};

}  // namespace oms::runtime
