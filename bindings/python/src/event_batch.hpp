// SPDX-License-Identifier: Apache-2.0
// Decisions as columns: the records of each kind lie one behind the other and become one NumPy
// array, which is a view of this memory. Their order is kept beside them.
#pragma once

#include <oms/sdk/batch.hpp>
#include <oms/sdk/names.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oms::python {

class EventBatch {
public:
    /// Where a record of the stream lies.
    struct Place {
        std::uint64_t seq;
        std::uint32_t kind;
        std::uint32_t row;
    };

    /// The records of one kind, each as in <oms/abi/records.h> but for two things: its first eight
    /// bytes hold the seq of its decision, and a text's pointer holds where it begins in `texts`.
    struct Column {
        const sdk::RecordInfo* info = nullptr;
        std::vector<std::uint64_t> words;
        std::size_t rows = 0;
    };

    explicit EventBatch(std::shared_ptr<const sdk::Names> names);

    /// Copies a decision and its effects.
    void add(const oms_batch& decision);

    std::size_t decisions() const { return decisions_; }
    const std::vector<Place>& places() const { return places_; }
    const std::vector<Column>& columns() const { return columns_; }
    /// Null when no record of the kind is there.
    const Column* column(std::string_view name) const;
    std::string_view text(const Column& column, std::size_t row, const sdk::FieldInfo& field) const;
    /// The record at a place of the stream, as the other edges show it.
    void append_json(std::string& out, const Place& place) const;

private:
    struct KindLayout {
        std::size_t column = 0;
        bool is_set = false;
        std::vector<std::uint32_t> texts;  ///< offsets
    };
    KindLayout& layout(const oms_record& record, const sdk::RecordInfo& info);

    std::shared_ptr<const sdk::Names> names_;
    std::vector<Place> places_;
    std::vector<Column> columns_;
    std::vector<KindLayout> layouts_;
    std::string texts_;
    std::size_t decisions_ = 0;
};

}  // namespace oms::python
