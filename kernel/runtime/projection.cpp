// SPDX-License-Identifier: Apache-2.0
#include "runtime/projection.hpp"

namespace oms::runtime {

void Projection::apply(const oms_batch& decision) {
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* opened = sdk::as<oms_order_opened>(record)) {
            gate.accounts.set(opened->order, opened->account);
        } else if (const auto* defined = sdk::as<oms_reference_defined>(record)) {
            names.apply(*defined);
        } else if (const auto* term = sdk::as<oms_reference_term>(record)) {
            names.apply(*term);
        } else if (const auto* halt = sdk::as<oms_halt_changed>(record)) {
            gate.set(halt->scope, halt->target, halt->on != 0);
        }
    }
}

}  // namespace oms::runtime
