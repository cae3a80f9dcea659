// SPDX-License-Identifier: Apache-2.0
// `oms lifecycle test`: plays scenario texts against the lifecycle that they are about.
#include "cli/verb.hpp"
#include "lifecycle/player.hpp"
#include "lifecycle/yaml/compile.hpp"

#include <oms/sdk/json.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace oms::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    std::vector<std::string> files;
    std::string lifecycle;
    bool trace = false;
};

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        give_up(error_file, path, "the file cannot be read",
                "look at its name and its permissions");
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// `name.scenario`, or `name_of_the_case.scenario`, is about `name.yaml` beside it or above it.
std::optional<fs::path> lifecycle_beside(const fs::path& scenario) {
    std::string stem = scenario.filename().string();
    stem = stem.substr(0, stem.find('.'));
    const fs::path folder = scenario.parent_path();
    std::error_code ignored;
    while (!stem.empty()) {
        for (const fs::path& place : {folder, folder / ".."}) {
            const fs::path file = (place / (stem + ".yaml")).lexically_normal();
            if (fs::exists(file, ignored)) return file;
        }
        const std::size_t end = stem.find_last_of("_-");
        stem = end == std::string::npos ? std::string() : stem.substr(0, end);
    }
    return std::nullopt;
}

std::string lifecycle_for(const std::string& scenario, const Arguments& arguments) {
    if (!arguments.lifecycle.empty()) return arguments.lifecycle;
    if (const auto found = lifecycle_beside(scenario)) return found->string();
    give_up(error_argument, scenario, "no lifecycle of that name lies beside or above it",
            "say which one it is about: --lifecycle FILE");
}

/// True when everything is as expected.
bool play_one(const Console& console, const std::string& file, const Arguments& arguments,
              std::string& out) {
    const std::string document = lifecycle_for(file, arguments);
    const lifecycle::Compiled compiled = need_all(lifecycle::compile_file(document));
    const lifecycle::Played played = need(lifecycle::play(compiled.table, read_file(file), file));
    const bool good = !played.mismatch;
    sdk::JsonWriter json(out);
    json.begin_object().key("file").string(file).key("lifecycle").string(document);
    json.key("passed").boolean(good).key("scenarios").number(played.scenarios);
    json.key("events").number(played.events).key("expectations").number(played.expectations);
    if (played.mismatch) {
        json.key("place").string(played.mismatch->place);
        json.key("reason").string(played.mismatch->reason);
    }
    json.end_object();
    if (console.json) return good;
    if (arguments.trace || !good) console.print(played.trace);
    if (played.mismatch) console.complain({*played.mismatch});
    console.print_line(console.paint(good ? Style::good : Style::bad, good ? "passed" : "failed") +
                       "  " + file + "  " + std::to_string(played.scenarios) + " scenarios, " +
                       std::to_string(played.events) + " events, " +
                       std::to_string(played.expectations) + " expectations");
    return good;
}

Exit run(Context& context, const Arguments& arguments) {
    bool good = true;
    std::string out = "[";
    for (const std::string& file : arguments.files)
        good = play_one(context.console, file, arguments, out) && good;
    if (context.console.json) context.console.print_line(out + "]");
    return good ? Exit::ok : Exit::refused;
}

}  // namespace

void add_lifecycle_test(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "test", "Play scenarios against their lifecycle",
                              "oms lifecycle test config/lifecycles/tests/*.scenario");
    verb->add_option("FILE", arguments->files, "The scenarios")->required();
    verb->add_option("--lifecycle", arguments->lifecycle,
                     "The document; otherwise the one with the scenario's name");
    verb->add_flag("--trace", arguments->trace, "Show each step, also when all is well");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
