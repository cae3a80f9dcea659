// SPDX-License-Identifier: Apache-2.0
// Which journal an argument means: a configuration's, that of its data directory, or the journal.
#pragma once

#include "runtime/journal/sqlite_journal.hpp"

#include <string>

namespace oms::cli {

/// Gives up when there is no such directory. `mark` empty: where it usually lies.
runtime::SqliteJournalOptions journal_of(const std::string& directory, const std::string& mark);

}  // namespace oms::cli
