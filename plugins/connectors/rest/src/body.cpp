// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

#include <oms/sdk/suggest.hpp>

#include <bit>

namespace oms::rest {

using simdjson::ondemand::json_type;

namespace {

std::string_view type_name(json_type type) {
    switch (type) {
        case json_type::array: return "a list";
        case json_type::object: return "an object";
        case json_type::number: return "a number";
        case json_type::string: return "a string";
        case json_type::boolean: return "true or false";
        case json_type::null: return "null";
    }
    return "something else";
}

std::vector<std::string_view> names_of(Schema schema) {
    std::vector<std::string_view> names;
    for (const Member& member : schema) names.push_back(member.name);
    return names;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text.substr(0, 80)) + "\""; }

constexpr std::string_view money_names[] = {"amount", "currency"};
constexpr std::string_view money_form = R"({"amount":"12.50","currency":"EUR"})";

}  // namespace

// ---- looking values up
// ----------------------------------------------------------------------------

const BodyValue* BodyReader::find(const BodyValue& object, std::string_view name) const {
    for (const BodyValue* value = first(object); value != nullptr; value = next(*value))
        if (value->member != nullptr && value->member->name == name) return value;
    return nullptr;
}

std::string_view BodyReader::text(const BodyValue& object, std::string_view name) const {
    const BodyValue* value = find(object, name);
    return value == nullptr ? std::string_view() : value->text;
}

std::string BodyReader::path(const BodyValue& value) const {
    return path(static_cast<std::uint32_t>(&value - values_.data()));
}

std::string BodyReader::path(std::uint32_t position) const {
    if (position == 0) return {};
    const BodyValue& value = values_[position];
    if (value.in_list) return path(value.parent) + "/" + std::to_string(value.index);
    return path(value.parent, value.term != nullptr ? value.term->name : value.member->name);
}

std::string BodyReader::path(std::uint32_t parent, std::string_view name) const {
    std::string text = path(parent) + "/";
    for (const char letter : name.substr(0, 80)) {
        if (letter == '~') {
            text += "~0";
        } else if (letter == '/') {
            text += "~1";
        } else {
            text += letter;
        }
    }
    return text;
}

// ---- reading
// --------------------------------------------------------------------------------------

void BodyReader::bad_json(simdjson::error_code code) const {
    // Newer versions of the library put their error's name in front: `TAPE_ERROR: The JSON …`.
    std::string_view words = simdjson::error_message(code);
    const std::size_t name = words.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    if (name != words.npos && words.substr(name).starts_with(": ")) words.remove_prefix(name + 2);
    throw make_problem(error_bad_json).says(std::string(words));
}

template <class Type>
Type BodyReader::taken(simdjson::simdjson_result<Type> result) const {
    Type value;
    if (const simdjson::error_code code = std::move(result).get(value)) bad_json(code);
    return value;
}

void BodyReader::wrong_type(Value value, std::uint32_t position, std::string_view expected) const {
    json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) bad_json(simdjson::TAPE_ERROR);
    throw make_problem(error_wrong_type).at(path(position)).wants(expected).saw(type_name(type));
}

std::uint32_t BodyReader::add(std::uint32_t parent, const Member* member, MemberKind kind) {
    if (values_.size() >= max_body_values)
        throw make_problem(error_too_many)
            .at(path(parent))
            .wants("at most " + std::to_string(max_body_values) + " values in a body");
    const auto position = static_cast<std::uint32_t>(values_.size());
    BodyValue value;
    value.member = member;
    value.kind = kind;
    value.parent = parent;
    values_.push_back(value);
    BodyValue& above = values_[parent];
    if (above.first == 0) {
        above.first = position;
    } else {
        values_[above.last].next = position;
    }
    above.last = position;
    return position;
}

void BodyReader::read(std::string_view json, Schema schema) {
    values_.clear();
    values_.emplace_back();
    if (json.empty())
        throw make_problem(error_bad_json).wants("a JSON object").saw("an empty body");
    padded_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    padded_.assign(json);
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    auto document = taken(
        parser_.iterate(simdjson::padded_string_view(padded_.data(), json.size(), padded_.size())));
    json_type type{};
    if (const auto code = document.type().get(type)) bad_json(code);
    if (type != json_type::object)
        throw make_problem(error_wrong_type).wants("an object").saw(type_name(type));
    simdjson::ondemand::object object;
    if (const auto code = document.get_object().get(object)) bad_json(code);
    read_object(object, 0, schema);
    const char* behind = nullptr;
    if (document.current_location().get(behind) == simdjson::SUCCESS)
        throw make_problem(error_bad_json).says("something stands behind the end of the object");
}

void BodyReader::read_object(simdjson::ondemand::object object, std::uint32_t parent,
                             Schema schema) {
    std::uint64_t seen = 0;
    for (auto each : object) {
        const std::string_view name = taken(each.unescaped_key());
        simdjson::ondemand::field field = taken(std::move(each));
        std::size_t which = 0;
        while (which < schema.size() && schema[which].name != name) ++which;
        if (which == schema.size()) {
            const auto names = names_of(schema);
            throw make_problem(error_unknown_member)
                .at(path(parent, name))
                .wants(sdk::name_list(names, 20))
                .saw(quoted(name) + sdk::did_you_mean(name, names));
        }
        const std::uint64_t bit = std::uint64_t{1} << which;
        if ((seen & bit) != 0) throw make_problem(error_doubled_member).at(path(parent, name));
        seen |= bit;
        const std::uint32_t position = add(parent, &schema[which], schema[which].kind);
        read_value(field.value(), position);
    }
    need_all(parent, schema, seen);
}

void BodyReader::need_all(std::uint32_t parent, Schema schema, std::uint64_t seen) const {
    for (std::size_t which = 0; which < schema.size(); ++which)
        if (schema[which].required && (seen >> which & 1) == 0)
            throw make_problem(error_missing_member)
                .at(path(parent, schema[which].name))
                .wants(schema[which].help);
}

void BodyReader::read_list(simdjson::ondemand::array array, std::uint32_t parent,
                           const Member& member) {
    std::uint32_t index = 0;
    const bool of_objects = member.kind == MemberKind::objects;
    for (auto each : array) {
        Value value = taken(std::move(each));
        if (index == max_list_items)
            throw make_problem(error_too_many)
                .at(path(parent))
                .wants("at most " + std::to_string(max_list_items));
        const std::uint32_t position =
            add(parent, &member, of_objects ? MemberKind::object : MemberKind::word);
        values_[position].index = index++;
        values_[position].in_list = true;
        read_value(value, position);
    }
}

void BodyReader::read_money(simdjson::ondemand::object object, std::uint32_t position) {
    bool seen[2] = {};
    for (auto each : object) {
        const std::string_view name = taken(each.unescaped_key());
        simdjson::ondemand::field field = taken(std::move(each));
        const bool amount = name == money_names[0];
        if (!amount && name != money_names[1])
            throw make_problem(error_unknown_member)
                .at(path(position, name))
                .wants(money_form)
                .saw(quoted(name) + sdk::did_you_mean(name, money_names));
        if (seen[amount ? 0 : 1]) throw make_problem(error_doubled_member).at(path(position, name));
        seen[amount ? 0 : 1] = true;
        const std::string_view text =
            read_text(field.value(), position, amount ? "a decimal string" : "a currency's code");
        (amount ? values_[position].text : values_[position].currency) = text;
    }
    if (!seen[0] || !seen[1])
        throw make_problem(error_missing_member)
            .at(path(position, money_names[seen[0] ? 1 : 0]))
            .wants(money_form);
}

std::string_view BodyReader::read_text(Value value, std::uint32_t position,
                                       std::string_view expected) {
    json_type type{};
    if (const auto code = value.type().get(type)) bad_json(code);
    if (type != json_type::string) {
        const MemberKind kind = values_[position].kind;
        if (type == json_type::number && (kind == MemberKind::decimal || kind == MemberKind::money))
            throw make_problem(error_number_for_decimal)
                .at(path(position))
                .wants(kind == MemberKind::money ? std::string(money_form) : std::string(expected))
                .saw("the number " + std::string(value.raw_json_token().substr(0, 40)));
        wrong_type(value, position, expected);
    }
    const std::string_view text = taken(value.get_string());
    if (text.size() > max_text_bytes)
        throw make_problem(error_text_too_long)
            .at(path(position))
            .wants("at most " + std::to_string(max_text_bytes) + " bytes");
    return text;
}

void BodyReader::read_integer(Value value, std::uint32_t position) {
    json_type type{};
    if (const auto code = value.type().get(type)) bad_json(code);
    if (type != json_type::number) wrong_type(value, position, "a whole number");
    const std::string token(value.raw_json_token().substr(0, 40));
    std::int64_t number = 0;
    if (value.get_int64().get(number) != simdjson::SUCCESS)
        throw make_problem(error_wrong_type)
            .at(path(position))
            .wants("a whole number of 64 bits")
            .saw(token);
    values_[position].number = number;
}

void BodyReader::read_word(std::uint32_t position) {
    const BodyValue& value = values_[position];
    for (const std::string_view word : value.member->words)
        if (word == value.text) return;
    throw make_problem(error_bad_word)
        .at(path(position))
        .wants(sdk::name_list(value.member->words))
        .saw(quoted(value.text) + sdk::did_you_mean(value.text, value.member->words));
}

void BodyReader::read_value(Value value, std::uint32_t position) {
    const Member& member = *values_[position].member;
    const MemberKind kind = values_[position].kind;
    json_type type{};
    switch (kind) {
        case MemberKind::integer: read_integer(value, position); return;
        case MemberKind::boolean:
            if (const auto code = value.type().get(type)) bad_json(code);
            if (type != json_type::boolean) wrong_type(value, position, "true or false");
            values_[position].boolean = taken(value.get_bool());
            return;
        case MemberKind::money:
        case MemberKind::terms:
        case MemberKind::object: {
            if (const auto code = value.type().get(type)) bad_json(code);
            const bool money = kind == MemberKind::money;
            if (money && type == json_type::number) read_text(value, position, money_form);
            if (type != json_type::object)
                wrong_type(value, position, money ? money_form : "an object");
            const auto object = taken(value.get_object());
            if (money) {
                read_money(object, position);
            } else if (kind == MemberKind::terms) {
                read_terms(object, position);
            } else {
                read_object(object, position, member.members);
            }
            return;
        }
        case MemberKind::objects:
        case MemberKind::words:
            if (const auto code = value.type().get(type)) bad_json(code);
            if (type != json_type::array) wrong_type(value, position, "a list");
            read_list(taken(value.get_array()), position, member);
            return;
        default: break;
    }
    const std::string_view text =
        read_text(value, position,
                  kind == MemberKind::decimal ? R"(a decimal string such as "12.50")" : "a string");
    values_[position].text = text;
    if (kind == MemberKind::word) read_word(position);
    if ((kind == MemberKind::code || kind == MemberKind::id) && text.size() > max_name_bytes)
        throw make_problem(error_text_too_long)
            .at(path(position))
            .wants("at most " + std::to_string(max_name_bytes) + " bytes");
}

// ---- terms
// ----------------------------------------------------------------------------------------

void BodyReader::read_terms(simdjson::ondemand::object object, std::uint32_t parent) {
    for (auto each : object) {
        const std::string_view name = taken(each.unescaped_key());
        simdjson::ondemand::field field = taken(std::move(each));
        const sdk::TermInfo* term = sdk::term_info(name);
        if (term == nullptr) {
            std::vector<std::string_view> names;
            for (const sdk::TermInfo& info : sdk::term_infos) names.push_back(info.name);
            throw make_problem(error_unknown_member)
                .at(path(parent, name))
                .wants("the name of a term")
                .saw(quoted(name) + sdk::did_you_mean(name, names));
        }
        for (const BodyValue* other = first(values_[parent]); other != nullptr;
             other = next(*other))
            if (other->term == term)
                throw make_problem(error_doubled_member).at(path(parent, name));
        const std::uint32_t position = add(parent, values_[parent].member, MemberKind::text);
        values_[position].term = term;
        read_term(field.value(), position);
    }
}

void BodyReader::read_term(Value value, std::uint32_t position) {
    const sdk::TermInfo& term = *values_[position].term;
    MemberKind kind = MemberKind::text;
    std::string_view expected = "a string";
    switch (term.meaning) {
        case sdk::FieldMeaning::price:
        case sdk::FieldMeaning::quantity:
        case sdk::FieldMeaning::microdegrees:
            kind = MemberKind::decimal;
            expected = R"(a decimal string such as "12.50")";
            break;
        case sdk::FieldMeaning::money: kind = MemberKind::money; break;
        case sdk::FieldMeaning::count:
        case sdk::FieldMeaning::basis_points: kind = MemberKind::integer; break;
        case sdk::FieldMeaning::time: expected = "a time such as 2026-03-01T09:30:00Z"; break;
        case sdk::FieldMeaning::choice: expected = "one of the words of this term"; break;
        default: break;
    }
    values_[position].kind = kind;
    if (kind == MemberKind::integer || kind == MemberKind::money) {
        read_value(value, position);
    } else {
        const std::string_view text = read_text(value, position, expected);
        values_[position].text = text;
    }
}

}  // namespace oms::rest
