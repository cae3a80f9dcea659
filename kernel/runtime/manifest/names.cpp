// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/names.hpp"

#include "model/assert.hpp"

#include <algorithm>
#include <array>

namespace oms::runtime {
namespace {

constexpr std::array<std::string_view, 3> maturities = {"experimental", "beta", "stable"};
constexpr std::array<std::string_view, 7> plugin_kinds = {
    "asset_class", "check", "routing", "facts", "connector", "subscriber", "store"};
constexpr std::array<std::string_view, 11> setting_types = {
    "text",   "integer", "decimal", "boolean",      "duration",       "size",
    "choice", "secret",  "path",    "list of text", "list of integer"};
constexpr std::array<std::string_view, 13> key_kinds = {
    "account", "product", "destination", "order_kind", "origin", "channel", "actor",
    "event",   "source",  "asset_class", "order",      "route",  "number"};
constexpr std::array<std::string_view, 7> value_types = {"integer",  "boolean", "duration", "time",
                                                         "quantity", "price",   "decimal"};

/// The words of C++20 that cannot name anything, and `from`, which the generated struct uses.
constexpr std::string_view reserved_words =
    " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char8_t char16_t"
    " char32_t class compl concept const consteval constexpr constinit const_cast continue co_await"
    " co_return co_yield decltype default delete do double dynamic_cast else enum explicit export"
    " extern false float for friend from goto if inline int long mutable namespace new noexcept not"
    " not_eq nullptr operator or or_eq private protected public register reinterpret_cast requires"
    " return short signed sizeof static static_assert static_cast struct switch template this"
    " thread_local throw true try typedef typeid typename union unsigned using virtual void "
    "volatile"
    " wchar_t while xor xor_eq ";

template <class Enumeration, std::size_t count>
std::string_view spelling(const std::array<std::string_view, count>& names, Enumeration value) {
    const auto at = static_cast<std::size_t>(value);
    OMS_ASSERT(at < count);
    return names[at];
}

template <std::size_t count>
std::vector<std::string> list(const std::array<std::string_view, count>& names) {
    return {names.begin(), names.end()};
}

bool is_small(char letter) { return letter >= 'a' && letter <= 'z'; }
bool is_capital(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// The parts between separators; an empty text is one empty part.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t end = text.find(separator); end != std::string_view::npos;
         end = text.find(separator)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

bool is_version_number(std::string_view text) {
    return !text.empty() && text.size() <= 9 && std::all_of(text.begin(), text.end(), is_digit) &&
           (text.size() == 1 || text[0] != '0');
}

bool are_version_labels(std::string_view text, bool zeros_lead) {
    for (const std::string_view part : split(text, '.')) {
        const bool plain = !part.empty() && std::all_of(part.begin(), part.end(), [](char letter) {
            return is_small(letter) || is_capital(letter) || is_digit(letter) || letter == '-';
        });
        const bool digits = std::all_of(part.begin(), part.end(), is_digit);
        if (!plain || (!zeros_lead && digits && part.size() > 1 && part[0] == '0')) return false;
    }
    return true;
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && text.size() <= manifest_max_name && is_small(text[0]) &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return is_small(letter) || is_digit(letter) || letter == '_';
           });
}

bool is_dotted_id(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '.');
    return text.size() <= manifest_max_id && parts.size() >= 2 &&
           std::all_of(parts.begin(), parts.end(), is_identifier);
}

bool is_denial_code(std::string_view text) {
    const std::vector<std::string_view> parts = split(text, '_');
    return text.size() <= manifest_max_name && parts.size() >= 2 && is_capital(text[0]) &&
           std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return !part.empty() && std::all_of(part.begin(), part.end(), [](char letter) {
                   return is_capital(letter) || is_digit(letter);
               });
           });
}

bool is_semantic_version(std::string_view text) {
    if (text.size() > manifest_max_name) return false;
    const std::size_t build = text.find('+');
    if (build != std::string_view::npos) {
        if (!are_version_labels(text.substr(build + 1), true)) return false;
        text = text.substr(0, build);
    }
    const std::size_t label = text.find('-');
    if (label != std::string_view::npos) {
        if (!are_version_labels(text.substr(label + 1), false)) return false;
        text = text.substr(0, label);
    }
    const std::vector<std::string_view> numbers = split(text, '.');
    return numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), is_version_number);
}

bool is_reserved(std::string_view name) {
    return reserved_words.find(" " + std::string(name) + " ") != std::string_view::npos;
}

std::string_view name_of(Maturity maturity) { return spelling(maturities, maturity); }
std::string_view name_of(PluginKind kind) { return spelling(plugin_kinds, kind); }
std::string_view name_of(SettingType type) { return spelling(setting_types, type); }
std::string_view name_of(KeyKind kind) { return spelling(key_kinds, kind); }
std::string_view name_of(ValueType type) { return spelling(value_types, type); }

std::vector<std::string> maturity_names() { return list(maturities); }
std::vector<std::string> plugin_kind_names() { return list(plugin_kinds); }
std::vector<std::string> setting_type_names() { return list(setting_types); }
std::vector<std::string> key_kind_names() { return list(key_kinds); }
std::vector<std::string> value_type_names() { return list(value_types); }

}  // namespace oms::runtime
