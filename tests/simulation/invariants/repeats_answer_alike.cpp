// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <oms/abi/errors.h>

namespace oms::simulation {

namespace {

class RepeatsAnswerAlike final : public Invariant {
public:
    using Invariant::Invariant;

    void answered(const Asked& asked, const Told& told) override {
        if (!asked.told) return;
        const Told& first = *asked.told;
        // Under a key of another request it is refused anew each time.
        const bool alike =
            first.code == OMS_ERROR_key_reused ? told.code == first.code : told == first;
        demand_with(alike, [&] {
            return "request \"" + asked.key + "\" was answered " + std::to_string(first.code) +
                   " by decision " + std::to_string(first.seq) + " about order " +
                   std::to_string(first.order) + ", and now " + std::to_string(told.code) + " by " +
                   std::to_string(told.seq) + " about " + std::to_string(told.order);
        });
    }
};

}  // namespace

std::unique_ptr<Invariant> make_repeats_answer_alike(const World& world) {
    return std::make_unique<RepeatsAnswerAlike>("repeats_answer_alike", world);
}

}  // namespace oms::simulation
