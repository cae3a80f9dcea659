// SPDX-License-Identifier: Apache-2.0
// What the runtime itself must know of the durable decisions: names and the state of the gate. Fed
// by recovery, and then by each commit.
#pragma once

#include "runtime/halt_gate.hpp"
#include "runtime/name_table.hpp"

namespace oms {
class World;
}

namespace oms::runtime {

class Projection {
public:
    /// One decision: its header and its effects. One thread at a time.
    void apply(const oms_batch& decision);
    /// The world of a snapshot, instead of the decisions that led to it. Before anything else.
    void restore(const World& world);

    NameTable names;
    HaltGate gate{names};

private:
    void take(const oms_record& effect);
    void note_product(std::uint64_t order, std::uint64_t route, std::uint32_t product);

    /// The route whose lines are being told, and the product of the first.
    std::uint64_t told_route_ = 0;
    std::uint32_t first_product_ = 0;
};

}  // namespace oms::runtime
