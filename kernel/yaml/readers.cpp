// SPDX-License-Identifier: Apache-2.0
#include "yaml/readers.hpp"

#include "model/assert.hpp"

#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace oms::yaml {
namespace {

using sdk::did_you_mean;
using sdk::name_list;

/// What stands there, for messages: `the text "abc"`, "a list".
std::string found(const Node& node) {
    if (!node.is_scalar()) return std::string(kind_text(node.kind()));
    constexpr std::size_t longest = 40;
    const std::string shown =
        node.text().size() > longest ? node.text().substr(0, longest) + "…" : node.text();
    return (node.quoted() ? "the quoted text \"" : "\"") + shown + "\"";
}

tl::unexpected<Error> refuse(const Node& node, ErrorCode code, const std::string& expected,
                             std::string remedy) {
    return fail(code, node.place(), "expected " + expected + ", found " + found(node),
                std::move(remedy));
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool all_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& letter : result) {
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return result;
}

/// Why a text that nearly is an integer is not one, and how to write it.
std::string integer_remedy(const Node& node) {
    const std::string& text = node.text();
    std::string_view digits = text;
    if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.remove_prefix(1);
    if (node.quoted()) return "remove the quotes";
    if (!digits.empty() && text[0] == '+') return "leave the plus sign out";
    if (all_digits(digits) && digits.size() > 1 && digits[0] == '0') {
        return "leave the leading zeros out: some readers take them for octal, so 010 would be 8";
    }
    if (digits.size() > 1 && digits[0] == '0' && std::isalpha(digits[1]) != 0) {
        return "write it in decimal digits";
    }
    if (text.find('_') != std::string::npos || text.find(',') != std::string::npos) {
        return "write the digits without separators";
    }
    if (text.find(':') != std::string::npos) {
        return "write the digits without colons: some readers take 1:30 for 90";
    }
    if (text == "-0") return "write 0";
    return "write whole decimal digits, such as 250";
}

struct Unit {
    std::string_view name;
    std::int64_t factor;
};

constexpr std::array<Unit, 5> duration_units = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 5> size_units = {{{"B", 1},
                                             {"KiB", std::int64_t{1} << 10},
                                             {"MiB", std::int64_t{1} << 20},
                                             {"GiB", std::int64_t{1} << 30},
                                             {"TiB", std::int64_t{1} << 40}}};

Result<std::int64_t> as_quantity(const Node& node, const std::array<Unit, 5>& units,
                                 const std::string& expected, const std::string& remedy) {
    const std::string_view text = node.is_scalar() ? std::string_view(node.text()) : "";
    const auto split = std::find_if_not(text.begin(), text.end(), is_digit);
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(split - text.begin()));
    const std::string_view name = text.substr(digits.size());
    const auto unit = std::find_if(units.begin(), units.end(),
                                   [&](const Unit& known) { return known.name == name; });
    const bool zeros = digits.size() > 1 && digits[0] == '0';
    if (digits.empty() || zeros || unit == units.end()) {
        const bool bare = !digits.empty() && name.empty();
        return refuse(node, error_quantity, expected, bare ? "add the unit: " + remedy : remedy);
    }
    std::int64_t number = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, status] = std::from_chars(digits.data(), last, number);
    if (status != std::errc{} || end != last ||
        number > std::numeric_limits<std::int64_t>::max() / unit->factor) {
        return refuse(node, error_out_of_bounds, expected + " that fits 64 bits",
                      "use a smaller number");
    }
    return number * unit->factor;
}

std::string quantity_text(std::int64_t value, const std::array<Unit, 5>& units) {
    std::size_t best = 0;
    for (std::size_t at = 0; at < units.size(); ++at) {
        if (value != 0 && value % units[at].factor == 0) best = at;
    }
    return std::to_string(value / units[best].factor) + std::string(units[best].name);
}

}  // namespace

Result<std::string> as_text(const Node& node) {
    if (node.is_nothing()) {
        return refuse(node, error_wrong_kind, "a text",
                      "write \"\" for an empty text, quote the word null, or leave the key out");
    }
    if (!node.is_scalar()) return refuse(node, error_wrong_kind, "a text", "write one value");
    return node.text();
}

Result<bool> as_bool(const Node& node) {
    const std::string expected = "true or false";
    if (!node.is_scalar()) return refuse(node, error_boolean, expected, "write true or false");
    if (!node.quoted() && node.text() == "true") return true;
    if (!node.quoted() && node.text() == "false") return false;
    const std::string word = lower(node.text());
    std::string remedy = "write true or false";
    if (word == "yes" || word == "on" || word == "y") {
        remedy = "write true: YAML readers do not agree on what " + node.text() + " means";
    } else if (word == "no" || word == "off" || word == "n") {
        remedy = "write false: YAML readers do not agree on what " + node.text() + " means";
    } else if (word == "true" || word == "false") {
        remedy = node.quoted() ? "remove the quotes" : "write " + word + " in small letters";
    }
    return refuse(node, error_boolean, expected, std::move(remedy));
}

Result<std::int64_t> as_i64(const Node& node) {
    const std::string expected = "an integer";
    if (!node.is_scalar()) {
        return refuse(node, error_number, expected, "write whole decimal digits, such as 250");
    }
    const std::string& text = node.text();
    std::string_view digits = text;
    if (!digits.empty() && digits[0] == '-') digits.remove_prefix(1);
    const bool zeros = digits.size() > 1 && digits[0] == '0';
    if (node.quoted() || !all_digits(digits) || zeros || text == "-0") {
        return refuse(node, error_number, expected, integer_remedy(node));
    }
    std::int64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (status != std::errc{} || end != text.data() + text.size()) {
        return refuse(node, error_out_of_bounds, "an integer that fits 64 bits",
                      "use a smaller number");
    }
    return value;
}

Result<std::string> as_decimal(const Node& node) {
    const std::string expected = "a decimal number";
    const std::string example = "write digits with at most one point, such as 12.50";
    if (!node.is_scalar()) return refuse(node, error_number, expected, example);
    std::string_view text = node.text();
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const bool fraction_good =
        point == std::string_view::npos || all_digits(text.substr(point + 1));
    if (!all_digits(whole) || !fraction_good) {
        const std::string word = lower(text);
        if (word.find('e') != std::string::npos && !word.empty() && is_digit(word[0])) {
            return refuse(node, error_number, expected, "write it without an exponent");
        }
        return refuse(node, error_number, expected, example);
    }
    if (whole.size() > 1 && whole[0] == '0') {
        return refuse(node, error_number, expected,
                      "leave the leading zeros out: some readers take them for octal");
    }
    const std::size_t count = text.size() - (point == std::string_view::npos ? 0 : 1);
    if (count > decimal_max_digits) {
        return refuse(node, error_out_of_bounds, "at most 38 digits", "use fewer digits");
    }
    return node.text();
}

Result<std::int64_t> as_duration_ms(const Node& node) {
    return as_quantity(node, duration_units, "a duration",
                       "write a whole number with ms, s, m, h or d, such as 250ms or 30m");
}

Result<std::int64_t> as_size(const Node& node) {
    return as_quantity(node, size_units, "a size",
                       "write a whole number with B, KiB, MiB, GiB or TiB, such as 64KiB");
}

Checked<std::vector<std::string>> as_texts(const Node& node) {
    if (!node.is_list()) {
        return tl::unexpected<Errors>({refuse(node, error_wrong_kind, "a list of texts",
                                              "write [a, b], or one \"- a\" a line")
                                           .value()});
    }
    Problems problems;
    std::vector<std::string> texts;
    for (const Node& item : node.items()) {
        Result<std::string> text = as_text(item);
        if (text) {
            texts.push_back(std::move(*text));
        } else {
            problems.add(std::move(text.error()));
        }
    }
    if (!problems.empty()) return tl::unexpected(problems.take());
    return texts;
}

std::string duration_text(std::int64_t milliseconds) {
    return milliseconds == 0 ? "0s" : quantity_text(milliseconds, duration_units);
}

std::string size_text(std::int64_t bytes) { return quantity_text(bytes, size_units); }

Fields::Fields(const Node& map, Problems& problems, std::string what)
    : map_(map), problems_(problems), what_(std::move(what)) {
    if (!map_.is_map()) {
        problems_.add(refuse(map_, error_wrong_kind, "a map (" + what_ + ")",
                             "write \"key: value\" lines, with a space after the colon")
                          .value());
    }
}

const Node* Fields::any(std::string_view key, Need need) {
    known_.emplace_back(key);
    const Node* node = map_.find(key);
    if (node == nullptr && need == required && map_.is_map()) {
        problems_.add(error_missing_key, map_.place(),
                      what_ + " has no \"" + std::string(key) + "\"",
                      "add \"" + std::string(key) + ": …\"");
    }
    return node;
}

const Node* Fields::list(std::string_view key, Need need) {
    const Node* node = any(key, need);
    if (node == nullptr || node->is_list()) return node;
    problems_.add(refuse(*node, error_wrong_kind, "a list (" + std::string(key) + ")",
                         "write [a, b], or one \"- a\" a line")
                      .value());
    return nullptr;
}

const Node* Fields::map(std::string_view key, Need need) {
    const Node* node = any(key, need);
    if (node == nullptr || node->is_map()) return node;
    problems_.add(refuse(*node, error_wrong_kind, "a map (" + std::string(key) + ")",
                         "write \"key: value\" lines below it, indented")
                      .value());
    return nullptr;
}

template <class T>
std::optional<T> Fields::read(std::string_view key, Need need, Result<T> (*reader)(const Node&)) {
    const Node* node = any(key, need);
    if (node == nullptr) return std::nullopt;
    Result<T> value = reader(*node);
    if (value) return std::move(*value);
    problems_.add(std::move(value.error()));
    return std::nullopt;
}

std::optional<std::string> Fields::text(std::string_view key, Need need) {
    return read(key, need, &as_text);
}

std::optional<bool> Fields::boolean(std::string_view key, Need need) {
    return read(key, need, &as_bool);
}

std::optional<std::int64_t> Fields::integer(std::string_view key, Need need, std::int64_t minimum,
                                            std::int64_t maximum) {
    std::optional<std::int64_t> value = read(key, need, &as_i64);
    if (!value || (*value >= minimum && *value <= maximum)) return value;
    const bool below = *value < minimum;
    problems_.add(error_out_of_bounds, map_.find(key)->place(),
                  "\"" + std::string(key) + "\" is " + std::to_string(*value) + ", " +
                      (below ? "below " : "above ") + std::to_string(below ? minimum : maximum),
                  below ? "use " + std::to_string(minimum) + " or more"
                        : "use " + std::to_string(maximum) + " or less");
    return std::nullopt;
}

std::optional<std::string> Fields::decimal(std::string_view key, Need need) {
    return read(key, need, &as_decimal);
}

std::optional<std::int64_t> Fields::duration_ms(std::string_view key, Need need) {
    return read(key, need, &as_duration_ms);
}

std::optional<std::int64_t> Fields::size(std::string_view key, Need need) {
    return read(key, need, &as_size);
}

std::optional<std::size_t> Fields::choice(std::string_view key,
                                          const std::vector<std::string>& names, Need need) {
    const std::optional<std::string> text = read(key, need, &as_text);
    if (!text) return std::nullopt;
    const auto at = std::find(names.begin(), names.end(), *text);
    if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
    problems_.add(
        error_choice, map_.find(key)->place(),
        "\"" + std::string(key) + "\" cannot be \"" + *text + "\"" + did_you_mean(*text, names),
        "use one of: " + name_list(names));
    return std::nullopt;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view key, Need need) {
    const Node* node = any(key, need);
    if (node == nullptr) return std::nullopt;
    Checked<std::vector<std::string>> texts = as_texts(*node);
    if (texts) return std::move(*texts);
    for (Error& error : texts.error()) problems_.add(std::move(error));
    return std::nullopt;
}

void Fields::finish() {
    if (finished_) return;
    finished_ = true;
    if (!map_.is_map()) return;
    for (const Node& item : map_.items()) {
        if (std::find(known_.begin(), known_.end(), item.key()) != known_.end()) continue;
        problems_.add(unknown_name(item.key_place(), what_ + " key", item.key(), known_));
    }
}

Error unknown_name(std::string place, std::string_view what, std::string_view name,
                   const std::vector<std::string>& known) {
    return Error{error_unknown_key, std::move(place),
                 "unknown " + std::string(what) + " \"" + std::string(name) + "\"" +
                     did_you_mean(name, known),
                 known.empty() ? "remove it" : "use one of: " + name_list(known)};
}

}  // namespace oms::yaml
