// SPDX-License-Identifier: Apache-2.0
// The first byte chooses whose body it is; what is wrong with it is said as a Problem, and nothing
// else is thrown.
#include "promise.hpp"

#include "body.hpp"
#include "route_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms::rest;
    if (size == 0) return 0;
    const std::span<const Route> routes = route_table();
    const std::string_view json = as_text(data + 1, size - 1);
    static BodyReader reader;
    try {
        reader.read(json, routes[data[0] % routes.size()].body);
        const BodyValue& root = reader.root();
        for (const BodyValue* value = reader.first(root); value != nullptr;
             value = reader.next(*value)) {
            promise(!reader.path(*value).empty(), "every value has a place");
            promise(value->text.size() <= max_text_bytes, "texts have a limit");
        }
    } catch (const Problem& problem) {
        promise(problem.code != 0 && !problem.title.empty() && !problem.remedy.empty(),
                "a problem says what it is and what to do");
        std::string text;
        append_problem(text, problem);
    }
    return 0;
}
