// SPDX-License-Identifier: Apache-2.0
// Between the warehouse and the kernel: settings or balances fill the shelves, shelves become
// observations.
#pragma once

#include "warehouse.hpp"

#include "shared/party_peer.hpp"

namespace parties {

struct WarehouseLists {
    std::vector<std::string> stock;
    bool from_balances = false;
    std::string source;
};

class WarehousePeer final : public PartyPeer {
public:
    WarehousePeer(sdk::Host host, const sdk::Port& port, PeerNames names, WarehouseLists lists,
                  Warehouse& house)
        : PartyPeer(host, port, std::move(names), house), lists_(std::move(lists)), house_(house) {}

    void work() override;

private:
    void prepare() override;
    void opened() override { fill_shelves(); }
    void before(const Request& request) override;

    void fill_shelves();
    void count_from_books(const std::string& product);
    void publish();

    WarehouseLists lists_;
    Warehouse& house_;
    std::uint32_t source_ = 0;
    std::uint32_t account_ = 0;
    std::int64_t look_again_at_ = 0;
};

}  // namespace parties
