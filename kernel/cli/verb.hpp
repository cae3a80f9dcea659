// SPDX-License-Identifier: Apache-2.0
// How verbs join the command line: one file each, one function each.
#pragma once

#include "cli/context.hpp"

#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

namespace oms::cli {

/// A verb with its help and an example.
inline CLI::App* add_verb(CLI::App& parent, const std::string& name, const std::string& help,
                          const std::string& example) {
    CLI::App* verb = parent.add_subcommand(name, help);
    verb->footer(
        "\nExample:\n  " + example +
        "\n\nEvery verb also takes --json, --config, --socket and --timeout; see oms --help.\n");
    return verb;
}

/// A verb that has verbs of its own.
inline CLI::App* add_group(CLI::App& parent, const std::string& name, const std::string& help) {
    CLI::App* group = parent.add_subcommand(name, help);
    group->require_subcommand(1);
    return group;
}

/// The number of an option lies in between. The parser's own check says so in each version
/// otherwise.
inline CLI::Validator between(double least, double most) {
    const auto fault = [least, most](const std::string& text) -> std::string {
        char* end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        if (!text.empty() && *end == '\0' && number >= least && number <= most) return {};
        return fmt::format("{} is not between {} and {}", text, least, most);
    };
    return {fault, ""};
}

/// What the verb does once the whole command line is understood.
inline void when_chosen(CLI::App* verb, Context& context, std::function<Exit()> run) {
    verb->callback([&context, run = std::move(run)] { context.verb = run; });
}

void add_run(CLI::App& parent, Context& context);
void add_check(CLI::App& parent, Context& context);
void add_demo(CLI::App& parent, Context& context);
void add_version(CLI::App& parent, Context& context);

void add_plugin_list(CLI::App& group, Context& context);
void add_plugin_show(CLI::App& group, Context& context);
void add_plugin_verify(CLI::App& group, Context& context);
void add_plugin_new(CLI::App& group, Context& context);

void add_order_new(CLI::App& group, Context& context);
void add_order_show(CLI::App& group, Context& context);
void add_order_list(CLI::App& parent, Context& context, const std::string& name);
void add_order_amend(CLI::App& group, Context& context);
void add_order_cancel(CLI::App& group, Context& context);
void add_order_route(CLI::App& group, Context& context);

void add_why(CLI::App& parent, Context& context);
void add_balances(CLI::App& parent, Context& context);
void add_load(CLI::App& parent, Context& context);
void add_level_set(CLI::App& group, Context& context);
void add_task_list(CLI::App& group, Context& context);
void add_task_resolve(CLI::App& group, Context& context);
void add_journal_verify(CLI::App& group, Context& context);
void add_journal_snapshot(CLI::App& group, Context& context);
void add_journal_tail(CLI::App& group, Context& context);
void add_lifecycle_check(CLI::App& group, Context& context);
void add_lifecycle_test(CLI::App& group, Context& context);
void add_halt(CLI::App& parent, Context& context);
void add_resume(CLI::App& parent, Context& context);

}  // namespace oms::cli
