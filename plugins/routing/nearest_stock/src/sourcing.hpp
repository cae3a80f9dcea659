// SPDX-License-Identifier: Apache-2.0
// From which places an order is best sent. Pure arithmetic on whole numbers, nothing of the host.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace oms::plugins::nearest_stock {

/// Of more places than this, only the nearest are combined: 2^12 combinations.
inline constexpr std::size_t max_combined = 12;

enum class Rule : std::uint8_t { one_parcel, nearest, most_stock, priority };
inline constexpr std::string_view rule_names[] = {"one_parcel", "nearest", "most_stock",
                                                  "priority"};

struct Place {
    std::pmr::vector<std::int64_t> has;      ///< of each need; not below zero
    std::optional<std::int64_t> distance_m;  ///< where both ends are known
    std::int64_t priority = 0;               ///< lower goes first
};

struct Parcel {
    std::size_t place = 0;
    std::pmr::vector<std::int64_t> quantities;  ///< of each need
};

struct Choice {
    std::pmr::vector<Parcel> parcels;
    std::size_t plans = 0;        ///< how many there were to choose from
    std::string_view decided_by;  ///< a rule, or "the configured order", or "there is no other"
    bool complete = true;         ///< everything that is needed is sent
};

/// Every combination of at most `max_places` places that have, together, all of `needs` (each above
/// zero) is a plan; within a plan the nearer place gives first. With `partial`, when no combination
/// has everything, those that lack least. The rules are asked in their order: each keeps the plans
/// that are best by it, until one is left. Of plans that tie to the end, the one whose places come
/// first. Nothing when there is no plan.
///   one_parcel   fewest places
///   nearest      shortest way from all its places together; a place whose distance is not known
///                counts as the far end of the earth
///   most_stock   most stock at its places for the need that is scarcest there, as a multiple of it
///   priority     lowest sum of priorities
/// It is worked out, and the parcels lie, in `memory`.
std::optional<Choice> choose(std::span<const Place> places, std::span<const std::int64_t> needs,
                             std::span<const Rule> rules, std::size_t max_places, bool partial,
                             std::pmr::memory_resource* memory = std::pmr::get_default_resource());

}  // namespace oms::plugins::nearest_stock
