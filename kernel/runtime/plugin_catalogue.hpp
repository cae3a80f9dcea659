// SPDX-License-Identifier: Apache-2.0
// Which plugins there are: finds their files and reads their manifests, and runs none of their
// code.
#pragma once

#include "runtime/manifest/manifest.hpp"
#include "runtime/plugin_errors.hpp"

#include <oms/abi/plugin.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// A plugin that is part of the program, under the same rules as one in a library.
struct GivenPlugin {
    const oms_plugin_entry* entry = nullptr;
    std::string_view manifest;  ///< the text of its manifest.yaml
};

/// A plugin as it was found.
struct PluginFile {
    std::filesystem::path path;  ///< empty for one that is part of the program
    Manifest manifest;
    const oms_plugin_entry* entry = nullptr;  ///< null until it is loaded

    /// What messages call it: the path, or "NAME (built in)".
    std::string place() const {
        return path.empty() ? manifest.name + " (built in)" : path.string();
    }
};

/// The plugins that were linked into this program (see cmake/oms_host.cmake).
std::vector<GivenPlugin> static_plugins();

/// The manifest of a plugin's file, checked, and its revision of the contract with it.
yaml::Checked<PluginFile> read_plugin(const std::filesystem::path& path);
yaml::Checked<PluginFile> read_plugin(const GivenPlugin& given);

/// Where plugins are looked for when nobody says: beside the program (`../plugins`), installed
/// (`../lib/oms/plugins`), and the folders in OMS_PLUGIN_PATH.
std::vector<std::filesystem::path> default_plugin_path();

class PluginCatalogue {
public:
    PluginCatalogue(std::vector<std::filesystem::path> folders, std::vector<GivenPlugin> given);

    /// `name` is the short name of a manifest (`oms_<name>.so` in the first folder that has it), or
    /// a path with a slash, which `base` completes. `place` is where it was asked for.
    yaml::Checked<PluginFile> find(const std::string& name, const std::filesystem::path& base,
                                   const std::string& place) const;

    /// All that can be read; what cannot is in `problems`.
    std::vector<PluginFile> all(yaml::Problems& problems) const;

    const std::vector<std::filesystem::path>& folders() const { return folders_; }

private:
    std::vector<std::string> names() const;

    std::vector<std::filesystem::path> folders_;
    std::vector<GivenPlugin> given_;
};

}  // namespace oms::runtime
