// SPDX-License-Identifier: Apache-2.0
// Which plugin is meant: a short name, or a file.
#pragma once

#include "cli/failure.hpp"
#include "runtime/plugin_catalogue.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace oms::cli {

/// The plugin, not loaded; what is wrong with its name, file or manifest ends the verb.
inline runtime::PluginFile find_plugin(const std::string& plugin,
                                       const std::vector<std::string>& folders) {
    std::error_code ignored;
    if (plugin.find('/') != std::string::npos || std::filesystem::is_regular_file(plugin, ignored))
        return need_all(runtime::read_plugin(std::filesystem::path(plugin)));
    std::vector<std::filesystem::path> path(folders.begin(), folders.end());
    if (path.empty()) path = runtime::default_plugin_path();
    return need_all(runtime::PluginCatalogue(path, {}).find(plugin, ".", "PLUGIN"));
}

}  // namespace oms::cli
