// SPDX-License-Identifier: Apache-2.0
// Retired orders leave memory and snapshots, are found in the archive's file when somebody names
// them, and what is wrong with that file is told.
#include "product.hpp"

#include "runtime/journal/journal_verify.hpp"

#include <gmock/gmock.h>
#include <oms/abi/errors.h>
#include <sqlite3.h>

namespace oms::runtime::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Archives : public ::testing::Test, public Product {
protected:
    Archives() { retire_after = "1s"; }

    /// So many orders, executed, and retired a little later. Answers the routes that they went.
    std::vector<oms_intent> retire(int orders) {
        std::vector<oms_intent> intents;
        {
            Party party(*runtime_);
            party.seq = seen_;
            for (int i = 0; i < orders; ++i) {
                const auto placed =
                    port_->request(place(*port_, "r" + std::to_string(next_key_++)).view());
                EXPECT_TRUE(placed && placed->code == 0);
                if (i % 20 == 19 || i + 1 == orders) party.work(true, 100);
            }
            EXPECT_TRUE(runtime_->settle());
            party.work(true, 0);
            intents = party.intents;
            seen_ = party.seq;
        }
        EXPECT_TRUE(runtime_->settle());
        EXPECT_TRUE(runtime_->advance_to(world_.clock.now() + 5'000'000'000));
        return intents;
    }

    oms_state_row state() const {
        auto query = sdk::make<oms_query>();
        query.subject = OMS_subject_state;
        const Result<Reply> reply = port_->ask(query);
        EXPECT_TRUE(reply);
        for (const oms_record& record : sdk::Records(reply->records.view()))
            if (const auto* row = sdk::as<oms_state_row>(record)) return *row;
        ADD_FAILURE() << "no row";
        return sdk::make<oms_state_row>();
    }

    /// What was executed never happened after all.
    void reverse(const oms_intent& intent) {
        auto report = sdk::make<oms_report>();
        report.type = OMS_report_reversed;
        report.destination = intent.destination;
        report.route = intent.route;
        const std::string undone = "x" + std::to_string(intent.route);
        const std::string own = "u" + std::to_string(intent.route);
        report.execution_ref = sdk::text(own);
        report.refers_to = sdk::text(undone);
        sdk::Batch input;
        input.add(report);
        EXPECT_EQ(port_->submit(input.view(), 0), OMS_OK);
    }

    bool has_last_word() {
        const std::lock_guard lock(log_mutex_);
        return last_word_.has_value();
    }

    /// Works until snapshots hold what was retired up to now. Their thread is the last that gets to
    /// work on a busy machine, so it is left more time from round to round.
    void until_archived() {
        const std::uint64_t seq = state().seq;
        for (int round = 0; round < 500 && counter("snapshot_seq") < seq; ++round) {
            retire(8);
            std::this_thread::sleep_for(std::chrono::milliseconds(20 + round));
        }
        ASSERT_GE(counter("snapshot_seq"), seq);
        retire(100);  // what the file knows is dropped as orders retire
    }

    void change_archive(const std::string& sql) {
        sqlite3* opened = nullptr;
        ASSERT_EQ(sqlite3_open(path("archive.db").c_str(), &opened), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(opened);
        EXPECT_GT(sqlite3_total_changes(opened), 0);
        sqlite3_close(opened);
    }

    std::uint64_t seen_ = 0;  ///< by the party; what it executes again is recalled

    std::vector<JournalFinding> findings() const {
        const Result<JournalReport> report = verify_journal(journal_options());
        EXPECT_TRUE(report && report->whole());
        return report->findings;
    }
};

TEST_F(Archives, KeepMemoryAndSnapshotsFromGrowing) {
    open();
    std::vector<std::uint64_t> held;
    std::vector<std::uintmax_t> sizes;
    std::uint64_t retired = 0;
    for (int part = 0; part < 4; ++part) {
        retire(400);
        until_archived();
        ASSERT_FALSE(HasFatalFailure());
        EXPECT_GT(state().orders_retired, retired + 400);
        retired = state().orders_retired;
        held.push_back(counter("archive_bytes"));
        sizes.push_back(std::filesystem::file_size(path(snapshots().back())));
    }
    // Four times as many are retired, and neither shows it.
    EXPECT_LT(held.back(), 2 * held.front() + 200'000);
    EXPECT_LT(sizes.back(), 2 * sizes.front());
    EXPECT_LT(sizes.back(), 400 * retired / 10);
    EXPECT_GT(std::filesystem::file_size(path("archive.db")), 100 * retired);
    close();
    EXPECT_EQ(start(true).hash, start(false).hash);
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Archives, GiveBackWhatALateReportNames) {
    open();
    const std::vector<oms_intent> intents = retire(30);
    until_archived();
    const std::uint64_t order = intents.front().order;
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = order;
    const Result<Reply> shown = port_->ask(query);
    ASSERT_TRUE(shown && shown->code == 0);
    EXPECT_EQ(sdk::as<oms_order_row>(*shown->records.view().first)->shelf, OMS_shelf_retired);
    const std::uint64_t live = state().orders_live;
    reverse(intents.front());
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(state().orders_live, live + 1);
    const std::string hash = runtime_->state_hash();
    close();
    EXPECT_EQ(start(true).hash, hash);
    EXPECT_EQ(start(false).hash, hash);

    // After a start from the snapshot it is the file alone that knows them.
    open();
    EXPECT_GT(counter("snapshot_seq"), 0U);
    const std::uint64_t retired = state().orders_retired;
    reverse(intents.back());
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(state().orders_retired, retired - 1);
    const std::string later = runtime_->state_hash();
    close();
    EXPECT_EQ(start(false).hash, later);
}

TEST_F(Archives, AreMadeAnewWhenTheyAreGone) {
    open();
    retire(30);
    until_archived();
    until_archived();  // again, so that no snapshot is left from before the first order retired
    const std::string hash = runtime_->state_hash();
    close();
    std::filesystem::remove(path("archive.db"));
    const std::size_t kept = snapshots().size();
    ASSERT_GT(kept, 0U);
    const Start found = start(true);
    EXPECT_EQ(found.snapshot, 0U);
    EXPECT_EQ(found.refused.size(), kept);
    for (const Error& error : found.refused) EXPECT_EQ(error.code, error_archive_other);
    EXPECT_EQ(found.hash, hash);
    log_.clear();
    open();
    EXPECT_THAT(log(), HasSubstr("OMS-5117"));
    work_until_snapshots(1);
    close();
    EXPECT_THAT(start(true).refused, IsEmpty());
    EXPECT_GT(start(true).snapshot, 0U);
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(Archives, EndTheProcessRatherThanGuess) {
    open();
    const std::vector<oms_intent> intents = retire(30);
    until_archived();
    close();
    change_archive("UPDATE orders SET effects = CAST('something else' AS BLOB) WHERE number = " +
                   std::to_string(intents.front().order));
    EXPECT_THAT(findings(), ::testing::Not(IsEmpty()));
    for (const JournalFinding& finding : findings()) {
        EXPECT_EQ(finding.error.code, error_archive_damaged);
        EXPECT_TRUE(finding.harmless);
    }
    open();
    // Whoever only asks is told.
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_order;
    query.id = intents.front().order;
    const Result<Reply> shown = port_->ask(query);
    EXPECT_EQ(shown ? shown->code : shown.error().code, error_archive_damaged);
    EXPECT_FALSE(last_word_);
    const std::uint64_t seq = state().seq;
    reverse(intents.front());
    for (int i = 0; i < 500 && !has_last_word(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    ASSERT_TRUE(has_last_word());
    EXPECT_EQ(last_word_->code, error_archive_damaged);
    EXPECT_THAT(last_word_->place, HasSubstr("archive.db"));
    EXPECT_THAT(last_word_->remedy, HasSubstr("remove the file archive.db"));
    close();
    EXPECT_EQ(open_journal()->last_seq(), seq);
    // As the remedy says.
    std::filesystem::remove(path("archive.db"));
    last_word_.reset();
    open();
    reverse(intents.front());
    ASSERT_TRUE(runtime_->settle());
    EXPECT_FALSE(has_last_word());
    close();
}

}  // namespace
}  // namespace oms::runtime::test
