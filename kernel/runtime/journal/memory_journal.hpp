// SPDX-License-Identifier: Apache-2.0
// A journal that forgets: for tests and back-tests.
#pragma once

#include "runtime/journal/journal.hpp"

#include <memory>

namespace oms::runtime {

/// Keeps every frame in memory and checks what the durable one checks. With `keep_frames` false it
/// keeps none, for runs that are never read back: read() then visits nothing.
std::unique_ptr<Journal> make_memory_journal(bool keep_frames = true);

}  // namespace oms::runtime
