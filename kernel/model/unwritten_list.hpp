// SPDX-License-Identifier: Apache-2.0
// A list whose room is not filled before something is written there: what is packed into it, or
// copied, is written once.
#pragma once

#include "model/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>

namespace oms {

template <class Value>
class UnwrittenList {
    static_assert(std::is_trivially_copyable_v<Value>);

public:
    UnwrittenList() = default;
    UnwrittenList(UnwrittenList&& other) noexcept { *this = std::move(other); }
    UnwrittenList& operator=(UnwrittenList&& other) noexcept {
        values_ = std::move(other.values_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    Value* data() { return values_.get(); }
    const Value* data() const { return values_.get(); }
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    bool empty() const { return size_ == 0; }

    /// Where so many more may be written; they count when `resize` says so. Good until the next
    /// call.
    Value* room(std::size_t more) {
        if (size_ + more > capacity_) grow(size_ + more);
        return values_.get() + size_;
    }
    /// Where so many more stand, which count from now on and are to be written.
    Value* take(std::size_t more) {
        Value* place = room(more);
        size_ += more;
        return place;
    }
    /// Not beyond the room that there is.
    void resize(std::size_t size) { size_ = size; }
    void clear() { size_ = 0; }
    Value take_back() {
        OMS_ASSERT(size_ != 0);
        return values_[--size_];
    }

private:
    void grow(std::size_t wanted) {
        const std::size_t capacity = std::max(wanted, 2 * capacity_);
        auto values = std::make_unique_for_overwrite<Value[]>(capacity);
        if (size_ != 0) std::memcpy(values.get(), values_.get(), size_ * sizeof(Value));
        values_ = std::move(values);
        capacity_ = capacity;  // not before: memory may be refused
    }

    std::unique_ptr<Value[]> values_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace oms
