// SPDX-License-Identifier: Apache-2.0
#include "record_reader.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/decimal.hpp>
#include <oms/sdk/names.hpp>
#include <oms/sdk/suggest.hpp>

#include <cstring>
#include <limits>

namespace oms::python {

namespace py = pybind11;

namespace {

std::string type_name(py::handle value) {
    return py::str(py::type::handle_of(value).attr("__name__")).cast<std::string>();
}

std::string shown(py::handle value) { return py::repr(value).cast<std::string>(); }

[[noreturn]] void refuse_type(py::handle value, const std::string& place,
                              const std::string& wanted) {
    const bool is_float = PyFloat_Check(value.ptr()) ||
                          (py::hasattr(value, "__float__") && !py::hasattr(value, "__index__"));
    if (is_float)
        refuse(error_float, place,
               shown(value) + " is a binary float, which holds most decimals only nearly",
               "write it as text, such as \"12.50\", or as a decimal.Decimal");
    refuse(error_type, place, shown(value) + " is of type " + type_name(value),
           "what belongs here is " + wanted);
}

/// Plain integers, NumPy's among them.
bool is_integer(py::handle value) {
    return PyIndex_Check(value.ptr()) != 0 && !PyUnicode_Check(value.ptr());
}

template <class Integer>
Integer to_integer(py::handle value, const std::string& place) {
    if (!is_integer(value)) refuse_type(value, place, "an integer");
    const auto number = py::reinterpret_steal<py::int_>(PyNumber_Index(value.ptr()));
    if (!number) throw py::error_already_set();
    if constexpr (std::numeric_limits<Integer>::is_signed) {
        const long long result = PyLong_AsLongLong(number.ptr());
        if (result != -1 || PyErr_Occurred() == nullptr) return result;
    } else {
        const unsigned long long result = PyLong_AsUnsignedLongLong(number.ptr());
        if (PyErr_Occurred() == nullptr && result <= std::numeric_limits<Integer>::max())
            return static_cast<Integer>(result);
    }
    PyErr_Clear();
    refuse(error_value, place, shown(value) + " does not fit", "use a smaller number");
}

/// Ids go out as integers and may come back as the text that other edges show.
std::uint64_t to_id(py::handle value, const std::string& place) {
    if (!PyUnicode_Check(value.ptr())) return to_integer<std::uint64_t>(value, place);
    const std::string text = value.cast<std::string>();
    const auto number = sdk::parse_decimal(text, 0);
    if (!number || *number < 0)
        refuse(error_value, place, "\"" + text + "\" is not an id", "write its digits");
    return static_cast<std::uint64_t>(*number);
}

std::int64_t to_decimal(py::handle value, unsigned scale, const std::string& place) {
    std::string text;
    if (PyUnicode_Check(value.ptr())) {
        text = value.cast<std::string>();
    } else if (py::isinstance(value, py::module_::import("decimal").attr("Decimal"))) {
        text = py::str(value.attr("__format__")("f")).cast<std::string>();
    } else if (is_integer(value) && !PyBool_Check(value.ptr())) {
        text = std::to_string(to_integer<std::int64_t>(value, place));
    } else {
        refuse_type(value, place, "a decimal as text, a decimal.Decimal or an integer");
    }
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, scale);
    if (parsed) return *parsed;
    refuse(error_value, place, "\"" + text + "\" " + std::string(sdk::to_text(parsed.fault)),
           "at most " + std::to_string(scale) + " decimals fit here");
}

std::int64_t to_time(py::handle value, const std::string& place) {
    if (is_integer(value)) return to_integer<std::int64_t>(value, place);
    if (PyFloat_Check(value.ptr())) refuse_type(value, place, "a time");
    return py::module_::import("oms.times").attr("to_ns")(value, place).cast<std::int64_t>();
}

struct ClassOf {
    sdk::Meaning meaning;
    std::uint32_t reference_class;
};
constexpr ClassOf classes[] = {
    {sdk::Meaning::account, OMS_class_account},
    {sdk::Meaning::product, OMS_class_product},
    {sdk::Meaning::destination, OMS_class_destination},
    {sdk::Meaning::order_kind, OMS_class_order_kind},
    {sdk::Meaning::origin, OMS_class_origin},
    {sdk::Meaning::channel, OMS_class_channel},
    {sdk::Meaning::actor, OMS_class_actor},
    {sdk::Meaning::event, OMS_class_event},
    {sdk::Meaning::source, OMS_class_source},
    {sdk::Meaning::plugin, OMS_class_plugin},
    {sdk::Meaning::rule, OMS_class_rule},
};

std::uint32_t class_of(sdk::Meaning meaning) {
    for (const ClassOf& entry : classes)
        if (entry.meaning == meaning) return entry.reference_class;
    return 0;
}

template <class List>
std::vector<std::string_view> names_of(const List& list) {
    std::vector<std::string_view> names;
    for (const auto& each : list) names.push_back(each.name);
    return names;
}

/// Line 0 is the first one: where no line is meant, that must be said.
bool means_no_line(const sdk::RecordInfo& info, const sdk::FieldInfo& field) {
    if (field.name == "parent_line") return true;
    if (field.meaning != sdk::Meaning::line) return false;
    return info.kind == OMS_RECORD_term || info.kind == OMS_RECORD_report ||
           info.kind == OMS_RECORD_raise_event;
}

const sdk::RecordInfo& record_called(const std::string& name, const std::string& place) {
    for (const sdk::RecordInfo& info : sdk::records())
        if (info.name == name) return info;
    refuse(
        error_no_record, place,
        "no record is called \"" + name + "\"" + sdk::did_you_mean(name, names_of(sdk::records())),
        "see oms.RECORDS for all of them");
}

void check_names(const sdk::RecordInfo& info, const py::dict& fields, const std::string& place) {
    std::vector<std::string_view> known = names_of(info.fields);
    if (info.kind == OMS_RECORD_term) known = {"line", "field", "product", "value"};
    for (const auto& item : fields) {
        const auto name = py::cast<std::string>(item.first);
        bool found = name == "record";
        for (const std::string_view each : known) found = found || each == name;
        if (found) continue;
        refuse(error_no_field, place,
               std::string(info.name) + " has no field \"" + name + "\"" +
                   sdk::did_you_mean(name, known),
               "it has " + sdk::name_list(known, 30));
    }
}

}  // namespace

void RecordReader::read(const py::dict& fields, const std::string& place, sdk::Batch& batch) {
    if (!fields.contains("record"))
        refuse(error_no_record, place, "the dictionary does not say which record it is",
               "add the member \"record\", such as {\"record\": \"cancel_order\"}");
    const auto kind = py::cast<std::string>(fields["record"]);
    const sdk::RecordInfo& info = record_called(kind, place);
    check_names(info, fields, place);
    texts_.clear();
    words_.assign(info.size / 8, 0);
    auto* record = reinterpret_cast<oms_record*>(words_.data());
    record->size = info.size;
    record->kind = info.kind;
    // Who is named comes first, since the product says whose decimals the numbers are.
    for (const bool decimals : {false, true}) {
        if (decimals) read_scales(info);
        for (const sdk::FieldInfo& field : info.fields) {
            if ((field.type == sdk::FieldType::i64) != decimals) continue;
            const std::string name(field.name);
            if (info.kind == OMS_RECORD_term && (name == "number" || name == "text")) continue;
            if (fields.contains(name)) {
                read_field(info, field, fields[name.c_str()], place + "." + name);
            } else if (!decimals && means_no_line(info, field)) {
                const std::uint32_t none = OMS_WHOLE_ORDER;
                std::memcpy(bytes() + field.offset, &none, sizeof none);
            }
        }
    }
    if (info.kind == OMS_RECORD_term) {
        if (!fields.contains("value"))
            refuse(error_type, place, "the term has no value", "add the member \"value\"");
        read_term(fields["value"], place);
    }
    batch.append(*reinterpret_cast<const oms_record*>(words_.data()));
}

void RecordReader::read_field(const sdk::RecordInfo& info, const sdk::FieldInfo& field,
                              py::handle value, const std::string& place) {
    char* at = bytes() + field.offset;
    switch (field.type) {
        case sdk::FieldType::u32: {
            const std::uint64_t number = unsigned_value(field, value, place);
            const auto narrow = static_cast<std::uint32_t>(number);
            if (narrow != number)
                refuse(error_value, place, shown(value) + " does not fit", "use a smaller number");
            std::memcpy(at, &narrow, sizeof narrow);
            return;
        }
        case sdk::FieldType::u64: {
            const std::uint64_t number = unsigned_value(field, value, place);
            std::memcpy(at, &number, sizeof number);
            return;
        }
        case sdk::FieldType::i64: {
            const std::int64_t number = field.meaning == sdk::Meaning::price
                                            ? to_decimal(value, price_scale(info), place)
                                            : signed_value(field, value, place);
            std::memcpy(at, &number, sizeof number);
            return;
        }
        case sdk::FieldType::text: {
            const oms_text text = keep(value, place);
            std::memcpy(at, &text, sizeof text);
            return;
        }
        case sdk::FieldType::wide:
            refuse(error_no_field, place, "the kernel alone writes this field", "leave it out");
    }
}

std::uint64_t RecordReader::unsigned_value(const sdk::FieldInfo& field, py::handle value,
                                           const std::string& place) {
    switch (field.meaning) {
        case sdk::Meaning::order:
        case sdk::Meaning::route:
        case sdk::Meaning::execution:
        case sdk::Meaning::hold:
        case sdk::Meaning::task:
        case sdk::Meaning::timer:
        case sdk::Meaning::watch: return to_id(value, place);
        default: break;
    }
    if (is_integer(value)) return to_integer<std::uint64_t>(value, place);
    return named_value(field, value, place);
}

std::uint64_t RecordReader::named_value(const sdk::FieldInfo& field, py::handle value,
                                        const std::string& place) {
    if (!PyUnicode_Check(value.ptr())) refuse_type(value, place, "a name or an integer");
    const auto word = value.cast<std::string>();
    const auto unknown = [&](const auto& list) {
        const std::vector<std::string_view> known = names_of(list);
        refuse(error_value, place,
               "\"" + word + "\" is not one of the words" + sdk::did_you_mean(word, known),
               "write one of " + sdk::name_list(known, 60));
    };
    if (const auto set = sdk::code_set(field.meaning); !set.empty()) {
        if (const auto number = sdk::code_number(set, word)) return *number;
        unknown(set);
    }
    if (field.meaning == sdk::Meaning::term_field) {
        if (const sdk::TermInfo* info = sdk::term_info(word)) return info->number;
        unknown(sdk::term_infos);
    }
    if (field.meaning == sdk::Meaning::observation_field) {
        if (const sdk::ObservationInfo* info = sdk::observation_info(word)) return info->number;
        unknown(sdk::observation_infos);
    }
    if (const std::uint32_t of = class_of(field.meaning)) return reference(of, value, place);
    refuse_type(value, place, "an integer");
}

std::int64_t RecordReader::signed_value(const sdk::FieldInfo& field, py::handle value,
                                        const std::string& place) {
    switch (field.meaning) {
        case sdk::Meaning::quantity:
        case sdk::Meaning::amount: return to_decimal(value, scales_.quantity, place);
        case sdk::Meaning::time: return to_time(value, place);
        default: return to_integer<std::int64_t>(value, place);
    }
}

void RecordReader::read_scales(const sdk::RecordInfo& info) {
    const std::uint32_t product = member(info, "product");
    scales_ = scales_of(product != 0 ? product : member(info, "asset"));
}

RecordReader::Scales RecordReader::scales_of(std::uint32_t product) {
    auto row = sdk::make<oms_reference_row>();
    if (product == 0 || port_.describe(product, row) != OMS_OK) return {};
    return {product, row.scale, row.price_scale};
}

/// A value of the world has the scale that its field says.
unsigned RecordReader::price_scale(const sdk::RecordInfo& info) const {
    if (info.kind != OMS_RECORD_observation) return scales_.price;
    const sdk::ObservationInfo* field = sdk::observation_info(member(info, "field"));
    const bool counts = field != nullptr && field->meaning == sdk::FieldMeaning::quantity;
    return counts ? scales_.quantity : scales_.price;
}

std::uint32_t RecordReader::member(const sdk::RecordInfo& info, std::string_view name) const {
    for (const sdk::FieldInfo& field : info.fields) {
        if (field.name != name || field.type != sdk::FieldType::u32) continue;
        std::uint32_t number = 0;
        std::memcpy(&number, bytes() + field.offset, sizeof number);
        return number;
    }
    return 0;
}

std::uint32_t RecordReader::reference(std::uint32_t reference_class, py::handle value,
                                      const std::string& place) {
    if (!PyUnicode_Check(value.ptr())) refuse_type(value, place, "a code, as text");
    const auto code = value.cast<std::string>();
    Error error;
    {
        // Who asks in vain gets a suggestion, for which the kernel is asked.
        const py::gil_scoped_release released;
        const Result<std::uint32_t> found = port_.reference(reference_class, code);
        if (found) return *found;
        error = found.error();
    }
    error.reason = "\"" + code + "\": " + error.reason;
    error.place = place;
    throw Failure(std::move(error));
}

oms_text RecordReader::keep(py::handle value, const std::string& place) {
    if (!PyUnicode_Check(value.ptr()) && !PyBytes_Check(value.ptr()))
        refuse_type(value, place, "text");
    return sdk::text(texts_.emplace_back(value.cast<std::string>()));
}

void RecordReader::read_term(py::handle value, const std::string& place) {
    auto& term = *reinterpret_cast<oms_term*>(words_.data());
    const sdk::TermInfo* info = sdk::term_info(term.field);
    const bool is_text =
        info != nullptr ? info->type == sdk::TermType::text : PyUnicode_Check(value.ptr()) != 0;
    term.type = is_text ? OMS_term_type_text : OMS_term_type_number;
    if (is_text)
        term.text = keep(value, place);
    else
        term.number = info != nullptr ? term_number(*info, term, value, place)
                                      : to_integer<std::int64_t>(value, place);
}

std::int64_t RecordReader::term_number(const sdk::TermInfo& info, oms_term& term, py::handle value,
                                       const std::string& place) {
    switch (info.meaning) {
        case sdk::FieldMeaning::price:
        case sdk::FieldMeaning::quantity:
            if (scales_.product == 0)
                refuse(error_value, place, "no product says how many decimals it has",
                       "put it into the terms of a line");
            return to_decimal(
                value, info.meaning == sdk::FieldMeaning::price ? scales_.price : scales_.quantity,
                place);
        case sdk::FieldMeaning::money: {
            if (!py::isinstance<py::dict>(value))
                refuse_type(value, place, "{\"amount\": \"12.50\", \"currency\": \"EUR\"}");
            const auto money = py::reinterpret_borrow<py::dict>(value);
            if (money.size() != 2 || !money.contains("amount") || !money.contains("currency"))
                refuse(error_value, place, "money has an amount and a currency",
                       "write {\"amount\": \"12.50\", \"currency\": \"EUR\"}");
            term.product = reference(OMS_class_product, money["currency"], place + ".currency");
            return to_decimal(money["amount"], scales_of(term.product).quantity, place + ".amount");
        }
        case sdk::FieldMeaning::microdegrees: return to_decimal(value, 6, place);
        case sdk::FieldMeaning::time: return to_time(value, place);
        case sdk::FieldMeaning::product: return reference(OMS_class_product, value, place);
        case sdk::FieldMeaning::account: return reference(OMS_class_account, value, place);
        case sdk::FieldMeaning::destination: return reference(OMS_class_destination, value, place);
        case sdk::FieldMeaning::choice: {
            if (!PyUnicode_Check(value.ptr())) refuse_type(value, place, "a word");
            const auto word = value.cast<std::string>();
            if (const auto number = sdk::choice_number(info.name, word)) return *number;
            const std::vector<std::string_view> known = names_of(sdk::choices(info.name));
            refuse(error_value, place,
                   "\"" + word + "\" is no word of " + std::string(info.name) +
                       sdk::did_you_mean(word, known),
                   "write one of " + sdk::name_list(known, 30));
        }
        default: return to_integer<std::int64_t>(value, place);
    }
}

}  // namespace oms::python
