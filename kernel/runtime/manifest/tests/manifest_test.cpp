// SPDX-License-Identifier: Apache-2.0
#include "runtime/manifest/manifest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/manifest/names.hpp"

namespace oms::runtime {
namespace {

const std::string sample_path = OMS_MANIFEST_SAMPLE;

/// The least that is a manifest, with something behind it.
std::string with(const std::string& rest) {
    return "id: example.limits\nname: limits\nversion: 0.1.0\nabi: 0\nmaturity: beta\n"
           "summary: Refuses.\nprovides: [oms.check/1]\n" +
           rest;
}

/// The same, with one line of it (counted from 1) replaced.
std::string with_line(std::size_t line, const std::string& replacement) {
    std::string text = with("");
    std::size_t start = 0;
    for (std::size_t at = 1; at < line; ++at) start = text.find('\n', start) + 1;
    return text.replace(start, text.find('\n', start) - start, replacement);
}

std::string errors_of(const std::string& text) {
    const yaml::Checked<Manifest> manifest = parse_manifest(text, "m.yaml");
    return manifest ? "no error" : yaml::to_text(manifest.error());
}

struct Bad {
    std::string text;
    std::string error;
};

void expect_refused(const std::vector<Bad>& table) {
    for (const Bad& bad : table) EXPECT_EQ(errors_of(bad.text), bad.error) << bad.text;
}

TEST(Manifest, HoldsWhatIsWritten) {
    const yaml::Checked<Manifest> manifest = load_manifest(sample_path);
    ASSERT_TRUE(manifest) << yaml::to_text(manifest.error());
    EXPECT_EQ(manifest->id, "example.limits");
    EXPECT_EQ(manifest->name, "limits");
    EXPECT_EQ(manifest->maturity, Maturity::beta);
    EXPECT_EQ(manifest->kind(), PluginKind::check);
    EXPECT_TRUE(is_inside(manifest->kind()));
    EXPECT_FALSE(is_inside(PluginKind::connector));
    ASSERT_EQ(manifest->provides.size(), 1U);
    EXPECT_EQ(manifest->provides[0].name, "oms.check");
    EXPECT_EQ(manifest->provides[0].revision, 1U);
    EXPECT_EQ(manifest->requires_libraries, std::vector<std::string>{"libm.so.6"});
    EXPECT_EQ(manifest->settings.size(), 11U);
    const SettingSpec* window = manifest->setting("window");
    ASSERT_NE(window, nullptr);
    EXPECT_EQ(window->type, SettingType::duration);
    EXPECT_EQ(window->fallback->number, 1'800'000);
    EXPECT_EQ(window->maximum->number, 86'400'000);
    EXPECT_EQ(manifest->setting("ratio")->fallback->number, 2'500);
    const TableSpec* table = nullptr;
    const CellSpec* cell = manifest->cell(3, &table);
    ASSERT_NE(cell, nullptr);
    EXPECT_EQ(cell->name, "most_value");
    EXPECT_EQ(table, manifest->table("limits"));
    EXPECT_EQ(table->key[1].kind, KeyKind::product);
    EXPECT_EQ(manifest->cell(1, &table)->name, "sent_today");
    EXPECT_EQ(table, nullptr);
    EXPECT_EQ(manifest->cell(4), nullptr);
    EXPECT_EQ(manifest->denial_codes(),
              (std::vector<std::string>{"QUANTITY_ABOVE_LIMIT", "VALUE_ABOVE_LIMIT"}));
}

TEST(Manifest, CanonicalTextReadsBackAsItself) {
    const yaml::Checked<Manifest> manifest = load_manifest(sample_path);
    ASSERT_TRUE(manifest);
    const std::string text = canonical_text(*manifest);
    const yaml::Checked<Manifest> again = parse_manifest(text, "canonical");
    ASSERT_TRUE(again) << yaml::to_text(again.error()) << text;
    EXPECT_EQ(canonical_text(*again), text);
    EXPECT_EQ(to_json(*again), to_json(*manifest));
}

TEST(Manifest, OddTextsSurviveTheCanonicalForm) {
    const yaml::Checked<Manifest> manifest = parse_manifest(
        with("events:\n  a: \"x \\\"y\\\" \\\\ \\t\\n\\x1b: # é\"\n  b: 'no'\n"), "m");
    ASSERT_TRUE(manifest) << yaml::to_text(manifest.error());
    const yaml::Checked<Manifest> again = parse_manifest(canonical_text(*manifest), "c");
    ASSERT_TRUE(again) << yaml::to_text(again.error());
    EXPECT_EQ(again->events[0].help, "x \"y\" \\ \t\n\x1b: # é");
    EXPECT_EQ(again->events[1].help, "no");
}

TEST(Manifest, IsDescribedForPeople) {
    const yaml::Checked<Manifest> manifest = parse_manifest(
        with("settings:\n"
             "  depth: {type: integer, minimum: 1, maximum: 9, default: 2, help: How deep.}\n"
             "  currency: {type: text, required: true, help: What it counts in.}\n"
             "tables:\n"
             "  limits:\n"
             "    key: [account]\n"
             "    values:\n"
             "      most: {number: 1, type: integer, unit: orders, help: At once.}\n"
             "denials:\n"
             "  ORDERS_ABOVE_LIMIT: Too many at once.\n"),
        "m.yaml");
    ASSERT_TRUE(manifest) << yaml::to_text(manifest.error());
    EXPECT_EQ(describe(*manifest),
              "limits 0.1.0 (example.limits), check, beta, contract revision 0\n"
              "Refuses.\n"
              "\nContract\n"
              "  provides  oms.check/1\n"
              "\nSettings\n"
              "  depth     integer, 1 to 9, default 2. How deep.\n"
              "  currency  text, required. What it counts in.\n"
              "\nTable limits by account\n"
              "  most  integer in orders. At once.\n"
              "\nDenials\n"
              "  ORDERS_ABOVE_LIMIT  Too many at once.\n");
    EXPECT_EQ(
        to_json(*manifest),
        R"({"id":"example.limits","name":"limits","version":"0.1.0","abi":0,"maturity":"beta",)"
        R"("kind":"check","summary":"Refuses.","provides":["oms.check/1"],"settings":[)"
        R"({"name":"depth","type":"integer","required":false,"default":2,"minimum":1,"maximum":9,)"
        R"("help":"How deep."},{"name":"currency","type":"text","required":true,)"
        R"("help":"What it counts in."}],"tables":[{"name":"limits","key":[{"name":"account",)"
        R"("kind":"account"}],"values":[{"name":"most","number":1,"type":"integer",)"
        R"("unit":"orders","help":"At once."}]}],"denials":[{"name":"ORDERS_ABOVE_LIMIT",)"
        R"("help":"Too many at once."}]})");
}

TEST(Manifest, RefusesAWrongIdentity) {
    expect_refused({
        {with_line(1, "idd: example.limits"),
         "m.yaml:1:1: OMS-4010: manifest has no \"id\"\n  what to do: add \"id: …\"\n"
         "m.yaml:1:1: OMS-4003: unknown manifest key \"idd\" (did you mean \"id\"?)\n"
         "  what to do: use one of: id, name, version, abi, maturity, summary, provides, requires, "
         "settings, cells, tables, events and 1 more\n"},
        {with_line(1, "id: Limits"),
         "m.yaml:1:5: OMS-4050: \"Limits\" is not an id\n"
         "  what to do: use small letters, digits and underscores with points between them, such "
         "as example.limits\n"},
        {with_line(2, "name: class"),
         "m.yaml:2:7: OMS-4050: \"class\" is not a name\n"
         "  what to do: use small letters, digits and underscores, such as limits\n"},
        {with_line(3, "version: 1.0"),
         "m.yaml:3:10: OMS-4051: \"1.0\" is not a semantic version\n"
         "  what to do: write three numbers with points between them, such as 1.0.0\n"},
        {with_line(4, "abi: 010"),
         "m.yaml:4:6: OMS-4013: expected an integer, found \"010\"\n"
         "  what to do: leave the leading zeros out: some readers take them for octal, so 010 "
         "would be 8\n"},
        {with_line(5, "maturity: stabel"),
         "m.yaml:5:11: OMS-4016: \"maturity\" cannot be \"stabel\" (did you mean \"stable\"?)\n"
         "  what to do: use one of: experimental, beta, stable\n"},
        {with_line(6, "summary: ''"),
         "m.yaml:6:10: OMS-4056: \"summary\" has 0 bytes\n"
         "  what to do: write a sentence of at most 1000\n"},
        {with_line(7, "provides: [oms.chekc/1]"),
         "m.yaml:7:12: OMS-4053: the kernel knows no capability \"oms.chekc\" (did you mean "
         "\"oms.check\"?)\n"
         "  what to do: use one of: oms.asset_class, oms.check, oms.routing, oms.facts, "
         "oms.connector, oms.subscriber, oms.store\n"},
        {with_line(7, "provides: [example.thing/1]"),
         "m.yaml:7:11: OMS-4053: the plugin provides nothing that the kernel could call\n"
         "  what to do: provide one of: oms.asset_class, oms.check, oms.routing, oms.facts, "
         "oms.connector, oms.subscriber, oms.store\n"},
        {with_line(7, "provides: [oms.check, oms.check/1, oms.check/2]"),
         "m.yaml:7:12: OMS-4053: \"oms.check\" is not a capability\n"
         "  what to do: write its name and revision, such as oms.check/1\n"
         "m.yaml:7:36: OMS-4053: the capability \"oms.check\" comes twice\n"
         "  what to do: keep one of the two\n"},
        {with("requires: {libraries: [/lib/x.so]}\n"),
         "m.yaml:8:23: OMS-4056: \"/lib/x.so\" is not the name of a shared library\n"
         "  what to do: write what the dynamic linker looks for, such as libssl.so.3\n"},
        {with("id: example.limits\n"),
         "m.yaml:8:1: OMS-4006: the key \"id\" comes twice; it stands at line 1 already\n"
         "  what to do: keep one of the two\n"},
        {"limits",
         "m.yaml:1:1: OMS-4011: expected a map (manifest), found \"limits\"\n"
         "  what to do: write \"key: value\" lines, with a space after the colon\n"},
    });
}

/// A manifest with one setting, its text given.
std::string with_setting(const std::string& text) { return with("settings:\n  x: " + text + "\n"); }

TEST(Manifest, RefusesSettingsThatCannotBe) {
    expect_refused({
        {with("settings: {Max: {type: text, help: H.}}\n"),
         "m.yaml:8:12: OMS-4050: \"Max\" cannot name a setting\n"
         "  what to do: use small letters, digits and underscores, a letter first, at most 48\n"},
        {with("settings: {new: {type: text, help: H.}}\n"),
         "m.yaml:8:12: OMS-4050: \"new\" cannot name a setting: it means something in C++, where "
         "the name is used too\n  what to do: use another name\n"},
        {with_setting("{type: txet, help: H., default: 1}"),
         "m.yaml:9:13: OMS-4016: \"type\" cannot be \"txet\" (did you mean \"text\"?)\n"
         "  what to do: use one of: text, integer, decimal, boolean, duration, size, choice, "
         "secret, path, list of text, list of integer\n"},
        {with_setting("{type: text}"),
         "m.yaml:9:6: OMS-4010: setting \"x\" has no \"help\"\n  what to do: add \"help: …\"\n"},
        {with_setting("{type: text, help: H., requierd: true}"),
         "m.yaml:9:29: OMS-4003: unknown setting \"x\" key \"requierd\" (did you mean "
         "\"required\"?)\n"
         "  what to do: use one of: type, required, help, unit, scale, choices, minimum, maximum, "
         "default\n"},
        {with_setting("{type: text, help: H., required: yes}"),
         "m.yaml:9:39: OMS-4012: expected true or false, found \"yes\"\n"
         "  what to do: write true: YAML readers do not agree on what yes means\n"},
        {with_setting("{type: text, help: H., required: true, default: a}"),
         "m.yaml:9:54: OMS-4054: \"x\" is required and has a default\n"
         "  what to do: keep one of the two\n"},
        {with_setting("{type: text, help: H., minimum: 1}"),
         "m.yaml:9:38: OMS-4054: a text has no minimum\n  what to do: remove it\n"},
        {with_setting("{type: integer, help: H., minimum: 9, maximum: 1}"),
         "m.yaml:9:41: OMS-4054: the minimum of \"x\" is above its maximum\n"
         "  what to do: put the smaller number first\n"},
        {with_setting("{type: integer, help: H., maximum: 5, default: 6}"),
         "m.yaml:9:53: OMS-4015: \"x\" is 6, above the maximum of 5\n"
         "  what to do: use 5 or less\n"},
        {with_setting("{type: duration, help: H., default: 30}"),
         "m.yaml:9:42: OMS-4014: expected a duration, found \"30\"\n"
         "  what to do: add the unit: write a whole number with ms, s, m, h or d, such as 250ms or "
         "30m\n"},
        {with_setting("{type: choice, help: H.}"),
         "m.yaml:9:3: OMS-4054: the choice \"x\" has no choices\n"
         "  what to do: add \"choices: [a, b]\"\n"},
        {with_setting("{type: choice, help: H., choices: [a, a], default: b}"),
         "m.yaml:9:40: OMS-4054: a choice of \"x\" comes twice\n  what to do: keep one of the two\n"
         "m.yaml:9:57: OMS-4016: \"x\" cannot be \"b\"\n  what to do: use one of: a, a\n"},
        {with_setting("{type: text, help: H., choices: [a]}"),
         "m.yaml:9:38: OMS-4054: a text has no choices\n"
         "  what to do: remove them, or make the type choice\n"},
        {with_setting("{type: decimal, help: H.}"),
         "m.yaml:9:6: OMS-4010: setting \"x\" has no \"scale\"\n  what to do: add \"scale: …\"\n"},
        {with_setting("{type: integer, help: H., scale: 2}"),
         "m.yaml:9:39: OMS-4054: only a decimal has a scale\n  what to do: remove it\n"},
        {with_setting("{type: duration, help: H., unit: s}"),
         "m.yaml:9:39: OMS-4054: a duration has no unit of its own\n"
         "  what to do: remove it; durations and sizes are written with theirs\n"},
        {with_setting("{type: secret, help: H., default: env:X}"),
         "m.yaml:9:40: OMS-4054: a secret has no default\n  what to do: remove it\n"},
    });
}

TEST(Manifest, RefusesCellsAndTablesThatCannotBe) {
    const std::string cell = "cells:\n  x: ";
    expect_refused({
        {with(cell + "{type: integer, help: H.}\n"),
         "m.yaml:9:6: OMS-4010: cell \"x\" has no \"number\"\n  what to do: add \"number: …\"\n"},
        {with(cell + "{number: 0, type: integer, help: H.}\n"),
         "m.yaml:9:15: OMS-4015: \"number\" is 0, below 1\n  what to do: use 1 or more\n"},
        {with(cell + "{number: 1, type: integer, help: H.}\n"
                     "  y: {number: 1, type: integer, help: H.}\n"),
         "m.yaml:10:15: OMS-4055: the number 1 is taken already\n"
         "  what to do: use one that no cell or column has or ever had: journals hold it\n"},
        {with(cell + "{number: 1, type: quantity, key: [account], help: H.}\n"),
         "m.yaml:9:3: OMS-4055: \"x\" is a quantity, but no product in its key gives the scale\n"
         "  what to do: add a product to the key, or use the type decimal with a scale\n"},
        {with(cell + "{number: 1, type: integer, key: [acount], help: H.}\n"),
         "m.yaml:9:39: OMS-4016: a part of a key cannot be \"acount\" (did you mean \"account\"?)\n"
         "  what to do: use one of: account, product, destination, order_kind, origin, channel, "
         "actor, event, source, asset_class, order, route, number\n"},
        {with(cell + "{number: 1, type: integer, key: [account, account], help: H.}\n"),
         "m.yaml:9:48: OMS-4055: the part \"account\" of the key comes twice\n"
         "  what to do: name them apart: {from: account, to: account}\n"},
        {with(cell + "{number: 1, type: integer, key: [account, order, route], help: H.}\n"),
         "m.yaml:9:38: OMS-4055: a key has at most two parts, this one has 3\n"
         "  what to do: leave one out\n"},
        {with("tables: {t: {values: {}}}\n"),
         "m.yaml:8:13: OMS-4010: table \"t\" has no \"key\"\n  what to do: add \"key: …\"\n"},
        {with("tables: {t: {key: [account], values: {account: {number: 1, type: integer, "
              "help: H.}}}}\n"),
         "m.yaml:8:39: OMS-4055: the column \"account\" is a part of the key already\n"
         "  what to do: use another name\n"},
        {with("denials: {too_much: H.}\n"),
         "m.yaml:8:11: OMS-4050: \"too_much\" is not a denial code\n"
         "  what to do: write category and condition in capitals, such as QUANTITY_ABOVE_LIMIT\n"},
        {with("events: {near: }\n"),
         "m.yaml:8:16: OMS-4011: expected a text, found nothing\n"
         "  what to do: write \"\" for an empty text, quote the word null, or leave the key out\n"},
    });
}

TEST(Manifest, AnotherRevisionOfTheContractIsNamed) {
    const yaml::Checked<Manifest> manifest = parse_manifest(with_line(4, "abi: 7"), "m.yaml");
    ASSERT_TRUE(manifest);
    EXPECT_EQ(oms::to_text(check_abi(*manifest, "liblimits.so").error()),
              "liblimits.so: OMS-4052: limits was written for revision 7 of the plugin contract, "
              "this is revision 0\n"
              "  what to do: build the plugin against this oms, with \"abi: 0\" in its manifest");
}

TEST(Names, LookAsTheyMust) {
    EXPECT_TRUE(is_semantic_version("1.0.0-rc.1+build.007"));
    for (const char* bad :
         {"1", "1.0", "01.0.0", "1.0.0-", "1.0.0-01", "1.0.0+", "1.0.0.0", "a.b.c", "", "v1.0.0"}) {
        EXPECT_FALSE(is_semantic_version(bad)) << bad;
    }
    EXPECT_TRUE(is_dotted_id("a.b_c.d9"));
    for (const char* bad : {"a", "a.", ".a", "a..b", "a.B", "a.9b", "a-b.c"}) {
        EXPECT_FALSE(is_dotted_id(bad)) << bad;
    }
    EXPECT_TRUE(is_denial_code("PRICE_9_ABOVE"));
    for (const char* bad : {"PRICE", "_A_B", "A__B", "A_b", "9_A", ""}) {
        EXPECT_FALSE(is_denial_code(bad)) << bad;
    }
}

}  // namespace
}  // namespace oms::runtime
