// SPDX-License-Identifier: Apache-2.0
#include "model/frame.hpp"

#include "model/assert.hpp"
#include "model/codec.hpp"
#include "model/codec_parts.hpp"
#include "model/wide.hpp"

#include <bit>
#include <cstring>
#include <span>

namespace oms {

using namespace codec;
using sdk::FieldType;
using sdk::Meaning;
using sdk::RecordInfo;

namespace {

/// A decision of the first form begins with its length, which is never so small.
constexpr char packed = 1;

// ---- what a field is compared with --------------------------------------------------------------

constexpr auto meanings = static_cast<std::size_t>(Meaning::observation_field) + 1;

constexpr bool is_framed(std::uint32_t kind) {
    return sdk::is_input(kind) || sdk::is_detail(kind) || sdk::is_effect(kind);
}

/// Ids and words are compared with the last of their meaning, in whichever record it stood; plain
/// numbers with the same field of the last such record.
constexpr bool is_own(Meaning meaning) {
    return meaning == Meaning::number || meaning == Meaning::flags || meaning == Meaning::error ||
           meaning == Meaning::measure;
}

constexpr std::size_t count_own(std::span<const sdk::FieldInfo> fields) {
    std::size_t count = 0;
    for (const sdk::FieldInfo& field : fields) count += is_own(field.meaning) ? 1U : 0U;
    return count;
}

template <class Record, std::size_t index>
consteval std::size_t slot_of() {
    const std::span<const sdk::FieldInfo> own = fields_of<Record>;
    if (!is_own(own[index].meaning)) return static_cast<std::size_t>(own[index].meaning);
    std::size_t slot = meanings + count_own(own.first(index));
    for (const RecordInfo& info : sdk::records()) {
        if (info.kind == sdk::kind_of<Record>) break;
        if (is_framed(info.kind)) slot += count_own(info.fields);
    }
    return slot;
}

constexpr bool is_number(FieldType type) {
    return type == FieldType::u32 || type == FieldType::u64 || type == FieldType::i64;
}

/// Bit i: field i is a number.
template <class Record>
consteval std::uint64_t numbers_of() {
    std::uint64_t mask = 0;
    std::size_t index = 0;
    for (const sdk::FieldInfo& field : fields_of<Record>)
        mask |= std::uint64_t{is_number(field.type)} << index++;
    return mask;
}

/// How many bytes tell which of these fields are as they were.
template <class Record>
std::size_t same_bytes(std::uint64_t mask) {
    const std::uint64_t numbers = mask & numbers_of<Record>();
    if constexpr (std::popcount(numbers_of<Record>()) <= 8)
        return numbers != 0 ? 1 : 0;
    else
        return static_cast<std::size_t>(std::popcount(numbers) + 7) / 8;
}

// ---- wide numbers -------------------------------------------------------------------------------

constexpr std::size_t wide_bytes = 19;

char* put_wide(char* at, const oms_wide& wide) {
    const Int128 number = from_wide(wide);
    auto rest = (static_cast<sdk::WideUnsigned>(number) << 1) ^
                static_cast<sdk::WideUnsigned>(number >> 127);
    while (rest >= 0x80) {
        *at++ = static_cast<char>(static_cast<std::uint8_t>(rest) | 0x80);
        rest >>= 7;
    }
    *at++ = static_cast<char>(rest);
    return at;
}

const char* get_wide(const char* at, const char* end, oms_wide& wide) {
    sdk::WideUnsigned number = 0;
    for (unsigned shift = 0; at != end && shift < 133; shift += 7) {
        const auto byte = static_cast<std::uint8_t>(*at++);
        if (shift == 126 && byte > 3) return nullptr;
        number |= sdk::WideUnsigned{byte & 0x7fu} << shift;
        if (byte >= 0x80) continue;
        wide = to_wide(static_cast<Int128>((number >> 1) ^ (~(number & 1) + 1)));
        return at;
    }
    return nullptr;
}

// ---- texts --------------------------------------------------------------------------------------

bool is_remembered(std::uint64_t size) { return size != 0 && size <= FrameContext::longest_text; }

/// `frame`: where the frame begins that `at` is in.
char* put_text(char* at, const char* frame, const oms_text& text, FrameContext& context) {
    const auto size = static_cast<std::size_t>(text.size);
    if (is_remembered(size)) {
        const std::size_t place = FrameContext::place_of(sdk::view(text));
        FrameContext::Text& known = context.remembered[place];
        if (known.size == size && std::memcmp(frame + known.offset, text.data, size) == 0)
            return put_varint(at, place << 1 | 1);
        at = put_varint(at, size << 1);
        known = {static_cast<std::size_t>(at - frame), size};
    } else {
        at = put_varint(at, size << 1);
    }
    std::memcpy(at, text.data, size);
    return at + size;
}

const char* get_text(const char* at, const char* end, const char* frame, oms_text& text,
                     FrameContext& context) {
    std::uint64_t number = 0;
    at = get_varint(at, end, number);
    if (at == nullptr) return nullptr;
    const std::uint64_t rest = number >> 1;
    if ((number & 1) != 0) {
        if (rest >= FrameContext::texts || context.remembered[rest].size == 0) return nullptr;
        const FrameContext::Text& known = context.remembered[rest];
        text = {frame + known.offset, known.size};
        return at;
    }
    if (rest > static_cast<std::size_t>(end - at)) return nullptr;
    text = {at, rest};
    if (is_remembered(rest))
        context.remembered[FrameContext::place_of(sdk::view(text))] = {
            static_cast<std::size_t>(at - frame), static_cast<std::size_t>(rest)};
    return at + rest;
}

// ---- one record of a known type -----------------------------------------------------------------

/// The most bytes that it may take, but for the bytes of its texts.
template <class Record>
consteval std::size_t most_bytes() {
    std::size_t bytes = 3 * varint_bytes;
    for (const sdk::FieldInfo& field : fields_of<Record>)
        bytes += field.type == FieldType::wide ? wide_bytes : varint_bytes;
    return bytes;
}

template <class Record>
std::size_t text_bytes(const char* raw) {
    std::size_t bytes = 0;
    each_field<Record>([&]<std::size_t index>() {
        constexpr const auto& field = fields_of<Record>[index];
        if constexpr (field.type == FieldType::text)
            bytes += static_cast<std::size_t>(load<FieldType::text>(raw + field.offset).size);
    });
    return bytes;
}

/// Its kind, a mask of the fields that are not zero, a bit for each number among these that is the
/// one it is compared with, and then the other fields. `frame` is where the frame begins.
template <class Record>
char* pack_as(const char* raw, char* at, const char* frame, FrameContext& context) {
    const std::uint64_t mask = mask_of<Record>(raw);
    constexpr auto kind = static_cast<std::int64_t>(sdk::kind_of<Record>) - OMS_RECORD_decision;
    at = put_varint(put_varint(at, zigzag(kind)), mask);
    char* same_at = at;
    at += same_bytes<Record>(mask);
    std::uint64_t same = 0;
    std::uint64_t bit = 1;
    each_field<Record>([&]<std::size_t index>() OMS_INLINED {
        if ((mask >> index & 1) == 0) return;
        constexpr const auto& field = fields_of<Record>[index];
        const auto value = load<field.type>(raw + field.offset);
        if constexpr (field.type == FieldType::text) {
            at = put_text(at, frame, value, context);
        } else if constexpr (field.type == FieldType::wide) {
            at = put_wide(at, value);
        } else {
            constexpr std::size_t slot = slot_of<Record, index>();
            static_assert(slot < FrameContext::slots);
            std::uint64_t& last = context.numbers[slot];
            const std::uint64_t more = static_cast<std::uint64_t>(value) - last;
            if (more == 0)
                same |= bit;
            else
                at = put_varint(at, zigzag(static_cast<std::int64_t>(more)));
            last += more;
            bit <<= 1;
        }
    });
    for (std::size_t bytes = same_bytes<Record>(mask); bytes != 0; --bytes, same >>= 8)
        *same_at++ = static_cast<char>(same);
    return at;
}

/// Adds a record with the fields of the mask. Where it ends; null when it cannot be read.
template <class Record>
const char* unpack_as(const char* at, const char* end, const char* frame, std::uint64_t mask,
                      RecordList& records, FrameContext& context) {
    const std::size_t bytes = same_bytes<Record>(mask);
    if (static_cast<std::size_t>(end - at) < bytes) return nullptr;
    std::uint64_t same = 0;
    for (std::size_t byte = 0; byte < bytes; ++byte)
        same |= std::uint64_t{static_cast<std::uint8_t>(*at++)} << (8 * byte);
    char* raw = records.add<Record>();
    const bool whole = all_fields<Record>([&]<std::size_t index>() OMS_INLINED {
        if ((mask >> index & 1) == 0) return true;
        constexpr const auto& field = fields_of<Record>[index];
        typename ValueOf<field.type>::type value;
        if constexpr (field.type == FieldType::text) {
            at = get_text(at, end, frame, value, context);
            if (at == nullptr) return false;
        } else if constexpr (field.type == FieldType::wide) {
            at = get_wide(at, end, value);
            if (at == nullptr) return false;
        } else {
            constexpr std::size_t slot = slot_of<Record, index>();
            static_assert(slot < FrameContext::slots);
            std::uint64_t& last = context.numbers[slot];
            if ((same & 1) == 0) {
                std::uint64_t more = 0;
                at = get_varint(at, end, more);
                if (at == nullptr) return false;
                last += static_cast<std::uint64_t>(unzigzag(more));
            }
            same >>= 1;
            value = static_cast<decltype(value)>(last);
        }
        std::memcpy(raw + field.offset, &value, sizeof value);
        return true;
    });
    return whole ? at : nullptr;
}

// ---- any record ---------------------------------------------------------------------------------

struct RecordPacker {
    std::size_t most_bytes = 0;
    std::size_t (*text_bytes)(const char* raw) = nullptr;
    char* (*pack)(const char* raw, char* at, const char* frame, FrameContext& context) = nullptr;
    const char* (*unpack)(const char* at, const char* end, const char* frame, std::uint64_t mask,
                          RecordList& records, FrameContext& context) = nullptr;
};

template <class Record>
consteval RecordPacker packer_for() {
    if constexpr (is_framed(sdk::kind_of<Record>))
        return {most_bytes<Record>(), text_bytes<Record>, pack_as<Record>, unpack_as<Record>};
    else
        return {};
}

/// In the order of records.def, as `sdk::records()` are. Queries and rows have none.
constexpr RecordPacker packers[] = {
#define OMS_RECORD(name, number) packer_for<oms_##name>(),
#define OMS_FIELD(record, name, type, meaning)
#define OMS_RECORD_END(name)
#include <oms/abi/records.def>
#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END
};

const RecordPacker& packer_of(const RecordInfo& info) {
    return packers[&info - sdk::records().data()];
}

const RecordPacker& packer_of(const oms_record& record) {
    const RecordInfo* info = known_record(record.kind);
    OMS_ASSERT(info != nullptr && record.size >= info->size && is_framed(record.kind));
    return packer_of(*info);
}

const char* raw_of(const oms_record& record) { return reinterpret_cast<const char*>(&record); }

std::size_t room_for(const oms_record& record) {
    const RecordPacker& packer = packer_of(record);
    return packer.most_bytes + packer.text_bytes(raw_of(record));
}

std::uint64_t kind_of_code(std::uint64_t code) {
    return static_cast<std::uint64_t>(unzigzag(code)) + OMS_RECORD_decision;
}

/// Null when no such record is known, or none that stands in frames.
const RecordInfo* framed_record(std::uint64_t kind) {
    const RecordInfo* info = known_record(kind);
    return info != nullptr && is_framed(info->kind) ? info : nullptr;
}

tl::unexpected<Error> damaged(const char* what) {
    return fail(error_cut_short, {}, std::string(what) + " is cut short or damaged");
}

}  // namespace

std::size_t FrameContext::place_of(std::string_view text) {
    std::uint32_t hash = 2'166'136'261;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16'777'619;
    return hash % texts;
}

void Frame::add(const oms_decision& header, const oms_batch& records) {
    OMS_ASSERT(header.effects == records.count);
    const auto& head = *reinterpret_cast<const oms_record*>(&header);
    std::size_t room = 1 + room_for(head);
    for (const oms_record& record : sdk::Records(records)) room += room_for(record);
    char* at = bytes_.room(room);
    const char* frame = bytes_.data();
    *at++ = packed;
    at = packer_of(head).pack(raw_of(head), at, frame, context_);
    for (const oms_record& record : sdk::Records(records))
        at = packer_of(record).pack(raw_of(record), at, frame, context_);
    bytes_.resize(static_cast<std::size_t>(at - frame));
}

// ---- reading ------------------------------------------------------------------------------------

void FrameReader::begin(std::string_view frame) {
    frame_ = frame;
    at_ = frame.data();
    context_ = {};
    records_.clear();
}

Result<bool> FrameReader::next() {
    records_.clear();
    if (at_ == frame_.data() + frame_.size()) return false;
    if (Status status = read_next(); !status) return tl::unexpected(std::move(status.error()));
    return true;
}

Status FrameReader::read_all(std::string_view frame) {
    begin(frame);
    while (at_ != frame_.data() + frame_.size())
        if (Status status = read_next(); !status) return status;
    return {};
}

Status FrameReader::read_next() { return *at_ == packed ? read_packed() : read_plain(); }

/// Of the first form: its length, and then records that stand alone.
Status FrameReader::read_plain() {
    const char* end = frame_.data() + frame_.size();
    std::uint64_t size = 0;
    at_ = get_varint(at_, end, size);
    if (at_ == nullptr || size > static_cast<std::size_t>(end - at_)) return damaged("a decision");
    if (Status status = decode({at_, static_cast<std::size_t>(size)}, records_); !status)
        return status;
    at_ += size;
    return {};
}

Status FrameReader::read_packed() {
    const RecordList::Mark header = records_.mark();
    const char* at = at_ + 1;
    const char* next = read_record(at);
    if (next == nullptr) return fault_of(at);
    const auto* head = sdk::as<oms_decision>(records_.at(header));
    if (head == nullptr) return damaged("the header of a decision");
    for (std::uint32_t left = head->effects; left != 0; --left) {
        at = next;
        next = read_record(at);
        if (next == nullptr) return fault_of(at);
    }
    at_ = next;
    return {};
}

/// Where the record ends; null when it cannot be read.
const char* FrameReader::read_record(const char* at) {
    const char* end = frame_.data() + frame_.size();
    std::uint64_t code = 0;
    std::uint64_t mask = 0;
    at = get_varint(at, end, code);
    if (at == nullptr) return nullptr;
    const RecordInfo* info = framed_record(kind_of_code(code));
    if (info == nullptr) return nullptr;
    at = get_varint(at, end, mask);
    if (at == nullptr || !knows_fields(*info, mask)) return nullptr;
    return packer_of(*info).unpack(at, end, frame_.data(), mask, records_, context_);
}

/// Why the record there cannot be read.
Status FrameReader::fault_of(const char* at) const {
    const char* end = frame_.data() + frame_.size();
    std::uint64_t code = 0;
    std::uint64_t mask = 0;
    at = get_varint(at, end, code);
    if (at == nullptr) return damaged("a record");
    const RecordInfo* info = framed_record(kind_of_code(code));
    if (info == nullptr) return unknown_kind(kind_of_code(code));
    if (get_varint(at, end, mask) != nullptr && !knows_fields(*info, mask))
        return unknown_fields(*info);
    return damaged("a record");
}

}  // namespace oms
