// SPDX-License-Identifier: Apache-2.0
// Every shipped lifecycle compiles without a warning, survives as bytes, and plays its scenarios.
#include "lifecycle/codec.hpp"
#include "lifecycle/player.hpp"
#include "lifecycle/words.hpp"
#include "lifecycle/yaml/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace oms::lifecycle {
namespace {

namespace fs = std::filesystem;

struct Shipped {
    fs::path document;
    fs::path scenarios;
};

/// What the test runner shows of the parameter.
void PrintTo(const Shipped& shipped, std::ostream* out) { *out << shipped.document.filename(); }

std::vector<Shipped> all_shipped() {
    std::vector<Shipped> found;
    const auto add = [&](const fs::path& documents, const fs::path& scenarios) {
        for (const auto& entry : fs::directory_iterator(documents)) {
            const fs::path& path = entry.path();
            if (path.extension() != ".yaml") continue;
            found.push_back({path, scenarios / (path.stem().string() + ".scenario")});
        }
    };
    const fs::path config = OMS_CONFIG_LIFECYCLES;
    add(config, config / "tests");
    add(OMS_TEST_LIFECYCLES, OMS_TEST_LIFECYCLES);
    std::sort(found.begin(), found.end(), [](const Shipped& left, const Shipped& right) {
        return left.document < right.document;
    });
    return found;
}

std::string read(const fs::path& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class ShippedLifecycle : public testing::TestWithParam<Shipped> {
protected:
    void SetUp() override {
        const auto compiled = compile_file(GetParam().document.string());
        ASSERT_TRUE(compiled) << yaml::to_text(compiled.error());
        EXPECT_EQ(yaml::to_text(compiled->warnings), "");
        table_ = compiled->table;
    }
    Table table_;
};

TEST_P(ShippedLifecycle, IsCalledAsItsFile) {
    EXPECT_EQ(table_.name, GetParam().document.stem().string());
}

TEST_P(ShippedLifecycle, SurvivesAsBytes) {
    const std::string bytes = encode(table_);
    const Result<Table> back = decode(bytes);
    ASSERT_TRUE(back) << to_text(back.error());
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_LT(bytes.size(), 16'384U);  // The journal keeps each revision once.
}

TEST_P(ShippedLifecycle, PlaysItsScenarios) {
    const std::string text = read(GetParam().scenarios);
    ASSERT_FALSE(text.empty()) << GetParam().scenarios << " is missing";
    const Result<Played> played = play(table_, text, GetParam().scenarios.string());
    ASSERT_TRUE(played) << to_text(played.error());
    EXPECT_FALSE(played->mismatch) << played->trace << to_text(*played->mismatch);
    EXPECT_GE(played->scenarios, 2U);
    EXPECT_GT(played->expectations, played->scenarios);
}

/// Each event of its own comes in a scenario, so that no rule is only hoped for.
TEST_P(ShippedLifecycle, MeetsItsOwnEventsInScenarios) {
    const std::string text = read(GetParam().scenarios);
    for (std::size_t at = 0; at < table_.events.size(); ++at) {
        const std::string& event = table_.events[at];
        const auto number = first_custom_event + static_cast<std::uint32_t>(at);
        const bool from_outside =
            std::any_of(table_.rules.begin(), table_.rules.end(),
                        [&](const Rule& rule) { return rule.event == number; }) &&
            std::none_of(table_.actions.begin(), table_.actions.end(), [&](const Action& action) {
                return action.event == number && action.verb == Verb::emit;
            }) &&
            std::none_of(table_.answers.begin(), table_.answers.end(),
                         [&](const Answer& answer) { return answer.event == number; });
        if (!from_outside) continue;
        const auto met = [&](const std::string& line) {
            return text.find(line + event) != std::string::npos;
        };
        EXPECT_TRUE(met("event ") || met("event goods.") || met("event money.") || met("timer ") ||
                    met("watch "))
            << event << " comes in no scenario of " << GetParam().scenarios;
    }
}

/// The page about the language shows what the compiler takes, and names every word.
TEST(LanguagePage, ShowsADocumentThatCompiles) {
    const std::string page = read(OMS_LANGUAGE_PAGE);
    const std::string fence = "```yaml\n";
    const std::size_t begin = page.find(fence);
    ASSERT_NE(begin, std::string::npos);
    const std::size_t first = begin + fence.size();
    const std::string document = page.substr(first, page.find("```", first) - first);
    const auto compiled = compile_text(document, "lifecycle-language.md");
    ASSERT_TRUE(compiled) << yaml::to_text(compiled.error());
    EXPECT_EQ(yaml::to_text(compiled->warnings), "");
}

TEST(LanguagePage, NamesEveryVerbAndFact) {
    const std::string page = read(OMS_LANGUAGE_PAGE);
    for (const Word& word : verb_words())
        EXPECT_NE(page.find("`" + std::string(word.name)), std::string::npos) << word.name;
    for (const Word& word : fact_words())
        EXPECT_NE(page.find("`" + std::string(word.name) + "`"), std::string::npos) << word.name;
    for (const Word& word : event_words()) {
        if (word.name.starts_with("route_") && word.name != "route_asked") continue;
        EXPECT_NE(page.find("`" + std::string(word.name) + "`"), std::string::npos) << word.name;
    }
}

INSTANTIATE_TEST_SUITE_P(All, ShippedLifecycle, testing::ValuesIn(all_shipped()),
                         [](const testing::TestParamInfo<Shipped>& shipped) {
                             return shipped.param.document.stem().string();
                         });

}  // namespace
}  // namespace oms::lifecycle
