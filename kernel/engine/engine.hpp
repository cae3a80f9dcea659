// SPDX-License-Identifier: Apache-2.0
// The deterministic step: an input goes in, a decision comes out. One thread, no clock, no I/O.
//
//   input -> sequence and dedupe -> decide (checks, lifecycle, routing, ledger) -> decision record
//
// What the engine decides it applies at once; committing and publishing are the runtime's. After a
// restart the same state comes from `apply` alone, without a plugin, a price or a clock.
#pragma once

#include "engine/bindings.hpp"
#include "model/archive_reader.hpp"
#include "model/frame.hpp"
#include "model/result.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace oms {
class World;
}

namespace oms::engine {

/// What one input came to.
struct Outcome {
    std::uint64_t seq = 0;   ///< of the decision
    std::uint32_t code = 0;  ///< 0: accepted; otherwise the number after "OMS-"
    bool repeated = false;  ///< the key was known: `seq` is the first decision's, nothing was added
};

class Engine {
public:
    explicit Engine(Bindings bindings);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // ---- recovery -----------------------------------------------------------------------------

    /// Folds one decision (its records, header first) into the state. OMS-5203: a seq is missing.
    Status apply(const oms_batch& decision);

    /// Takes the world of a snapshot in the place of what was folded so far, and the number of the
    /// last observation then.
    void restore(World world, std::uint64_t observed);

    /// Where retired orders are read; what was retired up to `seq` is the reader's.
    void read_archive_from(ArchiveReader* reader, std::uint64_t seq);

    /// Decides again what a decision of the past was about, with the bindings of today: the state
    /// must be the one before it. Of the world outside there is what the decision says that was
    /// read. The decision that it would be is appended to `frame`; the state stays as it is. False:
    /// the decision does not tell what was asked, for no plugin has a say in such.
    bool rehearse(const oms_batch& decision, Frame& frame);

    // ---- live ---------------------------------------------------------------------------------

    /// Decides one input and appends the decision to `frame`. A repeated request appends
    /// nothing; its answer is `answer_of`. What is no input at all has an outcome without a seq.
    /// Never fails: what is wrong with an input is its outcome.
    Outcome decide(const oms_batch& input, std::int64_t now, Frame& frame);

    /// Why the last decision, and what may follow it, must not be committed: something of the state
    /// could not be read. Null: nothing was wrong.
    const Error* broken() const;

    /// The last value of the world, applied between decisions. Watches that it hits wait for `due`.
    void observe(const oms_observation& observation);

    /// An input that the kernel itself owes at `now`: a timer that fell due, a watch that was hit,
    /// an order that is to retire. False: none. Decide it, then ask again.
    bool due(std::int64_t now, sdk::Batch& input);

    /// When `due` is next worth asking, ns since 1970 UTC; INT64_MAX: not before another input.
    std::int64_t next_due() const;

    /// Appends the rows that answer; OMS-1009 and the like when there is no such thing. Changes
    /// nothing. The rows own their texts.
    Status query(const oms_query& query, sdk::Batch& rows) const;

    /// What the request with this key was answered, as an `answered` record. False: no such key.
    bool answer_of(std::uint32_t origin, std::string_view key, sdk::Batch& rows) const;

    // ---- about the state ------------------------------------------------------------------------

    std::uint64_t seq() const;       ///< of the last decision
    std::int64_t time() const;       ///< of the last decision
    std::uint64_t epoch() const;     ///< how often the process has started on this journal
    std::string state_hash() const;  ///< hex; over the canonical form of all that replay restores

    /// The reference entry of this class and code; 0: none.
    std::uint32_t find_reference(std::uint32_t reference_class, std::string_view code) const;

    /// The world itself, for who may see it whole: snapshots, tests.
    const World& world() const;

    /// Only cancels, reports and administration are taken while it is set; see OMS-1042.
    void set_cancel_only(bool on);

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace oms::engine
