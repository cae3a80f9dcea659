// SPDX-License-Identifier: Apache-2.0
// From a document to a table; docs/lifecycle-language.md says how documents are written.
#pragma once

#include "lifecycle/lint.hpp"
#include "lifecycle/table.hpp"
#include "yaml/document.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::lifecycle {

struct NamedNumber {
    std::string name;
    std::uint32_t number = 0;
};

/// What a document may name beside the words, the SDK's registry and what it declares itself.
struct Vocabulary {
    std::vector<NamedNumber> terms;         ///< of plugins, from their manifests
    std::vector<NamedNumber> observations;  ///< the same
    std::vector<std::string> plugin_facts;  ///< as "instance.fact"
    /// Whether `plugin_facts` is all there is; otherwise any "name.name" is taken for one.
    bool knows_plugin_facts = false;
};

struct Compiled {
    Table table;
    Places places;
    yaml::Errors warnings;  ///< the document can be used, and something in it is odd
};

/// The table of the document, or everything that is wrong with it.
yaml::Checked<Compiled> compile(const yaml::Node& document, const Vocabulary& vocabulary = {});
yaml::Checked<Compiled> compile_text(std::string_view text, std::string name,
                                     const Vocabulary& vocabulary = {});
yaml::Checked<Compiled> compile_file(const std::string& path, const Vocabulary& vocabulary = {});

}  // namespace oms::lifecycle
