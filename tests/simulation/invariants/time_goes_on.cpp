// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class TimeGoesOn final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        const auto& header = *sdk::as<oms_decision>(*decision.first);
        demand_with(header.time >= last_, [&] {
            return "decision " + std::to_string(header.seq) + " is before its predecessor";
        });
        last_ = header.time;
        bool fired = false;
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* timer = sdk::as<oms_timer_set>(record);
            if (timer == nullptr) continue;
            if (timer->due != 0) {
                demand(!gone_.contains(timer->timer), "a timer came back");
                due_[timer->timer] = timer->due;
                continue;
            }
            const auto known = due_.find(timer->timer);
            demand(known != due_.end(), "a timer ended that was not set");
            fired = fired || known->second <= header.time;
            due_.erase(known);
            gone_.insert(timer->timer);
        }
        demand(header.cause != OMS_RECORD_timer_due || fired,
               "a timer fired that was not due, or twice");
    }

private:
    std::int64_t last_ = 0;
    std::map<std::uint64_t, std::int64_t> due_;
    std::set<std::uint64_t> gone_;
};

}  // namespace

std::unique_ptr<Invariant> make_time_goes_on(const World& world) {
    return std::make_unique<TimeGoesOn>("time_goes_on", world);
}

}  // namespace oms::simulation
