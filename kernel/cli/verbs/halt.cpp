// SPDX-License-Identifier: Apache-2.0
// `oms halt` and `oms resume`: closes the gate to destinations at once, and opens it again.
#include "cli/session.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::string account;
    std::string destination;
    std::string product;
    std::string reason;
    bool on = true;
};

struct Scope {
    std::uint32_t scope = OMS_halt_scope_all;
    std::uint32_t target = 0;
    std::string words = "everything";
};

Scope scope_of(Session& session, const Arguments& arguments) {
    if (!arguments.account.empty())
        return {OMS_halt_scope_account,
                session.reference(OMS_class_account, arguments.account, "--account"),
                "account " + arguments.account};
    if (!arguments.destination.empty())
        return {OMS_halt_scope_destination,
                session.reference(OMS_class_destination, arguments.destination, "--destination"),
                "destination " + arguments.destination};
    if (!arguments.product.empty())
        return {OMS_halt_scope_product,
                session.reference(OMS_class_product, arguments.product, "--product"),
                "product " + arguments.product};
    return {};
}

void tell(const Console& console, const Arguments& arguments, const Scope& scope,
          const runtime::HaltReply& reply) {
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("scope").string(scope.words);
        json.key(arguments.on ? "halted" : "resumed").boolean(reply.in_force);
        json.key("durable").boolean(reply.seq != 0).key("seq").number(reply.seq).end_object();
        console.print_line(out);
        return;
    }
    const std::string done = arguments.on ? "is halted" : "is resumed";
    console.say(
        console.paint_talk(arguments.on ? Style::bad : Style::good, scope.words + " " + done) +
        (reply.in_force ? ", in force" : ", not in force") +
        (reply.seq != 0 ? ", durable as decision " + std::to_string(reply.seq)
                        : ", not known to be durable yet"));
    if (arguments.on && reply.in_force)
        console.say("Cancels still leave. Open the gate again with: oms resume" +
                    (scope.target == 0 ? std::string()
                                       : " --" + scope.words.substr(0, scope.words.find(' ')) +
                                             scope.words.substr(scope.words.find(' '))));
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const Scope scope = scope_of(session, arguments);
    const runtime::HaltReply reply = need(session.port().halt(
        scope.scope, scope.target, arguments.on, arguments.reason, context.timeout_ms()));
    if (reply.code != 0) give_up(sdk::make_error(reply.code, scope.words, reply.text));
    tell(context.console, arguments, scope, reply);
    return reply.seq == 0 ? Exit::unknown : Exit::ok;
}

void add(CLI::App& parent, Context& context, bool on) {
    auto arguments = std::make_shared<Arguments>();
    arguments->on = on;
    CLI::App* verb =
        add_verb(parent, on ? "halt" : "resume",
                 on ? "Let nothing leave any more, but cancels" : "Open the gate again",
                 on ? "oms halt --account ACCOUNT --reason \"limits are wrong\"" : "oms resume");
    CLI::Option* account = verb->add_option("--account", arguments->account, "Only this account");
    CLI::Option* destination =
        verb->add_option("--destination", arguments->destination, "Only this destination");
    CLI::Option* product = verb->add_option("--product", arguments->product, "Only this product");
    account->excludes(destination)->excludes(product);
    destination->excludes(product);
    verb->add_option("--reason", arguments->reason, "Why, for the journal");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace

void add_halt(CLI::App& parent, Context& context) { add(parent, context, true); }
void add_resume(CLI::App& parent, Context& context) { add(parent, context, false); }

}  // namespace oms::cli
