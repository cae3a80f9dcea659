// SPDX-License-Identifier: Apache-2.0
// A map that is walked in order, and whose entries are found by one look. The canonical form and
// whoever asks for a range need the order; who knows the whole key need not pay for it.
#pragma once

#include "model/hash_index.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

namespace oms {

/// `hash_of(key)`, found by its argument, is the key's hash: the same on every machine.
template <class Key, class Value>
class IndexedMap {
public:
    using Map = std::map<Key, Value>;
    using Entry = typename Map::value_type;

    IndexedMap() = default;
    IndexedMap(IndexedMap&&) = default;  // what is in the map stays where it is
    IndexedMap& operator=(IndexedMap&&) = default;

    /// Null: there is none. Good until it is erased.
    const Value* find(const Key& key) const {
        const std::optional<Entry*> found = entry_of(key);
        return found ? &(*found)->second : nullptr;
    }

    void set(const Key& key, Value value) {
        if (const std::optional<Entry*> found = entry_of(key))
            (*found)->second = std::move(value);
        else
            index_.insert(hash_of(key), &*map_.emplace(key, std::move(value)).first);
    }

    void erase(const Key& key) {
        if (index_.erase(hash_of(key), [&](const Entry* entry) { return entry->first == key; }))
            map_.erase(key);
    }

    const Map& all() const { return map_; }
    std::size_t size() const { return map_.size(); }

private:
    std::optional<Entry*> entry_of(const Key& key) const {
        return index_.find(hash_of(key), [&](const Entry* entry) { return entry->first == key; });
    }

    Map map_;
    HashIndex<Entry*> index_;
};

}  // namespace oms
