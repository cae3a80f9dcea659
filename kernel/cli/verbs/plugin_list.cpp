// SPDX-License-Identifier: Apache-2.0
// `oms plugin list`: the plugins that can be found, or those that a process runs. None is loaded.
#include "cli/session.hpp"
#include "cli/verb.hpp"
#include "runtime/plugin_catalogue.hpp"

#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

struct Arguments {
    std::vector<std::string> folders;
    bool running = false;
};

std::string provided(const runtime::Manifest& manifest) {
    std::string text;
    for (const runtime::Capability& capability : manifest.provides)
        text += (text.empty() ? "" : " ") + capability.id;
    return text;
}

Exit list_found(const Console& console, const Arguments& arguments) {
    std::vector<std::filesystem::path> folders(arguments.folders.begin(), arguments.folders.end());
    if (folders.empty()) folders = runtime::default_plugin_path();
    const runtime::PluginCatalogue catalogue(folders, {});
    yaml::Problems problems;
    const std::vector<runtime::PluginFile> plugins = catalogue.all(problems);
    if (console.json) {
        std::string out = "[";
        sdk::JsonWriter json(out);
        for (const runtime::PluginFile& plugin : plugins) {
            json.begin_object().key("file").string(plugin.place());
            json.key("manifest").raw(runtime::to_json(plugin.manifest)).end_object();
        }
        console.print_line(out + "]");
    } else {
        Table table({{"name"}, {"kind"}, {"version"}, {"maturity"}, {"provides"}, {"file"}});
        for (const runtime::PluginFile& plugin : plugins)
            table.add({{plugin.manifest.name, Style::strong},
                       std::string(name_of(plugin.manifest.kind())),
                       plugin.manifest.version,
                       std::string(name_of(plugin.manifest.maturity)),
                       provided(plugin.manifest),
                       {plugin.place(), Style::dim}});
        if (!table.empty()) table.print(console);
    }
    if (!problems.empty()) console.complain(problems.errors());
    if (plugins.empty() && problems.empty()) {
        std::string looked;
        for (const std::filesystem::path& folder : folders)
            looked += (looked.empty() ? " in " : ", ") + folder.string();
        console.say("No plugin was found" + looked +
                    ". Name a folder with --path, or set OMS_PLUGIN_PATH.");
    }
    return problems.empty() ? Exit::ok : Exit::configuration;
}

Exit list_running(Context& context) {
    Session session(context);
    const runtime::ProcessStatus status = need(session.client()->status());
    const Console& console = context.console;
    std::string out = "[";
    sdk::JsonWriter json(out);
    Table table({{"instance"},
                 {"plugin"},
                 {"kind"},
                 {"version"},
                 {"state"},
                 {"calls", true},
                 {"faults", true},
                 {"file"}});
    for (const runtime::InstanceStatus& instance : status.instances) {
        json.begin_object().key("instance").string(instance.instance);
        json.key("plugin").string(instance.plugin).key("kind").string(instance.kind);
        json.key("version").string(instance.version).key("state").string(instance.state);
        json.key("calls").number(instance.calls).key("faults").number(instance.faults);
        json.key("shown_seq").number(instance.shown_seq).key("file").string(instance.file);
        json.end_object();
        const bool runs = instance.state == "running";
        table.add(
            {{instance.instance, Style::strong},
             instance.plugin,
             instance.kind,
             instance.version,
             {instance.state, runs ? Style::good : Style::bad},
             std::to_string(instance.calls),
             {std::to_string(instance.faults), instance.faults == 0 ? Style::dim : Style::bad},
             {instance.file, Style::dim}});
    }
    if (console.json)
        console.print_line(out + "]");
    else
        table.print(console);
    return Exit::ok;
}

}  // namespace

void add_plugin_list(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "list", "List plugins, running none of their code",
                              "oms plugin list --path build/dev/plugins");
    verb->add_option("--path", arguments->folders, "Look in this folder, instead of the usual ones")
        ->allow_extra_args(false);
    verb->add_flag("--running", arguments->running, "The instances of the running process");
    when_chosen(verb, context, [&context, arguments] {
        return arguments->running ? list_running(context) : list_found(context.console, *arguments);
    });
}

}  // namespace oms::cli
