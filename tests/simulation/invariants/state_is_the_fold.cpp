// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.hpp"
#include "invariants/invariant.hpp"
#include "model/world.hpp"
#include "shown.hpp"

#include <oms/abi/codes.h>

#include <algorithm>

namespace oms::simulation {

namespace {

/// A second engine folds what is shown, and has no plugin to ask.
class StateIsTheFold final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        const Status folded = copy_.apply(decision);
        demand(folded.has_value(), folded ? "" : "the fold fails: " + folded.error().reason);
    }
    void looked() override {
        const std::string live = world_.state_hash();
        if (live.empty()) return;
        demand_with(live == copy_.state_hash(), [&] {
            return "after decision " + std::to_string(copy_.seq()) +
                   " the live state is another than its journal's" + first_difference();
        });
    }
    void ended() override { looked(); }

private:
    /// What can be asked for, where that shows it.
    std::string first_difference() const {
        for (std::uint32_t subject = OMS_subject_order; subject <= OMS_subject_routes; ++subject) {
            const bool of_one = subject == OMS_subject_order;
            for (std::uint64_t id = of_one ? 1 : 0; id <= (of_one ? copy_.world().next.order : 0);
                 ++id) {
                oms_query query = sdk::make<oms_query>();
                query.subject = subject;
                query.id = id;
                query.limit = 100'000;
                sdk::Batch live;
                sdk::Batch folded;
                if (!world_.query(query, live) || !copy_.query(query, folded)) continue;
                const std::string of_live = test::shown(live.view());
                const std::string of_folded = test::shown(folded.view());
                const auto at = std::mismatch(of_live.begin(), of_live.end(), of_folded.begin(),
                                              of_folded.end());
                const auto place = at.first - of_live.begin();
                const auto from =
                    static_cast<std::size_t>(std::max<std::ptrdiff_t>(place - 120, 0));
                if (of_live != of_folded)
                    return ": " + of_live.substr(from, 200) +
                           "\n  folded: " + of_folded.substr(from, 200);
            }
        }
        return {};
    }

    engine::Engine copy_{engine::Bindings{}};
};

}  // namespace

std::unique_ptr<Invariant> make_state_is_the_fold(const World& world) {
    return std::make_unique<StateIsTheFold>("state_is_the_fold", world);
}

}  // namespace oms::simulation
