// SPDX-License-Identifier: Apache-2.0
// The decision that is being made: what was written of it, and what the step has still to mind.
// Steps use it in turn, so that none allocates what one before it has allocated.
#pragma once

#include "engine/observations.hpp"
#include "lifecycle/table.hpp"
#include "model/codec_parts.hpp"
#include "model/ledger.hpp"
#include "model/record_list.hpp"

#include <oms/abi/records.h>

#include <boost/container/flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

namespace oms::engine {

/// An event on its way to an order's or a route's lifecycle.
struct Raised {
    std::uint64_t order = 0;
    std::uint64_t route = 0;  ///< 0: the order's own lifecycle
    std::uint32_t event = 0;  ///< as the journal numbers it
    std::uint8_t role = lifecycle::any_role;
    std::int64_t number = 0;
};

/// First in, first out.
class EventQueue {
public:
    bool empty() const { return first_ == events_.size(); }
    std::size_t size() const { return events_.size() - first_; }
    void push(const Raised& raised) { events_.push_back(raised); }
    Raised pop() {
        const Raised raised = events_[first_++];
        if (empty()) clear();
        return raised;
    }
    /// In front of what stands at this place of the queue.
    void insert(std::size_t place, const Raised& raised) {
        events_.insert(events_.begin() + static_cast<std::ptrdiff_t>(first_ + place), raised);
    }
    /// Drops what came last.
    void shorten(std::size_t size) { events_.resize(first_ + size); }
    void clear() {
        events_.clear();
        first_ = 0;
    }

private:
    std::vector<Raised> events_;
    std::size_t first_ = 0;
};

class Draft {
public:
    Draft() = default;
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    /// Copies the effect with its texts.
    template <class Record>
    const Record& add(const Record& effect) {
        char* raw = effects.copy(effect);
        codec::each_field<Record>([&]<std::size_t index>() {
            constexpr const auto& field = codec::fields_of<Record>[index];
            if constexpr (field.type == sdk::FieldType::text) keep_text(raw + field.offset);
        });
        return *reinterpret_cast<const Record*>(raw);
    }
    /// The same of any record.
    const oms_record& add(const oms_record& effect) {
        char* raw = effects.copy(effect);
        for (const sdk::FieldInfo& field : sdk::record_info(effect.kind)->fields)
            if (field.type == sdk::FieldType::text) keep_text(raw + field.offset);
        return *reinterpret_cast<const oms_record*>(raw);
    }

    RecordList effects;
    RecordList kept;  ///< what survives a refusal
    EventQueue events;
    std::vector<std::uint64_t> touched;     ///< orders whose status may be another
    std::vector<ObservationKey> reads;      ///< what is written down of the world outside
    std::vector<oms_cell_set> tried_cells;  ///< what checks wrote while an amend was tried
    boost::container::flat_map<BalanceKey, Int128> available_before;  ///< the step changed it
    std::string answer_text;
    std::string input;                 ///< encoded, for a moment
    std::vector<std::uint64_t> words;  ///< a record, for a moment

    void clear() {
        effects.clear();
        kept.clear();
        texts_.release();
        events.clear();
        touched.clear();
        reads.clear();
        tried_cells.clear();
        available_before.clear();
        answer_text.clear();
    }

private:
    void keep_text(char* field) {
        oms_text text;
        std::memcpy(&text, field, sizeof text);
        if (text.size == 0) return;
        auto* bytes = static_cast<char*>(texts_.allocate(text.size, 1));
        std::memcpy(bytes, text.data, text.size);
        text.data = bytes;
        std::memcpy(field, &text, sizeof text);
    }

    static constexpr std::size_t usual_texts_ = 16384;
    std::unique_ptr<std::byte[]> text_memory_ = std::make_unique<std::byte[]>(usual_texts_);
    std::pmr::monotonic_buffer_resource texts_{text_memory_.get(), usual_texts_};
};

}  // namespace oms::engine
