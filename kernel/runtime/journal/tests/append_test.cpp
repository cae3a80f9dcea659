// SPDX-License-Identifier: Apache-2.0
// What every journal does, in memory and on a disk; and how the one on a disk is opened.
#include "journal_support.hpp"
#include "runtime/journal/memory_journal.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace oms::runtime::testing {
namespace {

using ::testing::HasSubstr;

class AnyJournal : public ::testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        if (GetParam()) {
            journal_ = open(small(folder_));
        } else {
            journal_ = make_memory_journal();
        }
        ASSERT_NE(journal_, nullptr);
    }
    Folder folder_;
    std::unique_ptr<Journal> journal_;
};

TEST_P(AnyJournal, GivesBackWhatWasAppended) {
    append_many(*journal_, 3, 1);
    append_many(*journal_, 2, 10);
    EXPECT_EQ(journal_->last_seq(), 23U);
    expect_frames(*journal_, 1, 23);
}

TEST_P(AnyJournal, ReadsFromTheCommitThatHoldsTheSeq) {
    append_many(*journal_, 5, 10);
    const Result<std::vector<Seen>> seen = read_all(*journal_, 25);
    ASSERT_TRUE(seen);
    ASSERT_EQ(seen->size(), 3U);
    EXPECT_EQ(seen->front().first_seq, 21U);
    EXPECT_TRUE(read_all(*journal_, 51)->empty());
    EXPECT_EQ(read_all(*journal_, 0)->size(), 5U);
}

TEST_P(AnyJournal, StopsWhenTheVisitorSaysSo) {
    append_many(*journal_, 5);
    int visits = 0;
    const Status status = journal_->read(1, [&](const JournalCommit&) { return ++visits < 2; });
    EXPECT_TRUE(status);
    EXPECT_EQ(visits, 2);
}

TEST_P(AnyJournal, ChainsItsCommits) {
    append_many(*journal_, 3, 2);
    JournalHash before{};
    const Status status = journal_->read(1, [&](const JournalCommit& commit) {
        EXPECT_TRUE(commit.first_seq == 1 || commit.previous_hash == before);
        EXPECT_EQ(commit.hash, chain_hash(commit.previous_hash, commit.first_seq, commit.last_seq,
                                          commit.epoch, digest_of(commit.frame)));
        before = commit.hash;
        return true;
    });
    EXPECT_TRUE(status);
    EXPECT_EQ(journal_->info()->last_hash, before);
}

TEST_P(AnyJournal, TakesADigestThatTheCallerHas) {
    const std::vector<std::byte> frame = frame_of(1);
    const JournalHash digest = digest_of(frame);
    JournalBatch batch{1, 1, journal_->epoch(), frame, &digest};
    ASSERT_TRUE(journal_->append(batch));
    expect_frames(*journal_, 1, 1);
}

TEST_P(AnyJournal, RefusesABatchThatDoesNotFollow) {
    append_many(*journal_, 2);
    const std::vector<std::byte> frame = frame_of(9);
    for (const auto& [first, last] : {std::pair{4, 4}, std::pair{2, 3}, std::pair{3, 2}}) {
        const JournalBatch batch{static_cast<std::uint64_t>(first),
                                 static_cast<std::uint64_t>(last), journal_->epoch(), frame,
                                 nullptr};
        const Status status = journal_->append(batch);
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, error_journal_bad_batch);
        EXPECT_THAT(status.error().reason, HasSubstr("seq 3 is next"));
    }
    // Nothing happened, so nothing has to end.
    EXPECT_TRUE(append(*journal_));
}

TEST_P(AnyJournal, FencesOffAnotherEpoch) {
    const std::vector<std::byte> frame = frame_of(1);
    const Status status =
        journal_->append(JournalBatch{1, 1, journal_->epoch() - 1, frame, nullptr});
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, error_journal_fenced);
}

TEST_P(AnyJournal, TakesAnEmptyFrame) {
    ASSERT_TRUE(append(*journal_, 1, 0));
    const Result<std::vector<Seen>> seen = read_all(*journal_);
    ASSERT_TRUE(seen) << to_text(seen.error());
    EXPECT_TRUE(seen->at(0).frame.empty());
}

TEST_P(AnyJournal, RefusesWorkAfterItsEnd) {
    ASSERT_TRUE(journal_->close());
    EXPECT_EQ(append(*journal_).error().code, error_journal_closed);
    EXPECT_TRUE(journal_->close());
}

INSTANTIATE_TEST_SUITE_P(Both, AnyJournal, ::testing::Values(false, true),
                         [](const auto& one) { return one.param ? "disk" : "memory"; });

TEST(SqliteJournal, FindsEverythingAgain) {
    Folder folder;
    std::uint64_t epoch = 0;
    for (std::uint64_t round = 1; round <= 5; ++round) {
        const std::unique_ptr<SqliteJournal> journal = open(small(folder));
        ASSERT_NE(journal, nullptr);
        EXPECT_EQ(journal->last_seq(), (round - 1) * 100);
        EXPECT_GT(journal->epoch(), epoch);
        epoch = journal->epoch();
        append_many(*journal, 100);
        expect_frames(*journal, 1, round * 100);
    }
    EXPECT_TRUE(faults(small(folder)).empty());
}

TEST(SqliteJournal, OpensWithoutACommit) {
    Folder folder;
    for (int round = 0; round < 3; ++round) {
        const std::unique_ptr<SqliteJournal> journal = open(small(folder));
        ASSERT_NE(journal, nullptr);
        EXPECT_EQ(journal->last_seq(), 0U);
        EXPECT_TRUE(read_all(*journal)->empty());
        EXPECT_TRUE(journal->info()->segments.empty());
    }
    EXPECT_TRUE(faults(small(folder)).empty());
}

TEST(SqliteJournal, NamesTheProcessThatHasItOpen) {
    Folder folder;
    const std::unique_ptr<SqliteJournal> journal = open(small(folder));
    const Error error = refusal(small(folder));
    EXPECT_EQ(error.code, error_journal_locked);
    EXPECT_THAT(error.reason, HasSubstr("pid " + std::to_string(::getpid())));
    EXPECT_FALSE(error.remedy.empty());
    // The first one does not notice.
    append_many(*journal, 3);
    expect_frames(*journal, 1, 3);
}

TEST(SqliteJournal, KeepsItsMarkWhereItIsTold) {
    Folder folder;
    SqliteJournalOptions options = small(folder);
    options.mark = folder.path() + "/elsewhere.mark";
    fill(options, 10);
    EXPECT_TRUE(std::filesystem::exists(options.mark));
    EXPECT_FALSE(std::filesystem::exists(folder.file("high-water.mark")));
    std::filesystem::remove_all(folder.journal());
    const Error error = refusal(options);
    EXPECT_EQ(error.code, error_journal_short);
    EXPECT_THAT(error.reason, HasSubstr("seqs 1 to 10 missing"));
}

TEST(SqliteJournal, KeepsTheIdThatItIsGiven) {
    Folder folder;
    SqliteJournalOptions options = small(folder);
    options.id = "000102030405060708090a0b0c0d0e0f";
    EXPECT_EQ(open(options)->info()->id, options.id);
    EXPECT_EQ(open(small(folder))->info()->id, options.id);
    options.id = "no id";
    options.directory += "-other";
    EXPECT_EQ(refusal(options).code, error_journal_setting);
}

TEST(SqliteJournal, RefusesSettingsThatItCannotMeet) {
    Folder folder;
    SqliteJournalOptions options = small(folder);
    options.vfs = "no-such-vfs";
    EXPECT_EQ(refusal(options).code, error_journal_setting);
    options = small(folder);
    options.segment_bytes = 1;
    EXPECT_EQ(refusal(options).code, error_journal_setting);
    options = small(folder);
    options.directory = "/proc/journal";
    EXPECT_EQ(refusal(options).code, error_journal_io);
}

TEST(SqliteJournal, WritesTheSameWithAndWithoutGathering) {
    std::vector<std::string> segments;
    for (const bool gather : {false, true}) {
        Folder folder;
        SqliteJournalOptions options = small(folder);
        options.id = std::string(32, '0');
        options.gather_writes = gather;
        const std::unique_ptr<SqliteJournal> journal = open(options);
        for (int i = 0; i < 20; ++i) append_many(*journal, 1, 100, 30'000);
        ASSERT_FALSE(folder.sealed().empty());
        segments.push_back(read_file(folder.file(folder.sealed()[0])));
        ASSERT_TRUE(journal->close());
        EXPECT_TRUE(faults(options).empty());
    }
    EXPECT_EQ(segments[0], segments[1]);
}

TEST(SqliteJournal, GoesOnAfterAStartThatWasCutShort) {
    // Making a journal begins with the mark and goes on with the first live segment.
    Folder folder;
    std::filesystem::create_directories(folder.journal());
    std::ofstream(folder.file("high-water.mark")) << "half a ma";
    fill(small(folder), 3);
    std::ofstream(folder.file("live-7.oms"));  // made, and empty
    fill(small(folder), 3);
    std::ofstream(folder.file("live-7.oms-wal")) << std::string(4096, '\0');
    const std::unique_ptr<SqliteJournal> journal = open(small(folder));
    ASSERT_NE(journal, nullptr);
    expect_frames(*journal, 1, 6);
}

}  // namespace
}  // namespace oms::runtime::testing
