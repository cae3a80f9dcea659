// SPDX-License-Identifier: Apache-2.0
// Values of settings: read by type, held against choices and bounds, written as YAML.
#include "runtime/manifest/manifest.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <utility>

namespace oms::runtime {
namespace {

using yaml::Node;
using yaml::Problems;

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

Result<Value> read_decimal(std::uint32_t scale, const Node& node) {
    Result<std::string> text = yaml::as_decimal(node);
    if (!text) return tl::unexpected(std::move(text.error()));
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(*text, scale);
    if (parsed.fault == sdk::DecimalFault::too_many_decimals) {
        return fail(yaml::error_out_of_bounds, node.place(),
                    *text + " has more decimals than it may have",
                    "use at most " + std::to_string(scale));
    }
    if (!parsed) {
        return fail(yaml::error_out_of_bounds, node.place(), *text + " is out of range",
                    "use a smaller number");
    }
    return Value{.number = *parsed, .text = std::move(*text), .items = {}};
}

/// A secret itself must not stand in a file, and nothing of it may reach a message.
Result<Value> read_secret(const Node& node) {
    const std::string remedy = "write env:NAME or file:PATH, and put the secret there";
    if (!node.is_scalar()) {
        return fail(yaml::error_wrong_kind, node.place(), "expected the handle of a secret",
                    remedy);
    }
    const std::string& text = node.text();
    const bool handle = (text.rfind("env:", 0) == 0 && text.size() > 4) ||
                        (text.rfind("file:", 0) == 0 && text.size() > 5);
    if (!handle) {
        return fail(yaml::error_choice, node.place(),
                    "a secret is named by its handle and never written into a file", remedy);
    }
    return Value{.number = 0, .text = text, .items = {}};
}

Result<Value> from_number(Result<std::int64_t> number) {
    if (!number) return tl::unexpected(std::move(number.error()));
    return Value{.number = *number, .text = {}, .items = {}};
}

Result<Value> read_scalar(SettingType type, std::uint32_t scale, const Node& node) {
    switch (type) {
        case SettingType::integer:
        case SettingType::integers: return from_number(yaml::as_i64(node));
        case SettingType::duration: return from_number(yaml::as_duration_ms(node));
        case SettingType::size: return from_number(yaml::as_size(node));
        case SettingType::decimal: return read_decimal(scale, node);
        case SettingType::secret: return read_secret(node);
        case SettingType::boolean: {
            const Result<bool> truth = yaml::as_bool(node);
            if (!truth) return tl::unexpected(truth.error());
            return Value{.number = *truth ? 1 : 0, .text = {}, .items = {}};
        }
        case SettingType::text:
        case SettingType::choice:
        case SettingType::path:
        case SettingType::texts: break;
    }
    Result<std::string> text = yaml::as_text(node);
    if (!text) return tl::unexpected(std::move(text.error()));
    if (type == SettingType::path && text->empty()) {
        return fail(yaml::error_wrong_kind, node.place(), "expected a path, found an empty text",
                    "name a file or folder, or leave the key out");
    }
    return Value{.number = 0, .text = std::move(*text), .items = {}};
}

/// The type under which one item of a list, or a bound, is written.
SettingType item_type(SettingType type) {
    if (type == SettingType::integers) return SettingType::integer;
    return type == SettingType::texts ? SettingType::text : type;
}

std::optional<Error> held_against_bounds(const SettingSpec& spec, const Value& value,
                                         const Node& node) {
    const SettingType type = item_type(spec.type);
    const auto error = [&](const Value& bound, const char* side, const char* word,
                           const char* more) {
        return Error{yaml::error_out_of_bounds, node.place(),
                     quoted(spec.name) + " is " + value_text(type, value) + ", " + side + " the " +
                         word + " of " + value_text(type, bound),
                     "use " + value_text(type, bound) + " or " + more};
    };
    if (spec.minimum && value.number < spec.minimum->number) {
        return error(*spec.minimum, "below", "minimum", "more");
    }
    if (spec.maximum && value.number > spec.maximum->number) {
        return error(*spec.maximum, "above", "maximum", "less");
    }
    const auto& choices = spec.choices;
    if (spec.type == SettingType::choice &&
        std::find(choices.begin(), choices.end(), value.text) == choices.end()) {
        return Error{yaml::error_choice, node.place(),
                     quoted(spec.name) + " cannot be " + quoted(value.text) +
                         sdk::did_you_mean(value.text, choices),
                     "use one of: " + sdk::name_list(choices)};
    }
    return std::nullopt;
}

std::optional<Value> read_one(const SettingSpec& spec, const Node& node, Problems& problems) {
    Result<Value> value = read_scalar(spec.type, spec.scale, node);
    if (!value) {
        problems.add(std::move(value.error()));
        return std::nullopt;
    }
    if (std::optional<Error> error = held_against_bounds(spec, *value, node)) {
        problems.add(std::move(*error));
        return std::nullopt;
    }
    return std::move(*value);
}

/// `\x1b`
std::string escape(char letter) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(letter);
    return std::string("\\x") + digits[byte >> 4U] + digits[byte & 15U];
}

/// Plain where YAML and we agree on what it is, quoted otherwise.
std::string scalar_text(std::string_view text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '.' || letter == '/';
    });
    const bool word = plain && !(text[0] >= '0' && text[0] <= '9') && text[0] != '.';
    constexpr std::string_view unsure = " null Null NULL true false yes no on off y n ";
    const bool clear = unsure.find(" " + std::string(text) + " ") == std::string_view::npos;
    if (word && clear) return std::string(text);
    std::string result = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') result += '\\';
        if (letter == '\n')
            result += "\\n";
        else if (letter == '\t')
            result += "\\t";
        else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F)
            result += escape(letter);
        else
            result += letter;
    }
    return result + "\"";
}

}  // namespace

std::string value_text(SettingType type, const Value& value) {
    switch (type) {
        case SettingType::integer: return std::to_string(value.number);
        case SettingType::boolean: return value.number != 0 ? "true" : "false";
        case SettingType::duration: return yaml::duration_text(value.number);
        case SettingType::size: return yaml::size_text(value.number);
        case SettingType::decimal: return value.text;
        case SettingType::texts:
        case SettingType::integers: {
            std::string text;
            for (const std::string& item : value.items) {
                text += text.empty() ? "" : ", ";
                text += type == SettingType::texts ? scalar_text(item) : item;
            }
            return "[" + text + "]";
        }
        case SettingType::text:
        case SettingType::choice:
        case SettingType::secret:
        case SettingType::path: break;
    }
    return scalar_text(value.text);
}

std::optional<Value> read_value(const SettingSpec& spec, const Node& node, Problems& problems) {
    const bool list = spec.type == SettingType::texts || spec.type == SettingType::integers;
    if (!list) return read_one(spec, node, problems);
    if (!node.is_list()) {
        problems.add(yaml::error_wrong_kind, node.place(),
                     "expected a " + std::string(name_of(spec.type)) + ", found " +
                         (node.is_scalar() ? quoted(node.text())
                                           : std::string(yaml::kind_text(node.kind()))),
                     "write [a, b], or one \"- a\" a line");
        return std::nullopt;
    }
    Value result;
    bool good = true;
    for (const Node& item : node.items()) {
        std::optional<Value> value = read_one(spec, item, problems);
        good = good && value.has_value();
        if (!value) continue;
        const bool integers = spec.type == SettingType::integers;
        result.items.push_back(integers ? std::to_string(value->number) : std::move(value->text));
    }
    if (!good) return std::nullopt;
    return result;
}

}  // namespace oms::runtime
