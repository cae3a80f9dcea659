// SPDX-License-Identifier: Apache-2.0
// A document is compiled to tables that may be walked, or refused with a code, a place and a
// remedy; the tables are the same when they come back from the journal.
#include "promise.hpp"

#include "lifecycle/codec.hpp"
#include "lifecycle/yaml/compile.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms;
    const std::string_view text = as_text(data, size);
    const auto compiled = lifecycle::compile_text(text, "fuzzed.yaml");
    if (compiled) {
        promise(lifecycle::validate(compiled->table).has_value(), "compiled tables are sound");
        const std::string bytes = lifecycle::encode(compiled->table);
        const auto decoded = lifecycle::decode(bytes);
        promise(decoded.has_value() && lifecycle::encode(*decoded) == bytes,
                "tables survive the journal");
    } else {
        promise(!compiled.error().empty(), "a refusal has errors");
        for (const Error& error : compiled.error())
            promise(error.code != 0 && !error.reason.empty() && !error.place.empty(),
                    "an error says what and where");
    }
    // Tables out of a journal that somebody has touched.
    if (const auto table = lifecycle::decode(text))
        promise(lifecycle::validate(*table).has_value(), "decoded tables may be walked");
    return 0;
}
