// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/yaml/compile.hpp"

#include "lifecycle/codec.hpp"
#include "lifecycle/interpret.hpp"
#include "lifecycle/tests/sample.hpp"

#include <fstream>

namespace oms::lifecycle {
namespace {

std::string errors_of(const std::string& text, const Vocabulary& vocabulary = {}) {
    const auto compiled = compile_text(text, "f.yaml", vocabulary);
    return compiled ? "no error" : yaml::to_text(compiled.error());
}

std::string warnings_of(const std::string& text) {
    const auto compiled = compile_text(text, "f.yaml");
    return compiled ? yaml::to_text(compiled->warnings) : yaml::to_text(compiled.error());
}

TEST(Compile, ADocumentBecomesATable) {
    const Table table = table_of(sample);
    EXPECT_EQ(table.name, "sample");
    EXPECT_EQ(table.revision, 1U);
    EXPECT_EQ(table.attach, Attach::order);
    EXPECT_EQ(table.roles, (std::vector<std::string>{"things", "money"}));
    ASSERT_EQ(table.regions.size(), 2U);
    EXPECT_EQ(table.regions[1].name, "side");
    EXPECT_EQ(table.rules.size(), 9U);
    for (std::size_t at = 1; at < table.rules.size(); ++at)
        EXPECT_LE(table.rules[at - 1].event, table.rules[at].event);
    ASSERT_EQ(table.answers.size(), 2U);
    EXPECT_EQ(table.answers[0].word, "fine");
    EXPECT_EQ(event_name(table, table.answers[0].event), "go_on");
    EXPECT_TRUE(validate(table));
}

TEST(Compile, TermsWatchesAndSignalsNameTheRegistry) {
    const Table table = table_of(replaced(
        replaced(sample, "late: after 2h", "late: at expire_time"), "route things,",
        "signal take money done_part of line_amount, tell_linked nudge over one_cancels_other,"));
    EXPECT_EQ(table.actions[0].verb, Verb::signal);
    EXPECT_EQ(table.actions[0].role, 1);
    EXPECT_EQ(table.actions[0].amount, Amount::done_part);
    EXPECT_EQ(table.actions[0].field, 101U);
    EXPECT_EQ(table.actions[1].verb, Verb::tell_linked);
    EXPECT_EQ(table.actions[1].index, 2);
    EXPECT_EQ(table.actions[2].field, 6U);
    EXPECT_EQ(table.actions[2].number, 0);
    EXPECT_EQ(table.actions[3].observation_field, 5U);
    EXPECT_EQ(table.actions[3].field, 1U);
}

TEST(Compile, AnEventOfARoleIsAnEventAndAComparison) {
    const Table table = table_of(sample);
    const TableIndex index(table);
    const auto rules = index.rules(table, static_cast<std::uint32_t>(Event::route_acked));
    ASSERT_EQ(rules.size(), 1U);
    ASSERT_EQ(rules[0].guard.compares, 1);
    const Compare& compare = table.compares[rules[0].guard.first_compare];
    EXPECT_EQ(compare.operand, Operand::role);
    EXPECT_EQ(compare.value, 1);
}

TEST(Compile, RulesOfOneListOfEventsHaveOneListOfActions) {
    const Table table = table_of(sample);
    const TableIndex index(table);
    const auto go_on = index.rules(table, *find_event(table, "go_on"));
    const auto nudge = index.rules(table, *find_event(table, "nudge"));
    ASSERT_EQ(go_on.size(), 1U);
    ASSERT_EQ(nudge.size(), 1U);
    EXPECT_EQ(go_on[0].first_action, nudge[0].first_action);
}

TEST(Compile, LeavingFromOutMeansAnyOtherState) {
    const std::string text =
        replaced(sample, "      - {event: give_up, from: live, to: done, do: undo_all}",
                 "      - {event: give_up, from: live, to: done, do: undo_all}\n"
                 "      - {event: give_up}");
    EXPECT_EQ(errors_of(text), "no error");
    EXPECT_EQ(errors_of(replaced(text, "- {event: give_up}",
                                 "- {event: give_up, from: busy, when: any_done}")),
              "f.yaml:29:9: OMS-3033: this rule never takes \"give_up\" in state busy of region "
              "\"work\": that of line 28 always comes first\n"
              "  what to do: put the rule with the narrower condition first\n");
    EXPECT_EQ(errors_of(replaced(text, "from: live, to: done, do: undo_all", "to: done")),
              "f.yaml:29:9: OMS-3033: two rules take \"give_up\" in state open, busy, done of "
              "region \"work\" and cannot be told apart: this one and that of line 28\n"
              "  what to do: merge them, or give each a condition that the other does not meet\n");
}

TEST(Compile, WhatIsOddIsAWarning) {
    EXPECT_EQ(warnings_of(replaced(sample, "slots: [tries]", "slots: [tries, spare]")),
              "f.yaml:5:16: OMS-3036: slot \"spare\" is never used\n  what to do: remove it\n");
    EXPECT_EQ(warnings_of(replaced(sample, "events:\n", "events:\n  shout: nobody listens\n")),
              "f.yaml:7:3: OMS-3036: event \"shout\" is declared and no rule takes it\n"
              "  what to do: add a rule for it, or remove it\n");
    EXPECT_EQ(warnings_of(replaced(sample, "when: over, ", "")),
              "f.yaml:18:3: OMS-3036: condition \"over\" is never used\n"
              "  what to do: remove it\n");
    EXPECT_EQ(warnings_of(
                  replaced(sample, "  late: after 2h\n", "  late: after 2h\n  later: after 3h\n")),
              "f.yaml:10:3: OMS-3036: timer \"later\" is never used\n"
              "  what to do: write \"do: timer later\" where it begins, or remove it\n"
              "f.yaml:10:3: OMS-3036: event \"later\" is declared and no rule takes it\n"
              "  what to do: add a rule for it, or remove it\n");
}

TEST(Compile, PluginFactsAreCheckedWhereTheyAreKnown) {
    const std::string text = replaced(sample, "when: tries < 3", "when: oracle.score >= 80");
    EXPECT_EQ(errors_of(replaced(text, "tries > 0", "tries > 0 and oracle.score < 5")), "no error");
    Vocabulary vocabulary;
    vocabulary.knows_plugin_facts = true;
    vocabulary.plugin_facts = {"oracle.score"};
    EXPECT_EQ(errors_of(text, vocabulary), "no error");
    vocabulary.plugin_facts = {"oracle.scores"};
    EXPECT_EQ(errors_of(text, vocabulary),
              "f.yaml:25:41: OMS-3015: unknown plugin fact \"oracle.score\" "
              "(did you mean \"oracle.scores\"?)\n  what to do: use one of: oracle.scores\n");
}

TEST(Compile, PluginsBringTermsOfTheirOwn) {
    const std::string text = replaced(sample, "when: tries < 3", "when: has colour");
    EXPECT_NE(errors_of(text), "no error");
    Vocabulary vocabulary;
    vocabulary.terms = {{"colour", 10'001}};
    const auto compiled = compile_text(text, "f.yaml", vocabulary);
    ASSERT_TRUE(compiled) << yaml::to_text(compiled.error());
    EXPECT_EQ(compiled->table.compares[0].index, 10'001);
}

TEST(Compile, FilesAreRead) {
    const std::string path = testing::TempDir() + "oms_compile_test.yaml";
    std::ofstream(path) << sample;
    EXPECT_TRUE(compile_file(path));
    EXPECT_FALSE(compile_file(path + ".missing"));
    std::ofstream(path) << "just words\n";
    const auto compiled = compile_file(path);
    ASSERT_FALSE(compiled);
    EXPECT_EQ(compiled.error()[0].code, yaml::error_wrong_kind);
}

/// Whatever a document says, the answer is a table or errors.
TEST(Compile, DamagedDocumentsGiveAnAnswer) {
    for (std::size_t at = 0; at < sample.size(); at += 2) {
        for (const char* letter = " \n:-[]{},.<x9"; *letter != '\0'; ++letter) {
            std::string text = sample;
            text[at] = *letter;
            const auto compiled = compile_text(text, "f.yaml");
            if (compiled) {
                EXPECT_TRUE(validate(compiled->table));
            }
        }
    }
}

TEST(Lint, AnEndWithoutAConditionIsNoEnd) {
    Table table = table_of(sample);
    table.ended = {};
    const Findings findings = lint(table, {});
    ASSERT_EQ(findings.errors.size(), 1U);
    EXPECT_EQ(to_text(findings.errors[0]),
              "OMS-3037: \"ended\" has no condition, so every instance would start at its end\n"
              "  what to do: name the states that are an end, such as \"ended: work is done\"");
}

}  // namespace
}  // namespace oms::lifecycle
