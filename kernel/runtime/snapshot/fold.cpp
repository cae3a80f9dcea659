// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/fold.hpp"

#include <string>

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
    const oms_decision* header = nullptr;
    for (const oms_record& record : sdk::Records(records)) {
        if (header != nullptr) {
            if (Status status = world.apply(record); !status) return status;
            continue;
        }
        header = sdk::as<oms_decision>(record);
        // A frame may begin before what was folded.
        if (header != nullptr && header->seq <= world.seq) return {};
        if (header == nullptr || header->seq != world.seq + 1) {
            return fail(5203, {}, "decision " + std::to_string(world.seq + 1) + " is missing",
                        "verify the journal with `oms journal verify`");
        }
        world.begin_decision(*header);
        observed = header->observed;
        ++decisions;
    }
    return {};
}

}  // namespace oms::runtime
