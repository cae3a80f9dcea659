// SPDX-License-Identifier: Apache-2.0
// Loads a plugin's library, once and for ever, and hands out its entry. The one file with
// Boost.DLL.
#pragma once

#include "runtime/plugin_catalogue.hpp"

namespace oms::runtime {

/// Loads the library (all symbols at once, none of them visible to others), finds the entry and
/// checks it. A plugin that is part of the program has its entry checked. Main thread.
Status load_plugin(PluginFile& plugin);

}  // namespace oms::runtime
