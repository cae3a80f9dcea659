// SPDX-License-Identifier: Apache-2.0
#include "runtime/observations.hpp"

namespace oms::runtime {

oms_status Observations::put(std::span<const oms_observation> values) {
    const std::lock_guard lock(mutex_);
    for (const oms_observation& value : values) {
        if (value.kind != OMS_RECORD_observation || value.size < sizeof value) return OMS_INVALID;
        const Key key{std::uint64_t{value.product} << 32 | value.source, value.field};
        const auto found = places_.find(key);
        if (found != places_.end()) {
            filling_[found->second] = value;
            stats_.observations_replaced.add();
            continue;
        }
        if (filling_.size() >= most_waiting) return OMS_AGAIN;
        places_.emplace(key, filling_.size());
        filling_.push_back(value);
        any_.store(true, std::memory_order_release);
    }
    return OMS_OK;
}

const std::vector<oms_observation>& Observations::take() {
    taken_.clear();
    if (empty()) return taken_;
    const std::lock_guard lock(mutex_);
    taken_.swap(filling_);
    places_.clear();
    any_.store(false, std::memory_order_release);
    return taken_;
}

}  // namespace oms::runtime
