// SPDX-License-Identifier: Apache-2.0
// What a plugin's build makes from its manifest: a typed settings header, and a C source that puts
// the manifest into the binary.
#pragma once

#include "runtime/manifest/manifest.hpp"

#include <string>
#include <string_view>

namespace oms::runtime {

/// `#include "<name>_settings.hpp"` gives, in namespace `oms::plugins::<name>`:
/// - `Settings`, a plain struct with one member a setting, and `Settings::from` to fill it;
/// - `cells::<name>`, and `tables::<table>::<column>`: the numbers of cells;
/// - `denials::<name in small letters>`: the index that an opinion names;
/// - `events::<name>`: the texts of its events.
std::string settings_header(const Manifest& manifest);

/// The text in ELF section `.oms.manifest`, kept by every linker; or, when OMS_PLUGIN_MANIFEST is
/// defined, an `oms_text` of that name for plugins that are linked into the host.
std::string section_source(const Manifest& manifest, std::string_view text);

}  // namespace oms::runtime
