// SPDX-License-Identifier: Apache-2.0
#include "inbound.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <charconv>

namespace line {

namespace {

oms_term number_term(std::uint32_t field, std::int64_t number, std::uint32_t product = 0) {
    oms_term term = sdk::make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.field = field;
    term.type = OMS_term_type_number;
    term.product = product;
    term.number = number;
    return term;
}

/// Adds the term of a choice by its word, or says what is wrong with the word.
std::string add_choice(const Message& message, std::string_view name, std::string_view set,
                       std::uint32_t field, sdk::Batch& input) {
    const std::string_view word = message.get(name);
    if (word.empty()) return {};
    if (const auto number = sdk::choice_number(set, word)) {
        input.add(number_term(field, *number));
        return {};
    }
    std::vector<std::string_view> words;
    for (const sdk::ChoiceInfo& choice : sdk::choices(set)) words.push_back(choice.name);
    return std::string(name) + ": \"" + std::string(word) + "\" is none of its words" +
           sdk::did_you_mean(word, words) + "; send one of " + sdk::name_list(words);
}

/// What is wrong with a decimal, as the place and a way out.
std::string decimal_fault(std::string_view name, std::string_view text, std::uint32_t scale) {
    const std::string place = std::string(name) + ": ";
    if (text.empty()) return place + "it is missing; send a decimal such as 12.50";
    return place + "\"" + std::string(text) + "\" " +
           std::string(sdk::to_text(sdk::parse_decimal(text, scale).fault)) +
           "; send digits and a point, with at most " + std::to_string(scale) + " decimals";
}

std::uint32_t scale_of(const Books& books, std::uint32_t product, bool of_price) {
    const auto row = books.port().describe(product);
    return !row ? 0 : of_price ? row->price_scale : row->scale;
}

std::string place(const Message& message, const Meaning& meaning, const Books& books,
                  sdk::Batch& input) {
    namespace field = sdk::field;
    oms_place_order head = sdk::make<oms_place_order>();
    head.origin = meaning.origin;
    head.key = sdk::text(message.get("key"));
    if (message.duplicate()) head.flags = OMS_POSSIBLE_DUPLICATE;
    head.order_kind = books.find(OMS_class_order_kind, message.get("kind"));
    const std::string account(message.get("account"));
    const bool allowed = meaning.accounts.empty() ||
                         std::find(meaning.accounts.begin(), meaning.accounts.end(), account) !=
                             meaning.accounts.end();
    if (allowed) head.account = books.find(OMS_class_account, account);
    input.add(head);
    oms_line line = sdk::make<oms_line>();
    line.product = books.find(OMS_class_product, message.get("product"));
    line.direction = sdk::code_number(sdk::direction_names, message.get("direction")).value_or(0);
    line.parent_line = OMS_WHOLE_ORDER;
    line.role = OMS_ROLE_BY_PRODUCT;
    const auto quantity = books.quantity_of(line.product, message.get("quantity"));
    if (!quantity)
        return decimal_fault("quantity", message.get("quantity"),
                             scale_of(books, line.product, false));
    line.quantity = *quantity;
    input.add(line);
    if (const std::string_view text = message.get("price"); !text.empty()) {
        const auto price = books.price_of(line.product, text);
        if (!price) return decimal_fault("price", text, scale_of(books, line.product, true));
        input.add(number_term(field::limit_price, *price, line.product));
    }
    std::string fault = add_choice(message, "type", "order_type", field::order_type, input);
    if (fault.empty())
        fault = add_choice(message, "force", "time_in_force", field::time_in_force, input);
    if (!fault.empty()) return fault;
    if (const std::string_view text = message.get("text"); !text.empty()) {
        oms_term term = sdk::make<oms_term>();
        term.line = OMS_WHOLE_ORDER;
        term.field = field::text;
        term.type = OMS_term_type_text;
        term.text = sdk::text(text);
        input.add(term);
    }
    return {};
}

/// The product of an order that came before; 0: there is no such order, and the kernel will say so.
std::uint32_t product_of(const Message& message, const Meaning& meaning, Books& books) {
    std::uint32_t product = 0;
    books.ask_order(meaning.origin, message.get("target"), 0, [&](const oms_record& record) {
        const auto* row = sdk::as<oms_line_row>(record);
        if (row != nullptr && row->line == 0) product = row->product;
    });
    return product;
}

std::string amend(const Message& message, const Meaning& meaning, Books& books, sdk::Batch& input) {
    oms_amend_order head = sdk::make<oms_amend_order>();
    head.origin = meaning.origin;
    head.key = sdk::text(message.get("key"));
    head.target = sdk::text(message.get("target"));
    input.add(head);
    const std::uint32_t product = product_of(message, meaning, books);
    if (const std::string_view text = message.get("quantity"); !text.empty()) {
        const auto quantity = books.quantity_of(product, text);
        if (!quantity) return decimal_fault("quantity", text, scale_of(books, product, false));
        oms_line line = sdk::make<oms_line>();
        line.quantity = *quantity;
        line.parent_line = OMS_WHOLE_ORDER;
        input.add(line);
    }
    if (const std::string_view text = message.get("price"); !text.empty()) {
        const auto price = books.price_of(product, text);
        if (!price) return decimal_fault("price", text, scale_of(books, product, true));
        input.add(number_term(sdk::field::limit_price, *price, product));
    }
    return {};
}

std::uint32_t report_of(std::string_view what) {
    static constexpr std::pair<std::string_view, std::uint32_t> words[] = {
        {"accepted", OMS_report_acked},
        {"refused", OMS_report_refused},
        {"executed", OMS_report_executed},
        {"reversed", OMS_report_reversed},
        {"corrected", OMS_report_corrected},
        {"cancelled", OMS_report_cancelled},
        {"expired", OMS_report_expired},
        {"amended", OMS_report_replaced},
        {"amend_refused", OMS_report_replace_refused},
        {"cancel_refused", OMS_report_cancel_refused},
        {"answer", OMS_report_answered},
        {"not_found", OMS_report_not_found},
    };
    for (const auto& [word, report] : words)
        if (word == what) return report;
    return 0;
}

std::string report(const Message& message, const Meaning& meaning, const Books& books,
                   sdk::Batch& input) {
    const std::string_view key = message.get("key");
    std::uint64_t route = 0;
    if (key.starts_with('R')) std::from_chars(key.data() + 1, key.data() + key.size(), route);
    const std::string_view what = message.get("what");
    const std::uint32_t type = report_of(what);
    if (type == 0)
        return {};  // a status or the receipt of a request: the number is all that counts
    oms_report head = sdk::make<oms_report>();
    head.type = type;
    head.destination = meaning.destination;
    head.route = route;
    if (message.duplicate()) head.flags = OMS_POSSIBLE_DUPLICATE;
    head.external_ref = sdk::text(message.get("order"));
    head.line = OMS_WHOLE_ORDER;
    head.product = books.find(OMS_class_product, message.get("product"));
    const auto quantity = [&](std::string_view name) {
        return books.quantity_of(head.product, message.get(name)).value_or(0);
    };
    if (type == OMS_report_executed || type == OMS_report_corrected) {
        head.execution_ref = sdk::text(message.get("execution"));
        head.quantity = quantity("last");
        head.price = books.price_of(head.product, message.get("price")).value_or(0);
        if (head.quantity == 0 || head.execution_ref.size == 0)
            return "an execution needs `execution` and `last`";
    } else if (type == OMS_report_cancelled || type == OMS_report_expired) {
        head.quantity = 0;  // whatever works there works no more
    } else {
        head.quantity = quantity("quantity");
    }
    head.refers_to = sdk::text(message.get("refers_to"));
    head.remaining = quantity("open");
    head.time = books.port().now();
    head.text = sdk::text(message.get("text"));
    input.add(head);
    return {};
}

}  // namespace

bool is_business(std::string_view type, bool accepts) {
    if (!accepts) return type == "ORDER";
    return type == "NEW" || type == "AMEND" || type == "CANCEL";
}

std::string to_input(const Message& message, const Meaning& meaning, Books& books,
                     sdk::Batch& input) {
    if (message.type == "NEW") return place(message, meaning, books, input);
    if (message.type == "AMEND") return amend(message, meaning, books, input);
    if (message.type == "ORDER") return report(message, meaning, books, input);
    oms_cancel_order head = sdk::make<oms_cancel_order>();
    head.origin = meaning.origin;
    head.key = sdk::text(message.get("key"));
    head.target = sdk::text(message.get("target"));
    input.add(head);
    return {};
}

}  // namespace line
