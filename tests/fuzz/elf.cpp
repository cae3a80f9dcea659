// SPDX-License-Identifier: Apache-2.0
// A shared library is looked into without trust: a section of it, or an error.
#include "promise.hpp"

#include "runtime/manifest/elf_section.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms;
    const std::string_view image = as_text(data, size);
    for (const std::string_view section : {".oms_manifest", ".dynsym", ".dynstr", ""}) {
        const auto found = runtime::find_section(image, section, "fuzzed.so");
        if (found)
            promise(found->size() <= size, "a section lies within its file");
        else
            promise(found.error().code != 0 && !found.error().reason.empty(),
                    "an error says what it is");
    }
    return 0;
}
