// SPDX-License-Identifier: Apache-2.0
// Records one behind the other, that can be cut back to an earlier length. Their texts lie
// elsewhere.
#pragma once

#include "model/assert.hpp"

#include <oms/sdk/record_info.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace oms {

class RecordList {
public:
    /// A length to which the list can be cut back.
    struct Mark {
        std::size_t words = 0;
        std::uint32_t count = 0;
    };

    /// Adds a record of zeros, but for its size and kind. Good until the next change.
    char* add(const sdk::RecordInfo& info) {
        const std::size_t place = words_.size();
        words_.resize(place + info.size / 8);
        char* raw = reinterpret_cast<char*>(&words_[place]);
        const oms_record head{info.size, info.kind};
        std::memcpy(raw, &head, sizeof head);
        ++count_;
        return raw;
    }
    /// Adds a copy, of the size that this build knows. Good until the next change.
    char* copy(const oms_record& record) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        OMS_ASSERT(info != nullptr && record.size >= info->size);
        const std::size_t place = words_.size();
        const auto* words = reinterpret_cast<const std::uint64_t*>(&record);
        words_.insert(words_.end(), words, words + info->size / 8);
        ++count_;
        char* raw = reinterpret_cast<char*>(&words_[place]);
        std::memcpy(raw, &info->size, sizeof info->size);
        return raw;
    }
    /// Adds what the other one has behind the mark.
    void append(const RecordList& other, const Mark& from) {
        words_.insert(words_.end(), other.words_.begin() + static_cast<std::ptrdiff_t>(from.words),
                      other.words_.end());
        count_ += other.count_ - from.count;
    }

    Mark mark() const { return {words_.size(), count_}; }
    void cut(const Mark& to) {
        words_.resize(to.words);
        count_ = to.count;
    }
    void clear() { cut({}); }

    std::uint32_t count() const { return count_; }
    /// The record behind the mark.
    const oms_record& at(const Mark& mark) const {
        return *reinterpret_cast<const oms_record*>(&words_[mark.words]);
    }
    oms_batch view() const {
        return {reinterpret_cast<const oms_record*>(words_.data()), words_.size() * 8, count_, 0};
    }

private:
    std::vector<std::uint64_t> words_;
    std::uint32_t count_ = 0;
};

}  // namespace oms
