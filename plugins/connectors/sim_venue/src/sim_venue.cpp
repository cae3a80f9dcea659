// SPDX-License-Identifier: Apache-2.0
#include "venue_peer.hpp"

#include "sim_venue_settings.hpp"

#include "shared/party_connector.hpp"

namespace parties {
namespace {

class SimVenue final : public PartyConnector {
public:
    SimVenue(sdk::Host host, const sdk::Settings& settings)
        : PartyConnector(host), settings_(oms::plugins::sim_venue::Settings::from(settings)) {
        options_.channel = names_of(settings_).channel;
        options_.answer_timeout_ms = settings_.answer_timeout.count();
    }

private:
    Staff hire() override {
        PeerNames names = names_of(settings_);
        names.adopt_kind = settings_.adopt_kind.value_or("");
        names.adopt_account = settings_.adopt_account.value_or("");
        VenueRules rules;
        rules.name = names.destination;
        rules.quote_every_ns = settings_.quote_every.count() * ns_per_ms;
        rules.taker_percent = static_cast<unsigned>(settings_.taker_percent);
        rules.offer_valid_ns = settings_.offer_valid.count() * ns_per_ms;
        if (settings_.close_at) rules.close_at_ns = settings_.close_at->count() * ns_per_ms;
        VenueLists lists;
        lists.listings = settings_.listings;
        lists.phone_orders = settings_.phone_orders;
        lists.half_spread_ticks = settings_.half_spread_ticks;
        lists.levels = static_cast<unsigned>(settings_.levels);
        lists.source = settings_.source.value_or(names.destination);
        auto venue = std::make_unique<Venue>(conditions_of(settings_), rules, book("venue.book"));
        auto peer = std::make_unique<VenuePeer>(host_, port_, names, lists, *venue);
        return {std::move(venue), std::move(peer)};
    }

    oms::plugins::sim_venue::Settings settings_;
};

}  // namespace
}  // namespace parties

OMS_PLUGIN(parties::SimVenue);
