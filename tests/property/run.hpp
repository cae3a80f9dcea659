// SPDX-License-Identifier: Apache-2.0
// One seed from beginning to end: an engine that decides, another that only folds what the first
// wrote, and a look at both after every step.
#pragma once

#include "author.hpp"
#include "invariants.hpp"
#include "memory_archive.hpp"
#include "stage.hpp"
#include "tally.hpp"

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace oms::test {

/// Counts its calls; a call into a plugin is entered and left once.
class Guard : public engine::CallGuard {
public:
    void enter(std::uint32_t) override { ++inside; }
    void leave(std::uint32_t, bool at_fault) override {
        --inside;
        if (at_fault) ++faults;
    }
    int inside = 0;
    std::uint64_t faults = 0;
};

class Run {
public:
    /// `frames`, when given, gets each decision as it is encoded.
    Run(std::uint64_t seed, Tally& tally, std::vector<std::string>* frames = nullptr);

    /// One input, and then all that fell due. Throws Broken.
    void step();
    /// The whole world, and what a snapshot makes of it.
    void check_all();

private:
    /// An input that was answered, to be sent again.
    struct Sent {
        sdk::Batch batch;
        engine::Outcome outcome;
        std::uint32_t origin = 0;
        std::string key;
    };

    engine::Outcome decide(const oms_batch& input);
    void check_decision(const oms_batch& input, const engine::Outcome& outcome,
                        const oms_batch& decision);
    void check_again(const oms_batch& decision);
    void check_refused(const oms_batch& decision);
    void check_available(const oms_batch& input, const Available& before,
                         const oms_batch& decision);
    void count(const oms_batch& input, const engine::Outcome& outcome, const oms_batch& decision);
    void remember(const oms_batch& input, const engine::Outcome& outcome);
    void send_again();
    void ask();
    void run_due();
    void compare_hashes();

    Tally& tally_;
    std::vector<std::string>* frames_;
    Chance chance_;
    Guard guard_;
    Troupe troupe_;
    MemoryArchive archive_;  ///< what the live one has retired, as far as it was looked at
    engine::Engine live_;
    engine::Engine copy_;  ///< folds, and never calls a plugin
    Guard guard_again_;
    engine::Engine again_;  ///< decides each decision again before it folds it
    Names names_;
    std::unique_ptr<Author> author_;
    std::deque<Sent> sent_;
    std::int64_t now_ = start_time;
    std::uint64_t steps_ = 0;
};

}  // namespace oms::test
