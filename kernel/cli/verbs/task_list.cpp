// SPDX-License-Identifier: Apache-2.0
// `oms task list`: what waits for a person.
#include "cli/session.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    bool all = false;
};

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_tasks;
    query.open_only = arguments.all ? 0 : 1;
    const runtime::Reply reply = session.ask(query);
    Table table({{"task", true}, {"order", true}, {"for"}, {"what"}, {"answers"}});
    std::string out = "[";
    sdk::JsonWriter json(out);
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* row = sdk::as<oms_task_row>(record);
        if (row == nullptr) continue;
        json.begin_object();
        sdk::append_json_members(out, record, session.names());
        json.end_object();
        table.add({std::to_string(row->task),
                   row->order == 0 ? "" : std::to_string(row->order),
                   std::string(sdk::view(row->queue)),
                   std::string(sdk::view(row->title)),
                   {row->open != 0 ? std::string(sdk::view(row->answers))
                                   : "answered: " + std::string(sdk::view(row->answer)),
                    row->open != 0 ? Style::warn : Style::dim}});
    }
    if (context.console.json) {
        context.console.print_line(out + "]");
    } else if (table.empty()) {
        context.console.say("Nothing waits for a person.");
    } else {
        table.print(context.console);
        context.console.say("Answer one with: oms task resolve TASK ANSWER");
    }
    return Exit::ok;
}

}  // namespace

void add_task_list(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "list", "List what waits for a person", "oms task list");
    verb->add_flag("--all", arguments->all, "Those that are answered, too");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
