// SPDX-License-Identifier: Apache-2.0
// Segments follow one another: under load, beside readers, and after interruptions.
#include "journal_support.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace oms::runtime::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

TEST(Segments, FollowOneAnother) {
    Folder folder;
    const SqliteJournalOptions options = small(folder);
    {
        const std::unique_ptr<SqliteJournal> journal = open(options);
        append_many(*journal, 500, 2);
        const std::vector<JournalSegmentInfo> segments = journal->info()->segments;
        ASSERT_GT(segments.size(), 4U);
        std::uint64_t next = 1;
        for (const JournalSegmentInfo& segment : segments) {
            EXPECT_EQ(segment.first_seq, next);
            EXPECT_GT(segment.bytes, 0U);
            next = segment.last_seq + 1;
        }
        EXPECT_EQ(next, 1001U);
        EXPECT_TRUE(segments.front().sealed);
        EXPECT_FALSE(segments.back().sealed);
        EXPECT_EQ(segments.front().name, "segment-00000000000000000001.oms");
        expect_frames(*journal, 1, 1000);
        expect_frames(*journal, segments[2].first_seq, 1000);
    }
    const std::unique_ptr<SqliteJournal> journal = open(options);
    expect_frames(*journal, 1, 1000);
    EXPECT_TRUE(faults(options) == std::vector<ErrorCode>{}) << "beside a running process";
}

TEST(Segments, UseTheSameLiveFilesAgain) {
    Folder folder;
    fill(small(folder), 1000);
    const std::vector<std::string> names = folder.names();
    EXPECT_THAT(names, Not(Contains("live-4.oms")));
    EXPECT_GT(folder.sealed().size(), 10U);
    for (const std::string& name : folder.sealed()) {
        const auto permissions = std::filesystem::status(folder.file(name)).permissions();
        EXPECT_EQ(permissions & std::filesystem::perms::owner_write, std::filesystem::perms::none);
        EXPECT_THAT(names, Contains(name + ".sha256"));
        EXPECT_THAT(names, Not(Contains(name + "-wal")));
    }
}

TEST(Segments, TakeAFrameThatIsLargerThanThey) {
    Folder folder;
    const SqliteJournalOptions options = small(folder);
    {
        const std::unique_ptr<SqliteJournal> journal = open(options);
        append_many(*journal, 3);
        append_many(*journal, 2, 1000, 2U << 20U);
        append_many(*journal, 3);
    }
    const std::unique_ptr<SqliteJournal> journal = open(options);
    const Result<std::vector<Seen>> all = read_all(*journal);
    ASSERT_TRUE(all) << to_text(all.error());
    EXPECT_EQ(all->size(), 8U);
    EXPECT_EQ(all->at(4).frame, frame_of(1004, 2U << 20U));
    EXPECT_TRUE(faults(options).empty());
}

TEST(Segments, RollOverUnderLoadBesideReaders) {
    Folder folder;
    SqliteJournalOptions options = small(folder);
    options.background = true;
    options.mark_sync = std::chrono::milliseconds(5);
    const std::unique_ptr<SqliteJournal> journal = open(options);
    constexpr std::uint64_t commits = 3000;
    std::atomic<bool> done{false};
    std::atomic<std::uint64_t> visits{0};
    std::vector<std::thread> readers;
    for (std::uint64_t reader = 0; reader < 3; ++reader) {
        readers.emplace_back([&, reader] {
            std::uint64_t next = 1;
            while (!done || next <= journal->last_seq()) {
                // One follows the end, the others begin anew again and again.
                if (reader > 0) next = 1 + journal->last_seq() * reader / 3;
                const Status status = journal->read(next, [&](const JournalCommit& commit) {
                    EXPECT_EQ(std::vector<std::byte>(commit.frame.begin(), commit.frame.end()),
                              frame_of(commit.first_seq, 500));
                    next = commit.last_seq + 1;
                    ++visits;
                    return true;
                });
                ASSERT_TRUE(status) << text(status);
                if (reader > 0 && done) return;
                std::this_thread::yield();
            }
        });
    }
    for (std::uint64_t i = 0; i < commits; ++i) {
        const Status status = append(*journal, 3, 500);
        ASSERT_TRUE(status) << text(status);
        EXPECT_FALSE(journal->space_low());
        EXPECT_TRUE(i % 100 != 0 || journal->info());
    }
    done = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_GE(visits, commits);
    expect_frames(*journal, 1, 3 * commits, 500);
    ASSERT_TRUE(journal->close());
    EXPECT_GT(folder.sealed().size(), 3U);
    EXPECT_TRUE(faults(options).empty());
}

TEST(Segments, AreTheSameInEveryRunWithoutAThread) {
    std::vector<std::vector<std::string>> runs;
    for (int run = 0; run < 2; ++run) {
        Folder folder;
        SqliteJournalOptions options = small(folder);
        options.id = std::string(32, 'a');
        fill(options, 700);
        std::vector<std::string> digests;
        for (const std::string& name : folder.sealed()) {
            digests.push_back(read_file(folder.file(name + ".sha256")));
        }
        runs.push_back(digests);
    }
    EXPECT_FALSE(runs[0].empty());
    EXPECT_EQ(runs[0], runs[1]);
}

/// Brings back the files of an earlier moment, as if the process had ended there.
class Interrupted : public ::testing::Test {
protected:
    void SetUp() override {
        // Without room for the copy, or time: the live segment is full and not yet sealed.
        fill(small(folder_), 20);
        std::filesystem::copy(folder_.journal(), folder_.path() + "/before");
        fill(small(folder_), 100);
        ASSERT_FALSE(folder_.sealed().empty());
        first_ = folder_.sealed()[0];
    }
    Folder folder_;
    std::string first_;
};

TEST_F(Interrupted, CopyIsDoneAgain) {
    const std::string whole = read_file(folder_.file(first_));
    const std::string digest = read_file(folder_.file(first_ + ".sha256"));
    // Back to 20 commits in a live segment, with what a copy may have left beside it.
    for (const std::string& left :
         {whole, whole.substr(0, whole.size() / 2), std::string(), std::string(5000, 'x')}) {
        for (const std::string& left_digest : {std::string(), digest.substr(0, 20)}) {
            std::filesystem::remove_all(folder_.journal());
            std::filesystem::copy(folder_.path() + "/before", folder_.journal());
            std::ofstream(folder_.file(first_)) << left;
            if (!left_digest.empty())
                std::ofstream(folder_.file(first_ + ".sha256")) << left_digest;
            EXPECT_TRUE(faults(small(folder_)).empty());
            const std::unique_ptr<SqliteJournal> journal = open(small(folder_));
            ASSERT_NE(journal, nullptr);
            expect_frames(*journal, 1, 20);
            append_many(*journal, 100);
            expect_frames(*journal, 1, 120);
        }
    }
}

TEST_F(Interrupted, LiveSegmentThatIsSealedAlreadyIsUsedAgain) {
    // Sealed and durable, but its live segment was not yet emptied: forge that by keeping one.
    std::filesystem::remove_all(folder_.journal());
    SqliteJournalOptions options = small(folder_);
    {
        const std::unique_ptr<SqliteJournal> journal = open(options);
        while (folder_.sealed().empty()) {
            std::filesystem::copy(folder_.journal(), folder_.path() + "/last",
                                  std::filesystem::copy_options::overwrite_existing |
                                      std::filesystem::copy_options::recursive);
            append_many(*journal, 1);
        }
    }
    for (const char* name : {"live-1.oms", "live-1.oms-wal"}) {
        std::filesystem::copy_file(folder_.path() + "/last/" + name, folder_.file(name),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    EXPECT_TRUE(faults(options).empty());
    const std::unique_ptr<SqliteJournal> journal = open(options);
    ASSERT_NE(journal, nullptr);
    append_many(*journal, 200);
    expect_frames(*journal, 1, journal->last_seq());
    EXPECT_THAT(folder_.names(), Not(Contains("live-4.oms")));
}

}  // namespace
}  // namespace oms::runtime::testing
