// SPDX-License-Identifier: Apache-2.0
// What stands in for an inside plugin that is left out: it refuses, and so everything that needs it
// fails closed.
#pragma once

#include <string_view>

namespace oms::runtime {

/// A complete table for the id of an inside capability, or null.
const void* left_out_table(std::string_view id);

}  // namespace oms::runtime
