// SPDX-License-Identifier: Apache-2.0
// `oms plugin new`: a folder that builds and passes as it is, to begin a plugin with.
#include "cli/templates.hpp"
#include "cli/verb.hpp"

#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace oms::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    std::string name;
    std::string kind;
    std::string folder = ".";
};

/// Names become parts of C++ and of file names.
void check_name(const std::string& name) {
    const bool good = !name.empty() && name.size() <= 40 && name[0] >= 'a' && name[0] <= 'z' &&
                      std::all_of(name.begin(), name.end(), [](char letter) {
                          return (letter >= 'a' && letter <= 'z') ||
                                 (letter >= '0' && letter <= '9') || letter == '_';
                      });
    if (!good)
        give_up(error_argument, "NAME", "\"" + name + "\" is not a name for a plugin",
                "write small letters, digits and underscores, as in my_check");
}

std::string class_name(const std::string& name) {
    std::string text;
    bool large = true;
    for (const char letter : name) {
        if (letter == '_') {
            large = true;
            continue;
        }
        text += large && letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A')
                                                        : letter;
        large = false;
    }
    return text;
}

std::string filled(std::string_view text, const std::string& name) {
    std::string out(text);
    const auto replace = [&out](const std::string& what, const std::string& by) {
        for (std::size_t at = out.find(what); at != std::string::npos;
             at = out.find(what, at + by.size()))
            out.replace(at, what.size(), by);
    };
    replace("@name@", name);
    replace("@Name@", class_name(name));
    return out;
}

void write_file(const fs::path& file, const std::string& text) {
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream out(file, std::ios::binary);
    out << text;
    out.close();
    if (!out)
        give_up(error_file, file.string(), "the file cannot be written",
                "see that the folder can be written and has room");
}

Exit run(const Console& console, const Arguments& arguments) {
    check_name(arguments.name);
    const std::vector<std::string> kinds = template_kinds();
    if (std::find(kinds.begin(), kinds.end(), arguments.kind) == kinds.end())
        give_up(error_argument, "--kind",
                "there is no template for a \"" + arguments.kind + "\"" +
                    sdk::did_you_mean(arguments.kind, kinds),
                "the kinds are " + sdk::name_list(kinds));
    const fs::path folder = fs::path(arguments.folder) / arguments.name;
    std::error_code ignored;
    if (fs::exists(folder, ignored))
        give_up(error_exists, folder.string(), "it is there already, and nothing is overwritten",
                "choose another name, or another folder with --dir");
    std::vector<std::string> written;
    for (const Template& each : templates()) {
        if (each.kind != arguments.kind) continue;
        const fs::path file = folder / filled(each.path, arguments.name);
        write_file(file, filled(each.text, arguments.name));
        written.push_back(file.lexically_normal().string());
    }
    if (console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("folder").string(folder.lexically_normal().string());
        json.key("files").begin_array();
        for (const std::string& file : written) json.string(file);
        json.end_array().end_object();
        console.print_line(out);
        return Exit::ok;
    }
    for (const std::string& file : written) console.print_line(file);
    console.say("Build and test it with:\n  cmake -S " + folder.lexically_normal().string() +
                " -B " + (folder / "build").lexically_normal().string() + " && cmake --build " +
                (folder / "build").lexically_normal().string() + " && ctest --test-dir " +
                (folder / "build").lexically_normal().string() + "\nThen begin in src/" +
                arguments.name + ".cpp; README.md says the rest.");
    return Exit::ok;
}

}  // namespace

void add_plugin_new(CLI::App& group, Context& context) {
    auto arguments = std::make_shared<Arguments>();
    CLI::App* verb = add_verb(group, "new", "Write a folder to begin a plugin with",
                              "oms plugin new my_check --kind check");
    verb->add_option("NAME", arguments->name, "Small letters, digits and underscores")->required();
    verb->add_option("--kind", arguments->kind, "check or connector")->required();
    verb->add_option("--dir", arguments->folder, "Where the folder goes")->capture_default_str();
    when_chosen(verb, context, [&context, arguments] { return run(context.console, *arguments); });
}

}  // namespace oms::cli
