// SPDX-License-Identifier: Apache-2.0
// The words by which people in either world know a verb that the kernel itself has no word for.
#pragma once

namespace oms::cli::spelling {

/// `oms stock set`: says how much of a product an account really has.
inline constexpr const char* level_group = "stock";
inline constexpr const char* level_example = "oms stock set north SHOE-42 120 --reason \"counted\"";

}  // namespace oms::cli::spelling
