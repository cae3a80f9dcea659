// SPDX-License-Identifier: Apache-2.0
// The conformance cards: what every plugin of a kind must hold to, each under an id that stays.
//
// Each card is played in a process of its own, so that a plugin that crashes, hangs or leaves
// threads behind fails that card and no other. `oms plugin verify FILE` shows the outcome; an
// author's build has oms_verify_plugin(NAME), one line, which makes it a test.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oms::testkit {

struct Card {
    std::string_view id;     ///< "CHECK-01": given once, never to another card
    std::string_view kind;   ///< "every", "inside", "outside", or a kind of plugin
    std::string_view title;  ///< what holds, as a sentence
};

enum class CardOutcome : std::uint8_t { passed, failed, skipped };

struct CardResult {
    std::string id;
    std::string title;
    CardOutcome outcome = CardOutcome::failed;
    std::string reason;  ///< of a failure, or why it was skipped
};

struct ConformanceOptions {
    /// YAML with the settings to play with; empty: the manifest's defaults.
    std::string settings_file;
    /// Only these cards; empty: all that are for its kind.
    std::vector<std::string> only;
    /// One card may take so long.
    std::int64_t card_timeout_ms = 20'000;
    /// Told after each card.
    std::function<void(const CardResult&)> tell;
};

/// All cards, in the order in which they are played.
std::vector<Card> cards();

/// Plays those that are for the plugin's kind. To be called while the process has one thread.
std::vector<CardResult> verify_plugin(const std::string& file, const ConformanceOptions& options);

}  // namespace oms::testkit
