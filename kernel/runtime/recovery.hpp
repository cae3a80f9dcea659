// SPDX-License-Identifier: Apache-2.0
// The journal becomes the state again: each decision is folded into the engine, and shown to the
// runtime's own projection. No plugin is asked, and no clock.
#pragma once

#include "engine/engine.hpp"
#include "runtime/journal/archive_file.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/projection.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace oms::runtime {

/// How far a long start has come.
struct Progress {
    std::string_view what;  ///< "replaying the journal"
    std::uint64_t done = 0;
    std::uint64_t total = 0;  ///< 0: not known
    double seconds = 0;
};

struct Recovered {
    std::uint64_t decisions = 0;
    std::uint64_t commits = 0;
    std::uint64_t bytes = 0;
    double seconds = 0;
};

/// Replays everything behind the engine's own seq. `progress` may be null; it is told about twice a
/// second. What retires meanwhile goes into the archive, if there is one.
Result<Recovered> recover(Journal& journal, engine::Engine& engine, Projection& projection,
                          const std::function<void(const Progress&)>& progress,
                          ArchiveFile* archive = nullptr);

}  // namespace oms::runtime
