// SPDX-License-Identifier: Apache-2.0
#include "order_bodies.hpp"

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>

namespace oms::rest {

namespace {

/// Takes a number of exactly so many digits off the front.
bool take_digits(std::string_view& text, std::size_t count, std::int64_t& number) {
    if (text.size() < count) return false;
    number = 0;
    for (const char letter : text.substr(0, count)) {
        if (letter < '0' || letter > '9') return false;
        number = number * 10 + (letter - '0');
    }
    text.remove_prefix(count);
    return true;
}

bool take_letter(std::string_view& text, char letter) {
    if (!text.starts_with(letter)) return false;
    text.remove_prefix(1);
    return true;
}

/// Days since 1970 (Howard Hinnant's days_from_civil).
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

bool is_date(std::int64_t year, std::int64_t month, std::int64_t day) {
    constexpr std::int64_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool take_fraction(std::string_view& text, std::int64_t& ns) {
    ns = 0;
    if (!take_letter(text, '.')) return true;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    if (digits == 0 || digits > 9 || !take_digits(text, digits, ns)) return false;
    for (; digits < 9; ++digits) ns *= 10;
    return true;
}

bool take_offset(std::string_view& text, std::int64_t& seconds) {
    seconds = 0;
    if (take_letter(text, 'Z') || take_letter(text, 'z')) return true;
    const bool west = text.starts_with('-');
    if (!west && !text.starts_with('+')) return false;
    text.remove_prefix(1);
    std::int64_t hours = 0;
    std::int64_t minutes = 0;
    if (!take_digits(text, 2, hours) || !take_letter(text, ':') || !take_digits(text, 2, minutes) ||
        hours > 23 || minutes > 59)
        return false;
    seconds = (hours * 60 + minutes) * (west ? -60 : 60);
    return true;
}

struct Side {
    std::string_view word;
    std::uint32_t direction;
    std::int64_t sell_kind;  ///< 0: none is said
};
constexpr Side sides[] = {
    {"buy", OMS_direction_receive, 0},
    {"sell", OMS_direction_deliver, 0},
    {"sell_short", OMS_direction_deliver, sdk::choice::sell_kind::short_sell},
    {"sell_short_exempt", OMS_direction_deliver, sdk::choice::sell_kind::short_sell_exempt},
};

/// Refuses a member that says what another one says already.
void refuse_both(const BodyReader& body, const BodyValue* one, const BodyValue* other) {
    if (one == nullptr || other == nullptr) return;
    throw make_problem(error_both_given)
        .at(body.path(*other))
        .saw(std::string(one->member->name) + " and " + std::string(other->member->name));
}

[[noreturn]] void missing(const BodyReader& body, const BodyValue& object, std::string_view name,
                          std::string_view expected) {
    throw make_problem(error_missing_member)
        .at(body.path(object) + "/" + std::string(name))
        .wants(expected);
}

}  // namespace

bool parse_time(std::string_view text, std::int64_t& time_ns) {
    std::int64_t year = 0;
    std::int64_t month = 0;
    std::int64_t day = 0;
    std::int64_t hour = 0;
    std::int64_t minute = 0;
    std::int64_t second = 0;
    std::int64_t ns = 0;
    std::int64_t offset = 0;
    const bool read =
        take_digits(text, 4, year) && take_letter(text, '-') && take_digits(text, 2, month) &&
        take_letter(text, '-') && take_digits(text, 2, day) &&
        (take_letter(text, 'T') || take_letter(text, 't')) && take_digits(text, 2, hour) &&
        take_letter(text, ':') && take_digits(text, 2, minute) && take_letter(text, ':') &&
        take_digits(text, 2, second) && take_fraction(text, ns) && take_offset(text, offset) &&
        text.empty();
    if (!read || !is_date(year, month, day) || hour > 23 || minute > 59 || second > 59)
        return false;
    const std::int64_t seconds =
        days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset;
    constexpr std::int64_t most_seconds = 9'223'372'036;
    if (seconds > most_seconds - 1 || seconds < -most_seconds) return false;
    time_ns = seconds * 1'000'000'000 + ns;
    return true;
}

// ---- single values
// ----------------------------------------------------------------------------------

std::uint32_t BodyTranslator::reference(const BodyValue& value,
                                        std::uint32_t reference_class) const {
    return api_.reference(reference_class, value.text, body_.path(value));
}

std::uint32_t BodyTranslator::reference(const BodyValue& object, std::string_view name,
                                        std::uint32_t reference_class) const {
    const BodyValue* value = body_.find(object, name);
    if (value == nullptr) missing(body_, object, name, "the code of an entry");
    return reference(*value, reference_class);
}

std::uint64_t BodyTranslator::id(const BodyValue& value) const {
    std::uint64_t number = 0;
    const char* end = value.text.data() + value.text.size();
    const auto result = std::from_chars(value.text.data(), end, number);
    if (value.text.empty() || result.ec != std::errc() || result.ptr != end)
        throw make_problem(error_wrong_type)
            .at(body_.path(value))
            .wants("the digits of an id, as a string")
            .saw("\"" + std::string(value.text) + "\"");
    return number;
}

std::int64_t BodyTranslator::decimal(const BodyValue& value, std::string_view text,
                                     std::uint32_t scale, std::string_view of) const {
    const sdk::ParsedDecimal parsed = sdk::parse_decimal(text, scale);
    if (parsed) return *parsed;
    throw make_problem(error_bad_decimal)
        .at(body_.path(value))
        .says("\"" + std::string(text) + "\" " + std::string(sdk::to_text(parsed.fault)))
        .wants("a decimal with at most " + std::to_string(scale) + " decimals" + std::string(of))
        .saw("\"" + std::string(text) + "\"");
}

std::int64_t BodyTranslator::quantity(const BodyValue& value, std::uint32_t product) const {
    return decimal(value, value.text, api_.scale(product), ", as its product has");
}

std::int64_t BodyTranslator::price(const BodyValue& value, std::uint32_t product) const {
    return decimal(value, value.text, api_.price_scale(product), ", as prices of its product have");
}

std::int64_t BodyTranslator::money(const BodyValue& value, std::uint32_t& currency) const {
    currency = api_.reference(OMS_class_product, value.currency, body_.path(value) + "/currency");
    return decimal(value, value.text, api_.scale(currency), ", as its currency has");
}

std::uint32_t BodyTranslator::line_index(const BodyValue& value) const {
    if (value.number >= 0 && value.number < OMS_MAX_LINES)
        return static_cast<std::uint32_t>(value.number);
    throw make_problem(error_wrong_type)
        .at(body_.path(value))
        .wants("the index of a line, from 0 on")
        .saw(std::to_string(value.number));
}

// ---- terms
// ------------------------------------------------------------------------------------------

void BodyTranslator::add_term(sdk::Batch& batch, std::uint32_t line, std::uint32_t field,
                              std::uint32_t product, std::int64_t number) const {
    auto term = sdk::make<oms_term>();
    term.line = line;
    term.field = field;
    term.type = OMS_term_type_number;
    term.product = product;
    term.number = number;
    batch.add(term);
}

std::optional<Scales> BodyTranslator::scales(std::uint32_t product) const {
    if (product == 0) return std::nullopt;
    return Scales{product, api_.scale(product), api_.price_scale(product)};
}

std::int64_t BodyTranslator::term_number(const BodyValue& value, oms_term& term,
                                         const std::optional<Scales>& scales) const {
    const auto need_scales = [&] {
        if (!scales)
            throw make_problem(error_no_scale)
                .at(body_.path(value))
                .says("the order's lines have several products");
        term.product = scales->product;
        return *scales;
    };
    switch (value.term->meaning) {
        case sdk::FieldMeaning::price:
            return decimal(value, value.text, need_scales().price,
                           ", as prices of its product have");
        case sdk::FieldMeaning::quantity:
            return decimal(value, value.text, need_scales().quantity, ", as its product has");
        case sdk::FieldMeaning::money: return money(value, term.product);
        case sdk::FieldMeaning::microdegrees: return decimal(value, value.text, 6, "");
        case sdk::FieldMeaning::product: return reference(value, OMS_class_product);
        case sdk::FieldMeaning::account: return reference(value, OMS_class_account);
        case sdk::FieldMeaning::destination: return reference(value, OMS_class_destination);
        case sdk::FieldMeaning::time: {
            std::int64_t time = 0;
            if (parse_time(value.text, time)) return time;
            throw make_problem(error_bad_time)
                .at(body_.path(value))
                .wants("a time such as 2026-03-01T09:30:00Z")
                .saw("\"" + std::string(value.text) + "\"");
        }
        case sdk::FieldMeaning::choice: {
            if (const auto number = sdk::choice_number(value.term->name, value.text))
                return *number;
            std::vector<std::string_view> words;
            for (const sdk::ChoiceInfo& choice : sdk::choices(value.term->name))
                words.push_back(choice.name);
            throw make_problem(error_bad_word)
                .at(body_.path(value))
                .wants(sdk::name_list(words))
                .saw("\"" + std::string(value.text) + "\"" + sdk::did_you_mean(value.text, words));
        }
        default: return value.number;
    }
}

void BodyTranslator::add_terms(sdk::Batch& batch, const BodyValue& terms, std::uint32_t line,
                               const std::optional<Scales>& scales) const {
    for (const BodyValue* value = body_.first(terms); value != nullptr;
         value = body_.next(*value)) {
        auto term = sdk::make<oms_term>();
        term.line = line;
        term.field = value->term->number;
        if (value->term->type == sdk::TermType::text) {
            term.type = OMS_term_type_text;
            term.text = sdk::text(value->text);
        } else {
            term.type = OMS_term_type_number;
            term.number = term_number(*value, term, scales);
        }
        batch.add(term);
        if (batch.count() > OMS_MAX_INPUT_RECORDS)
            throw make_problem(error_too_many).at(body_.path(terms));
    }
}

// ---- lines
// ------------------------------------------------------------------------------------------

namespace {

/// Reads one line of an order to be placed.
class LineTranslator {
public:
    LineTranslator(const BodyTranslator& translator, const BodyValue& line, std::uint32_t index,
                   const Roles& roles)
        : translator_(translator), body_(translator.body()), line_(line), roles_(roles) {
        row_.line = index;
        row_.parent_line = OMS_WHOLE_ORDER;
        row_.role = OMS_ROLE_BY_PRODUCT;
    }

    const oms_line& read() {
        read_what();
        read_direction();
        if (const BodyValue* role = body_.find(line_, "role")) row_.role = role_number(*role);
        const BodyValue* parent = body_.find(line_, "parent_line");
        const BodyValue* ratio = body_.find(line_, "ratio");
        if (parent != nullptr) row_.parent_line = translator_.line_index(*parent);
        if (ratio != nullptr) row_.ratio = small(*ratio, 1'000'000'000);
        if (parent != nullptr && ratio == nullptr) row_.ratio = 1;
        return row_;
    }

    void add_details(sdk::Batch& batch) const {
        if (const BodyValue* price = body_.find(line_, "price"))
            translator_.add_term(batch, row_.line, sdk::field::limit_price, row_.product,
                                 translator_.price(*price, row_.product));
        if (sell_kind_ != 0)
            translator_.add_term(batch, row_.line, sdk::field::sell_kind, 0, sell_kind_);
        if (const BodyValue* terms = body_.find(line_, "terms"))
            translator_.add_terms(batch, *terms, row_.line, translator_.scales(row_.product));
        const BodyValue* sources = body_.find(line_, "sources");
        if (sources == nullptr) return;
        for (const BodyValue* each = body_.first(*sources); each != nullptr;
             each = body_.next(*each)) {
            auto source = sdk::make<oms_line_source>();
            source.line = row_.line;
            source.source_order = translator_.id(*body_.find(*each, "order"));
            if (const BodyValue* of = body_.find(*each, "line"))
                source.source_line = translator_.line_index(*of);
            source.product = row_.product;
            source.quantity = translator_.quantity(*body_.find(*each, "quantity"), row_.product);
            batch.add(source);
        }
    }

private:
    void read_what() {
        const BodyValue* product = body_.find(line_, "product");
        const BodyValue* quantity = body_.find(line_, "quantity");
        const BodyValue* amount = body_.find(line_, "amount");
        refuse_both(body_, product, amount);
        refuse_both(body_, quantity, amount);
        if (amount != nullptr) {
            row_.quantity = translator_.money(*amount, row_.product);
            return;
        }
        if (product == nullptr) missing(body_, line_, "product", "the code of a product");
        if (quantity == nullptr) missing(body_, line_, "quantity", "a decimal string");
        row_.product = translator_.reference(*product, OMS_class_product);
        row_.quantity = translator_.quantity(*quantity, row_.product);
    }

    void read_direction() {
        const BodyValue* direction = body_.find(line_, "direction");
        const BodyValue* side = body_.find(line_, "side");
        refuse_both(body_, direction, side);
        if (direction != nullptr) {
            row_.direction = sdk::code_number(sdk::direction_names, direction->text).value_or(0);
            return;
        }
        if (side == nullptr) missing(body_, line_, "direction", "receive or deliver");
        for (const Side& known : sides) {
            if (known.word != side->text) continue;
            row_.direction = known.direction;
            sell_kind_ = known.sell_kind;
        }
    }

    std::uint32_t role_number(const BodyValue& value) const {
        if (value.text.data() == nullptr) return small(value, 3);
        const auto named = std::find(roles_.begin(), roles_.end(), value.text);
        if (named != roles_.end()) return static_cast<std::uint32_t>(named - roles_.begin());
        throw make_problem(OMS_ERROR_bad_role)
            .at(body_.path(value))
            .wants(roles_.empty() ? "no role: lines of this kind have no names"
                                  : sdk::name_list(roles_))
            .saw("\"" + std::string(value.text) + "\"" + sdk::did_you_mean(value.text, roles_));
    }

    std::uint32_t small(const BodyValue& value, std::int64_t most) const {
        if (value.number >= 0 && value.number <= most)
            return static_cast<std::uint32_t>(value.number);
        throw make_problem(error_wrong_type)
            .at(body_.path(value))
            .wants("a whole number from 0 to " + std::to_string(most))
            .saw(std::to_string(value.number));
    }

    const BodyTranslator& translator_;
    const BodyReader& body_;
    const BodyValue& line_;
    const Roles& roles_;
    oms_line row_ = sdk::make<oms_line>();
    std::int64_t sell_kind_ = 0;
};

}  // namespace

void add_lines(sdk::Batch& batch, const BodyTranslator& translator, const BodyValue& lines,
               const BodyValue* order_terms, const Roles& roles) {
    std::vector<LineTranslator> translators;
    std::uint32_t common = 0;
    bool several = false;
    const BodyReader& body = translator.body();
    for (const BodyValue* each = body.first(lines); each != nullptr; each = body.next(*each)) {
        LineTranslator& line = translators.emplace_back(translator, *each, each->index, roles);
        const oms_line& row = line.read();
        several = several || (common != 0 && common != row.product);
        common = row.product;
        batch.add(row);
    }
    for (const LineTranslator& line : translators) line.add_details(batch);
    if (order_terms != nullptr)
        translator.add_terms(batch, *order_terms, OMS_WHOLE_ORDER,
                             translator.scales(several ? 0 : common));
}

}  // namespace oms::rest
