// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/fold.hpp"

namespace oms::runtime {

Status Fold::take(std::string_view frame) {
    while (!frame.empty()) {
        const Result<std::string_view> decision = take_decision(frame);
        if (!decision) return tl::unexpected(decision.error());
        if (Status status = decoder_.decode(*decision); !status) return status;
        if (Status status = take_decision_of(decoder_.view()); !status) return status;
    }
    return {};
}

Status Fold::take_decision_of(const oms_batch& records) {
    // A frame may begin before what was folded.
    const auto* first = records.count == 0 ? nullptr : sdk::as<oms_decision>(*records.first);
    if (first != nullptr && first->seq <= world.seq) return {};
    const Result<const oms_decision*> header = world.fold(records);
    if (!header) return tl::unexpected(header.error());
    observed = (*header)->observed;
    ++decisions;
    return {};
}

}  // namespace oms::runtime
