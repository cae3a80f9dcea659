// SPDX-License-Identifier: Apache-2.0
// Values, tables and the grammar of lines.
#include "cli/line_grammar.hpp"
#include "cli/product_folder.hpp"
#include "cli/progress.hpp"
#include "cli/tests/typed.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms::cli::test {
namespace {

using testing::HasSubstr;

TEST(Values, ReadTimesStrictly) {
    EXPECT_EQ(read_time("1970-01-01"), 0);
    EXPECT_EQ(read_time("1970-01-02T00:00:00.5Z"), 86'400'500'000'000);
    EXPECT_EQ(read_time("1970-01-01T01:00:00+01:00"), 0);
    for (const char* wrong : {"", "1970-1-1", "1970-02-30", "1970-01-01 00:00:00Z",
                              "1970-01-01T24:00:00Z", "1970-01-01T00:00:00", "1970-01-01x"})
        EXPECT_FALSE(read_time(wrong)) << wrong;
}

TEST(Values, WriteTimesWithMilliseconds) {
    EXPECT_EQ(time_text(0), "1970-01-01 00:00:00.000");
    EXPECT_EQ(time_text(86'400'500'999'999), "1970-01-02 00:00:00.500");
    EXPECT_EQ(clock_text(1'020'000'000), "00:00:01.020");
}

TEST(Values, MakeKeysThatBeginWithTheirDay) {
    const std::string key = make_key(0);
    EXPECT_THAT(key, testing::StartsWith("19700101-"));
    EXPECT_EQ(key.size(), 21U);
    EXPECT_NE(key, make_key(0));
}

TEST(Values, SayWhatIsWrongWithADecimal) {
    try {
        need_decimal("1.255", 2, "--limit", "XYZ");
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.exit(), Exit::usage);
        EXPECT_EQ(failure.errors()[0].place, "--limit");
        EXPECT_EQ(failure.errors()[0].remedy, "XYZ has 2 decimals at most");
    }
}

TEST(Progress, IsReadable) {
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(1234567), "1,234,567");
    EXPECT_EQ(span_text(125), "2 min 5 s");
    EXPECT_EQ(rate_text(12'345), "12.3 k/s");
}

TEST(Tables, AlignForPeopleAndSeparateForPrograms) {
    std::string out;
    std::string err;
    const Console console(out, err);
    Table table({{"name"}, {"empty"}, {"count", true}});
    table.add({"a", "", "5"});
    table.add({"longer", "", "1000"});
    EXPECT_EQ(table.aligned(console), "name    count\na           5\nlonger   1000\n");
    EXPECT_EQ(table.separated(), "name\tempty\tcount\na\t\t5\nlonger\t\t1000\n");
    Table hostile({{"text"}});
    hostile.add({"a\x1b[31m\tb"});
    EXPECT_EQ(hostile.separated(), "text\na [31m b\n");
}

TEST(Tables, WrapBetweenWords) {
    EXPECT_EQ(wrapped("one two three", 9, 2), "  one two\n  three");
    EXPECT_EQ(wrapped("one\ntwo", 80, 1), " one\n two");
}

TEST(Hints, CallTheProgramAsItWasCalled) {
    EXPECT_EQ(command_text("oms orders && oms why 1", "./bin/oms"),
              "./bin/oms orders && ./bin/oms why 1");
    EXPECT_EQ(command_text("curl rooms/oms x", "./oms"), "curl rooms/oms x");
}

TEST(LineGrammar, PutsOptionsWhereTheyStand) {
    const OrderWords words = read_order_arguments(
        cut("--kind plain --account desk --deliver 2 ABC --amount 119.80 --set reason=gift "
            "--receive 119.80 EUR --role money --limit 5 --term client_id=A=7"));
    ASSERT_EQ(words.lines.size(), 2U);
    EXPECT_EQ(words.lines[0].direction, std::uint32_t{OMS_direction_deliver});
    EXPECT_EQ(words.lines[0].quantity, "2");
    EXPECT_EQ(words.lines[0].product, "ABC");
    ASSERT_EQ(words.lines[0].terms.size(), 2U);
    EXPECT_EQ(words.lines[0].terms[0].name, "amount");
    EXPECT_EQ(words.lines[0].terms[1].value, "gift");
    EXPECT_EQ(words.lines[1].role, "money");
    ASSERT_EQ(words.terms.size(), 2U);
    EXPECT_EQ(words.terms[0].name, "limit");
    EXPECT_EQ(words.terms[1].value, "A=7");
}

TEST(LineGrammar, KeepsTheOrderOfLinesOfSeveralKinds) {
    const OrderWords words =
        read_order_arguments(cut("--kind plain --account desk --buy 1 A --sell 2 B --buy 3 C "
                                 "--line deliver:4:D:role=1:in=0:ratio=2"));
    ASSERT_EQ(words.lines.size(), 4U);
    EXPECT_EQ(words.lines[1].product, "B");
    EXPECT_EQ(words.lines[2].product, "C");
    EXPECT_EQ(words.lines[2].direction, std::uint32_t{OMS_direction_receive});
    EXPECT_EQ(words.lines[3].direction, std::uint32_t{OMS_direction_deliver});
    EXPECT_EQ(words.lines[3].role, "1");
    EXPECT_EQ(words.lines[3].parent, "0");
    EXPECT_EQ(words.lines[3].ratio, "2");
}

TEST(LineGrammar, SaysWhatStandsInTheWrongPlace) {
    const auto complaint = [](const std::string& line) {
        try {
            read_order_arguments(cut("--kind plain --account desk " + line));
        } catch (const Failure& failure) {
            return to_text(failure.errors()[0]);
        }
        return std::string("no complaint");
    };
    EXPECT_THAT(complaint("--role money --buy 1 A"), HasSubstr("there is none in front of it"));
    EXPECT_THAT(complaint("--line buy:1"), HasSubstr("a line has a direction, a quantity"));
    EXPECT_THAT(complaint("--line recieve:1:A"), HasSubstr("did you mean \"receive\"?"));
    EXPECT_THAT(complaint("--buy 1 A --term x"), HasSubstr("not of the form name=value"));
}

TEST(ExitCodes, FollowTheRangesOfErrors) {
    EXPECT_EQ(exit_for(1025), Exit::refused);
    EXPECT_EQ(exit_for(4003), Exit::configuration);
    EXPECT_EQ(exit_for(5104), Exit::journal_damaged);
    EXPECT_EQ(exit_for(runtime::error_not_running), Exit::not_reachable);
    EXPECT_EQ(exit_for(runtime::error_no_answer), Exit::unknown);
    EXPECT_EQ(exit_for(runtime::error_connection_lost), Exit::unknown);
    EXPECT_EQ(exit_for(runtime::error_unknown_name), Exit::refused);
    EXPECT_EQ(exit_for(error_no_such_verb), Exit::usage);
    EXPECT_EQ(exit_for(42), Exit::internal);
}

}  // namespace
}  // namespace oms::cli::test
