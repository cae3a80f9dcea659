// SPDX-License-Identifier: Apache-2.0
// `oms order show`: one order as a ticket, or event by event while it goes on.
#include "cli/history.hpp"
#include "cli/outcome.hpp"
#include "cli/ticket.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

namespace oms::cli {

namespace {

struct Arguments {
    std::string order;
    bool follow = false;
};

/// What the checks said when it was placed: the kernel's rows do not hold it, its journal does.
std::string checks_text(Session& session, const oms_order_row& order) {
    const std::uint64_t seq = first_seq_since(session, order.opened);
    std::size_t passed = 0;
    std::string others;
    read_history(session, seq, seq + 32, [&](const oms_batch& decision) {
        bool placed = false;
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* opened = sdk::as<oms_order_opened>(record);
            placed = placed || (opened != nullptr && opened->order == order.order);
            const auto* verdict = sdk::as<oms_verdict>(record);
            if (verdict == nullptr || verdict->order != order.order) continue;
            if (verdict->outcome == OMS_outcome_pass)
                ++passed;
            else
                others += "; " + code_of(session.names(), verdict->rule) + ": " +
                          std::string(sdk::view(verdict->text));
        }
        return !placed;
    });
    if (passed == 0 && others.empty()) return {};
    return std::to_string(passed) + (passed == 1 ? " rule passed" : " rules passed") + others;
}

void show(Session& session, const runtime::Reply& reply) {
    const Console& console = session.context().console;
    if (console.json) {
        console.print_line(ticket_json(session, reply.records.view()));
        return;
    }
    console.print(ticket_text(session, reply.records.view()));
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* order = sdk::as<oms_order_row>(record);
        if (order == nullptr) continue;
        const std::string checks = checks_text(session, *order);
        if (!checks.empty())
            console.print("\n  " + console.paint(Style::strong, "checks") + "\n" +
                          wrapped(checks, console.width(), 4) + "\n");
        console.print(console.paint(Style::dim,
                                    "\n  why it went so: oms why " + std::to_string(order->order)) +
                      "\n");
    }
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const runtime::Reply reply = session.order(arguments.order);
    if (!arguments.follow || !context.console.json) show(session, reply);
    if (!arguments.follow) return Exit::ok;
    const std::uint64_t order = session.order_id(arguments.order);
    if (!context.console.json) {
        if (!session.is_open(order)) {
            context.console.say("It has ended: nothing more will happen but by a late report.");
            return Exit::ok;
        }
        context.console.print("\n");
    }
    follow_orders(session, {order}, reply.seq + 1);
    return Exit::ok;
}

}  // namespace

void add_order_show(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "show", "Show one order", "oms order show 17 --follow");
    verb->add_option("ORDER", arguments->order, "Its number, or its key")->required();
    verb->add_flag("--follow", arguments->follow, "Go on telling what happens, until it ends");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
