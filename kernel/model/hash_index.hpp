// SPDX-License-Identifier: Apache-2.0
// Finds things by what they carry themselves: a text, a key. The index keeps a hash of it, and
// whoever looks says whether what was found is meant: one look, and no allocation for a thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace oms {

/// Of a text within a scope (a route, a destination, an origin). The same on every machine.
std::uint64_t text_hash(std::uint64_t scope, std::string_view text);

/// Of a number, so that numbers in a row lie apart.
constexpr std::uint64_t number_hash(std::uint64_t number) {
    number = (number ^ number >> 32) * 0x9e3779b97f4a7c15U;
    return number ^ number >> 29;
}

/// Open addressing in one array, never walked. A value may be there under several hashes.
template <class Value>
class HashIndex {
public:
    /// The value under this hash of which `same(value)` holds; null: none. Good until the next
    /// change.
    template <class Same>
    Value* find(std::uint64_t hash, Same same) {
        if (slots_.empty()) return nullptr;
        hash |= used;
        for (std::size_t at = home(hash); slots_[at].hash != 0; at = next(at))
            if (slots_[at].hash == hash && same(slots_[at].value)) return &slots_[at].value;
        return nullptr;
    }
    template <class Same>
    const Value* find(std::uint64_t hash, Same same) const {
        return const_cast<HashIndex*>(this)->find(hash, same);
    }

    /// Whoever inserts has looked before.
    void insert(std::uint64_t hash, Value value) {
        if (2 * (size_ + 1) > slots_.size()) resize(slots_.empty() ? 16 : 2 * slots_.size());
        put({hash | used, std::move(value)});
        ++size_;
    }

    /// Takes out the value that `find` would find; false: there is none.
    template <class Same>
    bool erase(std::uint64_t hash, Same same) {
        if (slots_.empty()) return false;
        hash |= used;
        std::size_t hole = home(hash);
        while (slots_[hole].hash != 0 && !(slots_[hole].hash == hash && same(slots_[hole].value)))
            hole = next(hole);
        if (slots_[hole].hash == 0) return false;
        // What follows moves up, so that no search ends before it.
        for (std::size_t at = next(hole); slots_[at].hash != 0; at = next(at)) {
            const std::size_t wanted = home(slots_[at].hash);
            const bool stays =
                hole <= at ? hole < wanted && wanted <= at : hole < wanted || wanted <= at;
            if (stays) continue;
            slots_[hole] = std::move(slots_[at]);
            hole = at;
        }
        slots_[hole] = Slot{};
        --size_;
        return true;
    }

    /// Room for so many without growing.
    void reserve(std::size_t count) {
        std::size_t size = 16;
        while (size < 2 * count) size *= 2;
        if (size > slots_.size()) resize(size);
    }

    std::size_t size() const { return size_; }

private:
    /// In the hash of every slot that is taken; the other bits find it.
    static constexpr std::uint64_t used = std::uint64_t{1} << 63;
    struct Slot {
        std::uint64_t hash = 0;  ///< 0: it is free
        Value value{};
    };

    std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
    std::size_t next(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }
    void put(Slot slot) {
        std::size_t at = home(slot.hash);
        while (slots_[at].hash != 0) at = next(at);
        slots_[at] = std::move(slot);
    }
    void resize(std::size_t size) {
        std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(size));
        for (Slot& slot : old)
            if (slot.hash != 0) put(std::move(slot));
    }

    std::vector<Slot> slots_;  // a power of two, at most half of them used
    std::size_t size_ = 0;
};

}  // namespace oms
