// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class OneEpochAtATime final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        const auto& header = *sdk::as<oms_decision>(*decision.first);
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* begun = sdk::as<oms_epoch_begun>(record);
            if (begun == nullptr) continue;
            demand(begun->epoch == epoch_ + 1, "an epoch does not follow its predecessor");
            epoch_ = begun->epoch;
        }
        demand_with(header.epoch == epoch_ || header.epoch + 1 == epoch_, [&] {
            return "decision " + std::to_string(header.seq) + " is of epoch " +
                   std::to_string(header.epoch) + " in epoch " + std::to_string(epoch_);
        });
    }

private:
    std::uint64_t epoch_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_one_epoch_at_a_time(const World& world) {
    return std::make_unique<OneEpochAtATime>("one_epoch_at_a_time", world);
}

}  // namespace oms::simulation
