// SPDX-License-Identifier: Apache-2.0
// What lies on the disk is tampered with while nobody runs: a bit flips, a row is changed, dropped,
// doubled or swapped, a file is cut. Opening must refuse it, or show that nothing was lost.
#pragma once

#include "world.hpp"

#include <string>

namespace oms::simulation {

/// On a copy of the disk. Returns what was done, in words; throws Broken when it goes unnoticed.
std::string tamper_and_open(const World& world, test::Chance& chance);

/// One of the snapshots on the disk itself, or the archive: nothing is lost with it, so life goes
/// on. Returns what was done, in words; empty: there was none.
std::string damage_snapshot(World& world, test::Chance& chance);

}  // namespace oms::simulation
