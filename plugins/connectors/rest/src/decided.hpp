// SPDX-License-Identifier: Apache-2.0
// What is answered to a request that was decided: the durable decision, told in short. It is a
// function of the decision alone, so that a repeated request gets the very same answer.
#pragma once

#include "api.hpp"

namespace oms::rest {

/// A decision with its `answered` at hand.
struct Decision {
    oms_batch records{};
    std::uint64_t seq = 0;
    const oms_decision* header = nullptr;  ///< null: only the answer is known
    const oms_answered* answered = nullptr;

    std::uint32_t code() const { return answered == nullptr ? 0 : answered->code; }
    std::uint64_t order() const {
        if (answered != nullptr && answered->order != 0) return answered->order;
        return header == nullptr ? 0 : header->order;
    }
};

/// To a key that it knows the kernel answers with the answer alone; the decision is then read
/// again, from the journal if need be. `kept` owns what was read.
Decision whole_decision(const oms_port* port, const oms_answer& answer, sdk::Batch& kept);

void append_decided(std::string& out, const Decision& decision, Made made, const sdk::Names& names);

/// The refusal, with the verdicts that led to it.
Problem refusal_of(const Decision& decision, const sdk::Names& names);

}  // namespace oms::rest
