// SPDX-License-Identifier: Apache-2.0
// The past with other plugins, or with plugins of another mood.
#include "runtime/redecide.hpp"
#include "runtime/journal/journal_reader.hpp"
#include "runtime/tests/small_world.hpp"

#include <oms/sdk/fields.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace oms::runtime::test {
namespace {

using Mood = Gatekeeper::Mood;

class Redecide : public testing::Test {
protected:
    /// Eight orders, half of them refused, the others executed; closed.
    void SetUp() override {
        auto opened = world_.open(false);
        ASSERT_TRUE(opened) << yaml::to_text(opened.error());
        Runtime& runtime = **opened;
        ASSERT_TRUE(runtime.start());
        const auto port = runtime.port("test");
        Party party(runtime);
        for (int i = 0; i < 8; ++i) {
            Gatekeeper::mood = i % 2 == 0 ? Mood::pass : Mood::refuse;
            const auto reply = port->request(place(*port, "k" + std::to_string(i)).view());
            ASSERT_TRUE(reply);
            EXPECT_EQ(reply->code == 0, i % 2 == 0);
            if (i % 2 == 0) party.work(true);
            ASSERT_TRUE(runtime.settle());
        }
        Gatekeeper::mood = Mood::pass;
        ASSERT_TRUE(runtime.settle());
    }

    Redecided again() {
        SqliteJournalOptions options;
        options.directory = (world_.folder().path() / "data" / "journal").string();
        auto opened = open_to_read(options);
        EXPECT_TRUE(opened) << to_text(opened.error());
        EXPECT_TRUE(opened->live_seen);
        ConfigSource source;
        source.place = world_.folder().path();
        source.text = world_.config;
        source.plugins = world_.options(false).plugins;
        otherwise_.clear();
        const auto done =
            redecide(*opened->journal, source,
                     [&](const oms_batch& decided, const oms_batch& would_be, const Projection&) {
                         const auto* was = sdk::as<oms_decision>(*decided.first);
                         const auto* now = sdk::as<oms_decision>(*would_be.first);
                         EXPECT_EQ(was->seq, now->seq);
                         EXPECT_EQ(was->time, now->time);
                         EXPECT_EQ(sdk::view(was->key), sdk::view(now->key));
                         if (was->cause != OMS_RECORD_place_order) return;
                         otherwise_.emplace(was->seq, code_of(decided) != 0);
                         EXPECT_NE(code_of(decided) == 0, code_of(would_be) == 0);
                     });
        EXPECT_TRUE(done) << yaml::to_text(done.error());
        return done ? *done : Redecided();
    }

    static std::uint32_t code_of(const oms_batch& decision) {
        for (const oms_record& record : sdk::Records(decision))
            if (const auto* answered = sdk::as<oms_answered>(record)) return answered->code;
        return 0;
    }

    SmallWorld world_;
    std::map<std::uint64_t, bool> otherwise_;  ///< by seq: whether it was refused
};

TEST_F(Redecide, TellsWhatWouldBeDecidedOtherwise) {
    Gatekeeper::mood = Mood::pass;
    Redecided done = again();
    EXPECT_EQ(done.otherwise, 4U);  // those that were refused
    EXPECT_EQ(otherwise_.size(), 4U);
    EXPECT_GE(done.again, 12U);
    EXPECT_GT(done.decisions, done.again);
    EXPECT_EQ(done.untold, 0U);
    for (const auto& [seq, refused] : otherwise_) EXPECT_TRUE(refused) << seq;

    Gatekeeper::mood = Mood::refuse;
    done = again();
    // Those that were not, and what is thought of their executions after the fact.
    EXPECT_EQ(otherwise_.size(), 4U);
    EXPECT_EQ(done.otherwise, 8U);
    for (const auto& [seq, refused] : otherwise_) EXPECT_FALSE(refused) << seq;
}

TEST_F(Redecide, ChangesNothing) {
    again();
    auto opened = world_.open(false);
    ASSERT_TRUE(opened);
    ASSERT_TRUE((*opened)->start());
    const auto port = (*opened)->port("test");
    const auto reply = port->request(place(*port, "k0").view());
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->code, 0U);
}

TEST_F(Redecide, TellsApartWhatOnlyExplains) {
    auto header = sdk::make<oms_decision>();
    auto verdict = sdk::make<oms_verdict>();
    const auto batch = [&](std::int64_t limit, std::uint32_t outcome, const char* why) {
        sdk::Batch all;
        all.add(header);
        verdict.limit = limit;
        verdict.outcome = outcome;
        all.add(verdict);
        auto read = sdk::make<oms_route_read>();
        read.text = sdk::text(why);
        all.add(read);
        return all;
    };
    const auto same = [](const sdk::Batch& left, const sdk::Batch& right) {
        return come_to_the_same(left.view(), right.view());
    };
    EXPECT_TRUE(same(batch(1, OMS_outcome_pass, "a"), batch(2, OMS_outcome_pass, "b")));
    EXPECT_FALSE(same(batch(1, OMS_outcome_pass, "a"), batch(1, OMS_outcome_refuse, "a")));
    EXPECT_FALSE(same(batch(1, OMS_outcome_refuse, "a"), batch(2, OMS_outcome_refuse, "a")));
}

}  // namespace
}  // namespace oms::runtime::test
