// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <optional>

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

std::string_view expected_text(MemberKind kind) {
    switch (kind) {
        case MemberKind::decimal: return R"(a decimal string such as "12.50")";
        case MemberKind::role: return "the name of a role, or its number";
        default: return "a string";
    }
}

std::string quoted(std::string_view text) { return "\"" + std::string(text.substr(0, 80)) + "\""; }

/// What is wrong, in words for who wrote the body.
std::string_view json_fault(simdjson::error_code code) {
    switch (code) {
        case simdjson::UTF8_ERROR: return "there are bytes that are not UTF-8";
        case simdjson::UNCLOSED_STRING: return "a string has no closing quote";
        case simdjson::UNESCAPED_CHARS: return "a control character stands in a string unescaped";
        case simdjson::STRING_ERROR: return "a string has an escape that JSON does not know";
        case simdjson::NUMBER_ERROR: return "a number is not written as JSON writes numbers";
        case simdjson::DEPTH_ERROR: return "it is nested too deeply";
        case simdjson::INCOMPLETE_ARRAY_OR_OBJECT: return "a bracket or a brace is not closed";
        case simdjson::EMPTY: return "there is nothing but blanks";
        case simdjson::TRAILING_CONTENT: return "something stands behind the end of the object";
        case simdjson::INCORRECT_TYPE:
        case simdjson::T_ATOM_ERROR:
        case simdjson::F_ATOM_ERROR:
        case simdjson::N_ATOM_ERROR: return "a word is neither true, false nor null";
        default: return "a comma, a colon, a quote or a brace is missing or too many";
    }
}

/// How many bytes the UTF-8 character at the front has; 0: it is none (RFC 3629).
std::size_t utf8_bytes(std::string_view text) {
    const auto byte = [&](std::size_t at) {
        return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 0 || first > 0xf4) return 0;
    for (std::size_t at = 1; at < size; ++at)
        if ((byte(at) & 0xc0) != 0x80) return 0;
    const unsigned second = byte(1);
    const bool twisted = (first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
                         (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f);
    return twisted ? 0 : size;
}

/// Where the first byte stands that no JSON can have there: not UTF-8, a control character in a
/// string, or the quote of a string that is never closed. Otherwise the end.
std::size_t lexical_fault(std::string_view json) {
    std::size_t opened = std::string_view::npos;
    for (std::size_t at = 0; at < json.size();) {
        const std::size_t size = utf8_bytes(json.substr(at));
        if (size == 0) return at;
        const char letter = json[at];
        if (opened == std::string_view::npos) {
            if (letter == '"') opened = at;
        } else if (static_cast<unsigned char>(letter) < 0x20) {
            return at;
        } else if (letter == '"') {
            opened = std::string_view::npos;
        } else if (letter == '\\') {
            ++at;
        }
        at += size;
    }
    return std::min(opened, json.size());
}

/// Where the first value ends, an object or a list, when it does.
std::optional<std::size_t> end_of_value(std::string_view json) {
    std::size_t depth = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char letter = json[at];
        if (quoted && letter == '\\') {
            ++at;
        } else if (letter == '"') {
            quoted = !quoted;
        } else if (!quoted && (letter == '{' || letter == '[')) {
            ++depth;
        } else if (!quoted && (letter == '}' || letter == ']') && --depth == 0) {
            return at + 1;
        }
        if (!quoted && depth == 0 &&
            std::string_view(" \t\r\n").find(letter) == std::string_view::npos)
            return std::nullopt;
    }
    return std::nullopt;
}

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

/// How far the reader came, or, where it did not begin, the first thing that no JSON has.
std::size_t BodyReader::fault_position() const {
    const char* place = nullptr;
    if (reading_ && document_.current_location().get(place) == simdjson::SUCCESS)
        return std::min(static_cast<std::size_t>(place - padded_.data()), bytes_);
    return lexical_fault(std::string_view(padded_).substr(0, bytes_));
}

void BodyReader::bad_json(simdjson::error_code code) const {
    const std::string_view body = std::string_view(padded_).substr(0, bytes_);
    std::size_t position = fault_position();
    if (code == simdjson::INCOMPLETE_ARRAY_OR_OBJECT) {
        // This is said of anything that does not end in a brace.
        const auto end = end_of_value(body);
        if (end) code = simdjson::TRAILING_CONTENT;
        position = end ? std::min(body.find_first_not_of(" \t\r\n", *end), bytes_) : bytes_;
    }
    const std::string_view before = body.substr(0, position);
    const std::size_t line =
        1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;
    Problem problem = make_problem(error_bad_json);
    problem.detail = std::string(json_fault(code)) + ", at line " + std::to_string(line) +
                     ", column " + std::to_string(column);
    sdk::JsonWriter json(problem.extra);
    json.key("position").begin_object().key("line").number(line);
    json.key("column").number(column).key("byte").number(before.size()).end_object();
    throw problem;
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
    reading_ = false;
    bytes_ = json.size();
    if (json.empty())
        throw make_problem(error_bad_json).wants("a JSON object").saw("an empty body");
    padded_.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    padded_.assign(json);
    padded_.append(simdjson::SIMDJSON_PADDING, ' ');
    document_ = taken(
        parser_.iterate(simdjson::padded_string_view(padded_.data(), json.size(), padded_.size())));
    reading_ = true;
    json_type type{};
    if (const auto code = document_.type().get(type)) bad_json(code);
    if (type != json_type::object)
        throw make_problem(error_wrong_type).wants("an object").saw(type_name(type));
    simdjson::ondemand::object object;
    if (const auto code = document_.get_object().get(object)) bad_json(code);
    read_object(object, 0, schema);
    const char* behind = nullptr;
    if (document_.current_location().get(behind) == simdjson::SUCCESS)
        bad_json(simdjson::TRAILING_CONTENT);
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
        case MemberKind::role:
            if (const auto code = value.type().get(type)) bad_json(code);
            if (type == json_type::number) return read_integer(value, position);
            break;
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
    const std::string_view text = read_text(value, position, expected_text(kind));
    values_[position].text = text;
    if (kind == MemberKind::word) read_word(position);
    const bool name = kind == MemberKind::code || kind == MemberKind::id;
    if ((name || kind == MemberKind::role) && text.size() > max_name_bytes)
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
