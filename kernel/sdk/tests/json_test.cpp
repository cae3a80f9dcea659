// SPDX-License-Identifier: Apache-2.0
#include <oms/sdk/json.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace oms::sdk {
namespace {

class TestNames final : public Names {
public:
    bool reference(std::uint32_t reference, ReferenceName& name) const override {
        switch (reference) {
            case 1: name = {"CASH", 2, 0}; return true;
            case 2: name = {"WIDGET", 0, 4}; return true;
            case 3: name = {"main", 0, 0}; return true;
            default: return false;
        }
    }
};

template <class Record>
const oms_record& generic(const Record& record) {
    return reinterpret_cast<const oms_record&>(record);
}

std::string written(const oms_record& record) {
    std::string out;
    append_json(out, record, TestNames());
    return out;
}

std::string string_of(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string time_of(std::int64_t ns) {
    std::string out;
    append_time_text(out, ns);
    return out;
}

TEST(JsonString, EscapesWhatMustBeEscaped) {
    EXPECT_EQ(string_of("plain"), "\"plain\"");
    EXPECT_EQ(string_of(""), "\"\"");
    EXPECT_EQ(string_of("a\"b\\c\n\r\t\x01/"), "\"a\\\"b\\\\c\\n\\r\\t\\u0001/\"");
    EXPECT_EQ(string_of(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(JsonString, KeepsGoodUtf8AndReplacesBad) {
    EXPECT_EQ(string_of("gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x8d\x8e"),
              "\"gr\xc3\xbc\xc3\x9f\xe2\x82\xac\xf0\x9f\x8d\x8e\"");
    constexpr std::string_view replaced = "\xef\xbf\xbd";
    for (const std::string_view bad : {"\x80", "\xc3", "\xff"})
        EXPECT_EQ(string_of(bad), "\"" + std::string(replaced) + "\"");
    // Each byte of an overlong form, a surrogate or a cut sequence is broken by itself.
    EXPECT_EQ(string_of("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_EQ(string_of("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
    EXPECT_EQ(string_of("\xe2\x82"
                        "a"),
              "\"\xef\xbf\xbd\xef\xbf\xbd"
              "a\"");
}

TEST(JsonTime, IsRfc3339InUtc) {
    EXPECT_EQ(time_of(0), "1970-01-01T00:00:00Z");
    EXPECT_EQ(time_of(1'709'210'096'250'000'000), "2024-02-29T12:34:56.25Z");
    EXPECT_EQ(time_of(1'000'000'001), "1970-01-01T00:00:01.000000001Z");
    EXPECT_EQ(time_of(-1), "1969-12-31T23:59:59.999999999Z");
    EXPECT_EQ(time_of(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854775807Z");
    EXPECT_EQ(time_of(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145224192Z");
}

TEST(JsonWriterTest, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter json(out);
    json.begin_object().key("a").number(1).key("b").begin_array().number(-2).string("x");
    json.begin_object().end_object().null().boolean(true).end_array();
    json.key("c").decimal(-1250, 2).key("d").id(18446744073709551615U).end_object();
    EXPECT_EQ(out, R"({"a":1,"b":[-2,"x",{},null,true],"c":"-12.50","d":"18446744073709551615"})");
}

TEST(JsonRecord, ShowsDecimalsAtTheScaleOfTheProduct) {
    auto row = make<oms_line_row>();
    row.order = 17;
    row.product = 2;
    row.direction = OMS_direction_receive;
    row.parent_line = OMS_WHOLE_ORDER;
    row.ordered = 100;
    row.done = 40;
    row.average_price = 125050;
    row.value = {40 * 125050, 0};
    EXPECT_EQ(written(generic(row)),
              R"({"record":"line_row","order":"17","line":0,"product":"WIDGET",)"
              R"("direction":"receive","ordered":"100","working":"0","done":"40",)"
              R"("cancelled":"0","over":"0","unrouted":"0","average_price":"12.5050",)"
              R"("value":"500.2000"})");
}

TEST(JsonRecord, ShowsWideAmountsOfBothSigns) {
    auto row = make<oms_balance_row>();
    row.account = 3;
    row.asset = 1;
    row.balance = {~std::uint64_t{0}, -1};  // -1
    row.held = {0, 1};                      // 2^64
    EXPECT_EQ(written(generic(row)),
              R"({"record":"balance_row","account":"main","asset":"CASH","bucket":"on_hand",)"
              R"("balance":"-0.01","held":"184467440737095516.16","available":"0.00"})");
}

TEST(JsonRecord, ShowsWordsFlagsAndUnknownReferencesByNumber) {
    auto row = make<oms_order_row>();
    row.order = 1;
    row.order_kind = 99;
    row.flags = OMS_ORDER_FACT | OMS_POSSIBLE_DUPLICATE | 64;
    row.opened = 1'500'000'000;
    row.changed_seq = 9'007'199'254'740'993;
    row.regions = 0x0002;
    row.status = text("PartiallyFilled");
    EXPECT_EQ(written(generic(row)),
              R"({"record":"order_row","order":"1","order_kind":"#99","lifecycle":0,)"
              R"("flags":["fact","possible_duplicate",64],"opened":"1970-01-01T00:00:01.5Z",)"
              R"("changed_seq":"9007199254740993","regions":[2],"shelf":"live",)"
              R"("status":"PartiallyFilled"})");
}

TEST(JsonRecord, ReadsATermAsItsFieldSays) {
    auto term = make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.type = OMS_term_type_number;
    const auto number = [&](std::uint32_t field, std::uint32_t product, std::int64_t value) {
        std::string out;
        append_term_number(out, field, product, value, TestNames());
        return out;
    };
    EXPECT_EQ(number(field::limit_price, 2, 125000), "\"12.5000\"");
    EXPECT_EQ(number(field::line_amount, 1, 1999), "\"19.99\"");
    EXPECT_EQ(number(field::currency, 0, 1), "\"CASH\"");
    EXPECT_EQ(number(field::expire_time, 0, 1'000'000'000), "\"1970-01-01T00:00:01Z\"");
    EXPECT_EQ(number(field::ship_to_latitude, 0, -48'137'154), "\"-48.137154\"");
    EXPECT_EQ(number(field::order_type, 0, choice::order_type::limit), "\"limit\"");
    EXPECT_EQ(number(field::order_type, 0, 77), "77");
    EXPECT_EQ(number(first_plugin_field, 0, 0), "0");

    term.field = field::limit_price;
    term.product = 2;
    EXPECT_EQ(written(generic(term)),
              R"({"record":"term","field":"limit_price","type":"number","product":"WIDGET",)"
              R"("number":"0.0000"})");
}

TEST(JsonRecord, ReadsAnObservationAsItsFieldSays) {
    auto seen = make<oms_observation>();
    seen.product = 2;
    seen.field = observed::bid_size;
    seen.value = 300;
    EXPECT_EQ(written(generic(seen)),
              R"({"record":"observation","product":"WIDGET","field":"bid_size","value":"300"})");
}

TEST(JsonRecord, NamesErrorsKindsAndHidesBlobs) {
    auto answered = make<oms_answered>();
    answered.code = 1025;
    EXPECT_EQ(written(generic(answered)), R"({"record":"answered","code":"OMS-1025"})");

    auto installed = make<oms_lifecycle_installed>();
    installed.tables = text("12345");
    EXPECT_EQ(written(generic(installed)),
              R"({"record":"lifecycle_installed","lifecycle":0,"tables":{"bytes":5}})");

    oms_record unknown{sizeof(oms_record), 0x0599};
    EXPECT_EQ(written(unknown), R"({"record":1433})");
}

TEST(JsonRecord, StopsWhereAnOlderWriterStopped) {
    auto row = make<oms_order_row>();
    row.order = 5;
    row.status = text("New");
    row.size = offsetof(oms_order_row, status);
    EXPECT_EQ(written(generic(row)),
              R"({"record":"order_row","order":"5","lifecycle":0,"shelf":"live"})");
}

TEST(JsonDecision, ListsItsEffects) {
    Batch batch;
    auto head = make<oms_decision>();
    head.seq = 7;
    head.cause = OMS_RECORD_place_order;
    head.effects = 1;
    head.key = text("k\xff");
    batch.add(head);
    auto halt = make<oms_halt_changed>();
    halt.scope = OMS_halt_scope_all;
    batch.add(halt);
    std::string out;
    append_json_decision(out, batch.view(), TestNames());
    EXPECT_EQ(out, R"({"seq":7,"cause":"place_order","observed":0,"key":"k)"
                   "\xef\xbf\xbd"
                   R"(","effects":[{"record":"halt_changed","scope":"all","on":0}]})");
}

TEST(JsonRecord, EveryKindCanBeWritten) {
    for (const RecordInfo& info : records()) {
        std::vector<std::uint64_t> words(info.size / 8);
        auto& record = *reinterpret_cast<oms_record*>(words.data());
        record = {info.size, info.kind};
        std::string out = written(record);
        EXPECT_EQ(out.front(), '{');
        EXPECT_EQ(out.back(), '}');
    }
}

}  // namespace
}  // namespace oms::sdk
