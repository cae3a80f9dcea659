// SPDX-License-Identifier: Apache-2.0
// A text of one word, for what there are millions of: nothing when it is empty, otherwise its
// length and its characters in one piece of memory.
#pragma once

#include "model/assert.hpp"

#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>

namespace oms {

class CompactText {
public:
    CompactText() = default;
    explicit CompactText(std::string_view text) {
        if (text.empty()) return;
        OMS_ASSERT(text.size() <= std::numeric_limits<Size>::max());
        const auto size = static_cast<Size>(text.size());
        memory_ = std::make_unique_for_overwrite<char[]>(sizeof size + size);
        std::memcpy(memory_.get(), &size, sizeof size);
        std::memcpy(memory_.get() + sizeof size, text.data(), size);
    }
    CompactText(const CompactText& other) : CompactText(std::string_view(other)) {}
    CompactText(CompactText&&) = default;
    CompactText& operator=(const CompactText& other) { return *this = std::string_view(other); }
    CompactText& operator=(CompactText&&) = default;
    CompactText& operator=(std::string_view text) { return *this = CompactText(text); }
    ~CompactText() = default;

    bool empty() const { return memory_ == nullptr; }
    operator std::string_view() const {
        if (empty()) return {};
        Size size = 0;
        std::memcpy(&size, memory_.get(), sizeof size);
        return {memory_.get() + sizeof size, size};
    }
    bool operator==(const CompactText& other) const { return *this == std::string_view(other); }
    bool operator==(std::string_view text) const { return std::string_view(*this) == text; }

private:
    using Size = std::uint32_t;
    std::unique_ptr<char[]> memory_;
};

}  // namespace oms
