// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/fold.hpp"

namespace oms::runtime {

Status Fold::take(std::string_view frame) {
    reader_.begin(frame);
    while (true) {
        const Result<bool> more = reader_.next();
        if (!more) return tl::unexpected(more.error());
        if (!*more) return {};
        if (Status status = take_decision(reader_.decision()); !status) return status;
    }
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
