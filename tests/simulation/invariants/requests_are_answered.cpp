// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class RequestsAreAnswered final : public Invariant {
public:
    using Invariant::Invariant;

    void ended() override {
        for (const Asked& asked : world_.asked)
            demand_with(asked.life != world_.life || asked.waits == 0, [&] {
                return "request \"" + asked.key + "\" was taken and never answered";
            });
    }
};

}  // namespace

std::unique_ptr<Invariant> make_requests_are_answered(const World& world) {
    return std::make_unique<RequestsAreAnswered>("requests_are_answered", world);
}

}  // namespace oms::simulation
