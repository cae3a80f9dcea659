// SPDX-License-Identifier: Apache-2.0
// `oms balances`: what accounts have, what of it is held, and what is left.
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <tuple>

namespace oms::cli {

namespace {

struct Arguments {
    std::string account;
    std::string product;
    bool zero = false;
};

std::vector<oms_balance_row> rows_of(Session& session, const Arguments& arguments) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_balances;
    if (!arguments.account.empty())
        query.reference = session.reference(OMS_class_account, arguments.account, "--account");
    if (!arguments.product.empty())
        query.id = session.reference(OMS_class_product, arguments.product, "--product");
    const runtime::Reply reply = session.ask(query);
    std::vector<oms_balance_row> rows;
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* row = sdk::as<oms_balance_row>(record);
        if (row == nullptr) continue;
        const bool empty = sdk::to_int128(row->balance) == 0 && sdk::to_int128(row->held) == 0;
        if (!empty || arguments.zero) rows.push_back(*row);
    }
    const sdk::Names& names = session.names();
    std::stable_sort(rows.begin(), rows.end(), [&](const auto& left, const auto& right) {
        return std::tuple(code_of(names, left.account), code_of(names, left.asset), left.bucket) <
               std::tuple(code_of(names, right.account), code_of(names, right.asset), right.bucket);
    });
    return rows;
}

std::string bucket_text(std::uint32_t bucket) {
    const std::string_view word = sdk::code_name(sdk::bucket_names, bucket);
    return word.empty() ? std::to_string(bucket) : std::string(word);
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const std::vector<oms_balance_row> rows = rows_of(session, arguments);
    const sdk::Names& names = session.names();
    if (context.console.json) {
        std::string out = "[";
        sdk::JsonWriter json(out);
        for (const oms_balance_row& row : rows) {
            json.begin_object();
            sdk::append_json_members(out, reinterpret_cast<const oms_record&>(row), names);
            json.end_object();
        }
        context.console.print_line(out + "]");
        return Exit::ok;
    }
    Table table({{"account"},
                 {"product"},
                 {"bucket"},
                 {"balance", true},
                 {"held", true},
                 {"available", true}});
    for (const oms_balance_row& row : rows) {
        const auto amount = [&](oms_wide wide) {
            const sdk::Wide value = sdk::to_int128(wide);
            return Cell(amount_text(names, row.asset, value), value < 0    ? Style::warn
                                                              : value == 0 ? Style::dim
                                                                           : Style::plain);
        };
        table.add({code_of(names, row.account), code_of(names, row.asset), bucket_text(row.bucket),
                   amount(row.balance), amount(row.held), amount(row.available)});
    }
    if (table.empty())
        context.console.say("There is nothing; balances come from deposits and executions.");
    else
        table.print(context.console);
    return Exit::ok;
}

}  // namespace

void add_balances(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(parent, "balances", "What accounts have, and what of it is held",
                              "oms balances --account ACCOUNT");
    verb->add_option("--account", arguments->account, "Only this account");
    verb->add_option("--product", arguments->product, "Only this product");
    verb->add_flag("--zero", arguments->zero, "Those that are zero, too");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
