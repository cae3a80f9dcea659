// SPDX-License-Identifier: Apache-2.0
// Values of the world on their way to the kernel: of each product, source and field the last one
// alone, in the order in which they first came.
#pragma once

#include "runtime/stats.hpp"

#include <oms/abi/connector.h>
#include <oms/sdk/record_info.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <unordered_map>
#include <vector>

namespace oms::runtime {

class Observations {
public:
    /// So many different ones may wait.
    static constexpr std::size_t most_waiting = 65'536;

    explicit Observations(Stats& stats) : stats_(stats) {}

    /// OMS_AGAIN: no room; those before the first that did not fit were taken.
    oms_status put(std::span<const oms_observation> values);
    bool empty() const { return !any_.load(std::memory_order_acquire); }
    /// The kernel's thread: takes all; good until the next call.
    const std::vector<oms_observation>& take();

private:
    struct Key {
        std::uint64_t product_source;
        std::uint32_t field;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const noexcept {
            std::uint64_t mixed = key.product_source ^ (std::uint64_t{key.field} << 29);
            mixed *= 0x9e3779b97f4a7c15u;
            return static_cast<std::size_t>(mixed ^ (mixed >> 32));
        }
    };
    Stats& stats_;
    std::mutex mutex_;
    std::atomic<bool> any_{false};
    std::vector<oms_observation> filling_;
    std::unordered_map<Key, std::size_t, Hash> places_;
    std::vector<oms_observation> taken_;
};

}  // namespace oms::runtime
