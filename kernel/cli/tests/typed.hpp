// SPDX-License-Identifier: Apache-2.0
// A command line as a person types it, and what came of it.
#pragma once

#include "cli/app.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace oms::cli::test {

struct Typed {
    int exit = 0;
    std::string out;  ///< standard output
    std::string err;  ///< standard error
};

/// Arguments are cut at blanks; one in double quotes is a single one.
inline std::vector<std::string> cut(const std::string& line) {
    std::vector<std::string> arguments;
    bool quoted = false;
    bool open = false;
    for (const char letter : line) {
        if (letter == '"') {
            quoted = !quoted;
            if (quoted && !open) arguments.emplace_back();
            open = true;
        } else if (letter == ' ' && !quoted) {
            open = false;
        } else {
            if (!open) arguments.emplace_back();
            open = true;
            arguments.back() += letter;
        }
    }
    return arguments;
}

inline Typed type(const std::string& line) {
    Typed typed;
    Context context;
    context.console = Console(typed.out, typed.err);
    typed.exit = run_command_line(context, cut(line));
    return typed;
}

}  // namespace oms::cli::test
