// SPDX-License-Identifier: Apache-2.0
// `oms journal tail`: decisions in words, the last ones or from one on, and those that come.
#include "cli/history.hpp"
#include "cli/narrator.hpp"
#include "cli/verb.hpp"

#include <limits>

namespace oms::cli {

namespace {

struct Arguments {
    std::uint64_t from = 0;
    std::uint64_t count = 20;
    bool follow = false;
    bool brief = false;
    std::string order;
};

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const Console& console = context.console;
    const std::uint64_t last = session.port().durable_seq();
    std::uint64_t from = arguments.from;
    std::uint64_t to = last;
    if (from == 0)
        from = last >= arguments.count ? last - arguments.count + 1 : 1;
    else if (!arguments.follow)
        to = std::min(last, from + arguments.count - 1);
    const std::uint64_t order = arguments.order.empty() ? 0 : session.order_id(arguments.order);
    LifecycleNames lifecycles(session);
    Narrator narrator(session.names(), arguments.brief ? Detail::brief : Detail::full, &lifecycles);
    const auto tell = [&](const oms_batch& decision) {
        narrator.learn(decision);
        if (order != 0 && !concerns(decision, order)) return true;
        narrator.print(console, decision);
        return true;
    };
    if (!arguments.follow) {
        read_history(session, from, to, tell);
        return Exit::ok;
    }
    follow(session, from, tell);
    return Exit::ok;
}

}  // namespace

void add_journal_tail(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "tail", "Tell the last decisions, in words",
                              "oms journal tail --from 100 --follow");
    verb->add_option("--from", arguments->from, "From this decision on");
    verb->add_option("--count", arguments->count, "So many")
        ->check(between(1, 100'000'000))
        ->capture_default_str();
    verb->add_flag("--follow", arguments->follow, "Go on with those that come");
    verb->add_flag("--brief", arguments->brief, "Only what a person who watches wants to know");
    verb->add_option("--order", arguments->order, "Only those about this order");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
