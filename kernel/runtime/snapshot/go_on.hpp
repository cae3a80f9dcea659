// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

namespace oms::runtime {

/// Asked now and then during long work; false ends it, with error_journal_interrupted.
using GoOn = std::function<bool()>;

}  // namespace oms::runtime
