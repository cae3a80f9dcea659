// SPDX-License-Identifier: Apache-2.0
#include "cli/failure.hpp"

namespace oms::cli {

namespace {

struct CodeRange {
    ErrorCode first;
    ErrorCode last;
    Exit exit;
};

// The first range that holds the code counts.
constexpr CodeRange ranges[] = {
    {1000, 2999, Exit::refused},
    {3000, 4299, Exit::configuration},
    {5000, 5099, Exit::file},
    {5100, 5199, Exit::journal_damaged},
    {6103, 6103, Exit::unknown},  // the connection was lost in the middle of something
    {6100, 6199, Exit::not_reachable},
    {6200, 6200, Exit::unknown},        // no answer in time
    {6202, 6202, Exit::not_reachable},  // the kernel is stopping
    {6201, 6299, Exit::refused},
    {error_file, error_exists, Exit::file},
    {error_row, error_row, Exit::partly},
    {error_internal, error_internal, Exit::internal},
    {error_cards, error_cards, Exit::refused},
    {error_demo, error_demo, Exit::configuration},
    {6300, 6399, Exit::usage},
    {6000, 6099, Exit::configuration},
};

}  // namespace

Exit exit_for(ErrorCode code) {
    for (const CodeRange& range : ranges)
        if (code >= range.first && code <= range.last) return range.exit;
    return Exit::internal;
}

void give_up(Error error) {
    const Exit exit = exit_for(error.code);
    throw Failure(exit, std::move(error));
}

void give_up(const std::vector<Error>& errors) {
    throw Failure(errors.empty() ? Exit::internal : exit_for(errors.front().code), errors);
}

void give_up(ErrorCode code, std::string place, std::string reason, std::string remedy) {
    give_up(Error{code, std::move(place), std::move(reason), std::move(remedy)});
}

}  // namespace oms::cli
