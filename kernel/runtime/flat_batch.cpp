// SPDX-License-Identifier: Apache-2.0
#include "runtime/flat_batch.hpp"

#include <algorithm>
#include <cstring>

namespace oms::runtime {

namespace {

using sdk::FieldInfo;
using sdk::RecordInfo;

/// The text of a field, if the record is long enough to have it.
const oms_text* text_of(const oms_record& record, const FieldInfo& field) {
    if (field.type != sdk::FieldType::text) return nullptr;
    if (field.offset + sizeof(oms_text) > record.size) return nullptr;
    return reinterpret_cast<const oms_text*>(reinterpret_cast<const char*>(&record) + field.offset);
}

std::size_t words_for(std::uint64_t bytes) { return static_cast<std::size_t>((bytes + 7) / 8); }

/// 0 when the record breaks the contract.
std::size_t record_words(const oms_record& record) {
    const RecordInfo* info = sdk::record_info(record.kind);
    if (info == nullptr) return 0;
    std::size_t words = info->size / 8;
    for (const FieldInfo& field : info->fields) {
        const oms_text* text = text_of(record, field);
        if (text == nullptr) continue;
        const bool blob = field.meaning == sdk::Meaning::blob;
        if (text->size > (blob ? max_blob_bytes : OMS_MAX_TEXT_BYTES)) return 0;
        if (text->size > 0 && text->data == nullptr) return 0;
        words += words_for(text->size);
    }
    return words;
}

}  // namespace

std::size_t flat_words(const oms_batch& batch) {
    if (batch.first == nullptr || batch.count == 0 || batch.count > OMS_MAX_INPUT_RECORDS) return 0;
    std::size_t words = 0;
    std::uint64_t bytes = 0;
    std::uint32_t count = 0;
    for (const oms_record& record : sdk::Records(batch)) {
        const std::size_t more = record_words(record);
        if (more == 0) return 0;
        words += more;
        bytes += record.size;
        ++count;
    }
    return bytes == batch.bytes && count == batch.count ? words : 0;
}

oms_batch copy_flat(const oms_batch& batch, std::uint64_t* words) {
    std::uint64_t* at = words;
    for (const oms_record& record : sdk::Records(batch)) {
        const std::uint32_t size = sdk::record_info(record.kind)->size;
        const std::uint32_t known = std::min(size, record.size);
        std::memcpy(at, &record, known);
        std::memset(reinterpret_cast<char*>(at) + known, 0, size - known);
        reinterpret_cast<oms_record*>(at)->size = size;
        at += size / 8;
    }
    const auto bytes = static_cast<std::uint64_t>(at - words) * 8;
    const oms_batch copy{reinterpret_cast<const oms_record*>(words), bytes, batch.count, 0};
    // The texts lie behind all records.
    for (const oms_record& record : sdk::Records(copy)) {
        for (const FieldInfo& field : sdk::record_info(record.kind)->fields) {
            if (field.type != sdk::FieldType::text) continue;
            auto* text = const_cast<oms_text*>(text_of(record, field));
            if (text->size == 0) {
                *text = {};
                continue;
            }
            at[words_for(text->size) - 1] = 0;
            std::memcpy(at, text->data, text->size);
            text->data = reinterpret_cast<const char*>(at);
            at += words_for(text->size);
        }
    }
    return copy;
}

bool is_input_batch(const oms_batch& batch) {
    bool head = true;
    for (const oms_record& record : sdk::Records(batch)) {
        if (head ? !sdk::is_input(record.kind) : !sdk::is_detail(record.kind)) return false;
        head = false;
    }
    return !head;
}

}  // namespace oms::runtime
