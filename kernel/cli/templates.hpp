// SPDX-License-Identifier: Apache-2.0
// The files of kernel/cli/templates, embedded when oms is built.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oms::cli {

/// `@name@` stands for the plugin's name and `@Name@` for its class, in paths and in texts.
struct Template {
    std::string_view kind;  ///< the folder in templates/
    std::string_view path;  ///< within the plugin's folder
    std::string_view text;
};

std::span<const Template> templates();

/// Those that there are templates for.
inline std::vector<std::string> template_kinds() {
    std::vector<std::string> kinds;
    for (const Template& each : templates())
        if (kinds.empty() || kinds.back() != each.kind) kinds.emplace_back(each.kind);
    return kinds;
}

}  // namespace oms::cli
