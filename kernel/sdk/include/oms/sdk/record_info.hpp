// SPDX-License-Identifier: Apache-2.0
// What records.def says, for code that handles records of any kind: names, types, meanings,
// offsets.
#pragma once

#include <oms/abi/codes.h>
#include <oms/abi/records.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace oms::sdk {

enum class FieldType : std::uint8_t { u32, u64, i64, text, wide };

/// What a field's number stands for; see the head of records.def.
enum class Meaning : std::uint8_t {
    number,
    flags,
    text,
    blob,
    time,
    record,
    error,
    // ids that the kernel gives
    order,
    route,
    execution,
    hold,
    task,
    timer,
    watch,
    line,
    // references, of the class that they are called after; `reference`: of any
    reference,
    account,
    product,
    destination,
    order_kind,
    origin,
    channel,
    actor,
    event,
    source,
    plugin,
    rule,
    lifecycle,
    // decimals
    quantity,
    price,
    amount,
    measure,
    // words of a code set
    class_,
    direction,
    link,
    report,
    action,
    outcome,
    term_type,
    bucket,
    halt_scope,
    execution_state,
    comparison,
    shelf,
    subject,
    unit,
    // words of the SDK's registry
    term_field,
    observation_field,
};

struct FieldInfo {
    std::string_view name;
    FieldType type = FieldType::u32;
    Meaning meaning = Meaning::number;
    std::uint32_t offset = 0;
};

struct RecordInfo {
    std::string_view name;
    std::uint32_t kind = 0;
    std::uint32_t size = 0;
    std::span<const FieldInfo> fields;
};

namespace detail {

using enum Meaning;
template <class Record>
struct Fields;

#define OMS_RECORD(name, number)                               \
    template <>                                                \
    struct Fields<oms_##name> {                                \
        static constexpr std::uint32_t kind = (number);        \
        static constexpr std::string_view record_name = #name; \
        static constexpr FieldInfo list[] = {
#define OMS_FIELD(record, name, type, meaning)     \
    {#name, FieldType::type, meaning_of(#meaning), \
     static_cast<std::uint32_t>(offsetof(oms_##record, name))},
#define OMS_RECORD_END(name) \
    }                        \
    ;                        \
    }                        \
    ;

struct MeaningName {
    std::string_view name;
    Meaning meaning;
};
inline constexpr MeaningName meaning_names[] = {
    {"number", number},
    {"flags", flags},
    {"text", text},
    {"blob", blob},
    {"time", time},
    {"record", record},
    {"error", error},
    {"order", order},
    {"route", route},
    {"execution", execution},
    {"hold", hold},
    {"task", task},
    {"timer", timer},
    {"watch", watch},
    {"line", line},
    {"reference", reference},
    {"account", account},
    {"product", product},
    {"destination", destination},
    {"order_kind", order_kind},
    {"origin", origin},
    {"channel", channel},
    {"actor", actor},
    {"event", event},
    {"source", source},
    {"plugin", plugin},
    {"rule", rule},
    {"lifecycle", lifecycle},
    {"quantity", quantity},
    {"price", price},
    {"amount", amount},
    {"measure", measure},
    {"class", class_},
    {"direction", direction},
    {"link", link},
    {"report", report},
    {"action", action},
    {"outcome", outcome},
    {"term_type", term_type},
    {"bucket", bucket},
    {"halt_scope", halt_scope},
    {"execution_state", execution_state},
    {"comparison", comparison},
    {"shelf", shelf},
    {"subject", subject},
    {"unit", unit},
    {"term_field", term_field},
    {"observation_field", observation_field},
};

/// A meaning that records.def writes and the list above has not: does not compile.
consteval Meaning meaning_of(std::string_view name) {
    for (const MeaningName& entry : meaning_names)
        if (entry.name == name) return entry.meaning;
    throw "records.def uses a meaning that record_info.hpp does not know";
}

#include <oms/abi/records.def>

#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END

inline constexpr RecordInfo all_records[] = {
#define OMS_RECORD(name, number) {#name, (number), sizeof(oms_##name), Fields<oms_##name>::list},
#define OMS_FIELD(record, name, type, meaning)
#define OMS_RECORD_END(name)
#include <oms/abi/records.def>
#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END
};

/// Kinds are 0x0100 .. 0x05ff: a dense table of positions in `all_records`, 0xff where there is
/// none.
inline constexpr std::size_t kind_limit = 0x0600;
struct KindIndex {
    std::uint8_t position[kind_limit] = {};
};
consteval KindIndex make_kind_index() {
    KindIndex index;
    for (auto& position : index.position) position = 0xff;
    std::uint8_t position = 0;
    for (const RecordInfo& info : all_records) index.position[info.kind] = position++;
    return index;
}
inline constexpr KindIndex kind_index = make_kind_index();

}  // namespace detail

/// All kinds of records, in the order of records.def.
inline constexpr std::span<const RecordInfo> records() { return detail::all_records; }

/// Null for a kind that this build does not know.
inline constexpr const RecordInfo* record_info(std::uint32_t kind) {
    if (kind >= detail::kind_limit || detail::kind_index.position[kind] == 0xff) return nullptr;
    return &detail::all_records[detail::kind_index.position[kind]];
}

template <class Record>
inline constexpr std::uint32_t kind_of = detail::Fields<Record>::kind;

/// A record of this type, zero but for its size and kind.
template <class Record>
constexpr Record make() {
    Record record{};
    record.size = sizeof(Record);
    record.kind = kind_of<Record>;
    return record;
}

/// The record as its type, or null when it is of another kind or too short.
template <class Record>
const Record* as(const oms_record& record) {
    if (record.kind != kind_of<Record> || record.size < sizeof(Record)) return nullptr;
    return reinterpret_cast<const Record*>(&record);
}

inline std::string_view view(oms_text text) {
    return {text.data, static_cast<std::size_t>(text.size)};
}
inline oms_text text(std::string_view view) { return {view.data(), view.size()}; }

/// Which of the families a kind belongs to.
constexpr bool is_input(std::uint32_t kind) { return (kind >> 8) == 1; }
constexpr bool is_detail(std::uint32_t kind) { return (kind >> 8) == 2; }
constexpr bool is_effect(std::uint32_t kind) { return (kind >> 8) == 3; }
constexpr bool is_query(std::uint32_t kind) { return (kind >> 8) == 4; }
constexpr bool is_row(std::uint32_t kind) { return (kind >> 8) == 5; }

}  // namespace oms::sdk
