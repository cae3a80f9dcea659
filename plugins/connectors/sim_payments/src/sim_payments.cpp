// SPDX-License-Identifier: Apache-2.0
#include "acquirer.hpp"

#include "sim_payments_settings.hpp"

#include "shared/party_connector.hpp"

namespace parties {
namespace {

class SimPayments final : public PartyConnector {
public:
    SimPayments(sdk::Host host, const sdk::Settings& settings)
        : PartyConnector(host), settings_(oms::plugins::sim_payments::Settings::from(settings)) {
        options_.channel = names_of(settings_).channel;
        options_.answer_timeout_ms = settings_.answer_timeout.count();
    }

private:
    Staff hire() override {
        const PeerNames names = names_of(settings_);
        AcquirerRules rules;
        rules.name = names.destination;
        rules.valid_ns = settings_.valid_for.count() * ns_per_ms;
        rules.decline_above = settings_.decline_above;
        rules.action_percent = static_cast<unsigned>(settings_.action_percent);
        rules.action_ns = settings_.action_time.count() * ns_per_ms;
        rules.unreferenced_refunds = settings_.unreferenced_refunds;
        auto bank =
            std::make_unique<Acquirer>(conditions_of(settings_), rules, book("payments.book"));
        auto peer = std::make_unique<PartyPeer>(host_, port_, names, *bank);
        return {std::move(bank), std::move(peer)};
    }

    oms::plugins::sim_payments::Settings settings_;
};

}  // namespace
}  // namespace parties

OMS_PLUGIN(parties::SimPayments);
