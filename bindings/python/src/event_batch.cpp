// SPDX-License-Identifier: Apache-2.0
#include "event_batch.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <cstring>

namespace oms::python {

EventBatch::EventBatch(std::shared_ptr<const sdk::Names> names)
    : names_(std::move(names)), layouts_(sdk::detail::kind_limit) {}

EventBatch::KindLayout& EventBatch::layout(const oms_record& record, const sdk::RecordInfo& info) {
    KindLayout& layout = layouts_[record.kind];
    if (layout.is_set) return layout;
    layout.is_set = true;
    layout.column = columns_.size();
    for (const sdk::FieldInfo& field : info.fields)
        if (field.type == sdk::FieldType::text) layout.texts.push_back(field.offset);
    columns_.push_back({&info, {}, 0});
    return layout;
}

void EventBatch::add(const oms_batch& decision) {
    std::uint64_t seq = 0;
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* header = sdk::as<oms_decision>(record)) seq = header->seq;
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        if (info == nullptr) continue;
        const KindLayout& kind = layout(record, *info);
        Column& column = columns_[kind.column];
        const std::size_t at = column.words.size();
        column.words.resize(at + info->size / 8);
        char* copy = reinterpret_cast<char*>(&column.words[at]);
        std::memcpy(copy, &record, std::min(record.size, info->size));
        std::memcpy(copy, &seq, sizeof seq);
        for (const std::uint32_t offset : kind.texts) {
            oms_text text{};
            std::memcpy(&text, copy + offset, sizeof text);
            const std::uint64_t begin = texts_.size();
            if (text.size != 0) texts_.append(text.data, text.size);
            std::memcpy(copy + offset, &begin, sizeof begin);
        }
        places_.push_back({seq, record.kind, static_cast<std::uint32_t>(column.rows++)});
    }
    ++decisions_;
}

const EventBatch::Column* EventBatch::column(std::string_view name) const {
    for (const Column& column : columns_)
        if (column.info->name == name) return &column;
    return nullptr;
}

std::string_view EventBatch::text(const Column& column, std::size_t row,
                                  const sdk::FieldInfo& field) const {
    std::uint64_t place[2] = {};  // where it begins, and its size
    const char* rows = reinterpret_cast<const char*>(column.words.data());
    std::memcpy(place, rows + row * column.info->size + field.offset, sizeof place);
    return std::string_view(texts_).substr(place[0], place[1]);
}

void EventBatch::append_json(std::string& out, const Place& place) const {
    const Column& column = columns_[layouts_[place.kind].column];
    const std::size_t words = column.info->size / 8;
    std::vector<std::uint64_t> copy(words);
    std::memcpy(copy.data(), &column.words[place.row * words], column.info->size);
    auto& record = *reinterpret_cast<oms_record*>(copy.data());
    record = {column.info->size, place.kind};
    for (const sdk::FieldInfo& field : column.info->fields) {
        if (field.type != sdk::FieldType::text) continue;
        const oms_text text = sdk::text(this->text(column, place.row, field));
        std::memcpy(reinterpret_cast<char*>(copy.data()) + field.offset, &text, sizeof text);
    }
    sdk::append_json(out, record, *names_);
}

}  // namespace oms::python
