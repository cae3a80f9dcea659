// SPDX-License-Identifier: Apache-2.0
// Questions about the world; they change nothing.
#pragma once

#include "engine/core.hpp"

namespace oms::engine {

/// See Engine::query.
Status answer_query(const Core& core, const oms_query& query, sdk::Batch& rows);

}  // namespace oms::engine
