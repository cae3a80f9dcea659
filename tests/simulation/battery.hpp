// SPDX-License-Identifier: Apache-2.0
// Many seeds on several processes, so that one that ends with a signal is a finding like any other.
#pragma once

#include "figures.hpp"
#include "simulation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oms::simulation {

/// What a failing script says.
struct Failure {
    Script script;  ///< up to the step that failed
    std::string invariant;
    std::string sentence;

    std::string text() const;
};

/// Plays one script in this process.
std::optional<Failure> play(const Script& script, Figures& figures, std::uint64_t& frames);

/// Plays one script in a process of its own. A signal is a failure named "signal".
std::optional<Failure> play_apart(const Script& script);

struct Plan {
    std::uint64_t first_seed = 1;
    std::uint64_t seeds = 20;
    std::uint64_t steps = 3000;
    unsigned jobs = 1;
    unsigned most_failures = 5;         ///< then a job stops
    std::vector<std::string> stops_at;  ///< a job ends when one of these invariants breaks
    bool show_frames = false;           ///< print each seed's number for all its frames
    std::uint64_t twice_each = 50;  ///< every so many seeds are played twice, for the same frames
    std::vector<Fault> without;
};

/// Returns the failures, at most a few; they are told on stderr as they come.
std::vector<Failure> play_all(const Plan& plan, Figures& figures);

}  // namespace oms::simulation
