// SPDX-License-Identifier: Apache-2.0
// Files of rows: values of a plugin's table, and balances to begin with.
#pragma once

#include "runtime/config/config.hpp"
#include "runtime/config/terms.hpp"

#include <oms/abi/records.h>

#include <cstdint>
#include <string>
#include <vector>

namespace oms::runtime {

/// The cells that a file writes. What is wrong with it lands in `problems`; then the cells are not
/// all there.
std::vector<oms_write_cell> read_table_file(const std::string& path, const TableSpec& table,
                                            std::uint32_t owner, const TermReader& terms,
                                            yaml::Problems& problems);

/// The transfers that a file of balances asks for: account, asset, amount, from.
std::vector<oms_transfer> read_balance_file(const std::string& path, const TermReader& terms,
                                            yaml::Problems& problems);

/// Holds the terms of all entries and all files against the names that the configuration itself
/// defines: what a first start would run into.
void check_contents(const Config& config, yaml::Problems& problems);

}  // namespace oms::runtime
