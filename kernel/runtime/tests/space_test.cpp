// SPDX-License-Identifier: Apache-2.0
// A disk that fills up, and one that fails, under a whole runtime: only cancels and facts are taken
// while there is no room, and a commit that fails is the end, with a word.
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/journal/tests/faulty_vfs.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

namespace oms::runtime::test {
namespace {

using runtime::testing::Fault;
using runtime::testing::faulty_disk;
using ::testing::HasSubstr;

template <class Condition>
bool comes_true(Condition condition) {
    for (int i = 0; i < 1000 && !condition(); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return condition();
}

class Space : public ::testing::Test {
protected:
    void open(const std::string& directory, const char* vfs = "") {
        SqliteJournalOptions journal;
        journal.directory = directory;
        journal.segment_bytes = 128U << 10U;
        journal.first_segment_bytes = 64U << 10U;
        journal.mark_sync = std::chrono::milliseconds(10);
        journal.vfs = vfs;
        Options options = world_.options(false);
        options.log = [](std::string_view) {};
        options.open_journal = [journal]() -> Result<std::unique_ptr<Journal>> {
            return SqliteJournal::open(journal);
        };
        if (catch_last_word_) {
            options.on_fatal = [this](const Error& error) {
                const std::lock_guard lock(mutex_);
                last_word_ = error;
                ended_ = true;
            };
        }
        start_running(Runtime::open(std::move(options)), runtime_, port_);
        party_ = std::make_unique<Party>(*runtime_);
    }
    void close() {
        party_.reset();
        port_.reset();
        runtime_.reset();
    }

    Reply request(const sdk::Batch& input) {
        Result<Reply> reply = port_->request(input.view(), 2'000);
        return reply ? std::move(*reply) : Reply();
    }
    Reply cancel(std::uint64_t order, const std::string& key) {
        auto head = sdk::make<oms_cancel_order>();
        head.origin = port_->reference(OMS_class_origin, "tests").value_or(0);
        head.key = sdk::text(key);
        head.order = order;
        sdk::Batch input;
        input.add(head);
        return request(input);
    }
    std::string status_of(std::uint64_t order) {
        auto query = sdk::make<oms_query>();
        query.subject = OMS_subject_order;
        query.id = order;
        const Result<Reply> reply = port_->ask(query);
        if (!reply) return {};
        for (const oms_record& record : sdk::Records(reply->records.view()))
            if (const auto* row = sdk::as<oms_order_row>(record))
                return std::string(sdk::view(row->status));
        return {};
    }

    SmallWorld world_;
    bool catch_last_word_ = true;
    std::mutex mutex_;
    Error last_word_;
    std::atomic<bool> ended_{false};
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
    std::unique_ptr<Party> party_;
};

/// A real disk that fills up.
class SmallDisk : public Space {
protected:
    void SetUp() override {
        std::filesystem::create_directory(disk());
        mounted_ = ::mount("oms-test", disk().c_str(), "tmpfs", 0, "size=3m") == 0;
        if (!mounted_) GTEST_SKIP() << "mounting a small disk needs root";
        open(journal());
    }
    void TearDown() override {
        close();
        if (mounted_) ::umount(disk().c_str());
    }

    std::string disk() const { return (world_.folder().path() / "disk").string(); }
    std::string journal() const { return disk() + "/journal"; }
    void fill_disk() {
        std::ofstream file(disk() + "/filler");
        const std::string piece(4096, 'x');
        while (file.write(piece.data(), 4096).flush()) {
        }
    }
    void make_room() { std::filesystem::remove(disk() + "/filler"); }
    bool cancel_only() const { return runtime_->status().cancel_only; }

    bool mounted_ = false;
};

TEST_F(SmallDisk, TurnsCancelOnlyAndBack) {
    const Reply kept = request(place(*port_, "kept"));
    const Reply dropped = request(place(*port_, "dropped"));
    ASSERT_EQ(kept.code, 0U);
    ASSERT_EQ(dropped.code, 0U);
    fill_disk();
    ASSERT_TRUE(comes_true([&] { return cancel_only(); }));

    const Reply refused = request(place(*port_, "refused"));
    EXPECT_EQ(refused.code, static_cast<std::uint32_t>(OMS_ERROR_cancel_only));
    // What is decided already goes on: a cancel, and what parties say.
    EXPECT_EQ(cancel(dropped.order, "cancel").code, 0U);
    EXPECT_EQ(status_of(dropped.order), "dropped");
    party_->work(true);
    ASSERT_TRUE(runtime_->settle());
    EXPECT_EQ(status_of(kept.order), "finished");

    make_room();
    ASSERT_TRUE(comes_true([&] { return !cancel_only(); }));
    EXPECT_EQ(request(place(*port_, "welcome")).code, 0U);
    EXPECT_FALSE(ended_);
}

TEST_F(SmallDisk, EndsWithAWordWhenTheReserveIsUsedUp) {
    fill_disk();
    ASSERT_TRUE(comes_true([&] { return cancel_only(); }));
    std::uint64_t acknowledged = 0;
    // Also a refusal is a decision and takes room.
    for (int i = 0; i < 20'000 && !ended_; ++i) {
        const Reply reply = request(place(*port_, "k" + std::to_string(i)));
        if (reply.seq != 0) acknowledged = reply.seq;
    }
    ASSERT_TRUE(ended_);
    EXPECT_EQ(last_word_.code, error_journal_full);
    EXPECT_THAT(last_word_.remedy, HasSubstr("make room"));
    EXPECT_GT(acknowledged, 0U);
    close();
    make_room();
    open(journal());
    EXPECT_GE(port_->durable_seq(), acknowledged);
    EXPECT_EQ(request(place(*port_, "again")).code, 0U);
}

class FailingDisk : public Space {
protected:
    void SetUp() override { faulty_disk().arm(Fault::none); }
    void TearDown() override {
        faulty_disk().arm(Fault::none);
        close();
    }
    std::string journal() const { return (world_.folder().path() / "journal").string(); }

    void run_into_a_failing_disk() {
        catch_last_word_ = false;
        open(journal(), runtime::testing::faulty_vfs_name);
        ASSERT_EQ(request(place(*port_, "good")).code, 0U);
        faulty_disk().arm(Fault::errors_from, 1);
        request(place(*port_, "bad"));
    }
};

TEST_F(FailingDisk, EndsTheProcessWithAWordAndACode) {
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(run_into_a_failing_disk(), ::testing::ExitedWithCode(74),
                "the process ends here.*OMS-5001.*durable: every decision up to [0-9]+; nothing "
                "beyond was answered or sent.*what to do");
}

TEST_F(FailingDisk, AnswersNobodyWhoseDecisionIsNotDurable) {
    open(journal(), runtime::testing::faulty_vfs_name);
    const Reply good = request(place(*port_, "good"));
    ASSERT_EQ(good.code, 0U);
    faulty_disk().arm(Fault::errors_from, 1);
    EXPECT_FALSE(port_->request(place(*port_, "bad").view(), 500));
    EXPECT_TRUE(comes_true([&] { return ended_.load(); }));
    EXPECT_EQ(last_word_.code, error_journal_io);
    EXPECT_EQ(port_->durable_seq(), good.seq);
    close();
    faulty_disk().arm(Fault::none);
    open(journal(), runtime::testing::faulty_vfs_name);
    EXPECT_GE(port_->durable_seq(), good.seq);
    EXPECT_EQ(request(place(*port_, "good")).order, good.order);
}

}  // namespace
}  // namespace oms::runtime::test
