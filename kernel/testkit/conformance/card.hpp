// SPDX-License-Identifier: Apache-2.0
// How a card is written: a function over the plugin under test that throws when something is amiss.
#pragma once

#include "runtime/manifest/settings.hpp"
#include "runtime/plugin_catalogue.hpp"
#include "testkit/conformance/conformance.hpp"

#include <memory>
#include <string>
#include <vector>

namespace oms::testkit {

/// A card does not hold, for this reason.
struct Broken {
    std::string reason;
};
/// A card cannot be played, for this reason.
struct Skipped {
    std::string reason;
};

/// The plugin under test. Its library is loaded by the cards, each in a process of its own.
class Subject {
public:
    Subject(std::string file, std::string settings_file)
        : file_(std::move(file)), settings_file_(std::move(settings_file)) {}

    const std::string& file() const { return file_; }
    /// Reads the manifest and loads the library; what fails breaks the card.
    const runtime::PluginFile& load();
    const runtime::PluginFile& read();
    const runtime::Manifest& manifest() { return read().manifest; }
    /// The settings given, or the defaults.
    const oms_settings* settings();
    /// The text of a setting, where it has one.
    std::string text_setting(const std::string& name);

private:
    std::string file_;
    std::string settings_file_;
    std::unique_ptr<runtime::PluginFile> plugin_;
    bool loaded_ = false;
    runtime::Settings checked_;
    std::unique_ptr<runtime::ContractSettings> settings_;
};

struct PlayedCard : Card {
    void (*play)(Subject&);
};

/// The cards by what they are for; conformance.cpp plays them.
std::span<const PlayedCard> common_cards();
std::span<const PlayedCard> life_cards();
std::span<const PlayedCard> inside_cards();
std::span<const PlayedCard> outside_cards();

inline void expect(bool holds, const std::string& reason) {
    if (!holds) throw Broken{reason};
}

/// Names of the symbols that a shared library defines for others.
std::vector<std::string> exported_symbols(const std::string& file);

/// Threads of this process.
std::size_t thread_count();

}  // namespace oms::testkit
