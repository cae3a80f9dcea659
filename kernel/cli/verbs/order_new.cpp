// SPDX-License-Identifier: Apache-2.0
// `oms order new`: places an order and tells what the kernel answered.
#include "cli/line_grammar.hpp"
#include "cli/outcome.hpp"
#include "cli/verb.hpp"

namespace oms::cli {

namespace {

struct Arguments {
    LineGrammar grammar;
    bool follow = false;
    CLI::App* verb = nullptr;
};

Exit place(Context& context, const Arguments& arguments) {
    OrderWords words = arguments.grammar.read(*arguments.verb);
    Session session(context);
    const bool made = words.key.empty();
    if (made) words.key = make_key(now_ns());
    const sdk::Batch input = OrderWriter(session).place(words);
    if (made && !context.console.json) context.console.say("key " + words.key);
    const Asked asked{.key = words.key, .what = "order"};
    const runtime::Reply reply = request_known(session, input, asked);
    const Exit exit = tell_reply(session, reply, asked);
    if (exit == Exit::ok && arguments.follow) follow_orders(session, {reply.order}, reply.seq);
    return exit;
}

}  // namespace

void add_order_new(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(
        group, "new", "Place an order",
        "oms order new --kind KIND --account ACCOUNT --buy 100 XYZ --limit 10.25 --tif day\n"
        "  oms order new --kind KIND --account ACCOUNT --deliver 2 ABC --amount 119.80 \\\n"
        "                --receive 119.80 EUR --role money\n\n"
        "Options about a line stand behind it. Repeating a command with its --key is safe: the\n"
        "same key and order get the same answer. `oms run` shows commands for its configuration.");
    arguments->verb = verb;
    arguments->grammar.declare(*verb);
    verb->add_flag("--follow", arguments->follow, "Then tell what happens to it, until it ends");
    when_chosen(verb, context, [&context, arguments] { return place(context, *arguments); });
}

}  // namespace oms::cli
