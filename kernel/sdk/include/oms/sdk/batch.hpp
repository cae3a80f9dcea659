// SPDX-License-Identifier: Apache-2.0
// Records one behind the other: a builder that owns them and their texts, and a range over them.
#pragma once

#include <oms/sdk/record_info.hpp>

#include <cstring>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

namespace oms::sdk {

/// Walks a batch: `for (const oms_record& record : Records(batch))`. It stops before a record whose
/// size is impossible, so a broken batch is cut short rather than overrun.
class Records {
public:
    class Iterator {
    public:
        using value_type = oms_record;
        using difference_type = std::ptrdiff_t;
        using reference = const oms_record&;
        using pointer = const oms_record*;
        using iterator_category = std::forward_iterator_tag;

        Iterator() = default;
        Iterator(const char* at, const char* end) : at_(at), end_(end) { settle(); }
        reference operator*() const { return *reinterpret_cast<pointer>(at_); }
        pointer operator->() const { return reinterpret_cast<pointer>(at_); }
        Iterator& operator++() {
            at_ += (**this).size;
            settle();
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        void settle() {
            const auto left = static_cast<std::size_t>(end_ - at_);
            if (left < sizeof(oms_record)) {
                at_ = end_;
                return;
            }
            const std::uint32_t size = (**this).size;
            if (size < sizeof(oms_record) || size % 8 != 0 || size > left) at_ = end_;
        }
        const char* at_ = nullptr;
        const char* end_ = nullptr;
    };

    explicit Records(const oms_batch& batch)
        : begin_(reinterpret_cast<const char*>(batch.first)),
          end_(begin_ == nullptr ? nullptr : begin_ + batch.bytes) {}
    Iterator begin() const { return {begin_, end_}; }
    Iterator end() const { return {end_, end_}; }

private:
    const char* begin_;
    const char* end_;
};

/// Builds a batch. It copies the records and their texts, so what was added may go.
class Batch {
public:
    Batch() = default;
    /// The records are kept in that memory, which must outlive the batch and what it is moved to.
    explicit Batch(std::pmr::memory_resource* memory) : words_(memory) {}
    Batch(Batch&&) = default;
    Batch& operator=(Batch&&) = default;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    template <class Record>
    Record& add(const Record& record) {
        return *reinterpret_cast<Record*>(append(*reinterpret_cast<const oms_record*>(&record)));
    }

    /// Any record, with its texts. The reference is good until the next `add`.
    oms_record* append(const oms_record& record) {
        const std::size_t at = words_.size();
        words_.resize(at + record.size / 8);
        std::memcpy(&words_[at], &record, record.size);
        ++count_;
        auto* copy = reinterpret_cast<oms_record*>(&words_[at]);
        if (const RecordInfo* info = record_info(record.kind)) {
            for (const FieldInfo& field : info->fields)
                if (field.type == FieldType::text && field.offset < record.size)
                    own(*reinterpret_cast<oms_text*>(reinterpret_cast<char*>(copy) + field.offset));
        }
        return copy;
    }

    void append(const oms_batch& batch) {
        for (const oms_record& record : Records(batch)) append(record);
    }

    void clear() {
        words_.clear();
        texts_.clear();
        count_ = 0;
    }

    bool empty() const { return count_ == 0; }
    std::uint32_t count() const { return count_; }

    /// Good until the next change of the builder.
    oms_batch view() const {
        return {reinterpret_cast<const oms_record*>(words_.data()), words_.size() * 8, count_, 0};
    }

private:
    void own(oms_text& text) {
        if (text.size == 0) {
            text = {};
            return;
        }
        std::unique_ptr<char[]> kept(new char[text.size]);
        std::memcpy(kept.get(), text.data, text.size);
        text.data = kept.get();
        texts_.push_back(std::move(kept));
    }

    std::pmr::vector<std::uint64_t> words_;
    std::vector<std::unique_ptr<char[]>> texts_;
    std::uint32_t count_ = 0;
};

}  // namespace oms::sdk
