// SPDX-License-Identifier: Apache-2.0
#include "runtime/lane.hpp"

#include <utility>

namespace oms::runtime {

Lane::Lane(std::size_t most_items, std::size_t most_bytes)
    : most_items_(most_items),
      filling_(std::make_unique<Side>(most_bytes)),
      working_(std::make_unique<Side>(most_bytes)) {
    filling_->items.reserve(most_items);
    working_->items.reserve(most_items);
}

oms_status Lane::push(Item item, const oms_batch& records) {
    const std::size_t words = records.count == 0 ? 0 : flat_words(records);
    if (records.count != 0 && words == 0) return OMS_INVALID;
    const std::lock_guard lock(mutex_);
    if (filling_->items.size() >= most_items_) return OMS_AGAIN;
    if (words > 0) {
        std::uint64_t* at = filling_->arena.take(words);
        if (at == nullptr) return OMS_AGAIN;
        item.records = copy_flat(records, at);
    }
    filling_->items.push_back(std::move(item));
    waiting_.fetch_add(1, std::memory_order_release);
    return OMS_OK;
}

Item* Lane::next() {
    if (at_ == working_->items.size()) {
        if (empty()) return nullptr;
        working_->items.clear();
        working_->arena.clear();
        at_ = 0;
        const std::lock_guard lock(mutex_);
        std::swap(filling_, working_);
    }
    if (at_ == working_->items.size()) return nullptr;
    waiting_.fetch_sub(1, std::memory_order_release);
    return &working_->items[at_++];
}

}  // namespace oms::runtime
