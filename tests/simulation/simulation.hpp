// SPDX-License-Identifier: Apache-2.0
// One seed from beginning to end: lives on one disk, a step at a time.
#pragma once

#include "clients.hpp"
#include "invariants/invariant.hpp"
#include "life.hpp"
#include "moment.hpp"
#include "world.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oms::simulation {

/// Which steps of which seed, and what to leave out: what a shrunk failure consists of.
struct Script {
    std::uint64_t seed = 1;
    std::uint64_t steps = 3000;
    std::vector<Fault> without;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> skip;  ///< first and last step

    bool skips(std::uint64_t step) const;
    /// The command that plays it.
    std::string command() const;
};

class Simulation {
public:
    explicit Simulation(const Script& script);

    /// Plays the script to its end, and then to rest. Throws Broken.
    void play();
    std::uint64_t step_now() const { return step_; }
    const Figures& figures() const { return world_.figures; }
    /// One number for all frames of the journal.
    std::uint64_t frames() const { return world_.witness.digest(); }

private:
    Moment& begin_moment(std::uint64_t step);
    void step();
    void act(Moment& moment);
    void misbehave(Moment& moment);
    void begin_life(Moment& moment);
    void end_life(Moment& moment, bool cut);
    void last_breath();
    void arm_power_cut(Moment& moment);
    void read();
    void cycle(Line& line);
    void observe(Moment& moment);
    void deliver_hook(Moment& moment);
    void deliver_all_hooks(Moment& moment);
    void look();
    void finish_a_round(Moment& moment);
    void come_to_rest();
    void check_rot(Moment& moment);
    std::string state_hash();
    bool query(const oms_query& query, sdk::Batch& rows);

    const Script script_;
    World world_;
    std::vector<std::unique_ptr<Invariant>> invariants_;
    Clients clients_;
    std::optional<Moment> moment_;
    std::unique_ptr<Life> life_;
    std::uint64_t step_ = 0;
    std::uint64_t read_seq_ = 0;
    std::uint64_t disk_is_full_until_ = 0;
};

}  // namespace oms::simulation
