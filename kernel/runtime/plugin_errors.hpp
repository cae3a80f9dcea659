// SPDX-License-Identifier: Apache-2.0
// What can be wrong with a plugin. Codes 4200 to 4299; what is wrong inside its manifest or its
// settings has the codes of those (4050 to 4199).
#pragma once

#include <oms/sdk/error.hpp>

namespace oms::runtime {

inline constexpr ErrorCode error_plugin_not_found = 4200;   ///< no file of that name anywhere
inline constexpr ErrorCode error_plugin_unloadable = 4201;  ///< the system's loader refuses it
inline constexpr ErrorCode error_plugin_library = 4202;     ///< a library that it needs is missing
inline constexpr ErrorCode error_plugin_symbol = 4203;      ///< it exports no entry
inline constexpr ErrorCode error_plugin_revision = 4204;    ///< its entry is of another ABI
inline constexpr ErrorCode error_plugin_entry = 4205;       ///< its entry is incomplete
inline constexpr ErrorCode error_plugin_create = 4206;      ///< create answered no, or threw
inline constexpr ErrorCode error_plugin_capability = 4207;  ///< promised and not there
inline constexpr ErrorCode error_plugin_table = 4208;       ///< a capability's table is incomplete
inline constexpr ErrorCode error_plugin_start = 4209;       ///< start answered no, or threw
inline constexpr ErrorCode error_plugin_needs_host = 4210;  ///< a capability the host has not
inline constexpr ErrorCode error_plugin_needs_plugin = 4211;  ///< one that no configured plugin has
inline constexpr ErrorCode error_plugin_stop = 4212;          ///< it did not stop in time
inline constexpr ErrorCode error_plugin_quarantined = 4213;   ///< the process ended in its hands
inline constexpr ErrorCode error_plugin_ambiguous = 4214;     ///< two files have the same id

}  // namespace oms::runtime
