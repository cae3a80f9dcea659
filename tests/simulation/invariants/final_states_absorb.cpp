// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <array>
#include <string_view>

namespace oms::simulation {

namespace {

/// By the words that users read. What was filled, or paid, may open again by a bust or an amend;
/// what is one of these never changes.
class FinalStatesAbsorb final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        for (const oms_record& record : sdk::Records(decision)) {
            const auto* status = sdk::as<oms_status_changed>(record);
            if (status == nullptr || status->route != 0) continue;
            const std::string_view now = sdk::view(status->status);
            const auto before = ended_.find(status->order);
            demand_with(before == ended_.end() || before->second == now, [&] {
                return "order " + std::to_string(status->order) + " was " + before->second +
                       " and is " + std::string(now);
            });
            if (is_final(world_.ledger.orders.at(status->order).kind, now))
                ended_.emplace(status->order, now);
        }
    }

private:
    bool is_final(std::uint32_t kind, std::string_view status) const {
        constexpr std::array trade{"canceled", "rejected", "expired"};
        constexpr std::array others{"cancelled", "taken", "declined", "lapsed"};
        const auto among = [&](const auto& words) {
            for (const std::string_view word : words)
                if (word == status) return true;
            return false;
        };
        if (kind == world_.names.online_order) return false;  // its goods can come back
        const bool traded = kind == world_.names.trade || kind == world_.names.care_order;
        return traded ? among(trade) : among(others);
    }
    std::map<std::uint64_t, std::string> ended_;
};

}  // namespace

std::unique_ptr<Invariant> make_final_states_absorb(const World& world) {
    return std::make_unique<FinalStatesAbsorb>("final_states_absorb", world);
}

}  // namespace oms::simulation
