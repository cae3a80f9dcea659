// SPDX-License-Identifier: Apache-2.0
// The verbs against a kernel that runs: what is typed, what it does, what is told.
#include "cli/spellings.hpp"
#include "cli/tests/typed.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms::cli::test {
namespace {

using runtime::test::Gatekeeper;
using runtime::test::Party;
using runtime::test::SmallWorld;
using testing::HasSubstr;
using testing::Not;

class VerbsTest : public testing::Test {
protected:
    void SetUp() override {
        world_.folder().write("oms.yaml", world_.config);
        auto opened = world_.open(false);
        ASSERT_TRUE(opened) << yaml::to_text(opened.error());
        runtime_ = std::move(*opened);
        ASSERT_TRUE(runtime_->start());
        party_ = std::make_unique<Party>(*runtime_);
    }
    void TearDown() override {
        party_.reset();
        runtime_.reset();
    }
    Typed oms(const std::string& line) {
        return type(line + " --config " + world_.folder().path().string());
    }
    std::string place(const std::string& rest = "") {
        const Typed typed =
            oms("order new --kind plain --account desk --buy 10 THING --key k1 " + rest);
        EXPECT_EQ(typed.exit, 0) << typed.err;
        return typed.out;
    }

    SmallWorld world_;
    std::unique_ptr<runtime::Runtime> runtime_;
    std::unique_ptr<Party> party_;
};

TEST_F(VerbsTest, PlacesShowsAndListsAnOrder) {
    EXPECT_EQ(place("--limit 1.25 --term client_id=A-7"), "1\n");
    const Typed shown = oms("order show 1");
    EXPECT_EQ(shown.exit, 0) << shown.err;
    EXPECT_THAT(shown.out, HasSubstr("order 1  open"));
    EXPECT_THAT(shown.out, HasSubstr("plain for desk"));
    EXPECT_THAT(shown.out, HasSubstr("limit_price  1.25"));
    EXPECT_THAT(shown.out, HasSubstr("client_id    A-7"));
    EXPECT_THAT(shown.out, HasSubstr("north"));
    EXPECT_EQ(oms("order show k1").out, shown.out);
    EXPECT_THAT(oms("orders").out, HasSubstr("1\topen\tplain\tdesk\treceive\t10\tTHING\t0\t"));
    EXPECT_THAT(oms("order show 1 --json").out, HasSubstr("\"ordered\":\"10\""));
}

TEST_F(VerbsTest, GivesTheSameAnswerForTheSameKey) {
    EXPECT_EQ(place(), "1\n");
    EXPECT_EQ(place(), "1\n");
    const Typed other = oms("order new --kind plain --account desk --buy 11 THING --key k1");
    EXPECT_EQ(other.exit, 1);
    EXPECT_THAT(other.err, HasSubstr("OMS-1003"));
}

TEST_F(VerbsTest, SuggestsNamesThatTheKernelKnows) {
    const Typed account = oms("order new --kind plain --account dsk --buy 10 THING");
    EXPECT_EQ(account.exit, 1);
    EXPECT_THAT(account.err, HasSubstr("--account: OMS-6204: there is no account \"dsk\" (did you "
                                       "mean \"desk\"?)"));
    EXPECT_THAT(oms("order new --kind plain --account desk --buy 10 THNG").err,
                HasSubstr("did you mean \"THING\"?"));
    EXPECT_THAT(oms("order new --kind plan --account desk --buy 10 THING").err,
                HasSubstr("did you mean \"plain\"?"));
    EXPECT_THAT(oms("order new --kind plain --account desk --buy 10 THING --term limt_price=1").err,
                HasSubstr("did you mean \"limit_price\"?"));
    EXPECT_THAT(oms("order new --kind plain --account desk --buy 1.5 THING").err,
                HasSubstr("THING has 0 decimals at most"));
}

TEST_F(VerbsTest, TellsWhyARequestWasRefused) {
    Gatekeeper::mood = Gatekeeper::Mood::refuse;
    const Typed typed =
        oms("order new --kind plain --account desk --buy 10 THING --key 20261122-no");
    EXPECT_EQ(typed.exit, 1);
    EXPECT_EQ(typed.out, "");
    EXPECT_THAT(typed.err, HasSubstr("not today"));
    EXPECT_THAT(typed.err, HasSubstr("oms why 20261122-no"));
    const Typed why = oms("why 20261122-no");
    EXPECT_EQ(why.exit, 0) << why.err;
    EXPECT_THAT(why.out, HasSubstr("gatekeeper.MOOD_BAD  refuse"));
    const Typed json =
        oms("order new --json --kind plain --account desk --buy 10 THING --key 20261122-j");
    EXPECT_EQ(json.exit, 1);
    EXPECT_THAT(json.out, HasSubstr("\"accepted\":false"));
    EXPECT_THAT(json.out, HasSubstr("\"code\":\"OMS-1025\""));
}

TEST_F(VerbsTest, FollowsAnOrderToItsEnd) {
    place();
    while (party_->work(true) == 0) continue;
    ASSERT_TRUE(runtime_->settle());
    const Typed typed =
        oms("order new --kind plain --account desk --buy 10 THING --key k1 --follow");
    EXPECT_EQ(typed.exit, 0) << typed.err;
    EXPECT_THAT(typed.out, HasSubstr("order 1 placed for desk"));
    EXPECT_THAT(typed.out, HasSubstr("10 THING done at 1.00 by north"));
    EXPECT_THAT(typed.out, HasSubstr("order 1 is now finished"));
    EXPECT_THAT(oms("orders").err, HasSubstr("No order is open"));
    EXPECT_THAT(oms("orders --all").out, HasSubstr("finished"));
    EXPECT_THAT(oms("balances --account desk").out, HasSubstr("desk\tTHING\ton_hand\t10\t0\t10"));
    EXPECT_THAT(oms("why 1").out, HasSubstr("chosen"));
}

TEST_F(VerbsTest, CancelsAndSaysWhatStandsInTheWay) {
    place();
    const Typed typed = oms("order cancel 1");
    EXPECT_EQ(typed.exit, 0) << typed.err;
    EXPECT_THAT(typed.err, HasSubstr("cancel accepted"));
    EXPECT_EQ(oms("order cancel 99").exit, 1);
    EXPECT_THAT(oms("order cancel nokey").err, HasSubstr("no order was accepted under this key"));
    EXPECT_EQ(oms("order amend 1").exit, 2);
    EXPECT_THAT(oms("order amend 1 --line 3:5").err, HasSubstr("the order has no line 3"));
    EXPECT_THAT(oms("order route 1 nrth").err, HasSubstr("did you mean \"north\"?"));
}

TEST_F(VerbsTest, HaltsAndResumes) {
    const Typed halted = oms("halt --account desk --reason \"too fast\"");
    EXPECT_EQ(halted.exit, 0) << halted.err;
    EXPECT_THAT(halted.err, HasSubstr("account desk is halted, in force, durable"));
    const Typed refused = oms("order new --kind plain --account desk --buy 10 THING");
    EXPECT_EQ(refused.exit, 1);
    EXPECT_THAT(refused.err, HasSubstr("OMS-1034"));
    const Typed resumed = oms("resume --account desk");
    EXPECT_EQ(resumed.exit, 0);
    EXPECT_THAT(resumed.err,
                HasSubstr("the halt of account desk is lifted, and nothing else is halted"));
    EXPECT_EQ(oms("order new --kind plain --account desk --buy 10 THING").exit, 0);
    EXPECT_EQ(oms("halt --account desk --product THING").exit, 2);
}

TEST_F(VerbsTest, SaysWhatIsStillHaltedAfterAResume) {
    ASSERT_EQ(oms("halt --account desk --reason \"too fast\"").exit, 0);
    const Typed nothing = oms("resume");
    EXPECT_THAT(nothing.err, HasSubstr("there was no halt of everything"));
    EXPECT_THAT(nothing.err, HasSubstr("still halted: account desk (too fast); lift it with: oms "
                                       "resume --account desk"));
    ASSERT_EQ(oms("halt").exit, 0);
    const Typed all = oms("resume");
    EXPECT_THAT(all.err, HasSubstr("the halt of everything is lifted, durable as decision"));
    EXPECT_THAT(all.err, HasSubstr("still halted: account desk"));
    EXPECT_THAT(all.err, Not(HasSubstr("nothing else is halted")));
    const Typed json = oms("resume --account desk --json");
    EXPECT_THAT(json.out,
                HasSubstr("\"scope\":\"account desk\",\"resumed\":true,\"durable\":true"));
    EXPECT_THAT(json.out, HasSubstr("\"in_force\":[]"));
}

TEST_F(VerbsTest, ShowsWhatRulesMeasuredInTheProductsDecimals) {
    Gatekeeper::mood = Gatekeeper::Mood::measure;
    ASSERT_EQ(oms("order new --kind plain --account desk --buy 10 THING --key k1").exit, 0);
    const Typed why = oms("why 1");
    EXPECT_THAT(why.out, HasSubstr("50 THING"));
    EXPECT_THAT(why.out, HasSubstr("10 THING"));
    EXPECT_THAT(why.out, HasSubstr("1.30"));
    EXPECT_THAT(why.out, HasSubstr("1.25"));
    EXPECT_THAT(oms("why 1 --json").out,
                HasSubstr("\"limit\":\"1.30\",\"observed\":\"1.25\",\"product\":\"THING\","
                          "\"unit\":\"price\""));
}

TEST_F(VerbsTest, NamesRegionsStatesAndEvents) {
    place();
    while (party_->work(true) == 0) continue;
    ASSERT_TRUE(runtime_->settle());
    const Typed tail = oms("journal tail");
    EXPECT_THAT(tail.out, HasSubstr("work goes to finished by route_executed"));
    EXPECT_THAT(tail.out, Not(HasSubstr("region ")));
    // Opened before the first decision that is told: the order itself is asked which it has.
    EXPECT_THAT(oms("journal tail --count 1").out, Not(HasSubstr("region ")));
    const Typed json = oms("journal tail --json");
    EXPECT_THAT(json.out, HasSubstr("\"event\":\"route_executed\""));
    EXPECT_THAT(json.out, Not(HasSubstr("\"#")));
}

TEST_F(VerbsTest, LoadsOrdersAndCountsWhatWasRefused) {
    const std::string file = world_.folder().write("orders.csv",
                                                   "kind,account,direction,quantity,product,limit\n"
                                                   "plain,desk,buy,10,THING,1.20\n"
                                                   "plain,desk,buy,x,THING,\n"
                                                   "plain,desk,buy,5,THNG,\n"
                                                   "plain,desk,sell,7,THING,\n");
    const Typed typed = oms("load " + file + " --key-prefix 20261122-load-");
    EXPECT_EQ(typed.exit, 7) << typed.err;
    EXPECT_THAT(typed.out, HasSubstr("2 orders accepted, 2 refused"));
    EXPECT_THAT(typed.err, HasSubstr("orders.csv:3"));
    EXPECT_THAT(typed.err, HasSubstr("\"x\" is not a decimal"));
    EXPECT_THAT(typed.err, HasSubstr("orders.csv:4"));
    EXPECT_THAT(typed.err, HasSubstr("did you mean \"THING\"?"));
    // The same file under the same keys does nothing twice.
    EXPECT_THAT(oms("load " + file + " --key-prefix 20261122-load-").out,
                HasSubstr("2 orders accepted"));
    EXPECT_THAT(oms("orders --all").out, Not(HasSubstr("\n3\t")));
}

TEST_F(VerbsTest, LoadsOrdersOfSeveralLines) {
    const std::string file = world_.folder().write(
        "orders.csv",
        "key,kind,account,direction,quantity,product\n"
        "a1,plain,desk,receive,10,THING\na1,,,deliver,1.50,EUR\na2,plain,desk,buy,1,THING\n");
    EXPECT_EQ(oms("load " + file).exit, 0);
    EXPECT_THAT(oms("order show a1").out, HasSubstr("deliver  EUR"));
    const std::string wrong = world_.folder().write("wrong.csv", "kind,acount,product\nx,y,z\n");
    const Typed typed = oms("load " + wrong);
    EXPECT_EQ(typed.exit, 2);
    EXPECT_THAT(typed.err, HasSubstr("there is no column \"acount\" (did you mean \"account\"?)"));
}

TEST_F(VerbsTest, LoadsProductsAndAccounts) {
    const std::string products = world_.folder().write(
        "products.csv", "code,scale,price_scale,tick,currency\nNEW,1,3,0.005,EUR\n");
    EXPECT_EQ(oms("load " + products).exit, 0) << oms("load " + products).err;
    const std::string accounts =
        world_.folder().write("accounts.csv", "code,under,external\nbranch,desk,\noutside,,true\n");
    EXPECT_EQ(oms("load " + accounts).exit, 0);
    const Typed typed = oms("order new --kind plain --account branch --buy 1.5 NEW --limit 2.005");
    EXPECT_EQ(typed.exit, 0) << typed.err;
}

TEST_F(VerbsTest, SetsWhatAnAccountReallyHas) {
    const std::string set =
        std::string(spelling::level_group) + " set desk THING 40 --against house --reason counted";
    EXPECT_EQ(oms(set).exit, 0) << oms(set).err;
    EXPECT_THAT(oms("balances --account desk").out, HasSubstr("desk\tTHING\ton_hand\t40"));
    EXPECT_THAT(oms(set).err, HasSubstr("The books say so already"));
    EXPECT_THAT(oms("balances --account house").out, HasSubstr("house\tTHING\ton_hand\t-40"));
}

TEST_F(VerbsTest, TellsTheJournalInWords) {
    place();
    const Typed tail = oms("journal tail --count 3");
    EXPECT_EQ(tail.exit, 0) << tail.err;
    EXPECT_THAT(tail.out, HasSubstr("order 1 placed for desk: plain, key k1"));
    EXPECT_THAT(tail.out, HasSubstr("receives 10 THING"));
    EXPECT_THAT(oms("journal tail --from 1 --count 1 --json").out,
                testing::StartsWith("{\"seq\":1,"));
    EXPECT_THAT(oms("journal verify " + (world_.folder().path() / "data").string()).err,
                HasSubstr("only sealed segments were looked at"));
}

TEST_F(VerbsTest, ShowsPluginsThatRun) {
    const Typed typed = oms("plugin list --running");
    EXPECT_EQ(typed.exit, 0) << typed.err;
    EXPECT_THAT(typed.out, HasSubstr("gatekeeper\ttests.gatekeeper\tcheck\t1.2.3\trunning"));
}

TEST_F(VerbsTest, SaysThatTheOutcomeIsUnknown) {
    Gatekeeper::mood = Gatekeeper::Mood::stall;
    const Typed typed =
        oms("order new --kind plain --account desk --buy 10 THING --key 20261122-u "
            "--timeout 0.05");
    Gatekeeper::mood = Gatekeeper::Mood::pass;
    EXPECT_EQ(typed.exit, 8);
    EXPECT_THAT(typed.err, HasSubstr("is not known"));
    EXPECT_THAT(typed.err, HasSubstr("oms order show 20261122-u"));
}

TEST_F(VerbsTest, TasksAreAnsweredByTheirNumber) {
    EXPECT_THAT(oms("task list").err, HasSubstr("Nothing waits for a person"));
    const Typed typed = oms("task resolve 7 approve");
    EXPECT_EQ(typed.exit, 1);
    EXPECT_THAT(typed.err, HasSubstr("there is no such open task"));
}

}  // namespace
}  // namespace oms::cli::test
