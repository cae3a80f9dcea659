// SPDX-License-Identifier: Apache-2.0
// What is understood, what is not, and what a person is told then. Nothing runs here.
#include "cli/tests/typed.hpp"
#include "runtime/tests/temp_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace oms::cli::test {
namespace {

using runtime::test::TempFolder;
using testing::HasSubstr;
using testing::Not;

TEST(CommandLine, SuggestsTheVerbThatWasMeant) {
    const Typed typed = type("ordr new");
    EXPECT_EQ(typed.exit, 2);
    EXPECT_THAT(typed.err,
                HasSubstr("OMS-6300: there is no verb \"ordr\" (did you mean \"order\"?)"));
    EXPECT_EQ(typed.out, "");
    EXPECT_THAT(type("order lst").err, HasSubstr("did you mean \"list\"?"));
    EXPECT_THAT(type("order").err, HasSubstr("a verb is missing"));
}

TEST(CommandLine, SuggestsTheOptionThatWasMeant) {
    const Typed typed = type("order new --acount A");
    EXPECT_EQ(typed.exit, 2);
    EXPECT_THAT(typed.err, HasSubstr("there is no option --acount (did you mean \"--account\"?)"));
    EXPECT_THAT(type("orders --jsn").err, HasSubstr("did you mean \"--json\"?"));
}

TEST(CommandLine, NamesWhatIsMissingOrTooMuch) {
    EXPECT_THAT(type("order new --account A").err, HasSubstr("--kind is required"));
    EXPECT_THAT(type("order show").err, HasSubstr("ORDER is required"));
    EXPECT_THAT(type("orders one two").err, HasSubstr("\"one\" is more than this verb takes"));
    EXPECT_EQ(type("order show").exit, 2);
}

TEST(CommandLine, TellsErrorsAsJsonWhereJsonIsAskedFor) {
    const Typed typed = type("ordr --json");
    EXPECT_EQ(typed.exit, 2);
    EXPECT_THAT(typed.err, testing::StartsWith("{\"errors\":[{\"code\":\"OMS-6300\""));
    EXPECT_EQ(typed.out, "");
}

TEST(CommandLine, HelpsWithoutAnErrorAndWithAnExample) {
    const Typed typed = type("--help");
    EXPECT_EQ(typed.exit, 0);
    EXPECT_THAT(typed.out, HasSubstr("8  outcome unknown"));
    EXPECT_EQ(typed.err, "");
    EXPECT_EQ(type("").exit, 2);
    EXPECT_THAT(type("").err, HasSubstr("Usage: oms"));
}

class HelpTest : public testing::TestWithParam<const char*> {};

TEST_P(HelpTest, HasAnExampleAndItsWholeName) {
    const Typed typed = type(std::string(GetParam()) + " --help");
    EXPECT_EQ(typed.exit, 0);
    EXPECT_THAT(typed.out, HasSubstr("Example:\n  oms "));
    EXPECT_THAT(typed.out, HasSubstr("Usage: oms " + std::string(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(EveryVerb, HelpTest,
                         testing::Values("run", "check", "demo", "plugin list", "plugin show",
                                         "plugin verify", "plugin new", "order new", "order show",
                                         "order list", "order amend", "order cancel", "order route",
                                         "orders", "why", "balances", "load", "task list",
                                         "task resolve", "journal verify", "journal snapshot",
                                         "journal tail", "lifecycle check", "lifecycle test",
                                         "halt", "resume", "version"));

TEST(CommandLine, SaysItsVersion) {
    EXPECT_EQ(type("version").exit, 0);
    EXPECT_THAT(type("version").out, HasSubstr("oms 0."));
    EXPECT_THAT(type("version --json").out, testing::StartsWith("{\"version\":\"0."));
}

TEST(CommandLine, SaysWhatToDoWhenNobodyRuns) {
    const TempFolder folder;
    folder.write("oms.yaml", "data: data\n");
    const Typed typed = type("orders --config " + folder.path().string());
    EXPECT_EQ(typed.exit, 4);
    EXPECT_THAT(typed.err, HasSubstr("no oms runs with this configuration"));
    EXPECT_THAT(typed.err,
                HasSubstr("start it in another terminal: oms run " + folder.path().string()));
}

TEST(CommandLine, ChecksConfigurations) {
    const TempFolder folder;
    folder.write("oms.yaml", "dat: data\n");
    const Typed typed = type("check " + folder.path().string());
    EXPECT_EQ(typed.exit, 3);
    EXPECT_THAT(typed.err, HasSubstr("did you mean \"data\"?"));
    folder.write("oms.yaml", "data: data\n");
    EXPECT_EQ(type("check " + folder.path().string()).exit, 0);
    folder.write("demo.yaml", "orders:\n  - titel: x\n");
    EXPECT_THAT(type("check " + folder.path().string()).err, HasSubstr("did you mean \"title\"?"));
}

TEST(CommandLine, ChecksLifecycles) {
    const TempFolder folder;
    const std::string file = folder.write("plain.yaml", "lifecycle: plain\nrevision: 1\n");
    const Typed typed = type("lifecycle check " + file);
    EXPECT_EQ(typed.exit, 3);
    EXPECT_THAT(typed.err, HasSubstr(file));
    EXPECT_THAT(type("lifecycle check --json " + file).out, HasSubstr("\"sound\":false"));
}

TEST(CommandLine, SaysWhichFileCannotBeRead) {
    EXPECT_EQ(type("journal verify /no/such/place").exit, 6);
    EXPECT_EQ(type("load /no/such/file.csv").exit, 3);
    EXPECT_EQ(type("plugin verify ./no_such_plugin.so").exit, 1);
    EXPECT_EQ(type("plugin show ./no_such_plugin.so").exit, 3);
}

TEST(CommandLine, FindsAnEmptyJournalWhole) {
    const TempFolder folder;
    std::filesystem::create_directory(folder.path() / "journal");
    const Typed typed = type("journal verify " + folder.path().string());
    EXPECT_EQ(typed.exit, 0) << typed.err;
    EXPECT_THAT(typed.out, HasSubstr("whole: 0 decisions"));
}

TEST(PluginNew, WritesAFolderUnderTheNameGiven) {
    const TempFolder folder;
    const std::string where = folder.path().string();
    const Typed typed = type("plugin new my_rule --kind check --dir " + where);
    EXPECT_EQ(typed.exit, 0) << typed.err;
    for (const char* file : {"CMakeLists.txt", "manifest.yaml", "src/my_rule.cpp",
                             "tests/my_rule_test.cpp", "README.md"}) {
        EXPECT_THAT(typed.out, HasSubstr(file));
        const std::string text = folder.read(std::string("my_rule/") + file);
        EXPECT_THAT(text, HasSubstr("my_rule")) << file;
        EXPECT_THAT(text, Not(HasSubstr("@"))) << file;
    }
    EXPECT_THAT(folder.read("my_rule/src/my_rule.cpp"), HasSubstr("class MyRule : public"));
}

TEST(PluginNew, OverwritesNothingAndTakesNoOddNames) {
    const TempFolder folder;
    const std::string where = " --dir " + folder.path().string();
    EXPECT_EQ(type("plugin new twice --kind connector" + where).exit, 0);
    const Typed again = type("plugin new twice --kind connector" + where);
    EXPECT_EQ(again.exit, 6);
    EXPECT_THAT(again.err, HasSubstr("it is there already"));
    EXPECT_THAT(type("plugin new x --kind chek" + where).err, HasSubstr("did you mean \"check\"?"));
    EXPECT_EQ(type("plugin new Bad-Name --kind check" + where).exit, 2);
}

TEST(PluginVerify, ListsItsCards) {
    const Typed typed = type("plugin verify --list");
    EXPECT_EQ(typed.exit, 0);
    EXPECT_THAT(typed.out, HasSubstr("CHECK-01\tcheck\t"));
    EXPECT_THAT(typed.out, HasSubstr("ABI-01\tevery\t"));
}

}  // namespace
}  // namespace oms::cli::test
