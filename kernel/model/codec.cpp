// SPDX-License-Identifier: Apache-2.0
#include "model/codec.hpp"

#include "model/assert.hpp"
#include "model/codec_parts.hpp"

#include <cstring>
#include <iterator>

namespace oms {

using namespace codec;
using sdk::FieldType;
using sdk::RecordInfo;

namespace {

template <class Record>
void encode_as(const char* raw, std::string& bytes) {
    const std::uint64_t mask = mask_of<Record>(raw);
    // Numbers gather here, and go out before a text and in the end.
    char numbers[(2 + std::size(fields_of<Record>)) * sizeof(oms_wide)];
    char* at = put_varint(put_varint(numbers, sdk::kind_of<Record>), mask);
    each_field<Record>([&]<std::size_t index>() {
        if ((mask >> index & 1) == 0) return;
        constexpr const auto& field = fields_of<Record>[index];
        const auto value = load<field.type>(raw + field.offset);
        if constexpr (field.type == FieldType::text) {
            at = put_varint(at, value.size);
            bytes.append(numbers, static_cast<std::size_t>(at - numbers));
            bytes.append(value.data, static_cast<std::size_t>(value.size));
            at = numbers;
        } else if constexpr (field.type == FieldType::wide) {
            std::memcpy(at, &value, sizeof value);
            at += sizeof value;
        } else if constexpr (field.type == FieldType::i64) {
            at = put_varint(at, zigzag(static_cast<std::int64_t>(value)));
        } else {
            at = put_varint(at, value);
        }
    });
    bytes.append(numbers, static_cast<std::size_t>(at - numbers));
}

/// Reads one field into its place. Where it ends; null when it is cut short or too large.
template <FieldType type>
const char* decode_field(const char* at, const char* end, char* field) {
    const auto left = [&] { return static_cast<std::size_t>(end - at); };
    if constexpr (type == FieldType::wide) {
        if (left() < sizeof(oms_wide)) return nullptr;
        std::memcpy(field, at, sizeof(oms_wide));
        return at + sizeof(oms_wide);
    } else {
        std::uint64_t number = 0;
        at = get_varint(at, end, number);
        if (at == nullptr) return nullptr;
        if constexpr (type == FieldType::text) {
            if (number > left()) return nullptr;
            const oms_text text{at, number};
            std::memcpy(field, &text, sizeof text);
            return at + number;
        } else if constexpr (type == FieldType::u32) {
            const auto value = static_cast<std::uint32_t>(number);
            if (value != number) return nullptr;
            std::memcpy(field, &value, sizeof value);
        } else {
            if constexpr (type == FieldType::i64)
                number = static_cast<std::uint64_t>(unzigzag(number));
            std::memcpy(field, &number, sizeof number);
        }
        return at;
    }
}

/// Reads the fields of the mask into a record of zeros.
template <class Record>
const char* decode_as(const char* at, const char* end, std::uint64_t mask, char* raw) {
    each_field<Record>([&]<std::size_t index>() {
        constexpr const auto& field = fields_of<Record>[index];
        if ((mask >> index & 1) != 0 && at != nullptr)
            at = decode_field<field.type>(at, end, raw + field.offset);
    });
    return at;
}

// ---- any record ---------------------------------------------------------------------------------

struct RecordCodec {
    void (*encode)(const char* raw, std::string& bytes);
    const char* (*decode)(const char* at, const char* end, std::uint64_t mask, char* raw);
};

/// In the order of records.def, as `sdk::records()` are.
constexpr RecordCodec codecs[] = {
#define OMS_RECORD(name, number) {encode_as<oms_##name>, decode_as<oms_##name>},
#define OMS_FIELD(record, name, type, meaning)
#define OMS_RECORD_END(name)
#include <oms/abi/records.def>
#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END
};

const RecordCodec& codec_of(const RecordInfo& info) {
    return codecs[&info - sdk::records().data()];
}

}  // namespace

void append_varint(std::string& bytes, std::uint64_t number) {
    char buffer[varint_bytes];
    bytes.append(buffer, static_cast<std::size_t>(put_varint(buffer, number) - buffer));
}

Result<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t number = 0;
    const char* rest = get_varint(bytes.data(), bytes.data() + bytes.size(), number);
    if (rest == nullptr) return fail(error_cut_short, {}, "a number is cut short");
    bytes.remove_prefix(static_cast<std::size_t>(rest - bytes.data()));
    return number;
}

void encode(const oms_record& record, std::string& bytes) {
    const RecordInfo* info = sdk::record_info(record.kind);
    OMS_ASSERT(info != nullptr && record.size >= info->size);
    codec_of(*info).encode(reinterpret_cast<const char*>(&record), bytes);
}

namespace {

/// What is wrong with a record that could not be read.
Status fault_of(const char* at, const char* end) {
    std::uint64_t kind = 0;
    std::uint64_t mask = 0;
    at = get_varint(at, end, kind);
    if (at == nullptr) return fail(error_cut_short, {}, "a record is cut short");
    const RecordInfo* info = known_record(kind);
    if (info == nullptr) return unknown_kind(kind);
    if (get_varint(at, end, mask) != nullptr && !knows_fields(*info, mask))
        return unknown_fields(*info);
    return fail(error_cut_short, {}, "a record \"" + std::string(info->name) + "\" is cut short");
}

/// Where the record ends; null when it cannot be read.
const char* decode_one(const char* at, const char* end, RecordList& records) {
    std::uint64_t kind = 0;
    std::uint64_t mask = 0;
    at = get_varint(at, end, kind);
    const RecordInfo* info = at == nullptr ? nullptr : known_record(kind);
    if (info == nullptr) return nullptr;
    at = get_varint(at, end, mask);
    if (at == nullptr || !knows_fields(*info, mask)) return nullptr;
    return codec_of(*info).decode(at, end, mask, records.add(*info));
}

}  // namespace

Status decode(std::string_view bytes, RecordList& records) {
    const char* at = bytes.data();
    const char* end = at + bytes.size();
    while (at != end) {
        const char* next = decode_one(at, end, records);
        if (next == nullptr) return fault_of(at, end);
        at = next;
    }
    return {};
}

}  // namespace oms
