// SPDX-License-Identifier: Apache-2.0
// The whole command line: its verbs, what is wrong with what was typed, and the way to an exit
// code.
#pragma once

#include "cli/context.hpp"

#include <string>
#include <vector>

namespace oms::cli {

/// Understands the arguments (without the program's name), runs the verb, answers its exit code.
int run_command_line(Context& context, const std::vector<std::string>& arguments);

}  // namespace oms::cli
