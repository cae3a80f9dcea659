// SPDX-License-Identifier: Apache-2.0
#include "body.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace oms::rest {
namespace {

constexpr std::string_view colours[] = {"red", "green"};
constexpr Member part_members[] = {
    {"name", MemberKind::code, true, "its name"},
    {"weight", MemberKind::decimal, false, "in grams"},
};
constexpr Member members[] = {
    {"title", MemberKind::text, true, "a title"},
    {"count", MemberKind::integer, false, "a count"},
    {"price", MemberKind::decimal, false, "a price"},
    {"paid", MemberKind::money, false, "money"},
    {"colour", MemberKind::word, false, "a colour", {}, colours},
    {"colours", MemberKind::words, false, "colours", {}, colours},
    {"done", MemberKind::boolean, false, "done"},
    {"parts", MemberKind::objects, false, "parts", part_members},
    {"terms", MemberKind::terms, false, "terms"},
};

Problem problem_of(std::string_view json) {
    BodyReader reader;
    try {
        reader.read(json, members);
    } catch (const Problem& problem) {
        return problem;
    }
    return {};
}

TEST(Body, IsReadMemberByMember) {
    BodyReader body;
    body.read(R"({"title":"t\u00e4\"","count":-3,"price":"12.50","done":true,"colour":"green",
                 "paid":{"currency":"EUR","amount":"1.20"},"colours":["red","red"],
                 "parts":[{"name":"a"},{"weight":"1","name":"b"}],
                 "terms":{"limit_price":"1.5","order_type":"limit","line_amount":
                          {"amount":"2","currency":"EUR"}}})",
              members);
    const BodyValue& root = body.root();
    EXPECT_EQ(body.text(root, "title"), "t\xc3\xa4\"");
    EXPECT_EQ(body.find(root, "count")->number, -3);
    EXPECT_EQ(body.text(root, "price"), "12.50");
    EXPECT_TRUE(body.find(root, "done")->boolean);
    EXPECT_EQ(body.find(root, "paid")->text, "1.20");
    EXPECT_EQ(body.find(root, "paid")->currency, "EUR");
    const BodyValue* part = body.first(*body.find(root, "parts"));
    ASSERT_NE(part, nullptr);
    part = body.next(*part);
    ASSERT_NE(part, nullptr);
    EXPECT_EQ(body.text(*part, "name"), "b");
    EXPECT_EQ(body.path(*body.find(*part, "weight")), "/parts/1/weight");
    EXPECT_EQ(body.next(*part), nullptr);
    const BodyValue* term = body.first(*body.find(root, "terms"));
    EXPECT_EQ(term->term->number, sdk::field::limit_price);
    EXPECT_EQ(body.path(*term), "/terms/limit_price");
    EXPECT_EQ(body.find(root, "absent"), nullptr);
}

TEST(Body, RefusesNamesThatItDoesNotKnowWithASuggestion) {
    const Problem top = problem_of(R"({"title":"x","prise":"1"})");
    EXPECT_EQ(top.code, error_unknown_member);
    EXPECT_EQ(top.path, "/prise");
    EXPECT_NE(top.observed.find("did you mean \"price\"?"), std::string::npos) << top.observed;
    const Problem deep = problem_of(R"({"title":"x","parts":[{"name":"a","wieght":"1"}]})");
    EXPECT_EQ(deep.path, "/parts/0/wieght");
    EXPECT_NE(deep.observed.find("weight"), std::string::npos);
    const Problem term = problem_of(R"({"title":"x","terms":{"limit_prise":"1"}})");
    EXPECT_NE(term.observed.find("limit_price"), std::string::npos) << term.observed;
    EXPECT_EQ(problem_of(R"({"title":"x","a/b~c":"1"})").path, "/a~1b~0c");
}

TEST(Body, RefusesDoubledNamesEvenWhenTheyAreEscaped) {
    EXPECT_EQ(problem_of(R"({"title":"x","title":"x"})").code, error_doubled_member);
    EXPECT_EQ(problem_of(R"({"title":"x","t\u0069tle":"x"})").code, error_doubled_member);
    EXPECT_EQ(problem_of(R"({"title":"x","terms":{"reason":"a","reason":"b"}})").code,
              error_doubled_member);
    EXPECT_EQ(problem_of(R"({"title":"x","paid":{"amount":"1","amount":"1"}})").code,
              error_doubled_member);
}

TEST(Body, RefusesNumbersWhereDecimalsBelongAndSaysWhy) {
    const Problem price = problem_of(R"({"title":"x","price":12.50})");
    EXPECT_EQ(price.code, error_number_for_decimal);
    EXPECT_EQ(price.path, "/price");
    EXPECT_NE(price.title.find("readers round numbers"), std::string::npos);
    EXPECT_EQ(problem_of(R"({"title":"x","paid":12.50})").code, error_number_for_decimal);
    EXPECT_EQ(problem_of(R"({"title":"x","paid":{"amount":1,"currency":"EUR"}})").code,
              error_number_for_decimal);
    EXPECT_EQ(problem_of(R"({"title":"x","terms":{"limit_price":1}})").code,
              error_number_for_decimal);
}

TEST(Body, RefusesWhatIsMissingOrOfAnotherType) {
    EXPECT_EQ(problem_of(R"({})").code, error_missing_member);
    EXPECT_EQ(problem_of(R"({"title":"x","parts":[{}]})").path, "/parts/0/name");
    EXPECT_EQ(problem_of(R"({"title":"x","paid":{"amount":"1"}})").path, "/paid/currency");
    for (const std::string_view bad :
         {R"({"title":null})", R"({"title":1})", R"({"title":{}})", R"({"title":"x","count":"1"})",
          R"({"title":"x","count":1.5})", R"({"title":"x","count":99999999999999999999})",
          R"({"title":"x","done":"true"})", R"({"title":"x","parts":{}})",
          R"({"title":"x","parts":["a"]})", R"({"title":"x","paid":"1"})",
          R"({"title":"x","terms":[]})", R"({"title":"x","colours":"red"})", R"(["title"])",
          R"("title")"})
        EXPECT_EQ(problem_of(bad).code, error_wrong_type) << bad;
    const Problem word = problem_of(R"({"title":"x","colour":"gren"})");
    EXPECT_EQ(word.code, error_bad_word);
    EXPECT_NE(word.observed.find("green"), std::string::npos);
    EXPECT_EQ(problem_of(R"({"title":"x","colours":["blue"]})").path, "/colours/0");
}

TEST(Body, RefusesWhatIsNoJson) {
    for (const std::string_view bad :
         {"", " ", "{", "}", R"({"title":"x"} x)", R"({"title":"x"}})", R"({"title":"x",})",
          R"({"title" "x"})", R"({"title":"x)", R"({'title':'x'})", "{\"title\":\"\xff\"}",
          R"({"title":"x","count":01})", R"({"title":"x","count":1x})", R"({"title":"\q"})",
          R"({"title":"x","done":tru})", "nul", "\xef\xbb\xbf{}"}) {
        const Problem problem = problem_of(bad);
        EXPECT_TRUE(problem.code == error_bad_json || problem.code == error_wrong_type ||
                    problem.code == error_missing_member)
            << bad << " gave " << problem.code;
        EXPECT_NE(problem.code, 0U) << bad;
    }
}

TEST(Body, HasLimits) {
    std::string many = R"({"title":"x","parts":[)";
    for (std::size_t at = 0; at <= max_list_items; ++at)
        many += std::string(at == 0 ? "" : ",") + R"({"name":"a"})";
    EXPECT_EQ(problem_of(many + "]}").code, error_too_many);
    EXPECT_EQ(problem_of(R"({"title":")" + std::string(max_text_bytes + 1, 'x') + "\"}").code,
              error_text_too_long);
    EXPECT_EQ(problem_of(std::string(5000, '[')).code, error_wrong_type);
}

// A reader that is used again, on bytes that go wrong anywhere, either reads or throws a Problem.
TEST(Body, SurvivesBrokenBytes) {
    const std::string good =
        R"({"title":"x\n","count":12,"price":"1.5","paid":{"amount":"1","currency":"EUR"},)"
        R"("parts":[{"name":"a","weight":"2"}],"terms":{"limit_price":"1","expire_time":"x"}})";
    constexpr unsigned seed = 20260301;
    std::mt19937 random(seed);
    BodyReader reader;
    for (int round = 0; round < 20000; ++round) {
        std::string bytes = good.substr(0, random() % (good.size() + 1));
        for (unsigned change = random() % 4; change > 0 && !bytes.empty(); --change)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        try {
            reader.read(bytes, members);
        } catch (const Problem& problem) {
            EXPECT_GE(problem.code, 7000U) << "seed " << seed << ", round " << round;
        }
    }
}

TEST(Body, SaysWhereTheJsonBreaks) {
    const struct {
        std::string_view json;
        std::string_view words;
        std::size_t line, column, byte;
    } cases[] = {
        {"{\"title\": \"t\",\n  \"count\" 3}", "a comma, a colon", 2, 11, 25},
        {"{\"title\": \"t\",\n \"done\": ture}", "neither true, false nor null", 2, 10, 24},
        {"{\"title\":\n\"t", "no closing quote", 2, 1, 10},
        {"{\"title\": \"\xc3\x28\"}", "not UTF-8", 1, 12, 11},
        {"{\"title\": \"a\tb\"}", "control character", 1, 13, 12},
        {"{\"title\": \"t\"} x", "behind the end", 1, 16, 15},
        {"   ", "nothing but blanks", 1, 4, 3},
        {"{\"parts\": [", "not closed", 1, 12, 11},
    };
    for (const auto& each : cases) {
        const Problem problem = problem_of(each.json);
        EXPECT_EQ(problem.code, error_bad_json) << each.json;
        EXPECT_NE(problem.detail.find(each.words), std::string::npos) << problem.detail;
        const std::string place =
            ", at line " + std::to_string(each.line) + ", column " + std::to_string(each.column);
        EXPECT_TRUE(problem.detail.ends_with(place)) << each.json << ": " << problem.detail;
        EXPECT_EQ(problem.extra, "\"position\":{\"line\":" + std::to_string(each.line) +
                                     ",\"column\":" + std::to_string(each.column) +
                                     ",\"byte\":" + std::to_string(each.byte) + "}");
    }
}

TEST(Body, TakesARoleByNameOrNumber) {
    constexpr Member role_members[] = {{"role", MemberKind::role, true, "a role"}};
    BodyReader body;
    body.read(R"({"role":"money"})", role_members);
    EXPECT_EQ(body.find(body.root(), "role")->text, "money");
    body.read(R"({"role":2})", role_members);
    EXPECT_EQ(body.find(body.root(), "role")->number, 2);
    EXPECT_EQ(body.find(body.root(), "role")->text.data(), nullptr);
    for (const std::string_view bad : {R"({"role":true})", R"({"role":1.5})", R"({"role":[]})"})
        try {
            body.read(bad, role_members);
            ADD_FAILURE() << bad;
        } catch (const Problem& problem) {
            EXPECT_EQ(problem.path, "/role");
        }
}

}  // namespace
}  // namespace oms::rest
