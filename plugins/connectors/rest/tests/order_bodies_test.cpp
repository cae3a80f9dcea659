// SPDX-License-Identifier: Apache-2.0
#include "order_bodies.hpp"

#include <oms/testkit/fake_port.hpp>

#include <gtest/gtest.h>

namespace oms::rest {
namespace {

std::int64_t time_of(std::string_view text) {
    std::int64_t time = 0;
    return parse_time(text, time) ? time : -1;
}

TEST(Time, IsReadAsRfc3339) {
    EXPECT_EQ(time_of("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(time_of("2024-02-29T12:34:56.25Z"), 1'709'210'096'250'000'000);
    EXPECT_EQ(time_of("2024-02-29T13:34:56.25+01:00"), 1'709'210'096'250'000'000);
    EXPECT_EQ(time_of("2024-02-29t04:04:56.25-08:30"), 1'709'210'096'250'000'000);
    EXPECT_EQ(time_of("1970-01-01T00:00:00.000000001z"), 1);
    for (const std::string_view bad :
         {"", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
          "2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z",
          "2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00Z",
          "2024-01-01T00:00:00.Z", "2024-01-01T00:00:00.1234567890Z", "2024-01-01T00:00:00+1:00",
          "2024-01-01T00:00:00Zx", "9999-01-01T00:00:00Z", "24-01-01T00:00:00Z"})
        EXPECT_EQ(time_of(bad), -1) << bad;
}

TEST(Time, SurvivesTheWayThereAndBack) {
    for (const std::int64_t time :
         {std::int64_t{1}, std::int64_t{-1}, std::int64_t{951'782'400'000'000'000},
          std::int64_t{4'102'444'799'999'999'999}, std::int64_t{-2'208'988'800'000'000'000}}) {
        std::string text;
        sdk::append_time_text(text, time);
        std::int64_t back = 0;
        ASSERT_TRUE(parse_time(text, back)) << text;
        EXPECT_EQ(back, time);
    }
}

class Lines : public testing::Test {
protected:
    Lines() {
        port.define(OMS_class_product, "ACME", 0, 2);
        port.define(OMS_class_product, "KIT", 0, 3);
        port.define(OMS_class_product, "EUR", 2);
    }

    /// The records of an order's lines and terms.
    const sdk::Batch& translate(std::string_view json) {
        batch.clear();
        body.read(json, route().body);
        const BodyTranslator translator(api, body);
        add_lines(batch, translator, *body.find(body.root(), "lines"),
                  body.find(body.root(), "terms"), {});
        return batch;
    }
    static const Route& route() {
        for (const Route& route : route_table())
            if (route.operation == "order_new") return route;
        throw std::runtime_error("there is no such route");
    }
    ErrorCode code_of(const std::string& lines, const std::string& more = "") {
        try {
            translate(R"({"kind":"k","account":"a","lines":)" + lines + more + "}");
        } catch (const Problem& problem) {
            return problem.code;
        }
        return 0;
    }
    template <class Record>
    std::vector<const Record*> all() const {
        std::vector<const Record*> found;
        for (const oms_record& record : sdk::Records(batch.view()))
            if (const Record* row = sdk::as<Record>(record)) found.push_back(row);
        return found;
    }

    testkit::FakePort port;
    Api api{port.raw(), ApiOptions{}, route_table()};
    BodyReader body;
    sdk::Batch batch;
};

TEST_F(Lines, KnowKitsMoneyAndSources) {
    EXPECT_EQ(code_of(R"([{"product":"KIT","direction":"deliver","quantity":"2"},)"
                      R"({"product":"ACME","direction":"deliver","quantity":"6","parent_line":0,)"
                      R"("ratio":3,"sources":[{"order":"12","line":1,"quantity":"6"}]},)"
                      R"({"amount":{"amount":"49.90","currency":"EUR"},"side":"buy","role":1}])"),
              0U);
    const auto lines = all<oms_line>();
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0]->parent_line, OMS_WHOLE_ORDER);
    EXPECT_EQ(lines[0]->role, OMS_ROLE_BY_PRODUCT);
    EXPECT_EQ(lines[1]->parent_line, 0U);
    EXPECT_EQ(lines[1]->ratio, 3U);
    EXPECT_EQ(lines[2]->quantity, 4990);
    EXPECT_EQ(lines[2]->role, 1U);
    const auto sources = all<oms_line_source>();
    ASSERT_EQ(sources.size(), 1U);
    EXPECT_EQ(sources[0]->source_order, 12U);
    EXPECT_EQ(sources[0]->line, 1U);
}

TEST_F(Lines, GiveTermsTheScaleOfTheirProduct) {
    EXPECT_EQ(
        code_of(R"([{"product":"ACME","side":"sell_short","quantity":"2","price":"1.25"}])",
                R"(,"terms":{"stop_price":"1.3","time_in_force":"day","client_id":"c7",)"
                R"("line_amount":{"amount":"2.5","currency":"EUR"},"ship_to_latitude":"48.1"})"),
        0U);
    std::map<std::uint32_t, const oms_term*> terms;
    for (const oms_term* term : all<oms_term>()) terms[term->field] = term;
    ASSERT_EQ(terms.size(), 7U);
    EXPECT_EQ(terms[sdk::field::limit_price]->line, 0U);
    EXPECT_EQ(terms[sdk::field::stop_price]->number, 130);
    EXPECT_EQ(terms[sdk::field::stop_price]->line, OMS_WHOLE_ORDER);
    EXPECT_EQ(terms[sdk::field::sell_kind]->number, sdk::choice::sell_kind::short_sell);
    EXPECT_EQ(terms[sdk::field::time_in_force]->number, 0);
    EXPECT_EQ(sdk::view(terms[sdk::field::client_id]->text), "c7");
    EXPECT_EQ(terms[sdk::field::line_amount]->number, 250);
    EXPECT_EQ(terms[sdk::field::ship_to_latitude]->number, 48'100'000);
}

TEST_F(Lines, AskWhoseScaleAPriceHas) {
    const std::string two = R"([{"product":"ACME","side":"buy","quantity":"1"},)"
                            R"({"product":"KIT","side":"buy","quantity":"1"},)"
                            R"({"product":"ACME","side":"buy","quantity":"1"}])";
    EXPECT_EQ(code_of(two, R"(,"terms":{"limit_price":"1"})"), error_no_scale);
    EXPECT_EQ(code_of(two, R"(,"terms":{"reason":"x"})"), 0U);
    EXPECT_EQ(code_of(R"([{"product":"ACME","side":"buy","quantity":"1","role":4}])"),
              error_wrong_type);
}

}  // namespace
}  // namespace oms::rest
