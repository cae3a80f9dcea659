// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

/// Twice: by what the decisions say of the books, and by what warehouses really sent away of what
/// was ever put there.
class NothingIsOversold final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch& decision) override {
        const auto& header = *sdk::as<oms_decision>(*decision.first);
        std::set<Shelf> touched;
        for (const oms_record& record : sdk::Records(decision)) {
            if (const auto* moved = sdk::as<oms_transferred>(record)) {
                touched.emplace(moved->from, moved->asset, moved->from_bucket);
                touched.emplace(moved->to, moved->asset, moved->to_bucket);
            } else if (const auto* hold = sdk::as<oms_hold_set>(record)) {
                touched.emplace(hold->account, hold->asset, hold->bucket);
            }
        }
        for (const Shelf& shelf : touched) {
            const Wide now = world_.ledger.available(shelf);
            const Wide before = std::exchange(available_[shelf], now);
            if (!world_.names.is_inside(std::get<0>(shelf)) || !is_request(header.cause)) continue;
            demand_with(now >= 0 || now >= before, [&] {
                return "decision " + std::to_string(header.seq) + ", a request, left account " +
                       std::to_string(std::get<0>(shelf)) + " with less than nothing of " +
                       std::to_string(std::get<1>(shelf));
            });
        }
    }

    void looked() override {
        for (const std::uint32_t place : {world_.names.berlin, world_.names.munich}) {
            const Party& party = *world_.party(place);
            const std::uint32_t account = place == world_.names.berlin ? world_.names.stock_berlin
                                                                       : world_.names.stock_munich;
            std::map<std::uint32_t, std::int64_t> sent;
            std::set<std::uint32_t> went_over;
            for (const auto& [route, work] : party.works()) {
                for (const Work::Line& line : work.lines) {
                    sent[line.part.product] += line.done;
                    if (work.went_over) went_over.insert(line.part.product);
                }
            }
            for (const auto& [product, quantity] : sent) {
                if (went_over.contains(product)) continue;
                const auto there = world_.deposited.find({account, product});
                demand_with(there != world_.deposited.end() && quantity <= there->second,
                            [&, product = product, quantity = quantity] {
                                return party.name() + " sent away " + std::to_string(quantity) +
                                       " of product " + std::to_string(product) +
                                       ", more than it ever had";
                            });
            }
        }
    }
    void ended() override { looked(); }

private:
    static bool is_request(std::uint32_t cause) {
        return cause == OMS_RECORD_place_order || cause == OMS_RECORD_amend_order ||
               cause == OMS_RECORD_route_order || cause == OMS_RECORD_amend_route ||
               cause == OMS_RECORD_post || cause == OMS_RECORD_resolve_task ||
               cause == OMS_RECORD_raise_event || cause == OMS_RECORD_cancel_order;
    }
    std::map<Shelf, Wide> available_;
};

}  // namespace

std::unique_ptr<Invariant> make_nothing_is_oversold(const World& world) {
    return std::make_unique<NothingIsOversold>("nothing_is_oversold", world);
}

}  // namespace oms::simulation
