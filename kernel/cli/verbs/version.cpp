// SPDX-License-Identifier: Apache-2.0
// `oms version`
#include "cli/verb.hpp"

#include <oms/abi/base.h>
#include <oms/sdk/json.hpp>

namespace oms::cli {

namespace {

Exit run(const Context& context) {
    const std::string revision = std::to_string(OMS_ABI_REVISION);
    if (context.console.json) {
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("version").string(OMS_CLI_VERSION);
        json.key("abi_revision").number(OMS_ABI_REVISION);
        json.key("compiler").string(__VERSION__).end_object();
        context.console.print_line(out);
        return Exit::ok;
    }
    context.console.print_line(std::string("oms ") + OMS_CLI_VERSION +
                               ", plugin contract revision " + revision +
                               (OMS_ABI_REVISION == 0 ? " (draft)" : ""));
    return Exit::ok;
}

}  // namespace

void add_version(CLI::App& parent, Context& context) {
    CLI::App* verb = add_verb(parent, "version", "Which oms this is", "oms version --json");
    when_chosen(verb, context, [&context] { return run(context); });
}

}  // namespace oms::cli
