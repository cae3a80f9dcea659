// SPDX-License-Identifier: Apache-2.0
// One order as a ticket for people, and as one object for programs.
#pragma once

#include "cli/session.hpp"

#include <oms/sdk/batch.hpp>

#include <string>

namespace oms::cli {

/// `rows` is what the kernel answers to a query for one order.
std::string ticket_text(Session& session, const oms_batch& rows);
/// The members of the order, then lines, terms, routes, ... as lists.
std::string ticket_json(Session& session, const oms_batch& rows);

/// A table of orders with their lines, for lists.
Table order_table();
void add_order_rows(Table& table, Session& session, const oms_order_row& order,
                    const std::vector<oms_line_row>& lines);

}  // namespace oms::cli
