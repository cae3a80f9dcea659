// SPDX-License-Identifier: Apache-2.0
#include "invariants/invariant.hpp"

#include <algorithm>

namespace oms::simulation {

namespace {

/// Byte by byte the witness compares when a journal is opened; here it is what clients heard.
class AcknowledgedIsKept final : public Invariant {
public:
    using Invariant::Invariant;

    void answered(const Asked&, const Told& told) override { last_ = std::max(last_, told.seq); }

    void lived() override {
        demand_with(last_ <= world_.recovered_seq, [&] {
            return "a client was told of decision " + std::to_string(last_) +
                   ", and the journal ends with " + std::to_string(world_.recovered_seq);
        });
    }

private:
    std::uint64_t last_ = 0;
};

}  // namespace

std::unique_ptr<Invariant> make_acknowledged_is_kept(const World& world) {
    return std::make_unique<AcknowledgedIsKept>("acknowledged_is_kept", world);
}

}  // namespace oms::simulation
