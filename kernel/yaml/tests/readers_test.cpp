// SPDX-License-Identifier: Apache-2.0
#include "yaml/readers.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace oms::yaml {
namespace {

Node value_of(const std::string& text) {
    const Checked<Node> root = parse("v: " + text + "\n", "f.yaml");
    EXPECT_TRUE(root) << text << to_text(root.error());
    return *root->find("v");
}

template <class T>
std::string error_of(const Result<T>& result) {
    return result ? "no error" : to_text(result.error());
}

std::string problems_of(const std::string& text, const std::function<void(Fields&)>& read) {
    const Checked<Node> root = parse(text, "f.yaml");
    EXPECT_TRUE(root) << to_text(root.error());
    Problems problems;
    {
        Fields fields(*root, problems, "rule");
        read(fields);
    }
    return to_text(problems.errors());
}

TEST(Readers, TextIsAsWritten) {
    EXPECT_EQ(as_text(value_of("1.10")), "1.10");
    EXPECT_EQ(as_text(value_of("no")), "no");
    EXPECT_EQ(as_text(value_of("010")), "010");
    EXPECT_EQ(as_text(value_of("''")), "");
    EXPECT_EQ(error_of(as_text(value_of(""))),
              "f.yaml:1:1: OMS-4011: expected a text, found nothing\n"
              "  what to do: write \"\" for an empty text, quote the word null, or leave the key "
              "out");
    EXPECT_EQ(error_of(as_text(value_of("[a]"))),
              "f.yaml:1:4: OMS-4011: expected a text, found a list\n"
              "  what to do: write one value");
}

TEST(Readers, BooleansAreTrueOrFalse) {
    EXPECT_EQ(as_bool(value_of("true")), true);
    EXPECT_EQ(as_bool(value_of("false")), false);
    const auto expected = [](const std::string& found, const std::string& remedy) {
        return "f.yaml:1:4: OMS-4012: expected true or false, found " + found +
               "\n  what to do: " + remedy;
    };
    EXPECT_EQ(error_of(as_bool(value_of("yes"))),
              expected("\"yes\"", "write true: YAML readers do not agree on what yes means"));
    EXPECT_EQ(error_of(as_bool(value_of("Off"))),
              expected("\"Off\"", "write false: YAML readers do not agree on what Off means"));
    EXPECT_EQ(error_of(as_bool(value_of("'true'"))),
              expected("the quoted text \"true\"", "remove the quotes"));
    EXPECT_EQ(error_of(as_bool(value_of("True"))),
              expected("\"True\"", "write true in small letters"));
    EXPECT_EQ(error_of(as_bool(value_of("1"))), expected("\"1\"", "write true or false"));
    EXPECT_EQ(error_of(as_bool(value_of("[]"))), expected("a list", "write true or false"));
}

TEST(Readers, IntegersAreDecimalDigits) {
    EXPECT_EQ(as_i64(value_of("0")), 0);
    EXPECT_EQ(as_i64(value_of("-9223372036854775808")), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(as_i64(value_of("9223372036854775807")), std::numeric_limits<std::int64_t>::max());
    const auto expected = [](const std::string& found, const std::string& remedy) {
        return "f.yaml:1:4: OMS-4013: expected an integer, found " + found +
               "\n  what to do: " + remedy;
    };
    const std::string octal =
        "leave the leading zeros out: some readers take them for octal, so 010 would be 8";
    EXPECT_EQ(error_of(as_i64(value_of("010"))), expected("\"010\"", octal));
    EXPECT_EQ(error_of(as_i64(value_of("-010"))), expected("\"-010\"", octal));
    EXPECT_EQ(error_of(as_i64(value_of("0x1F"))),
              expected("\"0x1F\"", "write it in decimal digits"));
    EXPECT_EQ(error_of(as_i64(value_of("0o17"))),
              expected("\"0o17\"", "write it in decimal digits"));
    EXPECT_EQ(error_of(as_i64(value_of("1_000"))),
              expected("\"1_000\"", "write the digits without separators"));
    EXPECT_EQ(
        error_of(as_i64(value_of("1:30"))),
        expected("\"1:30\"", "write the digits without colons: some readers take 1:30 for 90"));
    EXPECT_EQ(error_of(as_i64(value_of("+5"))), expected("\"+5\"", "leave the plus sign out"));
    EXPECT_EQ(error_of(as_i64(value_of("-0"))), expected("\"-0\"", "write 0"));
    EXPECT_EQ(error_of(as_i64(value_of("'5'"))),
              expected("the quoted text \"5\"", "remove the quotes"));
    EXPECT_EQ(error_of(as_i64(value_of("1e3"))),
              expected("\"1e3\"", "write whole decimal digits, such as 250"));
    EXPECT_EQ(error_of(as_i64(value_of("9223372036854775808"))),
              "f.yaml:1:4: OMS-4015: expected an integer that fits 64 bits, found "
              "\"9223372036854775808\"\n  what to do: use a smaller number");
}

TEST(Readers, DecimalsKeepTheirText) {
    EXPECT_EQ(as_decimal(value_of("12.50")), "12.50");
    EXPECT_EQ(as_decimal(value_of("'-0.05'")), "-0.05");
    const auto expected = [](const std::string& found, const std::string& remedy) {
        return "f.yaml:1:4: OMS-4013: expected a decimal number, found " + found +
               "\n  what to do: " + remedy;
    };
    const std::string example = "write digits with at most one point, such as 12.50";
    EXPECT_EQ(error_of(as_decimal(value_of(".5"))), expected("\".5\"", example));
    EXPECT_EQ(error_of(as_decimal(value_of("5."))), expected("\"5.\"", example));
    EXPECT_EQ(error_of(as_decimal(value_of(".inf"))), expected("\".inf\"", example));
    EXPECT_EQ(error_of(as_decimal(value_of("1e3"))),
              expected("\"1e3\"", "write it without an exponent"));
    EXPECT_EQ(
        error_of(as_decimal(value_of("00.5"))),
        expected("\"00.5\"", "leave the leading zeros out: some readers take them for octal"));
    EXPECT_FALSE(as_decimal(value_of(std::string(39, '1'))));
    EXPECT_TRUE(as_decimal(value_of(std::string(38, '1'))));
}

TEST(Readers, DurationsAndSizesCarryTheirUnit) {
    EXPECT_EQ(as_duration_ms(value_of("250ms")), 250);
    EXPECT_EQ(as_duration_ms(value_of("2s")), 2'000);
    EXPECT_EQ(as_duration_ms(value_of("30m")), 1'800'000);
    EXPECT_EQ(as_duration_ms(value_of("14d")), 1'209'600'000);
    EXPECT_EQ(as_size(value_of("64KiB")), 65'536);
    EXPECT_EQ(as_size(value_of("0B")), 0);
    EXPECT_EQ(error_of(as_duration_ms(value_of("30"))),
              "f.yaml:1:4: OMS-4014: expected a duration, found \"30\"\n"
              "  what to do: add the unit: write a whole number with ms, s, m, h or d, such as "
              "250ms or 30m");
    EXPECT_EQ(error_of(as_duration_ms(value_of("-1s"))),
              "f.yaml:1:4: OMS-4014: expected a duration, found \"-1s\"\n"
              "  what to do: write a whole number with ms, s, m, h or d, such as 250ms or 30m");
    EXPECT_EQ(error_of(as_duration_ms(value_of("99999999999999999d"))),
              "f.yaml:1:4: OMS-4015: expected a duration that fits 64 bits, found "
              "\"99999999999999999d\"\n  what to do: use a smaller number");
    EXPECT_EQ(error_of(as_size(value_of("1MB"))),
              "f.yaml:1:4: OMS-4014: expected a size, found \"1MB\"\n"
              "  what to do: write a whole number with B, KiB, MiB, GiB or TiB, such as 64KiB");
    EXPECT_EQ(duration_text(1'800'000), "30m");
    EXPECT_EQ(duration_text(90'000), "90s");
    EXPECT_EQ(duration_text(0), "0s");
    EXPECT_EQ(size_text(65'536), "64KiB");
    EXPECT_EQ(size_text(0), "0B");
}

TEST(Fields, ReadWhatIsThere) {
    EXPECT_EQ(problems_of("id: x\non_error: stop\nlinger: 2s\nfew: [a, b]\ncount: 3\n",
                          [](Fields& fields) {
                              EXPECT_EQ(fields.text("id", required), "x");
                              EXPECT_EQ(fields.choice("on_error", {"go", "stop"}), 1U);
                              EXPECT_EQ(fields.duration_ms("linger"), 2'000);
                              EXPECT_EQ(fields.texts("few"), (std::vector<std::string>{"a", "b"}));
                              EXPECT_EQ(fields.integer("count", required, 1, 3), 3);
                              EXPECT_EQ(fields.boolean("absent"), std::nullopt);
                          }),
              "");
}

TEST(Fields, CollectEveryProblem) {
    EXPECT_EQ(problems_of("idd: x\nmode: stpo\ncount: 4\nfew: a\nsub: 1\n",
                          [](Fields& fields) {
                              fields.text("id", required);
                              fields.choice("mode", {"go", "stop"});
                              fields.integer("count", Need::optional, 1, 3);
                              fields.texts("few");
                              fields.map("sub");
                          }),
              "f.yaml:1:1: OMS-4010: rule has no \"id\"\n  what to do: add \"id: …\"\n"
              "f.yaml:2:7: OMS-4016: \"mode\" cannot be \"stpo\" (did you mean \"stop\"?)\n"
              "  what to do: use one of: go, stop\n"
              "f.yaml:3:8: OMS-4015: \"count\" is 4, above 3\n  what to do: use 3 or less\n"
              "f.yaml:4:6: OMS-4011: expected a list of texts, found \"a\"\n"
              "  what to do: write [a, b], or one \"- a\" a line\n"
              "f.yaml:5:6: OMS-4011: expected a map (sub), found \"1\"\n"
              "  what to do: write \"key: value\" lines below it, indented\n"
              "f.yaml:1:1: OMS-4003: unknown rule key \"idd\" (did you mean \"id\"?)\n"
              "  what to do: use one of: id, mode, count, few, sub\n");
}

TEST(Fields, WhatIsNoMapIsOneProblem) {
    EXPECT_EQ(problems_of("key:value\n", [](Fields& fields) { fields.text("id", required); }),
              "f.yaml:1:1: OMS-4011: expected a map (rule), found \"key:value\"\n"
              "  what to do: write \"key: value\" lines, with a space after the colon\n");
}

}  // namespace
}  // namespace oms::yaml
