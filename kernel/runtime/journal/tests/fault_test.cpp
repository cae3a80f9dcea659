// SPDX-License-Identifier: Apache-2.0
// When the disk fails, fills up, or the process is killed: an error, and nothing acknowledged lost.
#include "faulty_vfs.hpp"
#include "journal_support.hpp"

#include <gmock/gmock.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace oms::runtime::testing {
namespace {

class FaultyJournal : public ::testing::Test {
protected:
    void SetUp() override {
        faulty_disk().arm(Fault::none);
        options_ = small(folder_);
        options_.vfs = faulty_vfs_name;
    }
    void TearDown() override { faulty_disk().arm(Fault::none); }

    void expect_all_there(std::uint64_t acknowledged, std::uint64_t call) {
        faulty_disk().arm(Fault::none);
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        ASSERT_NE(journal, nullptr) << "call " << call;
        EXPECT_GE(journal->last_seq(), acknowledged) << "call " << call;
        EXPECT_LE(journal->last_seq(), acknowledged + 1) << "call " << call;
        expect_frames(*journal, 1, journal->last_seq());
        append_many(*journal, 3);
        expect_frames(*journal, 1, journal->last_seq());
    }

    Folder folder_;
    SqliteJournalOptions options_;
};

TEST_F(FaultyJournal, GoesOnInWhatItHeldReadyWhileTheDiskIsFull) {
    const std::unique_ptr<SqliteJournal> journal = open(options_);
    ASSERT_FALSE(journal->space_low());
    append_many(*journal, 5);
    faulty_disk().arm(Fault::no_growth);
    // The first segment fills up, cannot be sealed, and the next one takes over.
    const std::string last_before = journal->info()->segments.back().name;
    while (!journal->space_low()) {
        const Status status = append(*journal);
        ASSERT_TRUE(status) << text(status);
    }
    EXPECT_NE(journal->info()->segments.back().name, last_before);
    // Room for what is decided already remains.
    append_many(*journal, 20);
    EXPECT_TRUE(journal->maintain());
    EXPECT_TRUE(journal->space_low());
    EXPECT_TRUE(folder_.sealed().empty());
    faulty_disk().arm(Fault::none);
    EXPECT_TRUE(journal->maintain());
    EXPECT_FALSE(journal->space_low());
    EXPECT_EQ(folder_.sealed().size(), 1U);
    append_many(*journal, 200);
    expect_frames(*journal, 1, journal->last_seq());
}

TEST_F(FaultyJournal, EndsWithAClearWordWhenTheReserveIsUsedUp) {
    const std::unique_ptr<SqliteJournal> journal = open(options_);
    faulty_disk().arm(Fault::no_growth);
    Status status;
    while (status) status = append(*journal);
    EXPECT_EQ(status.error().code, error_journal_full);
    EXPECT_THAT(status.error().remedy, ::testing::HasSubstr("make room"));
    EXPECT_TRUE(journal->space_low());
    const std::uint64_t acknowledged = journal->last_seq();
    EXPECT_GT(acknowledged, 50U);
    ASSERT_TRUE(journal->close());
    expect_all_there(acknowledged, 0);
}

/// A real disk that fills up.
class SmallDisk : public ::testing::Test {
protected:
    void SetUp() override {
        mounted_ = ::mount("oms-test", folder_.path().c_str(), "tmpfs", 0, "size=4m") == 0;
        if (!mounted_) GTEST_SKIP() << "mounting a small disk needs root";
    }
    void TearDown() override {
        if (mounted_) ::umount(folder_.path().c_str());
    }

    template <class Condition>
    static bool comes_true(Condition condition) {
        for (int i = 0; i < 500 && !condition(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return condition();
    }

    Folder folder_;
    bool mounted_ = false;
};

TEST_F(SmallDisk, TurnsLowBeforeItIsFullAndBack) {
    SqliteJournalOptions options = small(folder_);
    options.background = true;
    options.mark_sync = std::chrono::milliseconds(10);
    std::unique_ptr<SqliteJournal> journal = open(options);
    append_many(*journal, 20);
    const auto spare_is_grown = [&] {
        std::error_code not_there;
        const std::string wal = folder_.file("live-2.oms-wal");
        return std::filesystem::file_size(wal, not_there) == options.segment_bytes;
    };
    EXPECT_TRUE(comes_true(spare_is_grown));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    EXPECT_FALSE(journal->space_low());
    const std::string filler = folder_.path() + "/filler";
    std::ofstream file(filler);
    const std::string piece(4096, 'x');
    while (file.write(piece.data(), 4096).flush()) {
    }
    file.close();
    EXPECT_TRUE(comes_true([&] { return journal->space_low(); }));
    append_many(*journal, 30);
    EXPECT_TRUE(journal->space_low());
    std::filesystem::remove(filler);
    EXPECT_TRUE(comes_true([&] { return !journal->space_low(); }));
    append_many(*journal, 300);
    expect_frames(*journal, 1, 350);
    ASSERT_TRUE(journal->close());
    EXPECT_TRUE(faults(options).empty());
}

/// Appends until it is killed; says what was acknowledged through a pipe.
[[noreturn]] void append_until_killed(const SqliteJournalOptions& options, int acknowledge) {
    Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options);
    while (journal && append(**journal)) {
        const std::uint64_t seq = (*journal)->last_seq();
        if (::write(acknowledge, &seq, sizeof seq) != sizeof seq) break;
    }
    ::_exit(1);
}

TEST(KilledJournal, HasWhatItAcknowledged) {
    Folder folder;
    SqliteJournalOptions options = small(folder);
    options.background = true;
    options.mark_sync = std::chrono::milliseconds(3);
    std::mt19937 random(7);
    std::uint64_t acknowledged = 0;
    for (int round = 0; round < 12; ++round) {
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) append_until_killed(options, pipe[1]);
        ::close(pipe[1]);
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 150));
        ::kill(child, SIGKILL);
        int how = 0;
        ASSERT_EQ(::waitpid(child, &how, 0), child);
        EXPECT_TRUE(WIFSIGNALED(how)) << "the child ended by itself";
        std::uint64_t seq = 0;
        while (::read(pipe[0], &seq, sizeof seq) == sizeof seq) acknowledged = seq;
        ::close(pipe[0]);
        EXPECT_TRUE(faults(options).empty());
        const std::unique_ptr<SqliteJournal> journal = open(options);
        ASSERT_NE(journal, nullptr);
        EXPECT_GE(journal->last_seq(), acknowledged);
        EXPECT_LE(journal->last_seq(), acknowledged + 1);
        acknowledged = journal->last_seq();
        expect_frames(*journal, 1, acknowledged);
    }
    EXPECT_GT(acknowledged, 100U);
}

}  // namespace
}  // namespace oms::runtime::testing
