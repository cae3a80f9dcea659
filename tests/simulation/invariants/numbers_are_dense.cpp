// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

namespace oms::simulation {

namespace {

class NumbersAreDense final : public Invariant {
public:
    using Invariant::Invariant;

    void decided(const oms_batch&) override {
        demand_with(world_.ledger.seq == last_ + 1, [&] {
            return "decision " + std::to_string(world_.ledger.seq) + " was shown behind " +
                   std::to_string(last_);
        });
        last_ = world_.ledger.seq;
    }
    void lived() override {
        demand_with(last_ <= world_.recovered_seq, [&] {
            return "decision " + std::to_string(last_) + " was shown, and the journal ends with " +
                   std::to_string(world_.recovered_seq);
        });
    }

private:
    std::uint64_t last_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_numbers_are_dense(const World& world) {
    return std::make_unique<NumbersAreDense>("numbers_are_dense", world);
}

}  // namespace oms::simulation
