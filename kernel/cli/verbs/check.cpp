// SPDX-License-Identifier: Apache-2.0
// `oms check`: all that is wrong with a configuration. Its plugins are loaded and created as for a
// run; nothing is started.
#include "cli/session.hpp"
#include "cli/verb.hpp"
#include "runtime/config/config.hpp"
#include "runtime/runtime.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::string config;
    std::vector<std::string> plugin_path;
};

Exit run(Context& context, const Arguments& arguments) {
    runtime::Options options;
    options.config = need_config(context, arguments.config);
    for (const std::string& folder : arguments.plugin_path)
        options.plugin_path.emplace_back(folder);
    yaml::Errors errors = runtime::check(options);
    // The demo is the command line's own part of the folder.
    const auto demo = read_demo(runtime::config_file(options.config).parent_path());
    if (!demo) errors.insert(errors.end(), demo.error().begin(), demo.error().end());
    const Console& console = context.console;
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("config").string(options.config.string());
        json.key("sound").boolean(errors.empty()).end_object();
        console.print_line(out);
        if (!errors.empty()) console.complain(errors);
    } else if (errors.empty()) {
        console.print_line(console.paint(Style::good, "sound") + "  " + options.config.string());
        console.say(
            "Read, compiled and loaded; the journal, ports and outside parties were not tried.");
    } else {
        console.complain(errors);
        console.say(std::to_string(errors.size()) + (errors.size() == 1 ? " fault" : " faults") +
                    " in " + options.config.string());
    }
    return errors.empty() ? Exit::ok : Exit::configuration;
}

}  // namespace

void add_check(CLI::App& parent, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(parent, "check", "Say all that is wrong with a configuration",
                              "oms check config/hybrid");
    verb->add_option("CONFIG", arguments->config, "A folder with oms.yaml, or the file");
    verb->add_option("--plugin-path", arguments->plugin_path, "Look for plugins here first")
        ->allow_extra_args(false);
    when_chosen(verb, context, [&context, arguments] { return run(context, *arguments); });
}

}  // namespace oms::cli
