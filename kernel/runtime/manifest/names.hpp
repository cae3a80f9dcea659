// SPDX-License-Identifier: Apache-2.0
// What names in a manifest may look like, and the spellings of its enumerators.
#pragma once

#include "runtime/manifest/manifest.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

/// `max_quantity`: a small letter, then small letters, digits and underscores.
bool is_identifier(std::string_view text);
/// `example.limits`: two or more identifiers with points between them.
bool is_dotted_id(std::string_view text);
/// `QUANTITY_ABOVE_LIMIT`: two or more words of capitals and digits.
bool is_denial_code(std::string_view text);
/// `1.2.3`, `1.2.3-rc.1+build` (Semantic Versioning 2.0.0).
bool is_semantic_version(std::string_view text);
/// Names become members and constants of a generated C++ header, so its keywords cannot be used.
bool is_reserved(std::string_view name);

/// Every spelling of an enumeration, in the order of its enumerators.
std::vector<std::string> maturity_names();
std::vector<std::string> plugin_kind_names();
std::vector<std::string> setting_type_names();
std::vector<std::string> key_kind_names();
std::vector<std::string> value_type_names();

}  // namespace oms::runtime
