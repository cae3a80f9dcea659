// SPDX-License-Identifier: Apache-2.0
#include "warehouse_peer.hpp"

#include "sim_warehouse_settings.hpp"

#include "shared/party_connector.hpp"

namespace parties {
namespace {

class SimWarehouse final : public PartyConnector {
public:
    SimWarehouse(sdk::Host host, const sdk::Settings& settings)
        : PartyConnector(host), settings_(oms::plugins::sim_warehouse::Settings::from(settings)) {
        options_.channel = names_of(settings_).channel;
        options_.answer_timeout_ms = settings_.answer_timeout.count();
    }

private:
    Staff hire() override {
        const PeerNames names = names_of(settings_);
        WarehouseRules rules;
        rules.name = names.destination;
        rules.pick_ns = settings_.pick_time.count() * ns_per_ms;
        rules.pack_ns = settings_.pack_time.count() * ns_per_ms;
        rules.ship_ns = settings_.ship_time.count() * ns_per_ms;
        rules.deliver_ns = settings_.deliver_time.count() * ns_per_ms;
        rules.receive_ns = settings_.receive_time.count() * ns_per_ms;
        rules.short_pick_percent = static_cast<unsigned>(settings_.short_pick_percent);
        rules.parcel_capacity = settings_.parcel_capacity;
        auto house =
            std::make_unique<Warehouse>(conditions_of(settings_), rules, book("warehouse.book"));
        WarehouseLists lists{settings_.stock, settings_.stock_from == "balances",
                             settings_.source.value_or(names.destination)};
        auto peer = std::make_unique<WarehousePeer>(host_, port_, names, lists, *house);
        return {std::move(house), std::move(peer)};
    }

    oms::plugins::sim_warehouse::Settings settings_;
};

}  // namespace
}  // namespace parties

OMS_PLUGIN(parties::SimWarehouse);
