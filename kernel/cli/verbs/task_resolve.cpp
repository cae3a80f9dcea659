// SPDX-License-Identifier: Apache-2.0
// `oms task resolve`: a person's answer to what was asked.
#include "cli/outcome.hpp"
#include "cli/values.hpp"
#include "cli/verb.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/suggest.hpp>

#include <algorithm>

namespace oms::cli {

namespace {

struct Arguments {
    std::string task;
    std::string answer;
    std::string note;
    std::string key;
};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end != 0) words.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

/// Looks at the task first: a mistyped answer gets a suggestion instead of a refusal.
void check_answer(Session& session, std::uint64_t task, const std::string& answer) {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_tasks;
    query.id = task;
    const runtime::Reply reply = session.ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* row = sdk::as<oms_task_row>(record);
        if (row == nullptr || row->task != task || row->open == 0) continue;
        const std::vector<std::string> known = words_of(sdk::view(row->answers));
        if (std::find(known.begin(), known.end(), answer) != known.end()) return;
        give_up(
            OMS_ERROR_bad_answer, "task " + std::to_string(task),
            "it does not offer the answer \"" + answer + "\"" + sdk::did_you_mean(answer, known),
            "its answers are " + sdk::name_list(known));
    }
    give_up(OMS_ERROR_unknown_task, "task " + std::to_string(task), "there is no such open task",
            "list them: oms task list");
}

Exit run(Context& context, const Arguments& arguments) {
    Session session(context);
    const std::uint64_t task = need_number(arguments.task, "TASK");
    check_answer(session, task, arguments.answer);
    const std::string key = arguments.key.empty() ? make_key(now_ns()) : arguments.key;
    auto head = session.head<oms_resolve_task>(key);
    head.task = task;
    head.answer = sdk::text(arguments.answer);
    head.note = sdk::text(arguments.note);
    sdk::Batch batch;
    batch.add(head);
    const Asked asked{.key = key, .what = "answer"};
    const runtime::Reply reply = request_known(session, batch, asked);
    return tell_reply(session, reply, asked);
}

}  // namespace

void add_task_resolve(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "resolve", "Answer what waits for a person",
                              "oms task resolve 3 approve --note \"called the owner\"");
    verb->add_option("TASK", arguments->task, "Its number")->required();
    verb->add_option("ANSWER", arguments->answer, "One of the answers that it offers")->required();
    verb->add_option("--note", arguments->note, "Why, for the journal");
    verb->add_option("--key", arguments->key, "Of this request; made when it is not given");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
