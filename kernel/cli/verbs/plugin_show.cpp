// SPDX-License-Identifier: Apache-2.0
// `oms plugin show`: the manifest of one plugin, for people.
#include "cli/plugin_place.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::string plugin;
    std::vector<std::string> folders;
};

Exit run(const Console& console, const Arguments& arguments) {
    const runtime::PluginFile plugin = find_plugin(arguments.plugin, arguments.folders);
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("file").string(plugin.place());
        json.key("manifest").raw(runtime::to_json(plugin.manifest)).end_object();
        console.print_line(out);
        return Exit::ok;
    }
    std::string text = runtime::describe(plugin.manifest);
    if (!text.empty() && text.back() != '\n') text += '\n';
    console.print(text);
    console.print_line(console.paint(Style::dim, "from " + plugin.place()));
    return Exit::ok;
}

}  // namespace

void add_plugin_show(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "show", "Show a plugin's manifest: settings, tables, denials",
                              "oms plugin show limits");
    verb->add_option("PLUGIN", arguments->plugin, "Its short name, or its file")->required();
    verb->add_option("--path", arguments->folders, "Look in this folder, instead of the usual ones")
        ->allow_extra_args(false);
    when_chosen(verb, context, [&context, arguments] { return run(context.console, *arguments); });
}

}  // namespace oms::cli
