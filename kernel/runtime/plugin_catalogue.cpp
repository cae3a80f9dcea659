// SPDX-License-Identifier: Apache-2.0
#include "runtime/plugin_catalogue.hpp"

#include "runtime/manifest/elf_section.hpp"

#include <oms/sdk/record_info.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <system_error>
#include <utility>

#define OMS_STATIC_PLUGIN(name)                                  \
    extern "C" const oms_plugin_entry oms_plugin_entry_0_##name; \
    extern "C" const oms_text oms_plugin_manifest_0_##name;
#include <oms_static_plugins.def>
#undef OMS_STATIC_PLUGIN

namespace oms::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view prefix = "oms_";
constexpr std::string_view suffix = ".so";

/// `limits` for `.../oms_limits.so`; empty for any other file.
std::string short_name(const fs::path& path) {
    const std::string file = path.filename().string();
    if (file.size() <= prefix.size() + suffix.size()) return {};
    if (!file.starts_with(prefix) || !file.ends_with(suffix)) return {};
    return file.substr(prefix.size(), file.size() - prefix.size() - suffix.size());
}

std::vector<fs::path> plugin_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
        if (!short_name(entry.path()).empty()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

yaml::Checked<PluginFile> checked(const std::string& text, const std::string& place) {
    yaml::Checked<Manifest> manifest = parse_manifest(text, place);
    if (!manifest) return tl::unexpected(manifest.error());
    if (Status status = check_abi(*manifest, place); !status)
        return tl::unexpected(yaml::Errors{status.error()});
    PluginFile found;
    found.manifest = std::move(*manifest);
    return found;
}

std::string joined(const std::vector<fs::path>& folders) {
    std::string text;
    for (const fs::path& folder : folders) text += (text.empty() ? "" : ", ") + folder.string();
    return text.empty() ? "no folder at all" : text;
}

}  // namespace

std::vector<GivenPlugin> static_plugins() {
    return {
#define OMS_STATIC_PLUGIN(name) \
    {&oms_plugin_entry_0_##name, sdk::view(oms_plugin_manifest_0_##name)},
#include <oms_static_plugins.def>
#undef OMS_STATIC_PLUGIN
    };
}

yaml::Checked<PluginFile> read_plugin(const fs::path& path) {
    Result<std::string> text = read_manifest_section(path.string());
    if (!text) return tl::unexpected(yaml::Errors{text.error()});
    yaml::Checked<PluginFile> found = checked(*text, path.string());
    if (found) found->path = path;
    return found;
}

yaml::Checked<PluginFile> read_plugin(const GivenPlugin& given) {
    yaml::Checked<PluginFile> found = checked(std::string(given.manifest), "built in");
    if (found) found->entry = given.entry;
    return found;
}

std::vector<fs::path> default_plugin_path() {
    std::vector<fs::path> folders;
    if (const char* variable = std::getenv("OMS_PLUGIN_PATH"); variable != nullptr) {
        std::string_view rest = variable;
        while (!rest.empty()) {
            const std::size_t colon = std::min(rest.find(':'), rest.size());
            if (colon > 0) folders.emplace_back(rest.substr(0, colon));
            rest.remove_prefix(std::min(colon + 1, rest.size()));
        }
    }
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return folders;
    const fs::path above = program.parent_path().parent_path();
    for (const char* place :
         {"plugins", "lib/oms/plugins", "lib64/oms/plugins", "lib/x86_64-linux-gnu/oms/plugins"})
        if (fs::is_directory(above / place, error)) folders.push_back(above / place);
    return folders;
}

PluginCatalogue::PluginCatalogue(std::vector<fs::path> folders, std::vector<GivenPlugin> given)
    : folders_(std::move(folders)), given_(std::move(given)) {
    for (const GivenPlugin& plugin : static_plugins()) given_.push_back(plugin);
}

yaml::Checked<PluginFile> PluginCatalogue::find(const std::string& name, const fs::path& base,
                                                const std::string& place) const {
    if (name.find('/') != std::string::npos) return read_plugin(base / name);
    for (const GivenPlugin& given : given_) {
        yaml::Checked<PluginFile> found = read_plugin(given);
        if (!found) return found;
        if (found->manifest.name == name) return found;
    }
    const std::string file = std::string(prefix) + name + std::string(suffix);
    for (const fs::path& folder : folders_) {
        std::error_code ignored;
        if (fs::exists(folder / file, ignored)) return read_plugin(folder / file);
    }
    return tl::unexpected(
        yaml::Errors{{error_plugin_not_found, place,
                      "there is no plugin \"" + name + "\"" + sdk::did_you_mean(name, names()),
                      "looked for " + file + " in " + joined(folders_) +
                          "; build it, or name its folder under \"plugins\""}});
}

std::vector<std::string> PluginCatalogue::names() const {
    std::vector<std::string> names;
    for (const GivenPlugin& given : given_)
        if (const auto found = read_plugin(given)) names.push_back(found->manifest.name);
    for (const fs::path& folder : folders_)
        for (const fs::path& file : plugin_files(folder)) names.push_back(short_name(file));
    return names;
}

std::vector<PluginFile> PluginCatalogue::all(yaml::Problems& problems) const {
    std::vector<PluginFile> plugins;
    std::set<std::string> known;
    const auto take = [&](yaml::Checked<PluginFile> found) {
        if (!found) {
            for (const Error& error : found.error()) problems.add(error);
            return;
        }
        // A folder that comes first hides what a later one has under the same name.
        if (known.insert(found->manifest.name).second) plugins.push_back(std::move(*found));
    };
    for (const GivenPlugin& given : given_) take(read_plugin(given));
    for (const fs::path& folder : folders_)
        for (const fs::path& file : plugin_files(folder)) take(read_plugin(file));
    return plugins;
}

}  // namespace oms::runtime
