// SPDX-License-Identifier: Apache-2.0
// What the properties are tried on: the shipped lifecycles and one more, kinds of orders in both
// worlds, and the names and balances to begin with.
#pragma once

#include "engine/bindings.hpp"
#include "engine/engine.hpp"
#include "plugins.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace oms::test {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t start_time = std::int64_t{1'767'225'600} * ns_per_second;  // 2026-01-01 UTC
constexpr std::int64_t key_window_ns = 86400 * ns_per_second;

/// The plugins of one seed; they must outlive the engine.
struct Troupe {
    oms_plugin priced, plain, checks, split, manual, supplier, product;
};

engine::Bindings bindings_of(Troupe& troupe, engine::CallGuard* guard);

/// Reference ids of what the stage defines.
struct Names {
    std::vector<std::uint32_t> accounts;  ///< inside
    std::vector<std::uint32_t> outside;   ///< their balances may be negative
    std::vector<std::uint32_t> products;  ///< all of them
    std::vector<std::uint32_t> traded;
    std::vector<std::uint32_t> goods;
    std::uint32_t kit = 0;
    std::uint32_t money = 0;
    std::uint32_t token = 0;
    std::vector<std::uint32_t> venues;
    std::vector<std::uint32_t> places;
    std::vector<std::uint32_t> destinations;  ///< all of them
    std::vector<std::uint32_t> channels;
    std::vector<std::uint32_t> origins;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> events;
    std::vector<std::uint32_t> plugins;
    std::uint32_t trade = 0, by_hand = 0, web = 0, refund = 0, enquiry = 0, workflow = 0;
};

using Decide = std::function<engine::Outcome(const oms_batch& input)>;

/// Begins the first epoch and defines what `Names` names.
Names set_stage(const engine::Engine& engine, const Decide& decide);

}  // namespace oms::test
