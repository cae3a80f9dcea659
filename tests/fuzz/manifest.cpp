// SPDX-License-Identifier: Apache-2.0
// A manifest is taken, or refused with a code, a place and a reason.
#include "promise.hpp"

#include "runtime/manifest/manifest.hpp"
#include "runtime/manifest/settings.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms;
    const auto manifest = runtime::parse_manifest(as_text(data, size), "fuzzed.yaml");
    if (manifest) {
        static_cast<void>(runtime::check_settings(*manifest, nullptr, "no settings"));
        return 0;
    }
    promise(!manifest.error().empty(), "a refusal has errors");
    for (const Error& error : manifest.error())
        promise(error.code != 0 && !error.reason.empty() && !error.place.empty(),
                "an error says what and where");
    return 0;
}
