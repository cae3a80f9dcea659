// SPDX-License-Identifier: Apache-2.0
// `oms lifecycle check`: compiles documents and says all that is wrong or odd in them.
#include "cli/verb.hpp"
#include "lifecycle/yaml/compile.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::vector<std::string> files;
    bool strict = false;
};

void append_errors(sdk::JsonWriter& json, std::string_view key, const yaml::Errors& errors) {
    json.key(key).begin_array();
    for (const Error& error : errors) {
        json.begin_object().key("code").string(code_text(error.code));
        json.key("place").string(error.place).key("reason").string(error.reason);
        json.key("remedy").string(error.remedy).end_object();
    }
    json.end_array();
}

std::string facts_of(const lifecycle::Table& table) {
    std::size_t states = 0;
    for (const lifecycle::Region& region : table.regions) states += region.states.size();
    return std::string(table.attach == lifecycle::Attach::order ? "of orders" : "of routes") +
           ", revision " + std::to_string(table.revision) + ": " +
           std::to_string(table.regions.size()) + " regions, " + std::to_string(states) +
           " states, " + std::to_string(table.rules.size()) + " rules, " +
           std::to_string(table.statuses.size()) + " statuses";
}

Exit run(Context& context, const Arguments& arguments) {
    const Console& console = context.console;
    std::size_t faulty = 0;
    std::string out = "[";
    sdk::JsonWriter json(out);
    for (const std::string& file : arguments.files) {
        const yaml::Checked<lifecycle::Compiled> compiled = lifecycle::compile_file(file);
        const yaml::Errors none;
        const yaml::Errors& warnings = compiled ? compiled->warnings : none;
        const bool sound = compiled && (warnings.empty() || !arguments.strict);
        if (!sound) ++faulty;
        json.begin_object().key("file").string(file).key("sound").boolean(sound);
        append_errors(json, "errors", compiled ? none : compiled.error());
        append_errors(json, "warnings", warnings);
        json.end_object();
        if (console.json) continue;
        if (!compiled) {
            console.complain(compiled.error());
            continue;
        }
        for (const Error& warning : warnings)
            console.say(console.paint_talk(Style::warn, "odd: ") + to_text(warning));
        console.print_line(console.paint(sound ? Style::good : Style::warn, "sound") + "  " + file +
                           "  " + compiled->table.name + ", " + facts_of(compiled->table));
    }
    if (console.json) console.print_line(out + "]");
    return faulty == 0 ? Exit::ok : Exit::configuration;
}

}  // namespace

void add_lifecycle_check(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "check", "Compile lifecycle documents and say what is wrong",
                              "oms lifecycle check config/lifecycles/*.yaml");
    verb->add_option("FILE", arguments->files, "The documents")->required();
    verb->add_flag("--strict", arguments->strict, "What is merely odd counts as a fault");
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
