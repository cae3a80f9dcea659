// SPDX-License-Identifier: Apache-2.0
// Things that are found by an id which the kernel itself counts up: no hashing, addresses that
// stay, a walk in the order of ids.
#pragma once

#include "model/assert.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace oms {

template <class Value>
class IdTable {
public:
    Value* find(std::uint64_t id) {
        const std::uint64_t page = id / page_size;
        if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        std::optional<Value>& cell = pages_[page]->cells[id % page_size];
        return cell ? &*cell : nullptr;
    }
    const Value* find(std::uint64_t id) const { return const_cast<IdTable*>(this)->find(id); }

    Value& insert(std::uint64_t id, Value value) {
        const std::uint64_t page = id / page_size;
        if (page >= pages_.size()) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        std::optional<Value>& cell = pages_[page]->cells[id % page_size];
        OMS_ASSERT(!cell);
        cell.emplace(std::move(value));
        ++pages_[page]->used;
        ++size_;
        return *cell;
    }

    void erase(std::uint64_t id) {
        const std::uint64_t page = id / page_size;
        OMS_ASSERT(find(id) != nullptr);
        pages_[page]->cells[id % page_size].reset();
        --size_;
        if (--pages_[page]->used == 0) pages_[page].reset();
    }

    std::size_t size() const { return size_; }

    /// The first with an id above `id`, by id; null when there is none.
    const Value* after(std::uint64_t id) const {
        std::uint64_t next = id + 1;
        while (next / page_size < pages_.size()) {
            const Page* page = pages_[next / page_size].get();
            if (page == nullptr) {
                next = (next / page_size + 1) * page_size;
                continue;
            }
            const std::optional<Value>& cell = page->cells[next % page_size];
            if (cell) return &*cell;
            ++next;
        }
        return nullptr;
    }

    /// Calls `visit(value)` for each, by id.
    template <class Visit>
    void each(Visit visit) const {
        for (const auto& page : pages_) {
            if (page == nullptr) continue;
            for (const std::optional<Value>& cell : page->cells)
                if (cell) visit(*cell);
        }
    }

private:
    static constexpr std::size_t page_size = 256;
    struct Page {
        std::array<std::optional<Value>, page_size> cells;
        std::size_t used = 0;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::size_t size_ = 0;
};

}  // namespace oms
