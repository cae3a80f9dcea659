// SPDX-License-Identifier: Apache-2.0
#include "cli/app.hpp"

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

int main(int count, char** arguments) {
    // A reader that went away (`oms journal tail | head`) is an error of that write, no end.
    std::signal(SIGPIPE, SIG_IGN);
    oms::cli::Context context;
    // Commands that are shown to be pasted call this program as it was called.
    if (std::string_view(arguments[0]).find('/') != std::string_view::npos)
        context.program = arguments[0];
    return oms::cli::run_command_line(context,
                                      std::vector<std::string>(arguments + 1, arguments + count));
}
