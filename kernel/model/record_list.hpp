// SPDX-License-Identifier: Apache-2.0
// Records one behind the other, that can be cut back to an earlier length. Their texts lie
// elsewhere.
#pragma once

#include "model/assert.hpp"
#include "model/unwritten_list.hpp"

#include <oms/sdk/record_info.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

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
        char* raw = take(info.size);
        std::memset(raw, 0, info.size);
        const oms_record head{info.size, info.kind};
        std::memcpy(raw, &head, sizeof head);
        ++count_;
        return raw;
    }
    template <class Record>
    char* add() {
        return copy(sdk::make<Record>());
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
        const std::size_t words = other.words_.size() - from.words;
        if (words == 0) return;
        std::memcpy(take(8 * words), other.words_.data() + from.words, 8 * words);
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
        return *reinterpret_cast<const oms_record*>(words_.data() + mark.words);
    }
    oms_batch view() const {
        return {reinterpret_cast<const oms_record*>(words_.data()), words_.size() * 8, count_, 0};
    }

private:
    char* take(std::size_t bytes) { return reinterpret_cast<char*>(words_.take(bytes / 8)); }
    char* copy(const void* record, std::uint32_t size) {
        char* raw = take(size);
        std::memcpy(raw, record, size);
        std::memcpy(raw, &size, sizeof size);
        ++count_;
        return raw;
    }

    UnwrittenList<std::uint64_t> words_;
    std::uint32_t count_ = 0;
};

}  // namespace oms
