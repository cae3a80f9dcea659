// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/config.hpp"
#include "runtime/config/csv.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms::runtime::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class ConfigTest : public testing::Test {
protected:
    yaml::Checked<Config> read() {
        ConfigSource source;
        source.place = world_.folder().path();
        source.text = world_.config;
        source.plugins = {Gatekeeper::given(), by_list()};
        return read_config(source);
    }
    /// Puts one text in the place of another and says what is wrong with the result.
    std::string problems_with(std::string_view before, std::string_view after) {
        const std::size_t at = world_.config.find(before);
        EXPECT_NE(at, std::string::npos) << before;
        world_.config.replace(at, before.size(), after);
        const auto config = read();
        return config ? "nothing is wrong" : yaml::to_text(config.error());
    }
    SmallWorld world_;
};

TEST_F(ConfigTest, ReadsASoundOne) {
    const auto config = read();
    ASSERT_TRUE(config) << yaml::to_text(config.error());
    EXPECT_EQ(config->instances.size(), 2u);
    EXPECT_EQ(config->lifecycles.size(), 2u);
    EXPECT_EQ(config->data, world_.folder().path() / "data");
    EXPECT_EQ(config->limits.plugin_stall_ms, 300);
    ASSERT_NE(config->reference(OMS_class_product, "THING"), nullptr);
    EXPECT_EQ(config->reference(OMS_class_product, "THING")->terms.size(), 3u);
}

TEST_F(ConfigTest, PutsParentsBeforeWhatLiesUnderThem) {
    const auto config = read();
    ASSERT_TRUE(config);
    std::vector<std::string> accounts;
    for (const ReferenceSpec& spec : config->references)
        if (spec.reference_class == OMS_class_account) accounts.push_back(spec.code);
    EXPECT_THAT(accounts, ElementsAre("house", "firm", "desk"));
}

TEST_F(ConfigTest, SaysAllThatIsWrongAtOnce) {
    world_.config += "nonsense: 1\nlimitz: {}\n";
    const std::string text = problems_with("under: firm", "under: frm");
    EXPECT_THAT(text, AllOf(HasSubstr("\"nonsense\""), HasSubstr("did you mean \"limits\"?"),
                            HasSubstr("did you mean \"firm\"?")));
}

TEST_F(ConfigTest, NamesPlaceAndSuggestion) {
    EXPECT_THAT(
        problems_with("checks: [gatekeeper]", "checks: [gatekeper]"),
        AllOf(HasSubstr("oms.yaml:8:3: OMS-6003"), HasSubstr("did you mean \"gatekeeper\"?")));
}

TEST_F(ConfigTest, WantsAPluginOfTheRightKind) {
    EXPECT_THAT(problems_with("routing: by_list", "routing: gatekeeper"),
                AllOf(HasSubstr("OMS-6004"), HasSubstr("a routing is needed here")));
}

TEST_F(ConfigTest, WantsALifecycleOfTheRightSide) {
    EXPECT_THAT(problems_with("route_lifecycle: party", "route_lifecycle: plain"),
                AllOf(HasSubstr("OMS-6005"), HasSubstr("is one of orders")));
}

TEST_F(ConfigTest, WantsRolesThatTheLifecycleHas) {
    EXPECT_THAT(problems_with("    routing: by_list\n    destinations: [north]\n",
                              "    roles: {goods: {routing: by_list}}\n"),
                AllOf(HasSubstr("OMS-6006"), HasSubstr("beside the lifecycle")));
}

TEST_F(ConfigTest, FindsAccountsThatLieUnderThemselves) {
    EXPECT_THAT(problems_with("  firm:\n", "  firm: {under: desk}\n"), HasSubstr("OMS-6008"));
}

TEST_F(ConfigTest, RefusesUnknownTermsAndUnknownDestinations) {
    EXPECT_THAT(problems_with("tick:", "tik:"), HasSubstr("did you mean \"tick\"?"));
    EXPECT_THAT(problems_with("destinations: [north]", "destinations: [nort]"),
                HasSubstr("did you mean \"north\"?"));
}

TEST_F(ConfigTest, RefusesNamesWithBlanks) {
    EXPECT_THAT(problems_with("channels: [wire]", "channels: [\"a wire\"]"), HasSubstr("OMS-6002"));
}

TEST_F(ConfigTest, TakesProductsFromFiles) {
    world_.folder().write(
        "more.csv", "code,scale,price_scale,tick,name\nA,0,2,0.01,\"One, and more\"\nB,,,,\n");
    world_.config += "load: {products: [more.csv]}\n";
    const auto config = read();
    ASSERT_TRUE(config) << yaml::to_text(config.error());
    const ReferenceSpec* first = config->reference(OMS_class_product, "A");
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->price_scale, 2u);
    EXPECT_EQ(first->terms.at(1).text, "One, and more");
    EXPECT_NE(config->reference(OMS_class_product, "B"), nullptr);
}

TEST_F(ConfigTest, SaysWhereAProductFileIsWrong) {
    world_.folder().write("more.csv", "code,scale,tikc\nA,0,1\n");
    world_.config += "load: {products: [more.csv]}\n";
    EXPECT_THAT(problems_with("north", "north"), HasSubstr("did you mean \"tick\"?"));
    world_.folder().write("more.csv", "code,scale\nA,99\nTHING,1\nA,0\n");
    EXPECT_THAT(problems_with("north", "north"),
                AllOf(HasSubstr("more.csv:2: column \"scale\""), HasSubstr("more.csv:3"),
                      HasSubstr("more.csv:4")));
}

TEST_F(ConfigTest, FindsTheSocketWithoutReadingTheRest) {
    world_.folder().write("oms.yaml", world_.config);
    const auto places = read_config_places(world_.folder().path());
    ASSERT_TRUE(places);
    EXPECT_EQ(places->control, world_.folder().path() / "data/control.sock");
    const auto missing = read_config_places(world_.folder().path() / "nowhere");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().front().code, error_config_missing);
}

TEST(Csv, ReadsQuotesAndLines) {
    const auto csv = parse_csv("a,b\r\n1,\"x \"\"y\"\", z\"\r\n\n 2 ,\"two\nlines\"\n", "t.csv");
    ASSERT_TRUE(csv) << yaml::to_text(csv.error());
    ASSERT_EQ(csv->rows.size(), 2u);
    EXPECT_THAT(csv->rows[0].cells, ElementsAre("1", "x \"y\", z"));
    EXPECT_THAT(csv->rows[1].cells, ElementsAre("2", "two\nlines"));
    EXPECT_EQ(csv->rows[1].line, 4u);
    EXPECT_EQ(csv->place(csv->rows[0], 1), "t.csv:2: column \"b\"");
}

TEST(Csv, SaysWhatIsWrongWithItsForm) {
    const auto text = [](std::string_view table) {
        const auto csv = parse_csv(table, "t.csv");
        return csv ? std::string("sound") : yaml::to_text(csv.error());
    };
    EXPECT_THAT(text(""), HasSubstr("the table is empty"));
    EXPECT_THAT(text("a,a\n"), HasSubstr("two columns are called \"a\""));
    EXPECT_THAT(text("a,b\n1\n"), HasSubstr("t.csv:2: OMS-6020: the row has 1 cells"));
    EXPECT_THAT(text("a\n\"1\n"), HasSubstr("not closed"));
    EXPECT_THAT(text("a\n1\"2\n"), HasSubstr("a quote stands within a cell"));
    EXPECT_THAT(text("a\n\"1\"2\n"), HasSubstr("behind the closing quote"));
}

class LoadTest : public ConfigTest {
protected:
    /// Opens the world on files, and what it says while it does.
    std::string open() {
        auto opened = world_.open(false);
        if (!opened) return yaml::to_text(opened.error());
        EXPECT_TRUE((*opened)->start());
        const auto port = (*opened)->port("test");
        auto query = sdk::make<oms_query>();
        query.subject = OMS_subject_balances;
        query.reference = port->reference(OMS_class_account, "desk").value_or(0);
        balance_ = 0;
        if (const auto rows = port->ask(query))
            for (const oms_record& record : sdk::Records(rows->records.view()))
                if (const auto* row = sdk::as<oms_balance_row>(record))
                    balance_ = static_cast<std::int64_t>(row->balance.low);
        return {};
    }
    std::int64_t balance_ = 0;
};

TEST_F(LoadTest, PostsBalancesOnce) {
    world_.folder().write("books.csv", "account,asset,amount,from\ndesk,EUR,12.50,house\n");
    world_.config += "load: {balances: [books.csv]}\n";
    EXPECT_EQ(open(), "");
    EXPECT_EQ(balance_, 1250);
    EXPECT_EQ(open(), "");
    EXPECT_EQ(balance_, 1250);
    // A changed file is not posted again, and that is said.
    world_.folder().write("books.csv", "account,asset,amount,from\ndesk,EUR,99.00,house\n");
    EXPECT_EQ(open(), "");
    EXPECT_EQ(balance_, 1250);
    EXPECT_THAT(world_.log, testing::Contains(HasSubstr("has changed since it was posted")));
}

TEST_F(LoadTest, SaysWhichCellOfABalanceIsWrong) {
    world_.folder().write("books.csv",
                          "account,asset,amount,from\ndask,EUR,1,house\ndesk,EUR,1.005,house\n");
    world_.config += "load: {balances: [books.csv]}\n";
    EXPECT_THAT(open(), AllOf(HasSubstr("books.csv:2: column \"account\""),
                              HasSubstr("did you mean \"desk\"?"),
                              HasSubstr("books.csv:3: column \"amount\"")));
}

TEST_F(LoadTest, TakesChangedDefinitionsInAtTheNextStart) {
    EXPECT_EQ(open(), "");
    const std::size_t at = world_.config.find("A thing");
    world_.config.replace(at, 7, "A new name");
    EXPECT_EQ(open(), "");
    world_.config.replace(world_.config.find("scale: 0, price_scale: 2"), 24,
                          "scale: 1, price_scale: 2");
    EXPECT_THAT(open(), HasSubstr("OMS-1033"));
}

}  // namespace
}  // namespace oms::runtime::test
