// SPDX-License-Identifier: Apache-2.0
#include "model/codec.hpp"

#include "model/assert.hpp"

#include <cstring>

namespace oms {

using sdk::FieldInfo;
using sdk::FieldType;
using sdk::RecordInfo;

namespace {

constexpr ErrorCode cut_short = 5201;
constexpr ErrorCode too_new = 5202;

template <class Value>
Value load(const char* record, const FieldInfo& field) {
    Value value;
    std::memcpy(&value, record + field.offset, sizeof value);
    return value;
}

template <class Value>
void store(char* record, const FieldInfo& field, Value value) {
    std::memcpy(record + field.offset, &value, sizeof value);
}

std::uint64_t zigzag(std::int64_t number) {
    return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t unzigzag(std::uint64_t number) {
    return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

bool is_zero(const char* record, const FieldInfo& field) {
    switch (field.type) {
        case FieldType::u32: return load<std::uint32_t>(record, field) == 0;
        case FieldType::u64:
        case FieldType::i64: return load<std::uint64_t>(record, field) == 0;
        case FieldType::text: return load<oms_text>(record, field).size == 0;
        case FieldType::wide: {
            const auto wide = load<oms_wide>(record, field);
            return wide.low == 0 && wide.high == 0;
        }
    }
    return true;
}

void append_field(const char* record, const FieldInfo& field, std::string& bytes) {
    switch (field.type) {
        case FieldType::u32: return append_varint(bytes, load<std::uint32_t>(record, field));
        case FieldType::u64: return append_varint(bytes, load<std::uint64_t>(record, field));
        case FieldType::i64: return append_varint(bytes, zigzag(load<std::int64_t>(record, field)));
        case FieldType::text: {
            const auto text = load<oms_text>(record, field);
            append_varint(bytes, text.size);
            bytes.append(text.data, text.size);
            return;
        }
        case FieldType::wide: {
            const auto wide = load<oms_wide>(record, field);
            bytes.append(reinterpret_cast<const char*>(&wide), sizeof wide);
            return;
        }
    }
}

Status take_field(std::string_view& bytes, const FieldInfo& field, char* record) {
    if (field.type == FieldType::wide) {
        if (bytes.size() < sizeof(oms_wide)) return fail(cut_short, {}, "a record is cut short");
        std::memcpy(record + field.offset, bytes.data(), sizeof(oms_wide));
        bytes.remove_prefix(sizeof(oms_wide));
        return {};
    }
    const auto number = take_varint(bytes);
    if (!number) return tl::unexpected(number.error());
    switch (field.type) {
        case FieldType::u32:
            if (*number > 0xffffffffu) return fail(cut_short, {}, "a number is too large");
            store(record, field, static_cast<std::uint32_t>(*number));
            break;
        case FieldType::u64: store(record, field, *number); break;
        case FieldType::i64: store(record, field, unzigzag(*number)); break;
        default:
            if (*number > bytes.size()) return fail(cut_short, {}, "a text is cut short");
            store(record, field, oms_text{bytes.data(), *number});
            bytes.remove_prefix(static_cast<std::size_t>(*number));
    }
    return {};
}

}  // namespace

void append_varint(std::string& bytes, std::uint64_t number) {
    char buffer[10];
    std::size_t size = 0;
    while (number >= 0x80) {
        buffer[size++] = static_cast<char>(number | 0x80);
        number >>= 7;
    }
    buffer[size++] = static_cast<char>(number);
    bytes.append(buffer, size);
}

Result<std::uint64_t> take_varint(std::string_view& bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size() && i < 10; ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        if (i == 9 && byte > 1) break;
        number |= std::uint64_t{byte & 0x7fu} << (7 * i);
        if (byte < 0x80) {
            bytes.remove_prefix(i + 1);
            return number;
        }
    }
    return fail(cut_short, {}, "a number is cut short");
}

void encode(const oms_record& record, std::string& bytes) {
    const RecordInfo* info = sdk::record_info(record.kind);
    OMS_ASSERT(info != nullptr && record.size >= info->size);
    const char* raw = reinterpret_cast<const char*>(&record);
    std::uint64_t mask = 0;
    for (std::size_t i = 0; i < info->fields.size(); ++i)
        if (!is_zero(raw, info->fields[i])) mask |= std::uint64_t{1} << i;
    append_varint(bytes, record.kind);
    append_varint(bytes, mask);
    for (std::size_t i = 0; i < info->fields.size(); ++i)
        if ((mask >> i & 1) != 0) append_field(raw, info->fields[i], bytes);
}

Status Decoder::decode(std::string_view bytes) {
    words_.clear();
    count_ = 0;
    while (!bytes.empty())
        if (Status status = decode_one(bytes); !status) return status;
    return {};
}

Status Decoder::decode_one(std::string_view& bytes) {
    const auto kind = take_varint(bytes);
    if (!kind) return tl::unexpected(kind.error());
    const RecordInfo* info = *kind < sdk::detail::kind_limit
                                 ? sdk::record_info(static_cast<std::uint32_t>(*kind))
                                 : nullptr;
    if (info == nullptr) {
        return fail(too_new, {},
                    "there is a record of kind " + std::to_string(*kind) +
                        ", which this version does not know",
                    "use the version of oms that wrote it, or a later one");
    }
    const auto mask = take_varint(bytes);
    if (!mask) return tl::unexpected(mask.error());
    if (info->fields.size() < 64 && (*mask >> info->fields.size()) != 0) {
        return fail(too_new, {},
                    "a record \"" + std::string(info->name) +
                        "\" has fields that this version does not know",
                    "use the version of oms that wrote it, or a later one");
    }
    const std::size_t at = words_.size();
    words_.resize(at + info->size / 8);
    char* raw = reinterpret_cast<char*>(&words_[at]);
    const oms_record head{info->size, info->kind};
    std::memcpy(raw, &head, sizeof head);
    for (std::size_t i = 0; i < info->fields.size(); ++i) {
        if ((*mask >> i & 1) == 0) continue;
        if (Status status = take_field(bytes, info->fields[i], raw); !status) return status;
    }
    ++count_;
    return {};
}

Result<std::string_view> take_decision(std::string_view& frame) {
    const auto size = take_varint(frame);
    if (!size) return tl::unexpected(size.error());
    if (*size > frame.size()) return fail(cut_short, {}, "a decision is cut short");
    const std::string_view decision = frame.substr(0, static_cast<std::size_t>(*size));
    frame.remove_prefix(static_cast<std::size_t>(*size));
    return decision;
}

}  // namespace oms
