// SPDX-License-Identifier: Apache-2.0
// How a step is taken back: each change leaves behind what puts the old value in its place.
#pragma once

#include "model/unwritten_list.hpp"

#include <cstddef>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace oms {

class World;

class UndoLog {
public:
    /// `undo(world)` puts back what the change took away. It captures ids and old values, never
    /// addresses: what holds them may move.
    template <class Undo>
    void push(Undo undo) {
        static_assert(std::is_trivially_copyable_v<Undo> && sizeof(Undo) <= sizeof(Entry::data));
        if (!recording_) return;
        Entry& entry = *entries_.take(1);
        std::memcpy(entry.data, &undo, sizeof undo);
        entry.run = [](World& world, const std::byte* data) {
            alignas(Undo) std::byte copy[sizeof(Undo)];
            std::memcpy(copy, data, sizeof copy);
            (*reinterpret_cast<const Undo*>(copy))(world);
        };
    }

    /// Keeps an old text for an undo that captures the pointer.
    const std::string* keep(std::string_view text) {
        return recording_ ? &texts_.emplace_back(text) : nullptr;
    }

    /// Between `begin` and `commit` or `roll_back` changes can be taken back; replay does without.
    void begin() {
        entries_.clear();
        texts_.clear();
        recording_ = true;
    }
    void commit() {
        entries_.clear();
        recording_ = false;
    }
    std::size_t mark() const { return entries_.size(); }
    void roll_back(World& world, std::size_t mark) {
        while (entries_.size() > mark) {
            const Entry entry = entries_.take_back();
            recording_ = false;
            entry.run(world, entry.data);
            recording_ = true;
        }
    }

private:
    struct Entry {
        void (*run)(World&, const std::byte*);
        alignas(16) std::byte data[112];
    };
    UnwrittenList<Entry> entries_;
    std::deque<std::string> texts_;
    bool recording_ = false;
};

}  // namespace oms
