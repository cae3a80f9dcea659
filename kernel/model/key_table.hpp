// SPDX-License-Identifier: Apache-2.0
// What requests' keys stand for, found by origin and key. An entry has a place that stays until it
// is erased, so that whoever needs it again keeps the place and not the key.
#pragma once

#include "model/hash_index.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms {

/// What a request's key stands for, as long as its order lives and a while longer.
struct KeyEntry {
    std::uint64_t fingerprint = 0;
    std::uint64_t seq = 0;
    std::int64_t time = 0;  ///< of the decision
    std::uint64_t order = 0;
    std::uint64_t id = 0;
    std::uint32_t code = 0;
    std::uint32_t origin = 0;
    std::string key;
    std::unique_ptr<std::string> words;  ///< null: none
    std::string_view text() const { return words == nullptr ? std::string_view() : *words; }
};

using KeyPlace = std::uint32_t;

class KeyTable {
public:
    /// Null: the key is not known. Good until the next change.
    const KeyEntry* find(std::uint32_t origin, std::string_view key) const {
        const KeyPlace* place = place_of(origin, key);
        return place == nullptr ? nullptr : &entries_[*place];
    }
    const KeyEntry& at(KeyPlace place) const { return entries_[place]; }

    /// What the key stood for before is forgotten.
    KeyPlace put(KeyEntry entry) {
        const KeyPlace* known = place_of(entry.origin, entry.key);
        if (known != nullptr) {
            entries_[*known] = std::move(entry);
            return *known;
        }
        const std::uint64_t hash = text_hash(entry.origin, entry.key);
        KeyPlace place = static_cast<KeyPlace>(entries_.size());
        if (free_.empty()) {
            entries_.push_back(std::move(entry));
        } else {
            place = free_.back();
            free_.pop_back();
            entries_[place] = std::move(entry);
        }
        index_.insert(hash, place);
        return place;
    }

    void erase(KeyPlace place) {
        KeyEntry& entry = entries_[place];
        index_.erase(text_hash(entry.origin, entry.key),
                     [&](KeyPlace other) { return other == place; });
        entry = {};
        free_.push_back(place);
    }

    void reserve(std::size_t count) { index_.reserve(count); }

private:
    const KeyPlace* place_of(std::uint32_t origin, std::string_view key) const {
        return index_.find(text_hash(origin, key), [&](KeyPlace place) {
            const KeyEntry& entry = entries_[place];
            return entry.origin == origin && entry.key == key;
        });
    }

    std::deque<KeyEntry> entries_;
    std::vector<KeyPlace> free_;
    HashIndex<KeyPlace> index_;
};

}  // namespace oms
