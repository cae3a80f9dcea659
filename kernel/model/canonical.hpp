// SPDX-License-Identifier: Apache-2.0
// The world written down as effects in one fixed order: folding them gives the same world again.
// Snapshots, archived orders and the state hash all use this form, whose version is below.
#pragma once

#include "model/world.hpp"

#include <functional>
#include <string>

namespace oms {

/// Part of the hash: it changes when the canonical form does.
inline constexpr std::uint32_t canonical_version = 3;

using EffectSink = std::function<void(const oms_record&)>;

/// One order with its routes, executions and keys; what is kept beside it (holds, timers, watches,
/// tasks) too when `with_open` is set.
void write_order(const World& world, const Order& order, bool with_open, const EffectSink& sink);

/// The names and their terms, and the installed lifecycles.
void write_references(const World& world, const EffectSink& sink);

/// All of it, but for retired orders: of those only how many there are, and a digest.
void write_world(const World& world, const EffectSink& sink);

/// 32 hex digits (XXH3, 128 bits) over the canonical version and the encoded effects of
/// `write_world`.
std::string state_hash(const World& world);

}  // namespace oms
