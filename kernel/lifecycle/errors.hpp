// SPDX-License-Identifier: Apache-2.0
// The error codes of lifecycles, 3000 to 3199.
#pragma once

#include <oms/sdk/error.hpp>

namespace oms::lifecycle {

// Compiled tables.
inline constexpr ErrorCode error_not_tables = 3000;      ///< not the bytes of compiled tables
inline constexpr ErrorCode error_newer_tables = 3001;    ///< written by a later version
inline constexpr ErrorCode error_damaged_tables = 3002;  ///< cut short, or a number out of range

// Documents: what is written cannot be read.
inline constexpr ErrorCode error_name = 3010;       ///< not a name as lifecycles write them
inline constexpr ErrorCode error_doubled = 3011;    ///< two things of one name
inline constexpr ErrorCode error_limit = 3012;      ///< more of something than a table can hold
inline constexpr ErrorCode error_condition = 3013;  ///< a condition that cannot be read
inline constexpr ErrorCode error_action = 3014;     ///< an action that cannot be read
inline constexpr ErrorCode error_unknown = 3015;    ///< a name that stands for nothing
inline constexpr ErrorCode error_not_here = 3016;  ///< a word of orders in a route's lifecycle, …
inline constexpr ErrorCode error_rule = 3017;      ///< a rule without effect
inline constexpr ErrorCode error_duration = 3018;  ///< a time that no timer can wait for

// Documents: what is read makes no sense.
inline constexpr ErrorCode error_no_default = 3030;     ///< no status for some states
inline constexpr ErrorCode error_hidden_status = 3031;  ///< an earlier status always comes first
inline constexpr ErrorCode error_unreachable = 3032;    ///< no rule leads to a state
inline constexpr ErrorCode error_ambiguous = 3033;      ///< two rules that cannot be told apart
inline constexpr ErrorCode error_no_way_out = 3034;     ///< a state from which there is no end
inline constexpr ErrorCode error_no_rule = 3035;        ///< an event is sent and nothing takes it
inline constexpr ErrorCode error_unused = 3036;         ///< declared and never used
inline constexpr ErrorCode error_no_end = 3037;         ///< `ended` always or never holds

// Scenario files.
inline constexpr ErrorCode error_scenario = 3050;  ///< a line that cannot be read
inline constexpr ErrorCode error_mismatch = 3051;  ///< an expectation that does not hold

}  // namespace oms::lifecycle
