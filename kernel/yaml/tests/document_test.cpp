// SPDX-License-Identifier: Apache-2.0
#include "yaml/document.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace oms::yaml {
namespace {

std::string errors_of(std::string_view text, const Limits& limits = {}) {
    const Checked<Node> root = parse(text, "f.yaml", limits);
    return root ? "" : to_text(root.error());
}

TEST(Document, KeepsTextKindAndPlace) {
    const Checked<Node> root = parse(
        "name: 'a b'\n"
        "list: [1.10, no]\n"
        "map:\n"
        "  deep: |\n"
        "    two\n"
        "    lines\n"
        "none:\n"
        "tilde: ~\n",
        "f.yaml");
    ASSERT_TRUE(root) << to_text(root.error());
    ASSERT_TRUE(root->is_map());
    EXPECT_EQ(root->items().size(), 5U);
    const Node& name = *root->find("name");
    EXPECT_EQ(name.text(), "a b");
    EXPECT_TRUE(name.quoted());
    EXPECT_EQ(name.place(), "f.yaml:1:7");
    EXPECT_EQ(name.key_place(), "f.yaml:1:1");
    const Node& list = *root->find("list");
    ASSERT_TRUE(list.is_list());
    EXPECT_EQ(list.items()[0].text(), "1.10");
    EXPECT_EQ(list.items()[1].text(), "no");
    EXPECT_FALSE(list.items()[1].quoted());
    EXPECT_EQ(list.items()[1].place(), "f.yaml:2:14");
    EXPECT_EQ(root->find("map")->find("deep")->text(), "two\nlines\n");
    EXPECT_TRUE(root->find("map")->find("deep")->quoted());
    EXPECT_TRUE(root->find("none")->is_nothing());
    EXPECT_TRUE(root->find("tilde")->is_nothing());
    EXPECT_EQ(root->find("other"), nullptr);
}

TEST(Document, CopiesOutliveTheDocument) {
    Node copy;
    {
        const Checked<Node> root = parse("a: {b: c}", "f.yaml");
        ASSERT_TRUE(root);
        copy = *root->find("a");
    }
    EXPECT_EQ(copy.find("b")->place(), "f.yaml:1:8");
}

TEST(Document, AcceptsByteOrderMarkAndCrLf) {
    const Checked<Node> root = parse(
        "\xEF\xBB\xBF"
        "a: 1\r\nb: '!x'\r\n",
        "f.yaml");
    ASSERT_TRUE(root) << to_text(root.error());
    EXPECT_EQ(root->find("b")->text(), "!x");
    EXPECT_EQ(root->find("b")->place(), "f.yaml:2:4");
}

struct Bad {
    std::string text;
    std::string error;
};

void expect_refused(const std::vector<Bad>& table) {
    for (const Bad& bad : table) EXPECT_EQ(errors_of(bad.text), bad.error) << bad.text;
}

TEST(Document, RefusesWhatReadersDisagreeAbout) {
    expect_refused({
        {"a: 1\nb: 2\na: 3\n",
         "f.yaml:3:1: OMS-4006: the key \"a\" comes twice; it stands at line 1 already\n"
         "  what to do: keep one of the two\n"},
        {"a: 1\n\"a\": 3\n",
         "f.yaml:2:1: OMS-4006: the key \"a\" comes twice; it stands at line 1 already\n"
         "  what to do: keep one of the two\n"},
        {"a: &x 1\nb: *x\n",
         "f.yaml:1:4: OMS-4007: an anchor (&x)\n"
         "  what to do: write the value out where it is needed\n"
         "f.yaml:2:4: OMS-4007: an alias (*name)\n"
         "  what to do: write the value out here; in plain text put it in quotes\n"},
        {"a: *x\n",
         "f.yaml:1:4: OMS-4004: this is not valid YAML (the referenced anchor is not defined)\n"
         "  what to do: anchors and aliases are not read; put a text with & or * in quotes\n"},
        {"<<: {a: 1}\n",
         "f.yaml:1:1: OMS-4007: a merge key (<<)\n  what to do: write the keys out here\n"},
        {"a: !!str 1\n",
         "f.yaml:1:4: OMS-4008: a tag (tag:yaml.org,2002:str)\n"
         "  what to do: remove it: the reader knows which type it expects; put text in quotes\n"},
        {"é: ü\na: ! 1\n",
         "f.yaml:2:4: OMS-4008: a tag (!)\n"
         "  what to do: remove it: the reader knows which type it expects; put text in quotes\n"},
        {"a: !mine {b: 1}\n",
         "f.yaml:1:4: OMS-4008: a tag (!mine)\n"
         "  what to do: remove it: the reader knows which type it expects; put text in quotes\n"},
        {"%YAML 1.2\n---\na: 1\n",
         "f.yaml:1:1: OMS-4008: a YAML directive\n"
         "  what to do: remove the line; where it is text, put it in quotes or indent it\n"},
    });
}

TEST(Document, RefusesWhatIsNotYaml) {
    const std::string syntax =
        "\n  what to do: look at the indentation, and put texts with : # { [ in quotes\n";
    expect_refused({
        {"a:\n\tb: 1\n",
         "f.yaml:2:1: OMS-4002: a tab\n"
         "  what to do: indent with spaces; inside double quotes write \\t\n"},
        {"a: \xFF\n",
         "f.yaml:1:4: OMS-4002: bytes that are not UTF-8\n  what to do: save the file as UTF-8\n"},
        {"a: \xED\xA0\x80\n",
         "f.yaml:1:4: OMS-4002: bytes that are not UTF-8\n  what to do: save the file as UTF-8\n"},
        {std::string("a: \0", 4),
         "f.yaml:1:4: OMS-4002: a control character (byte 0)\n"
         "  what to do: remove it; inside double quotes write it as an escape such as \\x1b\n"},
        {"a: 1\rb: 2\n",
         "f.yaml:1:5: OMS-4002: a carriage return without a line feed\n"
         "  what to do: end lines with a line feed\n"},
        {"{a: 1}: 2\n",
         "f.yaml:1:1: OMS-4009: a map in the place of a key\n"
         "  what to do: use a plain name as the key; a text with { or [ needs quotes\n"},
        {"? [a, b]\n: 2\n",
         "f.yaml:1:3: OMS-4009: a list in the place of a key\n"
         "  what to do: use a plain name as the key; a text with { or [ needs quotes\n"},
        {"~: 2\n",
         "f.yaml:1:1: OMS-4009: nothing in the place of a key\n"
         "  what to do: use a plain name as the key; a text with { or [ needs quotes\n"},
        {"a: 1\n---\nb: 2\n",
         "f.yaml:2:1: OMS-4005: a second document in the same file\n"
         "  what to do: keep one document a file; remove the line of dashes (---)\n"},
        {"# nothing\n",
         "f.yaml:1:1: OMS-4005: the document is empty\n  what to do: write at least one key\n"},
        {"", "f.yaml:1:1: OMS-4005: the document is empty\n  what to do: write at least one key\n"},
        {"a: b: c\n", "f.yaml:1:5: OMS-4004: this is not valid YAML (illegal map value)" + syntax},
        {"a: [1, 2\n",
         "f.yaml:2:1: OMS-4004: this is not valid YAML (end of sequence flow not found)" + syntax},
        {"a: 'it''s\n",
         "f.yaml:1:4: OMS-4004: a quote is opened here and never closed\n"
         "  what to do: close it\n"},
        {"a: \"x\\\"\n",
         "f.yaml:1:4: OMS-4004: a quote is opened here and never closed\n"
         "  what to do: close it\n"},
        {"a: 'x", "f.yaml:1:6: OMS-4004: this is not valid YAML (illegal EOF in scalar)" + syntax},
    });
}

TEST(Document, KeepsItsLimits) {
    EXPECT_EQ(errors_of("a: 12345678", Limits{.bytes = 10, .depth = 9, .nodes = 9}),
              "f.yaml: OMS-4001: is larger than 10 bytes\n  what to do: split it\n");
    EXPECT_EQ(errors_of("[[[1]]]", Limits{.bytes = 99, .depth = 2, .nodes = 9}),
              "f.yaml:1:3: OMS-4001: lists and maps nested deeper than 2\n"
              "  what to do: flatten the document\n");
    EXPECT_EQ(errors_of("[1, 2, 3]", Limits{.bytes = 99, .depth = 2, .nodes = 3}),
              "f.yaml:1:8: OMS-4001: more than 3 values in one document\n"
              "  what to do: split the document\n");
    EXPECT_NE(errors_of(std::string(200'000, '[')), "");
    EXPECT_NE(errors_of(std::string(200'000, '{')), "");
}

TEST(Document, AliasBombsDoNotGrow) {
    std::string text = "a: &a [x, x]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        text += std::string(1, name) + ": &" + std::string(1, name) + " [";
        for (int copy = 0; copy < 9; ++copy) {
            text += "*" + std::string(1, static_cast<char>(name - 1)) + ", ";
        }
        text += "x]\n";
    }
    EXPECT_NE(errors_of(text), "");
}

TEST(Document, ManyProblemsAreCutAndCounted) {
    std::string text;
    for (int line = 0; line < 200; ++line) text += "a: 1\n";
    const Checked<Node> root = parse(text, "f.yaml");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().size(), Problems::limit + 1);
    EXPECT_EQ(root.error().back().reason, "there are more problems than are shown");
    EXPECT_EQ(oms::to_text(fold({root.error()[0], root.error()[1]})),
              "f.yaml:2:1: OMS-4006: the key \"a\" comes twice; it stands at line 1 already "
              "(and 1 more problem)\n  what to do: keep one of the two");
}

TEST(Document, FilesAreReadOrRefused) {
    const std::string path = testing::TempDir() + "oms_document_test.yaml";
    std::ofstream(path) << "a: 1\n";
    const Checked<Node> root = load_file(path);
    ASSERT_TRUE(root) << to_text(root.error());
    EXPECT_EQ(root->find("a")->place(), path + ":1:4");
    EXPECT_EQ(to_text(load_file(path, Limits{.bytes = 4, .depth = 1, .nodes = 9}).error()),
              path + ": OMS-4001: is larger than 4 bytes\n  what to do: split it\n");
    std::remove(path.c_str());
    EXPECT_EQ(to_text(load_file(path).error()),
              path +
                  ": OMS-4000: cannot be read: No such file or directory\n"
                  "  what to do: check the path and the permissions\n");
    EXPECT_EQ(to_text(load_file("/dev/zero").error()),
              "/dev/zero: OMS-4000: is not a regular file\n  what to do: name a YAML file\n");
}

/// Whatever the bytes are, the answer is a tree or an error.
TEST(Document, DamagedDocumentsGiveAnAnswer) {
    const std::string good = "a: {b: [1, 'x', \"y\\n\"], c: |\n  t\n }\nd:\n- e: f\n  g: h\n";
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char* letter = " \n:-[]{},'\"&*!|>%@`#?~\\x"; *letter != '\0'; ++letter) {
            std::string text = good;
            text[at] = *letter;
            (void)parse(text, "f.yaml");
        }
        (void)parse(good.substr(0, at), "f.yaml");
    }
}

}  // namespace
}  // namespace oms::yaml
