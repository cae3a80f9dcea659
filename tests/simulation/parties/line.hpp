// SPDX-License-Identifier: Apache-2.0
// The connector of a simulated party: an outside plugin like any other, with the SDK's worker in
// it, but without a thread. The simulation says when it has its turn.
#pragma once

#include "parties/party.hpp"

#include "runtime/plugin_catalogue.hpp"

#include <oms/sdk/channel_worker.hpp>

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace oms::simulation {

/// What just went over the wire to a party.
struct Sent {
    const Party* party = nullptr;
    oms_intent intent{};
    std::uint64_t seq = 0;  ///< of the decision that holds the intent
    Request request;
};

class Line;

/// Where the lines of a life find the parties, and the simulation finds the lines.
struct Exchange {
    std::vector<Party*> parties;
    std::vector<Line*> lines;  ///< that are open
    Moment* moment = nullptr;  ///< the step that is being made
    std::function<void(const Sent&)> on_sent;

    /// The one that plugins are connected to. Plugins are made by the host, which knows no more.
    static Exchange*& current();
};

class Line final : public sdk::Connector, public sdk::ChannelPeer {
public:
    static constexpr std::uint32_t abilities = OMS_CAN_ASK_ONE;

    explicit Line(sdk::Host host);
    ~Line() override;

    void start() override;
    void stop() override;

    Party& party() { return *party_; }
    /// Its turn: takes what is there and hands it over, passes on what is said.
    void cycle();
    std::uint32_t destination() const { return destination_; }

private:
    void open(std::uint64_t in_seq) override;
    sdk::Found find(const sdk::Work& work) override;
    bool act(const sdk::Work& work) override;
    bool next(std::uint64_t after, sdk::Fact& fact) override;
    void kept(std::uint64_t in_seq) override { party_->forget_words_until(in_seq); }
    void reconcile(const oms_route_row& route) override;

    Request request_of(const sdk::Work& work) const;

    sdk::Host host_;
    sdk::Port port_;
    Exchange& exchange_;
    Party* party_ = nullptr;
    std::uint32_t destination_ = 0;
    std::unique_ptr<sdk::ChannelWorker> worker_;
};

/// What the party says, as an input for the kernel.
void write_report(const Said& said, std::uint32_t destination, sdk::Batch& input);

runtime::GivenPlugin simulated_line();

}  // namespace oms::simulation
