// SPDX-License-Identifier: Apache-2.0
#include "cli/journal_place.hpp"

#include "cli/failure.hpp"
#include "runtime/config/config.hpp"

#include <filesystem>
#include <system_error>

namespace oms::cli {

namespace fs = std::filesystem;

runtime::SqliteJournalOptions journal_of(const std::string& directory, const std::string& mark) {
    runtime::SqliteJournalOptions options;
    options.directory = directory;
    options.mark = mark;
    std::error_code ignored;
    if (fs::exists(fs::path(directory) / "oms.yaml", ignored))
        options.directory = need_all(runtime::read_config_places(directory)).data.string();
    // The data directory of a configuration keeps its journal in a folder of its own.
    const fs::path inner = fs::path(options.directory) / "journal";
    if (fs::is_directory(inner, ignored)) options.directory = inner.string();
    if (!fs::is_directory(options.directory, ignored))
        give_up(error_file, options.directory, "there is no such directory",
                "name the data directory of a configuration, or the journal in it");
    return options;
}

}  // namespace oms::cli
