// SPDX-License-Identifier: Apache-2.0
// The fold outside of an engine: decisions become a world. No plugin is asked, and no clock.
#pragma once

#include "model/frame.hpp"
#include "model/world.hpp"

#include <cstdint>
#include <string_view>

namespace oms::runtime {

class Fold {
public:
    /// Folds the decisions of a frame that lie behind what was folded. OMS-5203: a seq is missing.
    Status take(std::string_view frame);

    World world;
    std::uint64_t observed = 0;   ///< the number of the last observation, as decisions say it
    std::uint64_t decisions = 0;  ///< taken

private:
    Status take_decision(const oms_batch& records);
    FrameReader reader_;
};

}  // namespace oms::runtime
