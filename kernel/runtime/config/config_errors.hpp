// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a configuration, beside what the strict YAML layer refuses. Codes
// 6000-6099.
#pragma once

#include <oms/sdk/error.hpp>

namespace oms::runtime {

inline constexpr ErrorCode error_config_missing = 6000;    ///< no such folder or file
inline constexpr ErrorCode error_clock = 6001;             ///< only a virtual clock can be moved
inline constexpr ErrorCode error_config_name = 6002;       ///< not a name: blanks, too long, empty
inline constexpr ErrorCode error_config_unknown = 6003;    ///< a name that nothing here bears
inline constexpr ErrorCode error_config_kind = 6004;       ///< a plugin of another kind is needed
inline constexpr ErrorCode error_config_lifecycle = 6005;  ///< attached elsewhere, or twice
inline constexpr ErrorCode error_config_role = 6006;       ///< the lifecycle has no such role
inline constexpr ErrorCode error_config_term = 6007;       ///< a term that cannot be read
inline constexpr ErrorCode error_config_loop = 6008;       ///< an account that lies under itself
inline constexpr ErrorCode error_config_doubled = 6009;    ///< two entries with one code
inline constexpr ErrorCode error_config_text = 6010;       ///< the text of a file is not UTF-8, …
inline constexpr ErrorCode error_config_changed = 6011;    ///< what is fixed for life was changed
inline constexpr ErrorCode error_config_data = 6012;       ///< the data directory cannot be used
inline constexpr ErrorCode error_config_taken = 6013;      ///< the kernel refused a definition
inline constexpr ErrorCode error_csv = 6020;               ///< not a table of the expected form
inline constexpr ErrorCode error_csv_value = 6021;         ///< a cell that cannot be read

}  // namespace oms::runtime
