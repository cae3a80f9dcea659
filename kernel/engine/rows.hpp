// SPDX-License-Identifier: Apache-2.0
// Entities as rows: what views and queries show of the world.
#pragma once

#include "model/world.hpp"

namespace oms::engine {

// Texts in a row point into the world: good until the next change.
oms_order_row row_of(const World& world, const Order& order, std::uint32_t shelf);
oms_line_row line_row_of(const Order& order, std::uint32_t line);
oms_term_row row_of(const Term& term, std::uint64_t order, std::uint64_t route,
                    std::uint32_t reference);
oms_route_row row_of(const World& world, const Route& route);
oms_route_line_row row_of(const Route& route, const RouteLine& line);
oms_execution_row row_of(const World& world, const Order& order, const Execution& execution);
oms_offer_row row_of(const Order& order, const Offer& offer);
oms_balance_row row_of(const BalanceKey& key, const Balance& balance);
oms_cell_row row_of(const CellKey& key, std::int64_t value);
oms_hold_row row_of(const Hold& hold);
oms_task_row row_of(const Task& task);
oms_reference_row row_of(const Reference& reference);
oms_link_row row_of(const Order& order, const Link& link);
oms_source_row row_of(const Order& order, const Source& source, std::uint32_t product);

}  // namespace oms::engine
