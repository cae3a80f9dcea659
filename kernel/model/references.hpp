// SPDX-License-Identifier: Apache-2.0
// The names that orders and balances touch, interned: accounts, products, destinations, kinds,
// events.
#pragma once

#include "model/order.hpp"

#include <oms/abi/codes.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oms {

/// Numbers below are events of the lifecycle language, so that an event is one number everywhere.
inline constexpr std::uint32_t first_reference = OMS_FIRST_REFERENCE;

struct Reference {
    std::uint32_t id = 0;
    std::uint32_t reference_class = 0;
    std::uint32_t scale = 0;
    std::uint32_t price_scale = 0;
    std::uint32_t group = 0;
    std::uint32_t route_via = 0;
    std::uint32_t flags = 0;
    std::uint32_t revision = 0;
    std::string code;
    std::vector<Term> terms;  ///< by field
    bool external() const { return (flags & OMS_REFERENCE_EXTERNAL) != 0; }
    bool disabled() const { return (flags & OMS_REFERENCE_DISABLED) != 0; }
};

class References {
public:
    const Reference* find(std::uint32_t id) const {
        return id < first_reference || id - first_reference >= entries_.size()
                   ? nullptr
                   : &entries_[id - first_reference];
    }
    /// Null when there is none, or when it is of another class.
    const Reference* find(std::uint32_t reference_class, std::uint32_t id) const {
        const Reference* entry = find(id);
        return entry != nullptr && entry->reference_class == reference_class ? entry : nullptr;
    }
    /// 0: none.
    std::uint32_t id_of(std::uint32_t reference_class, std::string_view code) const {
        const auto found = by_code_.find(key(reference_class, code));
        return found == by_code_.end() ? 0 : found->second;
    }
    std::uint32_t next_id() const {
        return first_reference + static_cast<std::uint32_t>(entries_.size());
    }
    const std::vector<Reference>& all() const { return entries_; }

    Reference* change(std::uint32_t id) { return const_cast<Reference*>(find(id)); }
    void add(Reference entry) {
        by_code_.emplace(key(entry.reference_class, entry.code), entry.id);
        entries_.push_back(std::move(entry));
    }
    void drop_last() {
        const Reference& last = entries_.back();
        by_code_.erase(key(last.reference_class, last.code));
        entries_.pop_back();
    }

private:
    static std::string key(std::uint32_t reference_class, std::string_view code) {
        std::string text(1, static_cast<char>(reference_class));
        text += code;
        return text;
    }
    std::vector<Reference> entries_;
    std::unordered_map<std::string, std::uint32_t> by_code_;  // looked up, never walked
};

}  // namespace oms
