// SPDX-License-Identifier: Apache-2.0
// The registries say each name and each number once.
#include <oms/sdk/codes.hpp>
#include <oms/sdk/fields.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string_view>

namespace {

using namespace oms::sdk;

template <class Infos>
void expect_distinct(const Infos& infos) {
    std::set<std::string_view> names;
    std::set<std::uint64_t> numbers;
    for (const auto& info : infos) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name << " is given out twice";
        EXPECT_TRUE(numbers.insert(info.number).second) << info.number << " is given out twice";
    }
}

TEST(Fields, give_out_each_name_and_number_once) {
    expect_distinct(term_infos);
    expect_distinct(observation_infos);
    expect_distinct(error_infos);
    for (const CodeSet& set : code_sets) expect_distinct(set.codes);
    for (const TermInfo& info : term_infos) {
        EXPECT_GT(info.number, 0U);
        EXPECT_LT(info.number, first_plugin_field) << info.name;
    }
}

TEST(Fields, have_words_for_every_choice_and_only_for_choices) {
    for (const TermInfo& info : term_infos)
        EXPECT_EQ(info.meaning == FieldMeaning::choice, !choices(info.name).empty()) << info.name;
    for (const ChoiceInfo& info : choice_infos) {
        ASSERT_NE(term_info(info.set), nullptr) << info.set;
        EXPECT_EQ(choice_number(info.set, info.name), info.number);
        EXPECT_EQ(choice_name(info.set, info.number), info.name);
    }
}

TEST(Fields, hold_texts_where_the_meaning_is_text) {
    for (const TermInfo& info : term_infos) {
        const bool text = info.meaning == FieldMeaning::text || info.meaning == FieldMeaning::vault;
        EXPECT_EQ(text, info.type == TermType::text) << info.name;
    }
}

TEST(Fields, are_found_by_name_and_number) {
    EXPECT_EQ(term_info("limit_price")->number, field::limit_price);
    EXPECT_EQ(term_info(field::ship_to_latitude)->name, "ship_to_latitude");
    EXPECT_EQ(term_info("limit_prize"), nullptr);
    EXPECT_EQ(term_info(9999U), nullptr);
    EXPECT_EQ(observation_info("bid")->number, observed::bid);
    EXPECT_EQ(observation_info(observed::available)->meaning, FieldMeaning::quantity);
    EXPECT_EQ(choice_number("order_type", "limit"), choice::order_type::limit);
    EXPECT_EQ(choice_number("order_type", "gtc"), std::nullopt);
    EXPECT_EQ(choices("order_type").size(), 4U);
    EXPECT_TRUE(choices("limit_price").empty());
}

TEST(Codes, are_found_by_name_and_number) {
    EXPECT_EQ(code_number(direction_names, "receive"), OMS_direction_receive);
    EXPECT_EQ(code_name(direction_names, OMS_direction_deliver), "deliver");
    EXPECT_EQ(code_name(direction_names, 9), "");
    EXPECT_EQ(code_number(direction_names, "buy"), std::nullopt);
    EXPECT_EQ(code_name(code_set("class"), OMS_class_product), "product");
    EXPECT_TRUE(code_set("nothing").empty());
}

TEST(Errors, say_reason_and_remedy) {
    for (const ErrorInfo& info : error_infos) {
        EXPECT_FALSE(info.reason.empty()) << info.name;
        EXPECT_FALSE(info.remedy.empty()) << info.name;
    }
    EXPECT_EQ(error_info(OMS_ERROR_insufficient)->name, "insufficient");
    EXPECT_EQ(error_info(42), nullptr);
    const oms::Error error = make_error(OMS_ERROR_insufficient, "lines[0]", "only 3 are there");
    EXPECT_EQ(error.reason, "only 3 are there");
    EXPECT_EQ(error.remedy, error_info(OMS_ERROR_insufficient)->remedy);
    EXPECT_EQ(error.place, "lines[0]");
}

}  // namespace
