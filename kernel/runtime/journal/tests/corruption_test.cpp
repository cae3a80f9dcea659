// SPDX-License-Identifier: Apache-2.0
// A journal that is not what was written is refused, and verify finds it: what, from where, to
// where.
#include "journal_support.hpp"

#include <gmock/gmock.h>

#include <algorithm>

namespace oms::runtime::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint64_t commits = 200;

/// One whole journal, copied anew for each damage: three sealed segments and a live one.
class Corruption : public ::testing::Test {
protected:
    void SetUp() override {
        options_ = small(folder_);
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        append_many(*journal, commits);
        wal_bytes_ = journal->info()->segments.back().bytes;
        journal_info_ = *journal->info();
        ASSERT_TRUE(journal->close());
        std::filesystem::copy(folder_.journal(), pristine());
        sealed_ = folder_.sealed();
        live_ = journal_info_.segments.back().name;
        ASSERT_GE(sealed_.size(), 3U);
        ASSERT_TRUE(faults(options_).empty());
    }

    std::string pristine() const { return folder_.path() + "/pristine"; }

    void restore() {
        std::filesystem::remove_all(folder_.journal());
        std::filesystem::copy(pristine(), folder_.journal());
    }

    /// Whether opening and reading notices.
    bool is_refused() {
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        if (!journal) return true;
        const Result<std::vector<Seen>> all = read_all(**journal);
        if (!all) return true;
        EXPECT_EQ((*journal)->last_seq(), commits);
        EXPECT_EQ(all->size(), commits);
        for (std::size_t i = 0; i < all->size(); ++i) {
            EXPECT_EQ(all->at(i).first_seq, i + 1);
            EXPECT_EQ(all->at(i).frame, frame_of(i + 1));
        }
        return false;
    }

    void flip(const std::string& name, std::size_t offset, unsigned bit) {
        std::string bytes = read_file(folder_.file(name));
        ASSERT_LT(offset, bytes.size());
        bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << bit));
        write_file(folder_.file(name), bytes);
    }

    std::uint64_t first_of(std::size_t segment) const {
        return journal_info_.segments[segment].first_seq;
    }
    std::uint64_t last_of(std::size_t segment) const {
        return journal_info_.segments[segment].last_seq;
    }

    Folder folder_;
    SqliteJournalOptions options_;
    JournalInfo journal_info_;
    std::uint64_t wal_bytes_ = 0;
    std::vector<std::string> sealed_;
    std::string live_;
};

TEST_F(Corruption, EveryFlippedBitOfASealedSegmentIsFound) {
    const std::size_t size = std::filesystem::file_size(folder_.file(sealed_[1]));
    for (std::size_t offset = 0; offset < size; offset += 499) {
        restore();
        flip(sealed_[1], offset, offset % 8);
        EXPECT_FALSE(faults(options_).empty()) << "offset " << offset;
        // Either the flip is noticed, or what is read is what was written.
        is_refused();
        options_.check_all = true;
        EXPECT_TRUE(is_refused()) << "offset " << offset;
        options_.check_all = false;
    }
}

TEST_F(Corruption, EveryFlippedBitOfTheLiveWalIsFound) {
    for (std::size_t offset = 0; offset < wal_bytes_; offset += 797) {
        restore();
        flip(live_ + "-wal", offset, offset % 8);
        EXPECT_FALSE(faults(options_).empty()) << "offset " << offset;
        EXPECT_TRUE(is_refused()) << "offset " << offset;
    }
}

TEST_F(Corruption, AFlippedBitOfTheLiveMainFileChangesNothingOrIsFound) {
    const std::size_t size = std::filesystem::file_size(folder_.file(live_));
    for (std::size_t offset = 0; offset < size; offset += offset < 100 ? 1 : 97) {
        restore();
        flip(live_, offset, offset % 8);
        is_refused();
    }
}

TEST_F(Corruption, AFlippedBitOfTheMarkChangesNothingOrIsFound) {
    for (std::size_t offset = 0; offset < 4352; offset += offset == 256 ? 3840 : 1) {
        restore();
        flip("high-water.mark", offset, offset % 8);
        EXPECT_FALSE(is_refused()) << "one slot is enough, offset " << offset;
    }
    restore();
    flip("high-water.mark", 100, 0);
    flip("high-water.mark", 4096 + 100, 0);
    EXPECT_EQ(refusal(options_).code, error_journal_mark_damaged);
    EXPECT_THAT(faults(options_), Contains(error_journal_mark_damaged));
}

TEST_F(Corruption, ARefusalChangesNothing) {
    flip(live_ + "-wal", wal_bytes_ / 2, 3);
    const std::string before = read_file(folder_.file(live_ + "-wal"));
    const std::string mark = read_file(folder_.file("high-water.mark"));
    for (int attempt = 0; attempt < 3; ++attempt) EXPECT_TRUE(is_refused());
    EXPECT_EQ(read_file(folder_.file(live_ + "-wal")), before);
    EXPECT_EQ(read_file(folder_.file("high-water.mark")), mark);
    // Mended, it opens.
    flip(live_ + "-wal", wal_bytes_ / 2, 3);
    EXPECT_FALSE(is_refused());
}

TEST_F(Corruption, ACutWalIsShorterThanTheMark) {
    for (const std::uint64_t left :
         {std::uint64_t{0}, std::uint64_t{31}, wal_bytes_ / 2, wal_bytes_ - 1}) {
        restore();
        std::filesystem::resize_file(folder_.file(live_ + "-wal"), left);
        const Error error = refusal(options_);
        EXPECT_EQ(error.code, error_journal_short);
        EXPECT_THAT(error.reason, HasSubstr(std::to_string(commits) + " missing"));
        EXPECT_THAT(error.remedy, HasSubstr("restore"));
        EXPECT_THAT(faults(options_), Contains(error_journal_short));
    }
    // Cut behind the last commit, it lacks only what was held ready.
    restore();
    std::filesystem::resize_file(folder_.file(live_ + "-wal"), wal_bytes_);
    EXPECT_FALSE(is_refused());
}

TEST_F(Corruption, ALossThatTheOperatorAcceptsIsAccepted) {
    std::filesystem::resize_file(folder_.file(live_ + "-wal"), wal_bytes_ / 2);
    EXPECT_EQ(refusal(options_).code, error_journal_short);
    std::filesystem::remove(folder_.file("high-water.mark"));
    EXPECT_EQ(refusal(options_).code, error_journal_mark_missing);
    options_.accept_missing_mark = true;
    {
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        ASSERT_NE(journal, nullptr);
        EXPECT_LT(journal->last_seq(), commits);
        expect_frames(*journal, 1, journal->last_seq());
        append_many(*journal, 5);
    }
    options_.accept_missing_mark = false;
    EXPECT_NE(open(options_), nullptr);
}

TEST_F(Corruption, MissingFilesAreNamedBySeq) {
    std::filesystem::remove(folder_.file(sealed_[1]));
    Error error = refusal(options_);
    EXPECT_EQ(error.code, error_journal_gap);
    EXPECT_THAT(error.reason, HasSubstr("seqs " + std::to_string(first_of(1)) + " to " +
                                        std::to_string(last_of(1)) + " missing"));
    restore();
    std::filesystem::remove(folder_.file(sealed_[0]));
    EXPECT_THAT(refusal(options_).reason, HasSubstr("seqs 1 to "));
    restore();
    std::filesystem::remove(folder_.file(live_));
    EXPECT_THAT(faults(options_), Contains(error_journal_short));
    EXPECT_THAT(faults(options_), Contains(error_journal_damaged));
    restore();
    write_file(folder_.file(live_), "");
    EXPECT_EQ(refusal(options_).code, error_journal_damaged);
    EXPECT_EQ(std::filesystem::file_size(folder_.file(live_ + "-wal")),
              std::filesystem::file_size(pristine() + "/" + live_ + "-wal"));
    restore();
    std::filesystem::remove(folder_.file("high-water.mark"));
    EXPECT_EQ(refusal(options_).code, error_journal_mark_missing);
}

TEST_F(Corruption, CutSealedSegmentsAreFound) {
    const std::size_t size = std::filesystem::file_size(folder_.file(sealed_[1]));
    for (const std::size_t left : {std::size_t{0}, std::size_t{50}, size / 2, size - 1}) {
        restore();
        write_file(folder_.file(sealed_[1]), read_file(folder_.file(sealed_[1])).substr(0, left));
        EXPECT_FALSE(faults(options_).empty());
        options_.check_all = true;
        EXPECT_TRUE(is_refused()) << left;
        options_.check_all = false;
    }
}

TEST_F(Corruption, ChangedRowsAreFound) {
    const std::string first = std::to_string(first_of(1));
    const std::string second = std::to_string(first_of(1) + 1);
    const std::string third = std::to_string(first_of(1) + 2);
    const std::string columns = "last_seq, epoch, previous_hash, hash, frame FROM commits ";
    const std::vector<std::pair<std::string, ErrorCode>> changes{
        {"DELETE FROM commits WHERE first_seq = " + second, error_journal_gap},
        {"DELETE FROM commits WHERE first_seq = " + std::to_string(last_of(1)), error_journal_gap},
        // Doubled: the row again under the next number, and under one between.
        {"UPDATE commits SET last_seq = last_seq + 1 WHERE first_seq = " + second,
         error_journal_altered},
        {"DELETE FROM commits WHERE first_seq = " + third + ";INSERT INTO commits SELECT " + third +
             ", " + columns + "WHERE first_seq = " + second,
         error_journal_altered},
        // Swapped: each under the other's number.
        {"UPDATE commits SET first_seq = -1 WHERE first_seq = " + second +
             ";UPDATE commits SET first_seq = " + second + " WHERE first_seq = " + third +
             ";UPDATE commits SET first_seq = " + third + " WHERE first_seq = -1",
         error_journal_altered},
        {"UPDATE commits SET frame = x'00' WHERE first_seq = " + second, error_journal_altered},
        {"UPDATE commits SET epoch = 77 WHERE first_seq = " + second, error_journal_altered},
        {"UPDATE commits SET hash = previous_hash WHERE first_seq = " + second,
         error_journal_altered},
        {"UPDATE commits SET previous_hash = hash WHERE first_seq = " + second,
         error_journal_chain},
        {"UPDATE commits SET hash = x'00' WHERE first_seq = " + second, error_journal_altered},
        {"UPDATE commits SET last_seq = 'x' WHERE first_seq = " + second, error_journal_altered},
        {"DROP TABLE commits", error_journal_damaged},
        {"UPDATE meta SET value = 'x' WHERE key = 'last_seq'", error_journal_damaged},
        {"UPDATE meta SET value = '0' WHERE key = 'sealed'", error_journal_damaged},
    };
    for (const auto& [sql, code] : changes) {
        restore();
        change(folder_.file(sealed_[1]), sql);
        const std::vector<ErrorCode> found = faults(options_);
        EXPECT_THAT(found, Contains(AnyOf(code, error_journal_damaged))) << sql;
        EXPECT_THAT(found, AnyOf(Contains(error_journal_digest), Contains(error_journal_damaged)))
            << sql;
        EXPECT_TRUE(is_refused()) << sql;
    }
}

TEST_F(Corruption, ChangedRowsOfTheLiveSegmentAreFound) {
    const std::uint64_t from = journal_info_.segments.back().first_seq;
    const std::string second = std::to_string(from + 1);
    const std::string last = std::to_string(commits);
    const std::vector<std::pair<std::string, ErrorCode>> changes{
        {"DELETE FROM commits WHERE first_seq = " + second, error_journal_gap},
        {"DELETE FROM commits WHERE first_seq = " + last, error_journal_short},
        {"UPDATE commits SET frame = x'00' WHERE first_seq = " + second, error_journal_altered},
        {"UPDATE commits SET last_seq = last_seq + 1 WHERE first_seq = " + second,
         error_journal_altered},
    };
    for (const auto& [sql, code] : changes) {
        restore();
        change(folder_.file(live_), sql);
        EXPECT_THAT(faults(options_), Contains(code)) << sql;
        const Error error = refusal(options_);
        EXPECT_GE(error.code, error_journal_short);
        EXPECT_FALSE(error.remedy.empty());
    }
    restore();
    change(folder_.file(live_), "DELETE FROM commits WHERE first_seq = " + second);
    EXPECT_THAT(refusal(options_).reason, HasSubstr("seq " + second + " missing"));
}

TEST_F(Corruption, ADoubledSegmentIsFound) {
    // A live one that holds what others hold, too.
    std::filesystem::copy_file(folder_.file(live_), folder_.file("live-9.oms"));
    std::filesystem::copy_file(folder_.file(live_ + "-wal"), folder_.file("live-9.oms-wal"));
    const Error error = refusal(options_);
    EXPECT_EQ(error.code, error_journal_doubled);
    EXPECT_THAT(error.reason, HasSubstr("to " + std::to_string(commits) + " twice"));
    EXPECT_THAT(faults(options_), Contains(error_journal_doubled));
}

TEST_F(Corruption, AFileUnderAnotherNameIsFound) {
    std::filesystem::rename(folder_.file(sealed_[1]),
                            folder_.file("segment-00000000000000000007.oms"));
    EXPECT_FALSE(faults(options_).empty());
    EXPECT_TRUE(is_refused());
    restore();
    std::filesystem::rename(folder_.file(sealed_[1]), folder_.file("x"));
    std::filesystem::rename(folder_.file(sealed_[2]), folder_.file(sealed_[1]));
    std::filesystem::rename(folder_.file("x"), folder_.file(sealed_[2]));
    EXPECT_FALSE(faults(options_).empty());
    EXPECT_TRUE(is_refused());
}

TEST_F(Corruption, ASegmentOfAnotherJournalIsFound) {
    Folder other;
    fill(small(other), commits);
    std::filesystem::copy_file(other.file(sealed_[1]), folder_.file(sealed_[1]),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(refusal(options_).code, error_journal_foreign);
    restore();
    std::filesystem::copy_file(other.file("high-water.mark"), folder_.file("high-water.mark"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_EQ(refusal(options_).code, error_journal_foreign);
    restore();
    write_file(folder_.file(sealed_[1]), "no database at all, but long enough to be taken for one");
    EXPECT_EQ(refusal(options_).code, error_journal_damaged);
}

TEST_F(Corruption, AMarkFromEarlierIsNoFaultAndOneFromElsewhereIs) {
    // After a power cut the mark may be as old as its last sync.
    Folder earlier;
    fill(small(folder_), 30);
    std::filesystem::copy_file(pristine() + "/high-water.mark", folder_.file("high-water.mark"),
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_TRUE(faults(options_).empty());
    EXPECT_EQ(open(options_)->last_seq(), commits + 30);
    // The same journal that went another way: same id, other commits.
    restore();
    {
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        append_many(*journal, 30, 1, 77);
    }
    const std::string mark = read_file(folder_.file("high-water.mark"));
    restore();
    fill(options_, 30);
    write_file(folder_.file("high-water.mark"), mark);
    EXPECT_EQ(refusal(options_).code, error_journal_mark_differs);
    fill(small(earlier), 1);
}

TEST_F(Corruption, ANewerFormatIsRefused) {
    const std::string newer = std::to_string(journal_format_version + 1);
    change(folder_.file(sealed_[1]),
           "UPDATE meta SET value = '" + newer + "' WHERE key = 'format'");
    const Error error = refusal(options_);
    EXPECT_EQ(error.code, error_journal_version);
    EXPECT_THAT(error.remedy, HasSubstr("newer version"));
}

TEST_F(Corruption, AMissingDigestIsSaidAndHarmless) {
    std::filesystem::remove(folder_.file(sealed_[1] + ".sha256"));
    const Result<JournalReport> report = verify_journal(options_);
    ASSERT_TRUE(report);
    EXPECT_TRUE(report->whole());
    EXPECT_EQ(report->findings.size(), 1U);
    EXPECT_FALSE(is_refused());
}

TEST_F(Corruption, VerifyBesideARunningProcessLooksAtSealedSegments) {
    const std::unique_ptr<SqliteJournal> journal = open(options_);
    Result<JournalReport> report = verify_journal(options_);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->live_seen);
    EXPECT_TRUE(report->whole());
    EXPECT_EQ(report->last_seq, last_of(sealed_.size() - 1));
    ASSERT_EQ(report->findings.size(), 1U);
    EXPECT_THAT(report->findings[0].error.reason, HasSubstr("only sealed segments"));
    flip(sealed_[0], 5000, 1);
    EXPECT_FALSE(verify_journal(options_)->whole());
    // It took nothing from the process that runs.
    append_many(*journal, 10);
    expect_frames(*journal, last_of(0) + 1, commits + 10);
}

TEST_F(Corruption, VerifyTellsEverythingAtOnce) {
    std::filesystem::remove(folder_.file(sealed_[0]));
    flip(sealed_[2], 5000, 1);
    std::filesystem::resize_file(folder_.file(live_ + "-wal"), wal_bytes_ / 2);
    std::size_t steps = 0;
    const Result<JournalReport> report =
        verify_journal(options_, [&](std::size_t, std::size_t) { ++steps; });
    ASSERT_TRUE(report);
    EXPECT_GE(steps, 2U);
    std::vector<ErrorCode> codes;
    for (const JournalFinding& finding : report->findings) codes.push_back(finding.error.code);
    EXPECT_THAT(codes, Contains(error_journal_gap));
    EXPECT_THAT(codes, Contains(error_journal_digest));
    EXPECT_THAT(codes, Contains(error_journal_short));
    EXPECT_EQ(report->findings[0].first_seq, 1U);
    EXPECT_EQ(report->findings[0].last_seq, last_of(0));
    EXPECT_THAT(refusal(options_).reason, HasSubstr("more finding"));
}

TEST_F(Corruption, VerifyWithoutADirectorySaysSo) {
    options_.directory += "/not-here";
    const Result<JournalReport> report = verify_journal(options_);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, error_journal_io);
}

}  // namespace
}  // namespace oms::runtime::testing
