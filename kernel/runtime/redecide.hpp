// SPDX-License-Identifier: Apache-2.0
// The past with the plugins of today: each recorded input is decided again, on the state and the
// values of the world that were read then, and held against what was decided. Nothing is changed;
// what comes after goes on from what was decided, not from what would be.
#pragma once

#include "engine/engine.hpp"
#include "runtime/config/config.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/projection.hpp"
#include "runtime/recovery.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace oms::runtime {

struct Redecided {
    std::uint64_t decisions = 0;  ///< in the journal
    std::uint64_t again = 0;      ///< of them, decided again
    std::uint64_t otherwise = 0;  ///< of these, with another outcome
    /// Plugins may have had a say in these, and what was asked is not recorded: an older version
    /// wrote them.
    std::uint64_t untold = 0;
};

/// Both decisions with their headers; good during the call. `names` are those of that moment.
using Otherwise = std::function<void(const oms_batch& decided, const oms_batch& would_be,
                                     const Projection& names)>;

/// Decides with these bindings.
Result<Redecided> redecide(Journal& journal, engine::Bindings bindings, const Otherwise& otherwise,
                           const std::function<void(const Progress&)>& progress = {});

/// Loads the configuration's inside plugins and decides with them.
yaml::Checked<Redecided> redecide(Journal& journal, const ConfigSource& source,
                                  const Otherwise& otherwise,
                                  const std::function<void(const Progress&)>& progress = {});

/// Whether two decisions come to the same: equal effects on the state, the same refusals. What was
/// read or explained on the way may differ, and so may the limits that something passed.
bool come_to_the_same(const oms_batch& left, const oms_batch& right);

}  // namespace oms::runtime
