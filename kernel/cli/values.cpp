// SPDX-License-Identifier: Apache-2.0
#include "cli/values.hpp"

#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <charconv>
#include <chrono>
#include <random>
#include <vector>

namespace oms::cli {

namespace {

/// Reads digits of a fixed count from the front.
std::optional<std::int64_t> take_digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    std::int64_t number = 0;
    for (const char letter : text.substr(0, count)) {
        if (letter < '0' || letter > '9') return std::nullopt;
        number = number * 10 + (letter - '0');
    }
    text.remove_prefix(count);
    return number;
}

bool take(std::string_view& text, char letter) {
    if (!text.starts_with(letter)) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> take_date(std::string_view& text) {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-')) return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-')) return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok() || *year < 1700 || *year > 2250) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<std::int64_t> take_fraction_ns(std::string_view& text) {
    if (!take(text, '.')) return 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits == 0 || digits > 9) return std::nullopt;
    auto ns = take_digits(text, digits);
    for (; digits < 9; ++digits) *ns *= 10;
    return ns;
}

std::optional<std::int64_t> take_zone_s(std::string_view& text) {
    if (take(text, 'Z')) return 0;
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return std::nullopt;
    text.remove_prefix(1);
    const auto hours = take_digits(text, 2);
    if (!hours || !take(text, ':')) return std::nullopt;
    const auto minutes = take_digits(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    return (*hours * 60 + *minutes) * (west ? -60 : 60);
}

std::vector<std::string_view> term_names() {
    std::vector<std::string_view> names;
    for (const sdk::TermInfo& info : sdk::term_infos) names.push_back(info.name);
    return names;
}

sdk::ReferenceName name_of(const sdk::Names& names, std::uint32_t reference) {
    sdk::ReferenceName name;
    if (reference != 0) names.reference(reference, name);
    return name;
}

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text) {
    std::uint64_t number = 0;
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (text.empty() || error != std::errc() || end != last) return std::nullopt;
    return number;
}

std::uint64_t need_number(std::string_view text, const std::string& place) {
    if (const auto number = read_number(text)) return *number;
    give_up(error_argument, place, "\"" + std::string(text) + "\" is not a whole number",
            "write digits alone");
}

std::int64_t need_decimal(std::string_view text, unsigned scale, const std::string& place,
                          std::string_view of) {
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, scale);
    if (parsed) return *parsed;
    std::string remedy = "write digits and a point, such as 12.50";
    if (parsed.fault == sdk::DecimalFault::too_many_decimals)
        remedy = std::string(of) + " has " + std::to_string(scale) +
                 (scale == 1 ? " decimal" : " decimals") + " at most";
    give_up(error_argument, place,
            "\"" + std::string(text) + "\" " + std::string(sdk::to_text(parsed.fault)), remedy);
}

std::optional<std::int64_t> read_time(std::string_view text) {
    constexpr std::int64_t second_ns = 1'000'000'000;
    const auto days = take_date(text);
    if (!days) return std::nullopt;
    const std::int64_t midnight = *days * 86'400;
    if (text.empty()) return midnight * second_ns;
    if (!take(text, 'T')) return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || !take(text, ':')) return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || !take(text, ':')) return std::nullopt;
    const auto second = take_digits(text, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    const auto ns = take_fraction_ns(text);
    if (!ns) return std::nullopt;
    const auto zone = take_zone_s(text);
    if (!zone || !text.empty()) return std::nullopt;
    return (midnight + *hour * 3600 + *minute * 60 + *second - *zone) * second_ns + *ns;
}

std::int64_t need_time(std::string_view text, const std::string& place) {
    if (const auto time = read_time(text)) return *time;
    give_up(error_argument, place, "\"" + std::string(text) + "\" is not a time",
            "write it as 2026-03-01T09:30:00Z, or a date as 2026-03-01");
}

const sdk::TermInfo& need_term(std::string_view name, const std::string& place) {
    if (const sdk::TermInfo* info = sdk::term_info(name)) return *info;
    give_up(
        error_argument, place,
        "there is no field \"" + std::string(name) + "\"" + sdk::did_you_mean(name, term_names()),
        "the fields are " + sdk::name_list(term_names(), 200));
}

std::int64_t need_choice(const sdk::TermInfo& term, std::string_view word,
                         const std::string& place) {
    if (const auto number = sdk::choice_number(term.name, word)) return *number;
    std::vector<std::string_view> words;
    for (const sdk::ChoiceInfo& choice : sdk::choices(term.name)) words.push_back(choice.name);
    give_up(error_argument, place,
            "\"" + std::string(word) + "\" is no word for " + std::string(term.name) +
                sdk::did_you_mean(word, words),
            "write one of: " + sdk::name_list(words, 100));
}

std::uint32_t need_word(std::span<const sdk::CodeName> set, std::string_view word,
                        const std::string& place) {
    if (const auto number = sdk::code_number(set, word)) return *number;
    std::vector<std::string_view> words;
    for (const sdk::CodeName& code : set) words.push_back(code.name);
    give_up(
        error_argument, place,
        "\"" + std::string(word) + "\" is not one of the words" + sdk::did_you_mean(word, words),
        "write one of: " + sdk::name_list(words, 100));
}

Assignment need_assignment(std::string_view text, const std::string& place) {
    const std::size_t sign = text.find('=');
    if (sign == std::string_view::npos || sign == 0 || sign + 1 == text.size())
        give_up(error_argument, place,
                "\"" + std::string(text) + "\" is not of the form name=value",
                "write, for example, client_id=A-17");
    return {std::string(text.substr(0, sign)), std::string(text.substr(sign + 1))};
}

std::string make_key(std::int64_t now) {
    constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";
    std::string key;
    sdk::append_time_text(key, now);
    key = key.substr(0, 4) + key.substr(5, 2) + key.substr(8, 2) + "-";
    std::random_device device;
    std::uint64_t bits = (std::uint64_t{device()} << 32) | device();
    for (int count = 0; count < 12; ++count, bits >>= 5) key += letters[bits & 31];
    return key;
}

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::string code_of(const sdk::Names& names, std::uint32_t reference) {
    sdk::ReferenceName name;
    if (reference == 0) return "nobody";
    if (names.reference(reference, name)) return std::string(name.code);
    return "#" + std::to_string(reference);
}

std::string quantity_text(const sdk::Names& names, std::uint32_t product, std::int64_t quantity) {
    return sdk::format_decimal(quantity, name_of(names, product).scale);
}

std::string price_text(const sdk::Names& names, std::uint32_t product, std::int64_t price) {
    return sdk::format_decimal(price, name_of(names, product).price_scale);
}

std::string amount_text(const sdk::Names& names, std::uint32_t asset, sdk::Wide amount) {
    return sdk::format_decimal_wide(amount, name_of(names, asset).scale);
}

std::string thing_text(const sdk::Names& names, std::uint32_t product, std::int64_t quantity) {
    return quantity_text(names, product, quantity) + " " + code_of(names, product);
}

std::string measure_text(const sdk::Names& names, std::uint32_t product, std::uint32_t unit,
                         std::int64_t number) {
    switch (unit) {
        case OMS_unit_quantity: return thing_text(names, product, number);
        case OMS_unit_price: return price_text(names, product, number);
        default: return std::to_string(number);
    }
}

std::string field_name(const sdk::Names& names, std::uint32_t field) {
    const sdk::FieldName known = names.term_field(field);
    return known.name.empty() ? "field " + std::to_string(field) : std::string(known.name);
}

std::string term_text(const sdk::Names& names, std::uint32_t field, std::uint32_t type,
                      std::uint32_t product, std::int64_t number, std::string_view text) {
    if (type == OMS_term_type_text) return std::string(text);
    std::string json;
    sdk::append_term_number(json, field, product, number, names);
    if (json.size() >= 2 && json.front() == '"') json = json.substr(1, json.size() - 2);
    if (names.term_field(field).meaning == sdk::FieldMeaning::money && product != 0)
        json += " " + code_of(names, product);
    return json;
}

std::string time_text(std::int64_t time_ns) {
    constexpr std::int64_t ms_ns = 1'000'000;
    const std::int64_t whole = time_ns - ((time_ns % ms_ns) + ms_ns) % ms_ns;
    std::string text;
    sdk::append_time_text(text, whole);
    text.pop_back();  // the Z
    const std::size_t point = text.find('.');
    if (point == std::string::npos) text += ".000";
    while (point != std::string::npos && text.size() < point + 4) text += '0';
    text[10] = ' ';
    return text;
}

std::string clock_text(std::int64_t time_ns) { return time_text(time_ns).substr(11); }

}  // namespace oms::cli
