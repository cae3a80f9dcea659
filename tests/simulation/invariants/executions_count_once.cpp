// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <oms/abi/codes.h>

namespace oms::simulation {

namespace {

class ExecutionsCountOnce final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        for (const oms_record& record : sdk::Records(decision)) {
            if (const auto* done = sdk::as<oms_executed>(record)) {
                demand(ids_.insert(done->execution).second, "an execution's number came twice");
                if (done->route == 0 || done->external_ref.size == 0) continue;
                const std::string ref(sdk::view(done->external_ref));
                demand_with(refs_.emplace(done->route, ref, done->line).second, [&] {
                    return "execution \"" + ref + "\" of route " + std::to_string(done->route) +
                           " was applied twice";
                });
            } else if (const auto* changed = sdk::as<oms_execution_changed>(record)) {
                if (changed->state == OMS_execution_state_live) continue;
                demand_with(undone_.insert(changed->execution).second, [&] {
                    return "execution " + std::to_string(changed->execution) +
                           " was reversed twice";
                });
            }
        }
    }

private:
    std::set<std::uint64_t> ids_;
    std::set<std::uint64_t> undone_;
    std::set<std::tuple<std::uint64_t, std::string, std::uint32_t>> refs_;
};

}  // namespace

std::unique_ptr<Invariant> make_executions_count_once(const World& world) {
    return std::make_unique<ExecutionsCountOnce>("executions_count_once", world);
}

}  // namespace oms::simulation
