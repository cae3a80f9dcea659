// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

/// The same message may be sent again under its own number; nothing else may, and no route is
/// placed under two numbers.
class OneOrderAnIntent final : public Invariant {
public:
    using Invariant::Invariant;

    void sent(const Sent& sent) override {
        const Said said{sent.intent.route, sent.intent.action, sent.intent.quantity};
        const auto [at, is_new] =
            said_.emplace(std::pair{sent.intent.channel, sent.intent.out_seq}, said);
        demand_with(is_new || at->second == said, [&] {
            return "message " + std::to_string(sent.intent.out_seq) + " to " + sent.party->name() +
                   " said two things";
        });
        if (sent.intent.action != OMS_action_place) return;
        const auto [place, first] = placed_.emplace(sent.intent.route, sent.intent.out_seq);
        demand_with(first || place->second == sent.intent.out_seq, [&] {
            return "route " + std::to_string(sent.intent.route) + " was placed twice";
        });
    }
    void looked() override {
        for (const Party& party : world_.parties)
            demand(party.second_places() == 0, party.name() + " has two orders for one route");
    }
    void ended() override { looked(); }

private:
    using Said = std::tuple<std::uint64_t, std::uint32_t, std::int64_t>;
    std::map<std::pair<std::uint32_t, std::uint64_t>, Said> said_;
    std::map<std::uint64_t, std::uint64_t> placed_;
};

}  // namespace

std::unique_ptr<Invariant> make_one_order_an_intent(const World& world) {
    return std::make_unique<OneOrderAnIntent>("one_order_an_intent", world);
}

}  // namespace oms::simulation
