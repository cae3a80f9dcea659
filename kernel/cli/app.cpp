// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include "cli/spellings.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <exception>

namespace oms::cli {

namespace {

std::string exit_help() {
    std::string text = "\nExit codes:\n";
    for (const ExitInfo& info : exit_infos)
        text += "  " + std::to_string(static_cast<int>(info.exit)) + "  " +
                std::string(info.meaning) + "\n";
    return text +
           "\nExamples:\n"
           "  oms run config/hybrid              start, and be told what to try\n"
           "  oms order new --help               how to place an order\n"
           "  oms order show 17 --follow         one order, event by event\n"
           "\nData goes to standard output, talk to standard error. `oms VERB --help` has an "
           "example "
           "for each verb.\n";
}

void add_orders(CLI::App& app, Context& context) {
    CLI::App* order = add_group(app, "order", "Place, show and change orders");
    add_order_new(*order, context);
    add_order_show(*order, context);
    add_order_list(*order, context, "list");
    add_order_amend(*order, context);
    add_order_cancel(*order, context);
    add_order_route(*order, context);
    add_order_list(app, context, "orders");
    add_why(app, context);
    add_balances(app, context);
    add_load(app, context);
    CLI::App* level = add_group(app, spelling::level_group, "Say how much there really is");
    add_level_set(*level, context);
    CLI::App* task = add_group(app, "task", "What waits for a person");
    add_task_list(*task, context);
    add_task_resolve(*task, context);
    add_halt(app, context);
    add_resume(app, context);
}

void add_verbs(CLI::App& app, Context& context) {
    add_run(app, context);
    add_check(app, context);
    add_demo(app, context);
    add_orders(app, context);
    CLI::App* plugin = add_group(app, "plugin", "Find, inspect, verify and begin plugins");
    add_plugin_list(*plugin, context);
    add_plugin_show(*plugin, context);
    add_plugin_verify(*plugin, context);
    add_plugin_new(*plugin, context);
    CLI::App* journal = add_group(app, "journal", "Look at the journal");
    add_journal_verify(*journal, context);
    add_journal_snapshot(*journal, context);
    add_journal_tail(*journal, context);
    CLI::App* lifecycle = add_group(app, "lifecycle", "Check and test lifecycle documents");
    add_lifecycle_check(*lifecycle, context);
    add_lifecycle_test(*lifecycle, context);
    add_version(app, context);
}

void add_common_options(CLI::App& app, Context& context) {
    app.add_flag("--json", context.console.json, "Answer as JSON")->group("For every verb");
    app.add_option("--socket", context.socket, "The control socket of the process that is meant")
        ->type_name("PATH")
        ->envname("OMS_SOCKET")
        ->group("For every verb");
    app.add_option("--config", context.config, "The configuration whose process is meant")
        ->type_name("FOLDER")
        ->envname("OMS_CONFIG")
        ->group("For every verb");
    app.add_option("--origin", context.origin, "The scope in which the keys of requests are unique")
        ->type_name("NAME")
        ->capture_default_str()
        ->group("For every verb");
    app.add_option("--actor", context.actor, "Who asks, as the journal names it")
        ->type_name("NAME")
        ->capture_default_str()
        ->group("For every verb");
    app.add_option("--timeout", context.timeout_s, "Seconds to wait for an answer")
        ->check(between(0.001, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str()
        ->group("For every verb");
    app.add_flag_callback(
           "--no-color", [&context] { context.console.set_color(false); },
           "No colours, on a terminal either")
        ->group("For every verb");
}

/// The verb that the command line had come to when something was wrong.
const CLI::App* deepest(const CLI::App& app) {
    const CLI::App* at = &app;
    while (!at->get_subcommands().empty()) at = at->get_subcommands().back();
    return at;
}

std::string path_of(const CLI::App& verb) {
    return verb.get_parent() == nullptr ? verb.get_name()
                                        : path_of(*verb.get_parent()) + " " + verb.get_name();
}

std::vector<std::string> option_names(const CLI::App& verb) {
    std::vector<std::string> names;
    for (const CLI::App* at = &verb; at != nullptr; at = at->get_parent())
        for (const CLI::Option* option : at->get_options())
            for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

std::vector<std::string> verb_names(const CLI::App& verb) {
    std::vector<std::string> names;
    for (const CLI::App* sub : verb.get_subcommands({})) names.push_back(sub->get_name());
    return names;
}

Error unknown_word(const CLI::App& verb, const std::string& word) {
    const std::string path = path_of(verb);
    if (word.starts_with("-")) {
        const std::string name = word.substr(0, word.find('='));
        return {error_no_such_option, path,
                "there is no option " + name + sdk::did_you_mean(name, option_names(verb)),
                "see: " + path + " --help"};
    }
    const std::vector<std::string> verbs = verb_names(verb);
    if (verbs.empty())
        return {error_argument, path, "\"" + word + "\" is more than this verb takes",
                "see: " + path + " --help"};
    return {error_no_such_verb, path,
            "there is no verb \"" + word + "\"" + sdk::did_you_mean(word, verbs),
            "the verbs are " + sdk::name_list(verbs, 40)};
}

/// What is wrong with the command line, said in our own words.
Error parse_error(const CLI::App& app, const CLI::ParseError& error) {
    const CLI::App& verb = *deepest(app);
    const std::vector<std::string> left = app.remaining(true);
    if (!left.empty()) return unknown_word(verb, left.front());
    const std::string path = path_of(verb);
    const std::vector<std::string> verbs = verb_names(verb);
    if (!verbs.empty())
        return {error_no_such_verb, path, "a verb is missing",
                "the verbs are " + sdk::name_list(verbs, 40)};
    std::string reason = error.what();
    if (!reason.empty() && reason.back() == '.') reason.pop_back();
    return {error_argument, path, reason, "see: " + path + " --help"};
}

Exit parse_and_run(CLI::App& app, Context& context, const std::vector<std::string>& arguments) {
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp&) {
        context.console.print(app.help());
        return Exit::ok;
    } catch (const CLI::CallForAllHelp&) {
        context.console.print(app.help("", CLI::AppFormatMode::All));
        return Exit::ok;
    } catch (const CLI::ParseError& error) {
        give_up(parse_error(app, error));
    }
    return context.verb();
}

}  // namespace

int run_command_line(Context& context, const std::vector<std::string>& arguments) {
    // What goes wrong while the options are read is told in the form that was asked for.
    context.console.json =
        std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    Exit exit = Exit::internal;
    try {
        CLI::App app("One order kernel, assembled from plugins.", "oms");
        app.fallthrough();
        app.require_subcommand(1);
        app.set_help_flag("-h,--help", "Show this help");
        app.get_formatter()->column_width(34);
        add_common_options(app, context);
        add_verbs(app, context);
        app.footer(exit_help());
        if (arguments.empty()) {
            context.console.say_raw(app.help());
            return static_cast<int>(Exit::usage);
        }
        return static_cast<int>(parse_and_run(app, context, arguments));
    } catch (const Failure& failure) {
        context.console.complain(failure.errors());
        exit = failure.exit();
    } catch (const std::exception& mistake) {
        context.console.complain({{error_internal,
                                   {},
                                   mistake.what(),
                                   "this is a mistake of oms itself: please report it with the "
                                   "command that you typed"}});
    }
    return static_cast<int>(exit);
}

}  // namespace oms::cli
