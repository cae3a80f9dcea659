// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "limits_settings.hpp"

namespace oms::runtime {
namespace {

Manifest sample() {
    const yaml::Checked<Manifest> manifest = load_manifest(OMS_MANIFEST_SAMPLE);
    EXPECT_TRUE(manifest) << yaml::to_text(manifest.error());
    return *manifest;
}

yaml::Checked<Settings> check(const std::string& text) {
    const yaml::Checked<yaml::Node> root = yaml::parse("settings:\n" + text, "conf/oms.yaml");
    EXPECT_TRUE(root) << yaml::to_text(root.error());
    return check_settings(sample(), root->find("settings"), "conf/oms.yaml:1:1");
}

std::string errors_of(const std::string& text) {
    const yaml::Checked<Settings> settings = check(text);
    return settings ? "no error" : yaml::to_text(settings.error());
}

TEST(Settings, DefaultsFillWhatIsNotGiven) {
    const yaml::Checked<Settings> settings = check("  currency: EUR\n  file: more.csv\n");
    ASSERT_TRUE(settings) << yaml::to_text(settings.error());
    EXPECT_EQ(to_text(*settings),
              "window: 30m\nratio: 0.25\nmode: refuse\ncurrency: EUR\nstrict: false\n"
              "buffer: 64KiB\nfile: conf/more.csv\nnames: [a, \"b c\"]\nlevels: [1, 2]\n");
}

TEST(Settings, TheStructOfTheManifestReadsThem) {
    ASSERT_EQ(::setenv("OMS_SETTINGS_TEST_TOKEN", "s3cret", 1), 0);
    const yaml::Checked<Settings> settings = check(
        "  currency: EUR\n  window: 2s\n  ratio: \"0.5\"\n  mode: warn\n  strict: true\n"
        "  depth: 3\n  buffer: 1KiB\n  token: env:OMS_SETTINGS_TEST_TOKEN\n"
        "  names: []\n  levels: [0, 9]\n");
    ASSERT_TRUE(settings) << yaml::to_text(settings.error());
    EXPECT_EQ(to_text(*settings).find("s3cret"), std::string::npos);
    yaml::Checked<ContractSettings> made = ContractSettings::make(*settings);
    ASSERT_TRUE(made) << yaml::to_text(made.error());
    const ContractSettings contract = std::move(*made);
    const auto read = plugins::limits::Settings::from(contract.get());
    EXPECT_EQ(read.window, std::chrono::seconds(2));
    EXPECT_EQ(read.ratio, 5'000);
    EXPECT_EQ(read.mode, "warn");
    EXPECT_EQ(read.currency, "EUR");
    EXPECT_TRUE(read.strict);
    EXPECT_EQ(read.depth, 3);
    EXPECT_EQ(read.buffer, 1'024);
    EXPECT_EQ(read.token, "s3cret");
    EXPECT_EQ(read.file, std::nullopt);
    EXPECT_TRUE(read.names.empty());
    EXPECT_EQ(read.levels, (std::vector<std::int64_t>{0, 9}));
    EXPECT_EQ(plugins::limits::plugin_id, "example.limits");
    EXPECT_EQ(plugins::limits::cells::calls, 9U);
    EXPECT_EQ(plugins::limits::tables::limits::most_value, 3U);
    EXPECT_EQ(plugins::limits::denials::value_above_limit, 1U);
    EXPECT_EQ(plugins::limits::events::limit_near, "limit_near");
}

struct Bad {
    std::string text;
    std::string error;
};

/// Each with the required setting in front, so that the rest begins in line 3.
void expect_refused(const std::vector<Bad>& table) {
    for (const Bad& bad : table) {
        EXPECT_EQ(errors_of("  currency: EUR\n  " + bad.text + "\n"), bad.error) << bad.text;
    }
}

TEST(Settings, RefuseValuesOfAWrongType) {
    expect_refused({
        {"depth: 010",
         "conf/oms.yaml:3:10: OMS-4013: expected an integer, found \"010\"\n"
         "  what to do: leave the leading zeros out: some readers take them for octal, so 010 "
         "would be 8\n"},
        {"depth: '3'",
         "conf/oms.yaml:3:10: OMS-4013: expected an integer, found the quoted text \"3\"\n"
         "  what to do: remove the quotes\n"},
        {"strict: yes",
         "conf/oms.yaml:3:11: OMS-4012: expected true or false, found \"yes\"\n"
         "  what to do: write true: YAML readers do not agree on what yes means\n"},
        {"window: 30",
         "conf/oms.yaml:3:11: OMS-4014: expected a duration, found \"30\"\n"
         "  what to do: add the unit: write a whole number with ms, s, m, h or d, such as 250ms or "
         "30m\n"},
        {"buffer: 1MB",
         "conf/oms.yaml:3:11: OMS-4014: expected a size, found \"1MB\"\n"
         "  what to do: write a whole number with B, KiB, MiB, GiB or TiB, such as 64KiB\n"},
        {"ratio: 1e-3",
         "conf/oms.yaml:3:10: OMS-4013: expected a decimal number, found \"1e-3\"\n"
         "  what to do: write it without an exponent\n"},
        {"file: ''",
         "conf/oms.yaml:3:9: OMS-4011: expected a path, found an empty text\n"
         "  what to do: name a file or folder, or leave the key out\n"},
        {"names: a",
         "conf/oms.yaml:3:10: OMS-4011: expected a list of text, found \"a\"\n"
         "  what to do: write [a, b], or one \"- a\" a line\n"},
        {"levels: [1, x]",
         "conf/oms.yaml:3:15: OMS-4013: expected an integer, found \"x\"\n"
         "  what to do: write whole decimal digits, such as 250\n"},
        {"mode:",
         "conf/oms.yaml:3:3: OMS-4011: expected a text, found nothing\n"
         "  what to do: write \"\" for an empty text, quote the word null, or leave the key out\n"},
    });
}

TEST(Settings, RefuseValuesOutOfBounds) {
    expect_refused({
        {"depth: 11",
         "conf/oms.yaml:3:10: OMS-4015: \"depth\" is 11, above the maximum of 10\n"
         "  what to do: use 10 or less\n"},
        {"window: 250ms",
         "conf/oms.yaml:3:11: OMS-4015: \"window\" is 250ms, below the minimum of 1s\n"
         "  what to do: use 1s or more\n"},
        {"ratio: 1.0001",
         "conf/oms.yaml:3:10: OMS-4015: \"ratio\" is 1.0001, above the maximum of 1\n"
         "  what to do: use 1 or less\n"},
        {"ratio: 0.00001",
         "conf/oms.yaml:3:10: OMS-4015: 0.00001 has more decimals than it may have\n"
         "  what to do: use at most 4\n"},
        {"buffer: 2MiB",
         "conf/oms.yaml:3:11: OMS-4015: \"buffer\" is 2MiB, above the maximum of 1MiB\n"
         "  what to do: use 1MiB or less\n"},
        {"levels: [1, 10]",
         "conf/oms.yaml:3:15: OMS-4015: \"levels\" is 10, above the maximum of 9\n"
         "  what to do: use 9 or less\n"},
        {"mode: refuze",
         "conf/oms.yaml:3:9: OMS-4016: \"mode\" cannot be \"refuze\" (did you mean \"refuse\"?)\n"
         "  what to do: use one of: warn, refuse\n"},
        {"token: hunter2",
         "conf/oms.yaml:3:10: OMS-4016: a secret is named by its handle and never written into a "
         "file\n  what to do: write env:NAME or file:PATH, and put the secret there\n"},
        {"token: {secret: x}",
         "conf/oms.yaml:3:10: OMS-4011: expected the handle of a secret\n"
         "  what to do: write env:NAME or file:PATH, and put the secret there\n"},
    });
}

TEST(Settings, EverythingWrongIsSaidAtOnce) {
    EXPECT_EQ(errors_of("  windw: 2s\n  depth: x\n"),
              "conf/oms.yaml:2:3: OMS-4100: the setting \"currency\" of limits is missing\n"
              "  what to do: add \"currency\" (text): What limits are counted in.\n"
              "conf/oms.yaml:3:10: OMS-4013: expected an integer, found \"x\"\n"
              "  what to do: write whole decimal digits, such as 250\n"
              "conf/oms.yaml:2:3: OMS-4003: unknown setting \"windw\" (did you mean \"window\"?)\n"
              "  what to do: use one of: window, ratio, mode, currency, strict, depth, buffer, "
              "token, file, names, levels\n");
}

TEST(Settings, WhatIsNoMapIsRefused) {
    EXPECT_EQ(errors_of("  - a\n"),
              "conf/oms.yaml:2:3: OMS-4011: expected a map of settings, found a list\n"
              "  what to do: write \"name: value\" lines below it, indented\n");
    const yaml::Checked<Settings> none = check_settings(sample(), nullptr, "conf/oms.yaml:7:5");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error()[0].place, "conf/oms.yaml:7:5");
}

TEST(Settings, DoubledSettingsNeverGetSoFar) {
    const yaml::Checked<yaml::Node> root = yaml::parse("a: 1\na: 2\n", "oms.yaml");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error()[0].code, yaml::error_doubled_key);
}

TEST(Secrets, ComeFromFilesAndTheEnvironment) {
    const std::string path = testing::TempDir() + "oms_settings_test_secret";
    std::ofstream(path) << "from a file\n";
    EXPECT_EQ(fetch_secret("file:" + path, "p"), "from a file");
    std::ofstream(path, std::ios::trunc) << "";
    EXPECT_EQ(oms::to_text(fetch_secret("file:" + path, "oms.yaml:3:10").error()),
              "oms.yaml:3:10: OMS-4101: the secret's file " + path +
                  " is empty\n  what to do: put the secret there, readable for this process");
    std::ofstream(path, std::ios::trunc) << std::string(secret_max_bytes + 1, 'x');
    EXPECT_FALSE(fetch_secret("file:" + path, "p"));
    ASSERT_EQ(::unlink(path.c_str()), 0);
    EXPECT_EQ(
        oms::to_text(fetch_secret("file:" + path, "oms.yaml:3:10").error()),
        "oms.yaml:3:10: OMS-4101: the secret's file " + path +
            " cannot be found\n  what to do: put the secret there, readable for this process");
    EXPECT_EQ(oms::to_text(fetch_secret("env:OMS_NO_SUCH_NAME", "oms.yaml:3:10").error()),
              "oms.yaml:3:10: OMS-4101: the environment variable OMS_NO_SUCH_NAME, which holds a "
              "secret, is not set\n"
              "  what to do: set it for this process, or name a file with file:PATH");
}

TEST(Secrets, MissingOnesStopTheContractSettings) {
    const yaml::Checked<Settings> settings =
        check("  currency: EUR\n  token: env:OMS_NO_SUCH_NAME\n");
    ASSERT_TRUE(settings) << yaml::to_text(settings.error());
    const yaml::Checked<ContractSettings> made = ContractSettings::make(*settings);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error()[0].place, "conf/oms.yaml:3:10");
}

}  // namespace
}  // namespace oms::runtime
