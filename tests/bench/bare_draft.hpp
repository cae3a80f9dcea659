// SPDX-License-Identifier: Apache-2.0
// The effects of the decision that the bare loop makes, one behind the other. No decision of the
// bench's day has more text than there is room for; what an input holds outlives its decision.
#pragma once

#include "model/assert.hpp"
#include "model/codec_parts.hpp"
#include "model/record_list.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace oms::bench {

class BareDraft {
public:
    void clear() {
        effects_.clear();
        used_ = 0;
    }

    /// Its texts are copied: they may lie in a table that grows.
    template <class Record>
    void add(const Record& effect) {
        char* raw = effects_.copy(effect);
        codec::each_field<Record>([&]<std::size_t index>() {
            constexpr const auto& field = codec::fields_of<Record>[index];
            if constexpr (field.type == sdk::FieldType::text)
                keep(*reinterpret_cast<oms_text*>(raw + field.offset));
        });
    }
    void add_input(const oms_record& record) { effects_.copy(record); }

    std::uint32_t count() const { return static_cast<std::uint32_t>(effects_.count()); }
    oms_batch view() const { return effects_.view(); }

private:
    void keep(oms_text& text) {
        if (text.size == 0) return;
        OMS_ASSERT(text.size <= texts_.size() - used_);
        std::memcpy(texts_.data() + used_, text.data, text.size);
        text.data = texts_.data() + used_;
        used_ += text.size;
    }

    RecordList effects_;
    std::array<char, std::size_t{16} << 10U> texts_{};
    std::size_t used_ = 0;
};

}  // namespace oms::bench
