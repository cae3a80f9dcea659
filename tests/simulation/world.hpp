// SPDX-License-Identifier: Apache-2.0
// What outlives the process in a seed: the clock, the disk, the parties, the clients' memory, and
// what an attentive reader has seen.
#pragma once

#include "clock.hpp"
#include "figures.hpp"
#include "names.hpp"
#include "oracle/asked.hpp"
#include "oracle/ledger.hpp"
#include "parties/line.hpp"
#include "virtual_disk.hpp"
#include "weather.hpp"
#include "witness.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

namespace oms::simulation {

/// What the simulation knows of the journal's snapshots.
struct Snapshots {
    struct Made {
        std::uint64_t seq = 0;
        std::string state_hash;  ///< as the file says it
    };
    std::deque<Made> made;            ///< in the order of their making
    std::uint64_t begun_with = 0;     ///< by this life; 0: the journal's beginning
    std::set<std::uint64_t> damaged;  ///< by the simulation
};

struct World {
    World(std::uint64_t of_seed, const Weather& its_weather) : seed(of_seed), weather(its_weather) {
        for (Party& party : parties) exchange.parties.push_back(&party);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const std::uint64_t seed;
    Weather weather;
    Figures figures;
    SimulatedClock clock;
    test::VirtualDisk disk;
    Witness witness;
    Names names;
    std::array<Party, 5> parties{Party{"alpha", Character::venue}, Party{"beta", Character::venue},
                                 Party{"berlin", Character::warehouse},
                                 Party{"munich", Character::warehouse},
                                 Party{"acquirer", Character::provider}};
    Exchange exchange;
    Snapshots snapshots;
    Ledger ledger;            ///< of the decisions that were shown
    std::deque<Asked> asked;  ///< the token of a request is its place, from 1
    std::uint64_t life = 0;
    std::uint64_t recovered_seq = 0;  ///< what the journal held when this life began
    std::set<Scope> halts_in_force;   ///< asked for and taken, or durable
    std::map<std::uint64_t, std::map<std::uint32_t, std::int64_t>> most_asked;  ///< order, line
    std::map<std::uint64_t, std::int64_t> refunds_asked;                        ///< by order
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> deposited;  ///< account, asset
    /// The live state's hash, once everything is decided and shown; empty when the power went.
    std::function<std::string()> state_hash;
    /// Rows of a query; false when the power went.
    std::function<bool(const oms_query&, sdk::Batch&)> query;

    Party* party(std::uint32_t destination) {
        const std::array<std::uint32_t, 5> numbers{names.alpha, names.beta, names.berlin,
                                                   names.munich, names.acquirer};
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (numbers[i] == destination) return &parties[i];
        return nullptr;
    }
    const Party* party(std::uint32_t destination) const {
        return const_cast<World*>(this)->party(destination);
    }
};

}  // namespace oms::simulation
