// SPDX-License-Identifier: Apache-2.0
// `oms halt` and `oms resume`: closes the gate to destinations at once, and opens it again.
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/json.hpp>

#include <algorithm>

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
    std::string code;  ///< of the target

    std::string words() const {
        if (scope == OMS_halt_scope_all) return "everything";
        return std::string(sdk::code_name(sdk::halt_scope_names, scope)) + " " + code;
    }
    /// What lifts it.
    std::string remedy() const {
        if (scope == OMS_halt_scope_all) return "oms resume";
        return "oms resume --" + words();
    }
};

/// One halt that is in force.
struct Halted {
    Scope scope;
    std::string reason;
};

Scope scope_of(Session& session, const Arguments& arguments) {
    const auto target = [&](std::uint32_t scope, std::uint32_t reference_class,
                            const std::string& code, const std::string& option) {
        return Scope{scope, session.reference(reference_class, code, option), code};
    };
    if (!arguments.account.empty())
        return target(OMS_halt_scope_account, OMS_class_account, arguments.account, "--account");
    if (!arguments.destination.empty())
        return target(OMS_halt_scope_destination, OMS_class_destination, arguments.destination,
                      "--destination");
    if (!arguments.product.empty())
        return target(OMS_halt_scope_product, OMS_class_product, arguments.product, "--product");
    return {};
}

std::vector<Halted> halts(Session& session) {
    std::vector<Halted> found;
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_halts;
    const runtime::Reply reply = session.ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* row = sdk::as<oms_halt_row>(record);
        if (row == nullptr) continue;
        const std::string code =
            row->target == 0 ? std::string() : code_of(session.names(), row->target);
        found.push_back({{row->scope, row->target, code}, std::string(sdk::view(row->reason))});
    }
    return found;
}

bool holds(const std::vector<Halted>& halts, const Scope& scope) {
    return std::any_of(halts.begin(), halts.end(), [&](const Halted& halted) {
        return halted.scope.scope == scope.scope && halted.scope.target == scope.target;
    });
}

void tell_json(const Console& console, const Scope& scope, bool on, const runtime::HaltReply& reply,
               const std::vector<Halted>& left, bool lifted) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object().key("scope").string(scope.words());
    if (on)
        json.key("halted").boolean(reply.in_force);
    else
        json.key("resumed").boolean(lifted);
    json.key("durable").boolean(reply.seq != 0).key("seq").number(reply.seq);
    json.key("in_force").begin_array();
    for (const Halted& halted : left) {
        json.begin_object().key("scope").string(
            sdk::code_name(sdk::halt_scope_names, halted.scope.scope));
        if (halted.scope.target != 0) json.key("target").string(halted.scope.code);
        if (!halted.reason.empty()) json.key("reason").string(halted.reason);
        json.end_object();
    }
    json.end_array().end_object();
    console.print_line(out);
}

std::string durable_words(const runtime::HaltReply& reply) {
    return reply.seq != 0 ? ", durable as decision " + std::to_string(reply.seq)
                          : ", not known to be durable yet";
}

void tell_halt(const Console& console, const Scope& scope, const runtime::HaltReply& reply) {
    console.say(console.paint_talk(Style::bad, scope.words() + " is halted") +
                (reply.in_force ? ", in force" : ", not in force") + durable_words(reply));
    if (reply.in_force)
        console.say("Cancels still leave. Open the gate again with: " + scope.remedy());
}

/// A scope opens only when nothing that holds it is halted any more, so what is left is said.
void tell_resume(const Console& console, const Scope& scope, const runtime::HaltReply& reply,
                 const std::vector<Halted>& left, bool lifted) {
    if (!lifted)
        console.say(console.paint_talk(Style::warn, "there was no halt of " + scope.words()) +
                    durable_words(reply));
    else if (left.empty())
        console.say(console.paint_talk(Style::good, "the halt of " + scope.words() +
                                                        " is lifted, and nothing else is halted") +
                    durable_words(reply));
    else
        console.say(console.paint_talk(Style::warn, "the halt of " + scope.words() + " is lifted") +
                    durable_words(reply));
    for (const Halted& halted : left)
        console.say(console.paint_talk(Style::bad, "still halted: " + halted.scope.words()) +
                    (halted.reason.empty() ? "" : " (" + halted.reason + ")") +
                    "; lift it with: " + halted.scope.remedy());
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const Scope scope = scope_of(session, arguments);
    // A halt is not kept waiting by a question.
    const bool held = !arguments.on && holds(halts(session), scope);
    const runtime::HaltReply reply = need(session.port().halt(
        scope.scope, scope.target, arguments.on, arguments.reason, context.timeout_ms()));
    if (reply.code != 0) give_up(sdk::make_error(reply.code, scope.words(), reply.text));
    const bool known = reply.seq != 0;
    const std::vector<Halted> left = known ? halts(session) : std::vector<Halted>();
    const bool lifted = held && known && !holds(left, scope);
    if (context.console.json)
        tell_json(context.console, scope, arguments.on, reply, left, lifted);
    else if (arguments.on)
        tell_halt(context.console, scope, reply);
    else
        tell_resume(context.console, scope, reply, left, lifted);
    return known ? Exit::ok : Exit::unknown;
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
