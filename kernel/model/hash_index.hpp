// SPDX-License-Identifier: Apache-2.0
// Finds things by what they carry themselves: a text, a key. The index keeps a hash of it, and
// whoever looks says whether what was found is meant: one look, and no allocation for a thing.
#pragma once

#include "model/assert.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
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
    static_assert(std::is_trivially_copyable_v<Value> && sizeof(Value) % 4 == 0);

public:
    /// The value under this hash of which `same(value)` holds.
    template <class Same>
    std::optional<Value> find(std::uint64_t hash, Same same) const {
        const std::size_t at = place_of(hash, same);
        if (at == nowhere) return std::nullopt;
        return slots_[at].value();
    }

    /// Begins to fetch what a look at this hash will read; whoever looks later need not wait.
    void prefetch(std::uint64_t hash) const {
        if (!slots_.empty()) __builtin_prefetch(&slots_[home(tag_of(hash))]);
    }

    /// Whoever inserts has looked before.
    void insert(std::uint64_t hash, Value value) {
        if (5 * (size_ + 1) > 4 * slots_.size()) resize(slots_.size() + slots_.size() / 4 + 16);
        put(Slot(tag_of(hash), value));
        ++size_;
    }

    /// Puts another value in the place of the one that `find` would find.
    template <class Same>
    void replace(std::uint64_t hash, Same same, Value value) {
        const std::size_t at = place_of(hash, same);
        OMS_ASSERT(at != nowhere);
        slots_[at] = Slot(tag_of(hash), value);
    }

    /// Takes out the value that `find` would find; false: there is none.
    template <class Same>
    bool erase(std::uint64_t hash, Same same) {
        std::size_t hole = place_of(hash, same);
        if (hole == nowhere) return false;
        // What follows moves up, so that no search ends before it.
        for (std::size_t at = next(hole); slots_[at].tag != 0; at = next(at)) {
            const std::size_t wanted = home(slots_[at].tag);
            const bool stays =
                hole <= at ? hole < wanted && wanted <= at : hole < wanted || wanted <= at;
            if (stays) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = Slot{};
        --size_;
        return true;
    }

    /// Room for so many without growing.
    void reserve(std::size_t count) {
        const std::size_t size = count + count / 4 + 16;
        if (size > slots_.size()) resize(size);
    }

    std::size_t size() const { return size_; }

private:
    /// Half of the hash is kept, and the value in words as small as that: no byte is lost between.
    using Tag = std::uint32_t;
    struct Slot {
        Slot() = default;
        Slot(Tag of, Value value) : tag(of) { std::memcpy(words, &value, sizeof value); }
        Value value() const {
            Value value;
            std::memcpy(&value, words, sizeof value);
            return value;
        }
        Tag tag = 0;  ///< 0: it is free
        std::uint32_t words[sizeof(Value) / 4] = {};
    };
    static constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();

    static Tag tag_of(std::uint64_t hash) { return std::max(static_cast<Tag>(hash >> 32), Tag{1}); }
    /// In the order of tags, however many slots there are: to grow is to go through memory once.
    std::size_t home(Tag tag) const { return std::uint64_t{tag} * slots_.size() >> 32; }
    std::size_t next(std::size_t at) const { return at + 1 == slots_.size() ? 0 : at + 1; }

    template <class Same>
    std::size_t place_of(std::uint64_t hash, Same same) const {
        if (slots_.empty()) return nowhere;
        const Tag tag = tag_of(hash);
        for (std::size_t at = home(tag); slots_[at].tag != 0; at = next(at))
            if (slots_[at].tag == tag && same(slots_[at].value())) return at;
        return nowhere;
    }
    void put(const Slot& slot) {
        std::size_t at = home(slot.tag);
        while (slots_[at].tag != 0) at = next(at);
        slots_[at] = slot;
    }
    void resize(std::size_t size) {
        const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(size));
        for (const Slot& slot : old)
            if (slot.tag != 0) put(slot);
    }

    std::vector<Slot> slots_;  // at most four fifths of them used
    std::size_t size_ = 0;
};

}  // namespace oms
