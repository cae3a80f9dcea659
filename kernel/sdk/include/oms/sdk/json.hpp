// SPDX-License-Identifier: Apache-2.0
// Records as JSON, written by appending to a string. Everybody who shows records to a person or to
// another program uses this, so that a record looks the same everywhere.
//
//   {"record":"line_row","order":"17","line":0,"product":"ACME","direction":"receive",
//    "ordered":"100","working":"60","done":"40","cancelled":"0","over":"0","unrouted":"0",
//    "average_price":"12.505","value":"500.20"}
//
// - Ids of orders, routes, executions and the like are strings: they use all of 64 bits, which a
//   reader in JavaScript would round. Other integers are numbers as long as 2^53 has room for them.
// - References are shown by their code, `#17` where the code is not known; words of a code set by
//   the word, its number where there is none; kinds of records by their name; errors as `OMS-1025`.
// - Quantities, prices, amounts and products of both are decimal strings at their asset's scale.
// - Times are RFC 3339 in UTC with as many digits of the second as there are, at most nine.
// - Flags are a list of words.
// - A field that is zero or empty is left out, but for quantities, amounts, lines, words of a code
//   set that has a word for zero, and the numbers named in `shown_when_zero`. A line that is
//   OMS_WHOLE_ORDER is left out. A reader takes what is missing for zero.
// - Text that is not UTF-8 has U+FFFD where it is broken. Blobs are shown by their size alone.
#pragma once

#include <oms/abi/codes.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/names.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>

namespace oms::sdk {

// ---- plain values
// --------------------------------------------------------------------------------

namespace detail {

/// Bytes of the well-formed UTF-8 sequence at the front of `text` (Unicode 15, table 3-7), or 0.
inline std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const auto tail = [&](std::size_t at, unsigned low = 0x80, unsigned high = 0xbf) {
        return byte(at) >= low && byte(at) <= high;
    };
    const unsigned lead = byte(0);
    if (lead < 0x80) return text.empty() ? 0 : 1;
    if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
    if (lead >= 0xe0 && lead <= 0xef) {
        const unsigned low = lead == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = lead == 0xed ? 0x9f : 0xbf;
        return tail(1, low, high) && tail(2) ? 3 : 0;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        const unsigned low = lead == 0xf0 ? 0x90 : 0x80;
        const unsigned high = lead == 0xf4 ? 0x8f : 0xbf;
        return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

inline bool is_plain(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

inline void append_escaped(std::string& out, char letter) {
    switch (letter) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(letter);
    out += "\\u00";
    out += digits[byte >> 4];
    out += digits[byte & 15];
}

inline void append_padded(std::string& out, std::uint64_t number, std::size_t digits) {
    char buffer[24];
    char* const end = buffer + sizeof buffer;
    char* first = end;
    for (; number != 0; number /= 10) *--first = static_cast<char>('0' + number % 10);
    while (first > end - digits) *--first = '0';
    out.append(first, static_cast<std::size_t>(end - first));
}

}  // namespace detail

/// A JSON string, quotes included.
inline void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && detail::is_plain(text[plain])) ++plain;
        out.append(text.data(), plain);
        text.remove_prefix(plain);
        if (text.empty()) break;
        if (static_cast<unsigned char>(text[0]) < 0x80) {
            detail::append_escaped(out, text[0]);
            text.remove_prefix(1);
        } else if (const std::size_t length = detail::utf8_length(text)) {
            out.append(text.data(), length);
            text.remove_prefix(length);
        } else {
            out += "\xef\xbf\xbd";
            text.remove_prefix(1);
        }
    }
    out += '"';
}

template <class Integer>
void append_integer(std::string& out, Integer number) {
    char buffer[24];
    const auto result = std::to_chars(buffer, buffer + sizeof buffer, number);
    out.append(buffer, static_cast<std::size_t>(result.ptr - buffer));
}

/// `-12.50`, without quotes. All `scale` decimals are written: they tell how exact the number is.
inline void append_decimal_text(std::string& out, Wide number, unsigned scale) {
    constexpr unsigned most = 2 * max_scale;  // of a product of two
    out += DecimalText(number, scale < most ? scale : most).view();
}

/// `2026-03-01T09:30:00.25Z`, without quotes; ns since 1970 UTC.
inline void append_time_text(std::string& out, std::int64_t time_ns) {
    constexpr std::int64_t second_ns = 1'000'000'000;
    std::int64_t seconds = time_ns / second_ns;
    std::int64_t ns = time_ns % second_ns;
    if (ns < 0) {
        ns += second_ns;
        --seconds;
    }
    std::int64_t days = seconds / 86400;
    std::int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        --days;
    }
    // Howard Hinnant's civil_from_days: years begin in March, so that a leap day is the last one.
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const std::int64_t day_of_era = days - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const std::int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);

    const auto two = [&out](std::int64_t number, char before) {
        out += before;
        detail::append_padded(out, static_cast<std::uint64_t>(number), 2);
    };
    detail::append_padded(out, static_cast<std::uint64_t>(year), 4);
    two(month, '-');
    two(day, '-');
    two(rest / 3600, 'T');
    two(rest / 60 % 60, ':');
    two(rest % 60, ':');
    if (ns != 0) {
        out += '.';
        detail::append_padded(out, static_cast<std::uint64_t>(ns), 9);
        while (out.back() == '0') out.pop_back();
    }
    out += 'Z';
}

/// Puts values one behind the other with the commas between them. It looks at the last letter that
/// was written, so several writers may take turns on one string.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    JsonWriter& begin_object() { return open('{'); }
    JsonWriter& end_object() { return close('}'); }
    JsonWriter& begin_array() { return open('['); }
    JsonWriter& end_array() { return close(']'); }

    /// A member's name; it must be one that needs no escapes.
    JsonWriter& key(std::string_view name) {
        comma();
        out_ += '"';
        out_ += name;
        out_ += "\":";
        return *this;
    }
    JsonWriter& string(std::string_view text) {
        comma();
        append_json_string(out_, text);
        return *this;
    }
    template <class Integer>
    JsonWriter& number(Integer number) {
        comma();
        append_integer(out_, number);
        return *this;
    }
    /// An id: all of 64 bits, as a string.
    JsonWriter& id(std::uint64_t number) {
        comma();
        out_ += '"';
        append_integer(out_, number);
        out_ += '"';
        return *this;
    }
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    JsonWriter& decimal(Wide number, std::uint32_t scale) {
        comma();
        out_ += '"';
        append_decimal_text(out_, number, scale);
        out_ += '"';
        return *this;
    }
    JsonWriter& time(std::int64_t time_ns) {
        comma();
        out_ += '"';
        append_time_text(out_, time_ns);
        out_ += '"';
        return *this;
    }
    /// JSON that is written already.
    JsonWriter& raw(std::string_view json) {
        comma();
        out_ += json;
        return *this;
    }

private:
    JsonWriter& open(char bracket) {
        comma();
        out_ += bracket;
        return *this;
    }
    JsonWriter& close(char bracket) {
        out_ += bracket;
        return *this;
    }
    void comma() {
        if (out_.empty()) return;
        const char last = out_.back();
        if (last != '{' && last != '[' && last != ':' && last != ',' && last != '\n') out_ += ',';
    }

    std::string& out_;
};

// ---- records
// --------------------------------------------------------------------------------------

/// Numbers that say something when they are zero.
inline constexpr std::string_view shown_when_zero[] = {
    "seq",  "region", "state",   "slot",  "value",  "limit", "observed",
    "open", "on",     "present", "score", "chosen", "hash"};

/// The code of a reference as a JSON string, `"#17"` where there is none.
inline void append_json_reference(std::string& out, std::uint32_t reference, const Names& names) {
    ReferenceName name;
    if (names.reference(reference, name)) {
        append_json_string(out, name.code);
        return;
    }
    out += "\"#";
    append_integer(out, reference);
    out += '"';
}

/// The number of a term or an observation as its field is read: a decimal string, a time, a code, a
/// word or a number.
inline void append_term_number(std::string& out, std::uint32_t field, std::uint32_t product,
                               std::int64_t number, const Names& names) {
    JsonWriter json(out);
    const FieldName known = names.term_field(field);
    ReferenceName name;
    if (product != 0) names.reference(product, name);
    switch (known.meaning) {
        case FieldMeaning::price: json.decimal(number, name.price_scale); return;
        case FieldMeaning::quantity:
        case FieldMeaning::money: json.decimal(number, name.scale); return;
        case FieldMeaning::microdegrees: json.decimal(number, 6); return;
        case FieldMeaning::time: json.time(number); return;
        case FieldMeaning::product:
        case FieldMeaning::account:
        case FieldMeaning::destination:
            append_json_reference(out, static_cast<std::uint32_t>(number), names);
            return;
        case FieldMeaning::choice:
            if (const std::string_view word = choice_name(known.name, number); !word.empty()) {
                json.string(word);
                return;
            }
            break;
        default: break;
    }
    json.number(number);
}

/// One bit's word in the flags of a kind of record.
struct FlagWord {
    std::uint32_t bit;
    std::string_view word;
};
inline constexpr FlagWord order_flag_words[] = {{OMS_ORDER_FACT, "fact"},
                                                {OMS_ORDER_ADOPTED, "adopted"},
                                                {OMS_POSSIBLE_DUPLICATE, "possible_duplicate"}};
inline constexpr FlagWord reference_flag_words[] = {{OMS_REFERENCE_EXTERNAL, "external"},
                                                    {OMS_REFERENCE_DISABLED, "disabled"}};
inline constexpr FlagWord route_flag_words[] = {{OMS_ROUTE_ENQUIRY, "enquiry"},
                                                {OMS_ROUTE_ENDED, "ended"},
                                                {OMS_ROUTE_UNKNOWN, "unknown"},
                                                {OMS_ROUTE_MANUAL, "manual"}};

/// The words of a kind of record's flags.
inline std::span<const FlagWord> flag_words(std::uint32_t kind, std::string_view field) {
    switch (kind) {
        case OMS_RECORD_route_opened:
        case OMS_RECORD_route_changed:
        case OMS_RECORD_route_row: return route_flag_words;
        case OMS_RECORD_reference_defined:
        case OMS_RECORD_reference_row: return reference_flag_words;
        default: break;
    }
    if (field == "reference_flags") return reference_flag_words;
    return order_flag_words;
}

namespace detail {

inline bool is_term(std::uint32_t kind) {
    return kind == OMS_RECORD_term || kind == OMS_RECORD_term_set || kind == OMS_RECORD_term_row ||
           kind == OMS_RECORD_reference_term;
}

inline bool is_shown_when_zero(std::string_view name) {
    for (const std::string_view shown : shown_when_zero)
        if (name == shown) return true;
    return false;
}

inline void write_flags(JsonWriter& json, std::uint32_t kind, std::string_view field,
                        std::uint64_t flags) {
    json.begin_array();
    for (const FlagWord& word : flag_words(kind, field)) {
        if ((flags & word.bit) == 0) continue;
        json.string(word.word);
        flags &= ~std::uint64_t{word.bit};
    }
    if (flags != 0) json.number(flags);
    json.end_array();
}

/// Writes the fields of one record; what they have in common is looked up once.
class RecordWriter {
public:
    RecordWriter(std::string& out, const oms_record& record, const RecordInfo& info,
                 const Names& names)
        : json_(out), out_(out), record_(record), info_(info), names_(names) {
        const std::uint32_t reference = product();
        if (reference != 0) names_.reference(reference, product_);
    }

    void write(std::initializer_list<std::string_view> skipped) {
        for (const FieldInfo& field : info_.fields)
            if (field.name != "reserved" && field.offset + width(field.type) <= record_.size &&
                std::find(skipped.begin(), skipped.end(), field.name) == skipped.end())
                write_field(field);
    }

private:
    static std::uint32_t width(FieldType type) {
        return type == FieldType::u32                             ? 4
               : type == FieldType::u64 || type == FieldType::i64 ? 8
                                                                  : 16;
    }
    template <class Value>
    Value load(const FieldInfo& field) const {
        Value value;
        std::memcpy(&value, reinterpret_cast<const char*>(&record_) + field.offset, sizeof value);
        return value;
    }
    std::uint32_t member_number(std::string_view name) const {
        for (const FieldInfo& field : info_.fields)
            if (field.name == name && field.type == FieldType::u32 &&
                field.offset + 4 <= record_.size)
                return load<std::uint32_t>(field);
        return 0;
    }
    /// The product whose scales the record's decimals have.
    std::uint32_t product() const {
        const std::uint32_t product = member_number("product");
        return product != 0 ? product : member_number("asset");
    }

    void write_field(const FieldInfo& field) {
        switch (field.type) {
            case FieldType::u32: write_unsigned(field, load<std::uint32_t>(field)); return;
            case FieldType::u64: write_unsigned(field, load<std::uint64_t>(field)); return;
            case FieldType::i64: write_signed(field, load<std::int64_t>(field)); return;
            case FieldType::wide: write_wide(field, to_int128(load<oms_wide>(field))); return;
            case FieldType::text: write_text(field, load<oms_text>(field)); return;
        }
    }

    void write_text(const FieldInfo& field, oms_text text) {
        if (text.size == 0) return;
        json_.key(field.name);
        if (field.meaning == Meaning::blob) {
            json_.begin_object().key("bytes").number(text.size).end_object();
            return;
        }
        json_.string(view(text));
    }

    void write_wide(const FieldInfo& field, Wide number) {
        json_.key(field.name);
        // A wide plain number is a sum of price x quantity.
        json_.decimal(number, field.meaning == Meaning::amount
                                  ? product_.scale
                                  : product_.scale + product_.price_scale);
    }

    void write_signed(const FieldInfo& field, std::int64_t number) {
        if (field.name == "number" && is_term(record_.kind)) return write_term(number);
        switch (field.meaning) {
            case Meaning::quantity:
            case Meaning::amount: json_.key(field.name).decimal(number, product_.scale); return;
            case Meaning::price:
                if (number != 0) write_price(field.name, number);
                return;
            case Meaning::time:
                if (number != 0) json_.key(field.name).time(number);
                return;
            case Meaning::measure:
                if (const std::uint32_t unit = member_number("unit"); unit != 0) {
                    json_.key(field.name)
                        .decimal(number,
                                 unit == OMS_unit_price ? product_.price_scale : product_.scale);
                    return;
                }
                break;
            default: break;
        }
        if (number != 0 || is_shown_when_zero(field.name)) write_integer(field.name, number);
    }

    /// Values of the world are at the scale that their field has, all others are prices.
    void write_price(std::string_view name, std::int64_t number) {
        const FieldName field = names_.observation_field(member_number("field"));
        const bool is_quantity = field.meaning == FieldMeaning::quantity;
        json_.key(name).decimal(number, is_quantity ? product_.scale : product_.price_scale);
    }

    void write_term(std::int64_t number) {
        if (member_number("type") != OMS_term_type_number) return;
        json_.key("number");
        append_term_number(out_, member_number("field"), member_number("product"), number, names_);
    }

    void write_unsigned(const FieldInfo& field, std::uint64_t number) {
        if (!code_set(field.meaning).empty()) return write_word(field, number);
        switch (field.meaning) {
            case Meaning::line:
                if (number != OMS_WHOLE_ORDER) json_.key(field.name).number(number);
                return;
            case Meaning::lifecycle:  // the place of one that is installed, from 0 on
                json_.key(field.name).number(number);
                return;
            case Meaning::number: write_number(field, number); return;
            default: break;
        }
        if (number == 0) return;
        json_.key(field.name);
        switch (field.meaning) {
            case Meaning::order:
            case Meaning::route:
            case Meaning::execution:
            case Meaning::hold:
            case Meaning::task:
            case Meaning::timer:
            case Meaning::watch: json_.id(number); return;
            case Meaning::flags: write_flags(json_, record_.kind, field.name, number); return;
            case Meaning::error: write_error(number); return;
            case Meaning::record: write_kind(number); return;
            case Meaning::term_field:
                write_field_name(names_.term_field(narrow(number)), number);
                return;
            case Meaning::observation_field:
                write_field_name(names_.observation_field(narrow(number)), number);
                return;
            default: write_reference(field, narrow(number)); return;
        }
    }

    static std::uint32_t narrow(std::uint64_t number) { return static_cast<std::uint32_t>(number); }

    void write_number(const FieldInfo& field, std::uint64_t number) {
        if (number == 0 && !is_shown_when_zero(field.name)) return;
        if (field.name != "regions") return write_integer(field.name, number);
        json_.key(field.name).begin_array();
        for (; number != 0; number >>= 8) json_.number(number & 0xff);
        json_.end_array();
    }

    template <class Integer>
    void write_integer(std::string_view name, Integer number) {
        constexpr auto most = Integer{9'007'199'254'740'991};
        bool exact = number <= most;
        if constexpr (std::is_signed_v<Integer>) exact = exact && number >= -most;
        json_.key(name);
        if (exact) {
            json_.number(number);
            return;
        }
        out_ += '"';
        append_integer(out_, number);
        out_ += '"';
    }

    void write_word(const FieldInfo& field, std::uint64_t number) {
        const std::string_view word = code_name(code_set(field.meaning), narrow(number));
        if (word.empty() && number == 0) return;
        json_.key(field.name);
        if (word.empty()) {
            json_.number(number);
        } else {
            json_.string(word);
        }
    }

    void write_error(std::uint64_t number) {
        out_ += "\"OMS-";
        append_padded(out_, number, 4);
        out_ += '"';
    }

    void write_kind(std::uint64_t number) {
        const RecordInfo* info = record_info(narrow(number));
        if (info == nullptr) {
            json_.number(number);
        } else {
            json_.string(info->name);
        }
    }

    void write_field_name(const FieldName& field, std::uint64_t number) {
        if (field.name.empty()) {
            json_.number(number);
        } else {
            json_.string(field.name);
        }
    }

    void write_reference(const FieldInfo& field, std::uint32_t reference) {
        const bool own =
            field.name == "reference" && (record_.kind == OMS_RECORD_reference_row ||
                                          record_.kind == OMS_RECORD_reference_defined);
        if (own) {
            json_.number(reference);  // its code is a field of the record itself
        } else {
            append_json_reference(out_, reference, names_);
        }
    }

    JsonWriter json_;
    std::string& out_;
    const oms_record& record_;
    const RecordInfo& info_;
    const Names& names_;
    ReferenceName product_;
};

}  // namespace detail

/// The members of a record without braces and without `record`, to be put among others; those that
/// are skipped are left out.
inline void append_json_members(std::string& out, const oms_record& record, const Names& names,
                                std::initializer_list<std::string_view> skipped = {}) {
    if (const RecordInfo* info = record_info(record.kind))
        detail::RecordWriter(out, record, *info, names).write(skipped);
}

/// One record as an object; `record` holds the name of its kind.
inline void append_json(std::string& out, const oms_record& record, const Names& names) {
    JsonWriter json(out);
    json.begin_object().key("record");
    const RecordInfo* info = record_info(record.kind);
    if (info == nullptr) {
        json.number(record.kind);
    } else {
        json.string(info->name);
        detail::RecordWriter(out, record, *info, names).write({});
    }
    json.end_object();
}

/// Records of any kinds as a list.
inline void append_json(std::string& out, const oms_batch& batch, const Names& names) {
    JsonWriter json(out);
    json.begin_array();
    for (const oms_record& record : Records(batch)) append_json(out, record, names);
    json.end_array();
}

/// A decision (its header first) as one object, its effects as the list `effects`.
inline void append_json_decision(std::string& out, const oms_batch& decision, const Names& names) {
    JsonWriter json(out);
    json.begin_object();
    bool header = true;
    for (const oms_record& record : Records(decision)) {
        if (header) {
            append_json_members(out, record, names, {"effects"});
            json.key("effects").begin_array();
            header = false;
        } else {
            append_json(out, record, names);
        }
    }
    if (!header) json.end_array();
    json.end_object();
}

}  // namespace oms::sdk
