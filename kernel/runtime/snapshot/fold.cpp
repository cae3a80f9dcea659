// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/fold.hpp"

namespace oms::runtime {

Status Fold::take(std::string_view frame) {
    return reader_.each(frame,
                        [this](const oms_batch& decision) { return take_decision(decision); });
}

Status Fold::take_decision(const oms_batch& records) {
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
