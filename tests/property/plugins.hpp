// SPDX-License-Identifier: Apache-2.0
// Inside plugins for the property tests, as plain tables of the contract: they hold, post, refuse,
// ask, split, and, where a seed wants it, break the contract.
#pragma once

#include "engine/bindings.hpp"

/// What an instance here keeps: nothing but how it was configured.
struct oms_plugin {
    std::uint64_t seed = 0;
    bool mischief = false;  ///< it breaks the contract now and then
};

namespace oms::test {

// Cells of the asset class `priced`: the price that a line's hold was taken at.
inline constexpr std::uint32_t hold_price_cell = 1;
// Of the check: how often it was asked about an account.
inline constexpr std::uint32_t asked_cell = 2;

/// Holds money for what is bought, what is delivered, and a token a route where the product asks
/// for one; posts quantity x price. Needs the terms `currency` and may have `unit`.
extern const oms_asset_class priced_class;
/// Holds what is delivered and posts nothing.
extern const oms_asset_class plain_class;
/// Passes, warns, asks and refuses by the quantity.
extern const oms_check opinionated_check;
/// Splits what is open over the destinations, fewer with each attempt.
extern const oms_routing splitting_routing;
/// Leaves everything to a person.
extern const oms_routing manual_routing;
/// supplier.lead_days, supplier.silent
extern const oms_facts supplier_facts;
/// product.final_sale
extern const oms_facts product_facts;

}  // namespace oms::test
