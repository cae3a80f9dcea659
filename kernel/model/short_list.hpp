// SPDX-License-Identifier: Apache-2.0
// A list that is mostly of one: the first value lies in the list itself, and only more of them are
// elsewhere.
#pragma once

#include "model/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace oms {

template <class Value>
class ShortList {
    static_assert(std::is_nothrow_move_constructible_v<Value> &&
                  std::is_nothrow_move_assignable_v<Value>);

public:
    ShortList() = default;
    ShortList(const ShortList& other) {
        for (const Value& value : other) push_back(value);
    }
    ShortList(ShortList&& other) noexcept { take(other); }
    ShortList& operator=(ShortList other) noexcept {
        drop();
        take(other);
        return *this;
    }
    ~ShortList() { drop(); }

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const Value* data() const { return room_ == 1 ? &place_.one : place_.many; }
    Value* data() { return room_ == 1 ? &place_.one : place_.many; }
    const Value* begin() const { return data(); }
    const Value* end() const { return data() + size_; }
    Value* begin() { return data(); }
    Value* end() { return data() + size_; }
    const Value& operator[](std::size_t at) const { return data()[at]; }
    Value& operator[](std::size_t at) { return data()[at]; }
    const Value& front() const { return data()[0]; }
    const Value& back() const { return data()[size_ - 1]; }

    void push_back(Value value) {
        if (size_ == room_) grow();
        std::construct_at(end(), std::move(value));
        ++size_;
    }
    void pop_back() {
        OMS_ASSERT(size_ != 0);
        std::destroy_at(end() - 1);
        --size_;
    }
    void insert(const Value* before, Value value) {
        const auto at = before - begin();
        push_back(std::move(value));
        std::rotate(begin() + at, end() - 1, end());
    }
    void erase(const Value* at) {
        Value* hole = begin() + (at - begin());
        std::move(hole + 1, end(), hole);
        pop_back();
    }

private:
    void grow() {
        const std::uint32_t room = 2 * room_;
        Value* many = std::allocator<Value>().allocate(room);
        std::uninitialized_move(begin(), end(), many);
        const std::uint32_t size = size_;
        drop();
        place_.many = many;
        size_ = size;
        room_ = room;
    }
    void drop() {
        std::destroy(begin(), end());
        if (room_ != 1) std::allocator<Value>().deallocate(place_.many, room_);
        size_ = 0;
        room_ = 1;
    }
    /// Into an empty list.
    void take(ShortList& other) {
        if (other.room_ == 1) {
            if (other.size_ != 0) push_back(std::move(other.place_.one));
            return other.drop();
        }
        place_.many = other.place_.many;
        size_ = std::exchange(other.size_, 0);
        room_ = std::exchange(other.room_, 1);
    }

    std::uint32_t size_ = 0;
    std::uint32_t room_ = 1;  ///< 1: in the list itself
    union Place {
        Place() {}
        ~Place() {}
        Value one;
        Value* many;
    } place_;
};

}  // namespace oms
