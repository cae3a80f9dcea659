// SPDX-License-Identifier: Apache-2.0
// Which conditions follow from which: what tells a rule that can fire from one that is hidden.
#pragma once

#include "lifecycle/table.hpp"

#include <cstdint>

namespace oms::lifecycle {

bool is_empty(const Guard& guard);

/// Whether `right` holds whenever `left` does. "True" is certain; a "false" may be overcautious.
bool implies(const Table& table, const Guard& left, const Guard& right);

/// Whether the guard can hold at no moment whatever. "True" is certain.
bool is_impossible(const Table& table, const Guard& guard);

}  // namespace oms::lifecycle
