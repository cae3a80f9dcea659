// SPDX-License-Identifier: Apache-2.0
// Ids in one word while there is but one, as there mostly is; more are in a vector of their own.
#pragma once

#include "model/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace oms {

class IdList {
public:
    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = std::uint64_t;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::uint64_t*;
        using reference = std::uint64_t;

        Iterator() = default;
        Iterator(const IdList* list, std::size_t at) : list_(list), at_(at) {}
        std::uint64_t operator*() const { return (*list_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) { return {list_, at_++}; }
        bool operator==(const Iterator&) const = default;

    private:
        const IdList* list_ = nullptr;
        std::size_t at_ = 0;
    };

    IdList() = default;
    IdList(const IdList& other) {
        if (other.is_many())
            word_ = word_of(new Many(other.many()));
        else
            word_ = other.word_;
    }
    IdList(IdList&& other) noexcept : word_(std::exchange(other.word_, 0)) {}
    IdList& operator=(IdList other) noexcept {
        std::swap(word_, other.word_);
        return *this;
    }
    ~IdList() {
        if (is_many()) delete &many();
    }

    std::size_t size() const { return is_many() ? many().size() : word_ & 1; }
    bool empty() const { return size() == 0; }
    std::uint64_t operator[](std::size_t at) const { return is_many() ? many()[at] : word_ >> 1; }
    std::uint64_t at(std::size_t at) const {
        OMS_ASSERT(at < size());
        return (*this)[at];
    }
    std::uint64_t back() const { return (*this)[size() - 1]; }
    Iterator begin() const { return {this, 0}; }
    Iterator end() const { return {this, size()}; }
    bool operator==(const IdList& other) const {
        return std::equal(begin(), end(), other.begin(), other.end());
    }

    void push_back(std::uint64_t id) {
        OMS_ASSERT(id >> 63 == 0);
        if (is_many())
            many().push_back(id);
        else if (empty())
            word_ = id << 1 | 1;
        else
            word_ = word_of(new Many{word_ >> 1, id});
    }
    void pop_back() {
        if (is_many()) {
            many().pop_back();
            settle();
        } else {
            word_ = 0;
        }
    }
    /// Into a list that is sorted.
    void insert(std::uint64_t id) {
        push_back(id);
        if (!is_many()) return;
        const auto last = many().end() - 1;
        std::rotate(std::lower_bound(many().begin(), last, id), last, many().end());
    }
    /// False: it was not in the list.
    bool erase(std::uint64_t id) {
        if (!is_many()) {
            if (empty() || word_ >> 1 != id) return false;
            word_ = 0;
            return true;
        }
        const auto found = std::find(many().begin(), many().end(), id);
        if (found == many().end()) return false;
        many().erase(found);
        settle();
        return true;
    }

private:
    using Many = std::vector<std::uint64_t>;
    static std::uint64_t word_of(Many* many) { return reinterpret_cast<std::uintptr_t>(many); }

    bool is_many() const { return word_ != 0 && (word_ & 1) == 0; }
    Many& many() const { return *reinterpret_cast<Many*>(static_cast<std::uintptr_t>(word_)); }
    /// Back into the word, when there is no more than one.
    void settle() {
        if (many().size() > 1) return;
        const std::unique_ptr<Many> last(&many());
        word_ = last->empty() ? 0 : last->front() << 1 | 1;
    }

    std::uint64_t word_ = 0;  ///< 0: empty; odd: one id, shifted; else the address of many
};

}  // namespace oms
