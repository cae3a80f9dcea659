// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"
#include "invariants/invariant.hpp"

#include <deque>

namespace oms::simulation {

namespace {

/// Each snapshot beside a fold from the first decision to the one that it ends with. That a start
/// from it comes to the same state is for state_is_the_fold to say.
class SnapshotsAreTheFold final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        waiting_.emplace_back().append(decision);
        compare();
    }
    void looked() override { compare(); }
    void ended() override { compare(); }

    void lived() override {
        const std::uint64_t seq = world_.snapshots.begun_with;
        demand_with(!world_.snapshots.damaged.contains(seq), [&] {
            return "the snapshot of seq " + std::to_string(seq) + " was damaged and begun with";
        });
        demand(seq <= world_.recovered_seq, "a snapshot was begun with that the journal never saw");
    }

private:
    void compare() {
        for (; compared_ < world_.snapshots.made.size(); ++compared_) {
            const Snapshots::Made& made = world_.snapshots.made[compared_];
            // One may be made anew where an older one was damaged.
            if (made.seq < copy_.seq()) continue;
            if (!fold_to(made.seq)) return;
            demand_with(copy_.state_hash() == made.state_hash, [&] {
                return "the snapshot of seq " + std::to_string(made.seq) +
                       " has another state than its journal's fold";
            });
        }
    }

    /// False: not all of it was shown yet.
    bool fold_to(std::uint64_t seq) {
        while (copy_.seq() < seq && !waiting_.empty()) {
            const Status folded = copy_.apply(waiting_.front().view());
            demand(folded.has_value(), folded ? "" : "the fold fails: " + folded.error().reason);
            waiting_.pop_front();
        }
        return copy_.seq() == seq;
    }

    engine::Engine copy_{engine::Bindings{}};
    std::deque<sdk::Batch> waiting_;  ///< decisions that the copy has not folded yet
    std::size_t compared_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_snapshots_are_the_fold(const World& world) {
    return std::make_unique<SnapshotsAreTheFold>("snapshots_are_the_fold", world);
}

}  // namespace oms::simulation
