// SPDX-License-Identifier: Apache-2.0
// What requests' keys stand for, found by origin and key. An entry has a place that stays until it
// is erased, so that whoever needs it again keeps the place and not the key.
#pragma once

#include "model/compact_text.hpp"
#include "model/hash_index.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
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
    std::uint32_t code = 0;
    std::uint32_t origin = 0;
    CompactText key;

    /// What the request made, mostly its order.
    std::uint64_t id() const { return rest_ == nullptr ? order : rest_->id; }
    std::string_view text() const { return rest_ == nullptr ? std::string_view() : rest_->text; }
    void set_answer(std::uint64_t id, std::string_view text) {
        if (id != order || !text.empty())
            rest_ = std::make_unique<Rest>(Rest{id, std::string(text)});
    }

private:
    struct Rest {
        std::uint64_t id = 0;
        std::string text;
    };
    std::unique_ptr<Rest> rest_;  // few have any
};

using KeyPlace = std::uint64_t;

class KeyTable {
public:
    /// Null: the key is not known. Good until the next change.
    const KeyEntry* find(std::uint32_t origin, std::string_view key) const {
        const std::optional<KeyPlace> place = place_of(origin, key);
        return place ? &at(*place) : nullptr;
    }
    const KeyEntry& at(KeyPlace place) const {
        return pages_[place / page_size][place % page_size];
    }

    void prefetch(std::uint32_t origin, std::string_view key) const {
        index_.prefetch(text_hash(origin, key));
    }

    /// What the key stood for before is forgotten.
    KeyPlace put(KeyEntry entry) {
        const std::uint64_t hash = text_hash(entry.origin, entry.key);
        if (const std::optional<KeyPlace> known = place_of(hash, entry.origin, entry.key)) {
            cell(*known) = std::move(entry);
            return *known;
        }
        KeyPlace place = used_;
        if (free_.empty()) {
            if (used_++ % page_size == 0) pages_.emplace_back();
        } else {
            place = free_.back();
            free_.pop_back();
        }
        cell(place) = std::move(entry);
        index_.insert(hash, static_cast<std::uint32_t>(place));
        return place;
    }

    void erase(KeyPlace place) {
        KeyEntry& entry = cell(place);
        index_.erase(text_hash(entry.origin, entry.key),
                     [&](KeyPlace other) { return other == place; });
        entry = {};
        free_.push_back(place);
    }

    void reserve(std::size_t count) { index_.reserve(count); }

private:
    std::optional<KeyPlace> place_of(std::uint32_t origin, std::string_view key) const {
        return place_of(text_hash(origin, key), origin, key);
    }
    std::optional<KeyPlace> place_of(std::uint64_t hash, std::uint32_t origin,
                                     std::string_view key) const {
        return index_.find(hash, [&](KeyPlace place) {
            const KeyEntry& entry = at(place);
            return entry.origin == origin && entry.key == key;
        });
    }

    KeyEntry& cell(KeyPlace place) { return pages_[place / page_size][place % page_size]; }

    static constexpr std::size_t page_size = 128;
    std::deque<std::array<KeyEntry, page_size>> pages_;  // each stays where it is
    KeyPlace used_ = 0;
    std::vector<KeyPlace> free_;
    HashIndex<std::uint32_t> index_;  // half a place is enough for any machine
};

}  // namespace oms
