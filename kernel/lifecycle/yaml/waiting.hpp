// SPDX-License-Identifier: Apache-2.0
// What a lifecycle waits for, declared once and named by actions: timers, watches, tasks.
#pragma once

#include "lifecycle/yaml/draft.hpp"

namespace oms::lifecycle {

/// Each takes the map of its section, or null when the document has none.
void read_timers(Draft& draft, const yaml::Node* section);
void read_watches(Draft& draft, const yaml::Node* section);
void read_tasks(Draft& draft, const yaml::Node* section);

}  // namespace oms::lifecycle
