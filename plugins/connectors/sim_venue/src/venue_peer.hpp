// SPDX-License-Identifier: Apache-2.0
// Between the venue and the kernel: products become listings, markets become observations.
#pragma once

#include "venue.hpp"

#include "shared/party_peer.hpp"

namespace parties {

/// As the settings have it; prices and quantities are decimals of a product that may not be defined
/// yet.
struct VenueLists {
    std::vector<std::string> listings;
    std::vector<std::string> phone_orders;
    std::int64_t half_spread_ticks = 1;
    unsigned levels = 3;
    std::string source;
};

class VenuePeer final : public PartyPeer {
public:
    VenuePeer(sdk::Host host, const sdk::Port& port, PeerNames names, VenueLists lists,
              Venue& venue)
        : PartyPeer(host, port, std::move(names), venue), lists_(std::move(lists)), venue_(venue) {}

    void work() override;

private:
    void prepare() override;
    void opened() override;
    void before(const Request&) override { list_products(); }

    void list_products();
    void answer_the_phone();
    void publish();
    void observe(std::uint32_t product, std::uint32_t field, std::int64_t value, std::int64_t now);

    VenueLists lists_;
    Venue& venue_;
    std::uint32_t source_ = 0;
    std::int64_t look_again_at_ = 0;
    std::vector<oms_observation> observations_;
};

}  // namespace parties
