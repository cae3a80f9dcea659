// SPDX-License-Identifier: Apache-2.0
// Records one behind the other, that can be cut back to an earlier length. Their texts lie
// elsewhere.
#pragma once

#include "model/assert.hpp"

#include <oms/sdk/record_info.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

namespace oms {

class RecordList {
public:
    /// A length to which the list can be cut back.
    struct Mark {
        std::size_t words = 0;
        std::uint32_t count = 0;
    };

    RecordList() = default;
    RecordList(RecordList&& other) noexcept { *this = std::move(other); }
    RecordList& operator=(RecordList&& other) noexcept {
        words_ = std::move(other.words_);
        used_ = std::exchange(other.used_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        count_ = std::exchange(other.count_, 0);
        return *this;
    }

    /// Adds a record of zeros, but for its size and kind. Good until the next change.
    char* add(const sdk::RecordInfo& info) {
        char* raw = room(info.size);
        std::memset(raw, 0, info.size);
        const oms_record head{info.size, info.kind};
        std::memcpy(raw, &head, sizeof head);
        return raw;
    }
    /// Adds a copy, of the size that this build knows. Good until the next change.
    template <class Record>
    char* copy(const Record& record) {
        OMS_ASSERT(record.size >= sizeof(Record));
        return copy(&record, sizeof(Record));
    }
    char* copy(const oms_record& record) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        OMS_ASSERT(info != nullptr && record.size >= info->size);
        return copy(&record, info->size);
    }
    /// Adds what the other one has behind the mark.
    void append(const RecordList& other, const Mark& from) {
        const std::size_t words = other.used_ - from.words;
        if (words == 0) return;
        std::memcpy(room(8 * words), &other.words_[from.words], 8 * words);
        count_ += other.count_ - from.count - 1;
    }

    Mark mark() const { return {used_, count_}; }
    void cut(const Mark& to) {
        used_ = to.words;
        count_ = to.count;
    }
    void clear() { cut({}); }

    std::uint32_t count() const { return count_; }
    /// The record behind the mark.
    const oms_record& at(const Mark& mark) const {
        return *reinterpret_cast<const oms_record*>(&words_[mark.words]);
    }
    oms_batch view() const {
        return {reinterpret_cast<const oms_record*>(words_.get()), used_ * 8, count_, 0};
    }

private:
    /// Room for one more record.
    char* room(std::size_t bytes) {
        const std::size_t place = used_;
        if (used_ + bytes / 8 > capacity_) grow(used_ + bytes / 8);
        used_ += bytes / 8;
        ++count_;
        return reinterpret_cast<char*>(&words_[place]);
    }
    char* copy(const void* record, std::uint32_t size) {
        char* raw = room(size);
        std::memcpy(raw, record, size);
        std::memcpy(raw, &size, sizeof size);
        return raw;
    }
    void grow(std::size_t wanted) {
        capacity_ = std::max(wanted, 2 * capacity_ + 64);
        auto words = std::make_unique_for_overwrite<std::uint64_t[]>(capacity_);
        if (used_ != 0) std::memcpy(words.get(), words_.get(), 8 * used_);
        words_ = std::move(words);
    }

    std::unique_ptr<std::uint64_t[]> words_;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
    std::uint32_t count_ = 0;
};

}  // namespace oms
