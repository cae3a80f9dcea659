// SPDX-License-Identifier: Apache-2.0
// `oms plugin verify`: plays the conformance cards of its kind against a plugin.
#include "cli/plugin_place.hpp"
#include "cli/verb.hpp"
#include "testkit/conformance/conformance.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>

namespace oms::cli {

namespace {

struct Arguments {
    std::string plugin;
    std::vector<std::string> folders;
    std::string settings;
    std::vector<std::string> cards;
    bool list = false;
    bool all = false;
};

std::string_view word_of(testkit::CardOutcome outcome) {
    switch (outcome) {
        case testkit::CardOutcome::passed: return "passed";
        case testkit::CardOutcome::failed: return "failed";
        case testkit::CardOutcome::skipped: return "skipped";
    }
    return "failed";
}

Style style_of(testkit::CardOutcome outcome) {
    switch (outcome) {
        case testkit::CardOutcome::passed: return Style::good;
        case testkit::CardOutcome::failed: return Style::bad;
        case testkit::CardOutcome::skipped: return Style::dim;
    }
    return Style::plain;
}

void print_json(const Console& console, const std::string& file,
                const std::vector<testkit::CardResult>& results) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object().key("plugin").string(file).key("cards").begin_array();
    for (const testkit::CardResult& result : results) {
        json.begin_object().key("card").string(result.id).key("title").string(result.title);
        json.key("outcome").string(word_of(result.outcome));
        if (!result.reason.empty()) json.key("reason").string(result.reason);
        json.end_object();
    }
    json.end_array().end_object();
    console.print_line(out);
}

Exit list_cards(const Console& console) {
    Table table({{"card"}, {"kind"}, {"what holds"}});
    for (const testkit::Card& card : testkit::cards())
        table.add({std::string(card.id), std::string(card.kind), std::string(card.title)});
    table.print(console);
    return Exit::ok;
}

Exit run(const Console& console, const Arguments& arguments) {
    if (arguments.list) return list_cards(console);
    if (arguments.plugin.empty())
        give_up(error_argument, "oms plugin verify", "a plugin is missing",
                "name its file, as in: oms plugin verify build/plugins/oms_NAME.so");
    const std::string file = arguments.plugin.find('/') != std::string::npos
                                 ? arguments.plugin
                                 : find_plugin(arguments.plugin, arguments.folders).place();
    testkit::ConformanceOptions options;
    options.settings_file = arguments.settings;
    options.only = arguments.cards;
    std::size_t failed = 0;
    std::size_t passed = 0;
    std::size_t skipped = 0;
    options.tell = [&](const testkit::CardResult& result) {
        skipped += result.outcome == testkit::CardOutcome::skipped ? 1 : 0;
        failed += result.outcome == testkit::CardOutcome::failed ? 1 : 0;
        passed += result.outcome == testkit::CardOutcome::passed ? 1 : 0;
        if (console.json) return;
        const std::string line =
            console.paint(style_of(result.outcome), word_of(result.outcome)) +
            std::string(9 - word_of(result.outcome).size(), ' ') + result.id +
            std::string(10 - std::min<std::size_t>(10, result.id.size()), ' ') + result.title;
        console.print_line(line);
        if (!result.reason.empty()) console.print_line(wrapped(result.reason, console.width(), 19));
    };
    const std::vector<testkit::CardResult> results = testkit::verify_plugin(file, options);
    if (console.json) {
        print_json(console, file, results);
    } else {
        console.print_line(std::to_string(passed) + " cards passed, " + std::to_string(failed) +
                           " failed, " + std::to_string(skipped) + " skipped: " + file);
    }
    return failed == 0 && (skipped == 0 || !arguments.all) ? Exit::ok : Exit::refused;
}

}  // namespace

void add_plugin_verify(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb =
        add_verb(group, "verify", "Play the conformance cards of its kind against a plugin",
                 "oms plugin verify build/plugins/oms_my_check.so");
    verb->add_option("PLUGIN", arguments->plugin, "Its file, or its short name");
    verb->add_option("--path", arguments->folders, "Look in this folder, instead of the usual ones")
        ->allow_extra_args(false);
    verb->add_option("--settings", arguments->settings,
                     "A YAML file with settings, where the defaults are not enough");
    verb->add_option("--card", arguments->cards, "Only this card")->allow_extra_args(false);
    verb->add_flag("--all", arguments->all, "A card that is skipped counts as failed");
    verb->add_flag("--list", arguments->list, "List all cards");
    when_chosen(verb, context, [&context, arguments] { return run(context.console, *arguments); });
}

}  // namespace oms::cli
