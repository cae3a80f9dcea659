// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <algorithm>

namespace oms::simulation {

namespace {

class SentIsDurable final : public Invariant {
public:
    using Invariant::Invariant;

    void sent(const Sent& sent) override {
        last_ = std::max(last_, sent.seq);
        said_[{sent.intent.channel, sent.intent.out_seq}] = {sent.intent.route, sent.intent.action};
        // What is not on the disk by now may never be.
        demand_with(sent.seq <= world_.witness.acknowledged_seq(), [&] {
            return sent.party->name() + " was sent the intent of decision " +
                   std::to_string(sent.seq) + ", which is not committed";
        });
    }
    void lived() override {
        demand_with(last_ <= world_.recovered_seq, [&] {
            return "a party was sent an intent of decision " + std::to_string(last_) +
                   ", and the journal ends with " + std::to_string(world_.recovered_seq);
        });
    }
    void ended() override {
        for (const auto& [number, what] : said_) {
            const auto known = world_.ledger.intents.find(number);
            demand_with(known != world_.ledger.intents.end() && known->second.route == what.first &&
                            known->second.action == what.second,
                        [&, what = what] {
                            return "a party was sent a request about route " +
                                   std::to_string(what.first) + " that no decision knows";
                        });
        }
    }

private:
    std::uint64_t last_ = 0;
    std::map<std::pair<std::uint32_t, std::uint64_t>, std::pair<std::uint64_t, std::uint32_t>>
        said_;
};

}  // namespace

std::unique_ptr<Invariant> make_sent_is_durable(const World& world) {
    return std::make_unique<SentIsDurable>("sent_is_durable", world);
}

}  // namespace oms::simulation
