// SPDX-License-Identifier: Apache-2.0
// The tool as a build calls it.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <string>

namespace oms::runtime {
namespace {

struct Outcome {
    int code = -1;
    std::string text;
};

Outcome run(const std::string& arguments) {
    const std::string command = std::string(OMS_MANIFEST_TOOL) + " " + arguments + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return {};
    Outcome outcome;
    for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) {
        outcome.text += static_cast<char>(letter);
    }
    const int status = ::pclose(pipe);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

TEST(Tool, SpeaksAsCompilersDo) {
    const std::string path = testing::TempDir() + "oms_tool_test.yaml";
    std::ofstream(path) << "id: a.b\nname: b\nversion: 1\nabi: 0\nmaturity: beta\nsummary: S.\n"
                           "provides: [oms.check/1]\nsetings: {}\n";
    const Outcome outcome = run("--input " + path);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.text,
              path + ":3:10: error: \"1\" is not a semantic version [OMS-4051]\n" + path +
                  ":3:10: note: what to do: write three numbers with points between them, such as "
                  "1.0.0\n" +
                  path +
                  ":8:1: error: unknown manifest key \"setings\" (did you mean \"settings\"?) "
                  "[OMS-4003]\n" +
                  path +
                  ":8:1: note: what to do: use one of: id, name, version, abi, maturity, summary, "
                  "provides, requires, settings, cells, tables, events and 1 more\n");
    std::remove(path.c_str());
}

TEST(Tool, RefusesAnotherRevisionOfTheContract) {
    const std::string path = testing::TempDir() + "oms_tool_test_abi.yaml";
    std::ofstream(path) << "id: a.b\nname: b\nversion: 1.0.0\nabi: 7\nmaturity: beta\n"
                           "summary: S.\nprovides: [oms.check/1]\n";
    const Outcome outcome = run("--input " + path);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.text.find("[OMS-4052]"), std::string::npos) << outcome.text;
    std::remove(path.c_str());
}

TEST(Tool, SaysWhatIsWrongWithItsArguments) {
    EXPECT_EQ(run("").code, 2);
    EXPECT_EQ(run("--inptu x").code, 2);
    EXPECT_EQ(run("--input").code, 2);
    EXPECT_EQ(run("--input /no/such.yaml").text,
              "/no/such.yaml: error: cannot be read: No such file or directory\n");
    EXPECT_EQ(run("--help").code, 0);
    const Outcome unwritable =
        run("--input " OMS_MANIFEST_SAMPLE " --settings-header /no/such/folder/x.hpp");
    EXPECT_EQ(unwritable.code, 2);
    EXPECT_EQ(unwritable.text,
              "/no/such/folder/x.hpp: error: cannot be written: No such file or directory\n");
}

}  // namespace
}  // namespace oms::runtime
