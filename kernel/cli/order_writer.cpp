// SPDX-License-Identifier: Apache-2.0
#include "cli/order_writer.hpp"

#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <limits>

namespace oms::cli {

namespace {

struct ShortName {
    std::string_view name;
    std::string_view field;
};
constexpr ShortName short_names[] = {
    {"limit", "limit_price"}, {"stop", "stop_price"},
    {"tif", "time_in_force"}, {"amount", "line_amount"},
    {"tax", "line_tax"},      {"price", "limit_price"},
    {"type", "order_type"},   {"display", "display_quantity"},
};

std::uint32_t small_number(const std::string& text, const std::string& place, std::uint64_t most) {
    const std::uint64_t number = need_number(text, place);
    if (number > most)
        give_up(error_argument, place, text + " is too large",
                "the largest is " + std::to_string(most));
    return static_cast<std::uint32_t>(number);
}

}  // namespace

std::string OrderWriter::long_name(const std::string& name) {
    for (const ShortName& known : short_names)
        if (known.name == name) return std::string(known.field);
    return name;
}

OrderWriter::Product OrderWriter::product(const std::string& code, const std::string& place) {
    Product product;
    product.code = code;
    product.reference = session_.reference(OMS_class_product, code, place);
    const oms_reference_row row = session_.describe(product.reference);
    product.scale = row.scale;
    product.price_scale = row.price_scale;
    return product;
}

namespace {

/// `orders.csv:3 kind` where the order stands in a file, `--kind` where it was typed.
std::string place_of(const OrderWords& words, const std::string& part) {
    return words.place.empty() ? "--" + part : words.place + " " + part;
}

}  // namespace

sdk::Batch OrderWriter::place(const OrderWords& words) {
    if (words.lines.empty())
        give_up(error_argument, words.place, "the order has no line",
                "say what it receives or delivers, as in: --buy 100 XYZ");
    currency_.reset();
    if (!words.currency.empty()) currency_ = product(words.currency, place_of(words, "currency"));
    auto head = session_.head<oms_place_order>(words.key);
    head.order_kind = session_.reference(OMS_class_order_kind, words.kind, place_of(words, "kind"));
    head.account = session_.reference(OMS_class_account, words.account, place_of(words, "account"));
    if (!words.parent.empty()) head.parent = session_.order_id(words.parent);
    sdk::Batch batch;
    batch.add(head);
    std::vector<Line> lines;
    for (const LineWords& line : words.lines)
        lines.push_back({&line, product(line.product, line.place)});
    std::uint32_t index = 0;
    for (const Line& line : lines)
        batch.add(line_record(words, *line.words, index++, line.product));
    index = 0;
    for (const Line& line : lines) {
        for (const TermWords& each : line.words->terms)
            batch.add(term(each, index, &line.product, currency_for(lines, &line.product)));
        ++index;
    }
    const bool one = std::all_of(lines.begin(), lines.end(), [&](const Line& line) {
        return line.product.reference == lines.front().product.reference;
    });
    for (const TermWords& each : words.terms)
        batch.add(term(each, OMS_WHOLE_ORDER, one ? &lines.front().product : nullptr,
                       currency_for(lines, nullptr)));
    for (const TermWords& each : words.links) {
        auto link = sdk::make<oms_link>();
        link.link = need_word(sdk::link_names, each.name, each.place);
        link.order = session_.order_id(each.value);
        batch.add(link);
    }
    return batch;
}

oms_line OrderWriter::line_record(const OrderWords& words, const LineWords& line,
                                  std::uint32_t index, const Product& product) {
    auto record = sdk::make<oms_line>();
    record.line = index;
    record.product = product.reference;
    record.direction = line.direction;
    record.quantity = need_decimal(line.quantity, product.scale, line.place, product.code);
    record.role = line.role.empty() ? OMS_ROLE_BY_PRODUCT : role(words, line);
    record.parent_line = OMS_WHOLE_ORDER;
    if (!line.parent.empty()) {
        record.parent_line = small_number(line.parent, line.place + " parent", OMS_MAX_LINES);
        record.ratio = 1;
    }
    if (!line.ratio.empty())
        record.ratio = small_number(line.ratio, line.place + " ratio", 1'000'000'000);
    return record;
}

std::uint32_t OrderWriter::role(const OrderWords& words, const LineWords& line) {
    if (const auto number = read_number(line.role))
        return small_number(line.role, line.place + " role", lifecycle::role_count - 1);
    const std::vector<std::string> roles = session_.folder().roles(words.kind);
    const auto found = std::find(roles.begin(), roles.end(), line.role);
    if (found != roles.end()) return static_cast<std::uint32_t>(found - roles.begin());
    give_up(error_argument, line.place + " role",
            "the lifecycle of \"" + words.kind + "\" has no role \"" + line.role + "\"" +
                sdk::did_you_mean(line.role, roles),
            roles.empty() ? "it names no roles that could be read; write the number, from 0 to 3"
                          : "its roles are " + sdk::name_list(roles));
}

/// What amounts are in: --currency, or else the one other product that the order has.
const OrderWriter::Product* OrderWriter::currency_for(const std::vector<Line>& lines,
                                                      const Product* own) const {
    if (currency_) return &*currency_;
    if (own == nullptr) return nullptr;
    const Product* other = nullptr;
    for (const Line& line : lines) {
        if (line.product.reference == own->reference) continue;
        if (other != nullptr && other->reference != line.product.reference) return nullptr;
        other = &line.product;
    }
    return other;
}

std::int64_t OrderWriter::money(const TermWords& words, const Product* currency,
                                std::uint32_t& reference) {
    const std::size_t blank = words.value.find(' ');
    const std::string amount = words.value.substr(0, blank);
    Product named;
    if (blank != std::string::npos) {
        named = product(words.value.substr(blank + 1), words.place);
        currency = &named;
    }
    if (currency == nullptr)
        give_up(error_argument, words.place,
                "\"" + words.value + "\" does not say in which currency",
                "write it behind the amount, as in \"" + amount + " EUR\", or say --currency EUR");
    reference = currency->reference;
    return need_decimal(amount, currency->scale, words.place, currency->code);
}

oms_term OrderWriter::term(const TermWords& words, std::uint32_t line, const Product* product,
                           const Product* currency) {
    const sdk::TermInfo& info = need_term(long_name(words.name), words.place);
    auto term = sdk::make<oms_term>();
    term.line = line;
    term.field = info.number;
    if (info.type == sdk::TermType::text) {
        term.type = OMS_term_type_text;
        term.text = sdk::text(words.value);
        return term;
    }
    term.type = OMS_term_type_number;
    const auto scaled = [&](unsigned Product::*scale) {
        if (product == nullptr)
            give_up(error_argument, words.place,
                    "the order has several products: it is not clear whose decimals " +
                        std::string(info.name) + " has",
                    "say it of a line: put --set " + words.name + "=" + words.value +
                        " behind that line");
        term.product = product->reference;
        return need_decimal(words.value, product->*scale, words.place, product->code);
    };
    const auto of = [&](std::uint32_t reference_class) {
        return session_.reference(reference_class, words.value, words.place);
    };
    switch (info.meaning) {
        case sdk::FieldMeaning::price: term.number = scaled(&Product::price_scale); break;
        case sdk::FieldMeaning::quantity: term.number = scaled(&Product::scale); break;
        case sdk::FieldMeaning::money: term.number = money(words, currency, term.product); break;
        case sdk::FieldMeaning::time: term.number = need_time(words.value, words.place); break;
        case sdk::FieldMeaning::product: term.number = of(OMS_class_product); break;
        case sdk::FieldMeaning::account: term.number = of(OMS_class_account); break;
        case sdk::FieldMeaning::destination: term.number = of(OMS_class_destination); break;
        case sdk::FieldMeaning::choice:
            term.number = need_choice(info, words.value, words.place);
            break;
        case sdk::FieldMeaning::microdegrees:
            term.number = need_decimal(words.value, 6, words.place, "a position");
            break;
        default: term.number = need_decimal(words.value, 0, words.place, info.name); break;
    }
    return term;
}

}  // namespace oms::cli
