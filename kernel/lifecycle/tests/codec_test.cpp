// SPDX-License-Identifier: Apache-2.0
#include "lifecycle/codec.hpp"

#include "lifecycle/tests/sample.hpp"

#include <functional>

namespace oms::lifecycle {
namespace {

std::string error_of(std::string_view bytes) {
    const Result<Table> table = decode(bytes);
    return table ? "no error" : to_text(table.error());
}

TEST(Codec, TablesComeBackAsTheyWere) {
    const Table table = table_of(sample);
    const std::string bytes = encode(table);
    const Result<Table> back = decode(bytes);
    ASSERT_TRUE(back) << to_text(back.error());
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_EQ(back->name, "sample");
    EXPECT_EQ(back->regions[0].states, table.regions[0].states);
    ASSERT_EQ(back->rules.size(), table.rules.size());
    for (std::size_t at = 0; at < table.rules.size(); ++at) {
        EXPECT_EQ(back->rules[at].event, table.rules[at].event);
        EXPECT_EQ(back->rules[at].line, table.rules[at].line);
        EXPECT_EQ(back->rules[at].guard.require, table.rules[at].guard.require);
    }
    EXPECT_LT(bytes.size(), 1'000U);
}

TEST(Codec, EveryFieldSurvives) {
    Table table;
    table.name = "x";
    table.revision = 0xffffffff;
    table.attach = Attach::route;
    table.regions = {{"r", {"s"}}};
    table.slots = {"n"};
    table.texts = {"a", "b"};
    table.tests = {{0, 1}};
    table.compares = {{Operand::number, Comparison::more, 7, INT64_MIN}};
    Action action;
    action.verb = Verb::add;
    action.role = 3;
    action.target = Target::linked;
    action.amount = Amount::done_part;
    action.field = 0xfffffffe;
    action.observation_field = 77;
    action.from_event = 1;
    action.text = 1;
    action.text2 = 0;
    action.number = INT64_MAX;
    table.actions = {action};
    Rule rule;
    rule.event = static_cast<std::uint32_t>(Event::executed);
    rule.from = 1;
    rule.actions = 1;
    rule.line = 0xffff;
    rule.guard = {1, std::uint64_t{1} << 63, 0, 1, 0, 1};
    table.rules = {rule};
    table.statuses = {{"t", {}}};
    const Result<Table> back = decode(encode(table));
    ASSERT_TRUE(back) << to_text(back.error());
    const Action& same = back->actions[0];
    EXPECT_EQ(same.number, INT64_MAX);
    EXPECT_EQ(same.field, 0xfffffffe);
    EXPECT_EQ(same.observation_field, 77U);
    EXPECT_EQ(same.target, Target::linked);
    EXPECT_EQ(same.amount, Amount::done_part);
    EXPECT_EQ(same.role, 3);
    EXPECT_EQ(same.from_event, 1);
    EXPECT_EQ(same.text, 1);
    EXPECT_EQ(same.text2, 0);
    EXPECT_EQ(same.undo, none);
    EXPECT_EQ(back->compares[0].value, INT64_MIN);
    EXPECT_EQ(back->rules[0].guard.forbid, std::uint64_t{1} << 63);
    EXPECT_EQ(back->rules[0].line, 0xffff);
}

/// These bytes lie in journals: they must be readable for ever. A new version adds bytes of its own
/// here and leaves these as they are.
TEST(Codec, VersionOneStaysReadable) {
    const std::string_view hex =
        "4f4d534c010161ac020101067468696e6773010172020161016201016b0102676f01086f7261636c652e"
        "78020171017701026f6be80703000100020002020101000103060002030f040101000100000000ff01ff"
        "ff03000100010001010000000000000002ffff03ffff030002040101000000000000ff01ffff03ffff03"
        "ffff0300020100ff0100020b018080808080400000000001e807000100000c030000000101010204646f"
        "6e65000001010200046f70656e000000000000000002010200";
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16));
    const Result<Table> table = decode(bytes);
    ASSERT_TRUE(table) << to_text(table.error());
    EXPECT_EQ(table->name, "a");
    EXPECT_EQ(table->revision, 300U);
    EXPECT_EQ(table->regions[0].states, (std::vector<std::string>{"a", "b"}));
    ASSERT_EQ(table->rules.size(), 2U);
    EXPECT_EQ(table->rules[0].line, 11);
    EXPECT_EQ(table->rules[1].to, 1);
    EXPECT_EQ(table->compares[0].value, -1);
    EXPECT_EQ(table->plugin_facts, (std::vector<std::string>{"oracle.x"}));
    EXPECT_EQ(table->actions[1].undo_bit, 0);
    EXPECT_EQ(table->answers[0].word, "ok");
    EXPECT_EQ(encode(*table), bytes);
}

TEST(Codec, OtherBytesAreRefusedInWords) {
    EXPECT_EQ(error_of(""),
              "OMS-3000: these bytes are not compiled lifecycle tables\n"
              "  what to do: see where they come from; tables begin with \"OMSL\"");
    EXPECT_EQ(error_of("OMSL\x02"),
              "OMS-3001: the lifecycle tables have version 2, and this program reads up to 1\n"
              "  what to do: use the version of oms that wrote them, or a later one");
    EXPECT_EQ(error_of(std::string_view("OMSL\x00", 5)),
              "OMS-3002: the lifecycle tables are damaged near byte 5\n"
              "  what to do: restore the journal from a copy");
    std::string bytes = encode(table_of(sample));
    EXPECT_NE(error_of(bytes + '\0'), "no error");
    bytes.pop_back();
    EXPECT_NE(error_of(bytes), "no error");
}

/// Whatever the bytes are, the answer is a table that can be written again as it was read, or an
/// error; and never one that leads the walk out of bounds.
TEST(Codec, DamagedBytesGiveAnAnswer) {
    const std::string good = encode(table_of(sample));
    std::size_t readable = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        EXPECT_FALSE(decode(good.substr(0, at))) << at;
        for (int change = 1; change < 256; ++change) {
            std::string bytes = good;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            const Result<Table> table = decode(bytes);
            if (!table) continue;
            ++readable;
            ASSERT_EQ(encode(*table), bytes) << at << " " << change;
        }
    }
    EXPECT_GT(readable, 1'000U);  // Letters of names, masks, numbers.
}

TEST(Validate, NamesWhatIsWrong) {
    const auto fault_of = [](const std::function<void(Table&)>& damage) {
        Table table = table_of(sample);
        damage(table);
        const Status status = validate(table);
        return status ? std::string("no error") : status.error().reason;
    };
    const std::string of = "the tables of lifecycle \"sample\" have ";
    EXPECT_EQ(fault_of([](Table&) {}), "no error");
    EXPECT_EQ(fault_of([](Table& t) { t.regions.clear(); }), of + "a list is too long or empty");
    EXPECT_EQ(fault_of([](Table& t) { t.tests[0].states = 0x80; }),
              of + "a condition about a region or state that is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.compares[0].index = 9; }),
              of + "a comparison with something that is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.answers[0].event = 999; }),
              of + "an answer whose event is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.actions[0].role = 9; }),
              of + "an action that names something that is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.actions.back().undo_bit = 3; }),
              of + "an action that names something that is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.rules[0].to = 9; }),
              of + "a rule that names something that is not there");
    EXPECT_EQ(fault_of([](Table& t) { std::swap(t.rules.front(), t.rules.back()); }),
              of + "a rule that names something that is not there");
    EXPECT_EQ(fault_of([](Table& t) { t.statuses.back().guard.require = 1; }),
              of + "no status that always holds");
    EXPECT_EQ(fault_of([](Table& t) { t.ended.tests = 99; }),
              of + "an end whose condition is not there");
}

}  // namespace
}  // namespace oms::lifecycle
