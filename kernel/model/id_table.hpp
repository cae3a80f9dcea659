// SPDX-License-Identifier: Apache-2.0
// Things that carry an id which the kernel itself counts up, from 1, and are found by it: no
// hashing, addresses that stay, a walk in the order of ids.
#pragma once

#include "model/assert.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace oms {

template <class Value>
class IdTable {
public:
    Value* find(std::uint64_t id) {
        const std::uint64_t page = id / page_size;
        if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
        Value& cell = pages_[page]->cells[id % page_size];
        return cell.id == 0 ? nullptr : &cell;
    }
    const Value* find(std::uint64_t id) const { return const_cast<IdTable*>(this)->find(id); }

    Value& insert(Value value) {
        const std::uint64_t id = value.id;
        const std::uint64_t page = id / page_size;
        if (page >= pages_.size()) pages_.resize(page + 1);
        if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
        Value& cell = pages_[page]->cells[id % page_size];
        OMS_ASSERT(id != 0 && cell.id == 0);
        cell = std::move(value);
        ++pages_[page]->used;
        ++size_;
        return cell;
    }

    void erase(std::uint64_t id) {
        const std::uint64_t page = id / page_size;
        OMS_ASSERT(find(id) != nullptr);
        pages_[page]->cells[id % page_size] = Value{};
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
            const Value& cell = page->cells[next % page_size];
            if (cell.id != 0) return &cell;
            ++next;
        }
        return nullptr;
    }

    /// Calls `visit(value)` for each, by id.
    template <class Visit>
    void each(Visit visit) const {
        for (const auto& page : pages_) {
            if (page == nullptr) continue;
            for (const Value& cell : page->cells)
                if (cell.id != 0) visit(cell);
        }
    }

private:
    static constexpr std::size_t page_size = 256;
    struct Page {
        std::array<Value, page_size> cells;  ///< an id of 0: it is free
        std::size_t used = 0;
    };
    std::vector<std::unique_ptr<Page>> pages_;
    std::size_t size_ = 0;
};

}  // namespace oms
