// SPDX-License-Identifier: Apache-2.0
// Says how much of a product an account really has: posts the difference to what the books say,
// from or to an outside account that stands for the world.
#include "cli/outcome.hpp"
#include "cli/spellings.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

namespace oms::cli {

namespace {

struct Arguments {
    std::string account;
    std::string product;
    std::string quantity;
    std::string against = "inventory_adjustment";
    std::string reason = "counted";
    std::string key;
};

sdk::Wide balance_of(Session& session, std::uint32_t account, std::uint32_t product) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_balances;
    query.reference = account;
    query.id = product;
    const runtime::Reply reply = session.ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* row = sdk::as<oms_balance_row>(record);
            row != nullptr && row->bucket == OMS_bucket_on_hand)
            return sdk::to_int128(row->balance);
    return 0;
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const std::uint32_t account =
        session.reference(OMS_class_account, arguments.account, "ACCOUNT");
    const std::uint32_t product =
        session.reference(OMS_class_product, arguments.product, "PRODUCT");
    const std::uint32_t against =
        session.reference(OMS_class_account, arguments.against, "--against");
    const std::int64_t wanted = need_decimal(arguments.quantity, session.describe(product).scale,
                                             "QUANTITY", arguments.product);
    const sdk::Wide before = balance_of(session, account, product);
    const sdk::Wide change = wanted - before;
    const sdk::Names& names = session.names();
    if (change == 0) {
        context.console.say("The books say so already: " + amount_text(names, product, wanted) +
                            " " + arguments.product + " on " + arguments.account + ".");
        return Exit::ok;
    }
    const auto amount = sdk::narrow(change < 0 ? -change : change);
    if (!amount)
        give_up(error_argument, "QUANTITY", "the difference is too large for one posting",
                "post it in parts");
    const std::string key = arguments.key.empty() ? make_key(now_ns()) : arguments.key;
    auto head = session.head<oms_post>(key);
    head.reason = sdk::text(arguments.reason);
    auto transfer = sdk::make<oms_transfer>();
    transfer.from = change > 0 ? against : account;
    transfer.to = change > 0 ? account : against;
    transfer.asset = product;
    transfer.amount = *amount;
    sdk::Batch batch;
    batch.add(head);
    batch.add(transfer);
    const Asked asked{.key = key, .what = "posting"};
    const runtime::Reply reply = request_known(session, batch, asked);
    const Exit exit = tell_reply(session, reply, asked);
    if (exit == Exit::ok && !context.console.json)
        context.console.say(arguments.account + " has " + amount_text(names, product, wanted) +
                            " " + arguments.product + " now, before " +
                            amount_text(names, product, before));
    return exit;
}

}  // namespace

void add_level_set(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "set", "Say how much of a product an account really has",
                              spelling::level_example);
    verb->add_option("ACCOUNT", arguments->account, "Where it lies")->required();
    verb->add_option("PRODUCT", arguments->product, "What it is")->required();
    verb->add_option("QUANTITY", arguments->quantity, "How much there is")->required();
    verb->add_option("--against", arguments->against,
                     "The outside account that gives or takes the difference")
        ->capture_default_str();
    verb->add_option("--reason", arguments->reason, "Why, for the journal")->capture_default_str();
    verb->add_option("--key", arguments->key, "Of this request; made when it is not given");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
