// SPDX-License-Identifier: Apache-2.0
// The disk fails at every single thing that is asked of it: an error that says so, and nothing that
// was acknowledged is lost.
#include "faulty_vfs.hpp"
#include "journal_support.hpp"
#include "leave_figures.hpp"
#include "runtime/journal/snapshot_files.hpp"

#include <algorithm>
#include <cstdio>

namespace oms::runtime::testing {
namespace {

struct Kind {
    Fault fault;
    const char* name;
    bool writes_alone;
};
constexpr Kind kinds[] = {
    {Fault::error_at, "EIO once", false},
    {Fault::errors_from, "EIO from there on", false},
    {Fault::full_at, "ENOSPC from there on", true},
    {Fault::short_at, "a short write", true},
};

class EveryFault : public ::testing::Test {
protected:
    void SetUp() override {
        faulty_disk().arm(Fault::none);
        options_ = small(folder_);
        options_.segment_bytes = 64U << 10U;
        options_.first_segment_bytes = 64U << 10U;
        options_.vfs = faulty_vfs_name;
        options_.directory_access = faulty_directory(folder_.journal());
    }
    void TearDown() override { faulty_disk().arm(Fault::none); }

    /// Opens, appends across segments, makes a snapshot, closes; stops at the first error that ends
    /// a journal. Gives the last seq that was acknowledged.
    std::uint64_t run(Status& status) {
        Result<std::unique_ptr<SqliteJournal>> opened = SqliteJournal::open(options_);
        if (!opened) {
            status = tl::unexpected(opened.error());
            return 0;
        }
        SqliteJournal& journal = **opened;
        const std::uint64_t enough = journal.last_seq() + 30;
        while (status && journal.last_seq() < enough) {
            status = append(journal);
            if (journal.last_seq() + 10 == enough && status) make_snapshot(journal);
        }
        const std::uint64_t acknowledged = journal.last_seq();
        if (!status) {
            // Memory is ahead of the disk: nothing more is taken.
            EXPECT_EQ(append(journal).error().code, status.error().code);
        }
        const Status closed = journal.close();
        if (status && !closed) status = closed;
        return acknowledged;
    }

    /// That it fails ends nothing.
    static void make_snapshot(Journal& journal) {
        JournalHash hash{};
        const Status read = journal.read(journal.last_seq(), [&](const JournalCommit& commit) {
            hash = commit.hash;
            return false;
        });
        if (!read) return;
        auto writer =
            SnapshotWriter::create(*journal.place(), {journal.last_seq(), hash, 0, 1, 0, 0, {}});
        if (!writer || !(*writer)->add("some records") || !(*writer)->add("some more")) return;
        if ((*writer)->finish()) static_cast<void>(tidy_snapshots(*journal.place(), 1));
    }

    void expect_all_there(std::uint64_t acknowledged, const std::string& where) {
        faulty_disk().arm(Fault::none);
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        ASSERT_NE(journal, nullptr) << where;
        EXPECT_GE(journal->last_seq(), acknowledged) << where;
        EXPECT_LE(journal->last_seq(), acknowledged + 1) << where;
        expect_frames(*journal, 1, journal->last_seq());
        // A snapshot that can be seen is a whole one.
        const auto snapshots = list_snapshots(*journal->place());
        ASSERT_TRUE(snapshots) << where;
        for (const std::string& name : *snapshots) {
            const auto error = check_snapshot(*journal->place(), name, [&](std::uint64_t seq) {
                std::optional<JournalHash> hash;
                static_cast<void>(journal->read(seq, [&](const JournalCommit& commit) {
                    hash = commit.hash;
                    return false;
                }));
                return hash;
            });
            EXPECT_FALSE(error) << where << ": " << to_text(*error);
        }
        append_many(*journal, 3);
        expect_frames(*journal, 1, journal->last_seq());
    }

    /// Runs once in peace, and then once for each thing that was asked of the disk.
    template <class Prepare>
    void fail_everywhere(const char* what, Prepare prepare) {
        const std::uint64_t before = prepare();
        faulty_disk().arm(Fault::none);
        Status clean;
        ASSERT_EQ(run(clean), before + 30);
        ASSERT_TRUE(clean) << text(clean);
        const std::uint64_t calls = faulty_disk().calls;
        const std::uint64_t writes = faulty_disk().writes;
        ASSERT_GT(writes, 50U);
        std::map<std::string, std::uint64_t> figures;
        for (const Kind& kind : kinds) {
            const std::uint64_t points = kind.writes_alone ? writes : calls;
            std::uint64_t hit = 0;
            std::uint64_t ended = 0;
            for (std::uint64_t point = 1; point <= points; ++point) {
                const std::string where =
                    std::string(what) + ", " + kind.name + ", at " + std::to_string(point);
                prepare();
                faulty_disk().arm(kind.fault, point);
                Status status;
                const std::uint64_t acknowledged = std::max(run(status), before);
                if (faulty_disk().hit) ++hit;
                if (!status) ++ended;
                EXPECT_TRUE(faulty_disk().hit) << where << ": not reached";
                EXPECT_FALSE(kind.fault == Fault::errors_from && status) << where;
                if (!status) {
                    EXPECT_FALSE(status.error().reason.empty()) << where;
                    EXPECT_FALSE(status.error().remedy.empty()) << where << text(status);
                }
                expect_all_there(acknowledged, where);
                if (HasFailure()) return;
            }
            std::printf("%s, %s: %llu of %llu points hit, %llu ended the journal\n", what,
                        kind.name, static_cast<unsigned long long>(hit),
                        static_cast<unsigned long long>(points),
                        static_cast<unsigned long long>(ended));
            figures["I/O fault positions"] += points;
            figures["I/O fault positions that were hit"] += hit;
        }
        test::leave_figures(std::string("every fault of ") + what, figures);
    }

    Folder folder_;
    SqliteJournalOptions options_;
};

TEST_F(EveryFault, OfANewJournal) {
    fail_everywhere("a new journal", [&] {
        faulty_disk().arm(Fault::none);
        std::filesystem::remove_all(folder_.journal());
        return std::uint64_t{0};
    });
}

/// What a process leaves that was killed while it sealed.
TEST_F(EveryFault, OfAStartAfterACrash) {
    const std::string left = folder_.path() + "/left";
    std::uint64_t acknowledged = 0;
    {
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        append_many(*journal, 20);
        faulty_disk().arm(Fault::no_growth);
        // The full segment cannot be sealed, and waits beside the next.
        while (!journal->space_low()) ASSERT_TRUE(append(*journal));
        append_many(*journal, 2);
        acknowledged = journal->last_seq();
        std::filesystem::copy(folder_.journal(), left);
        faulty_disk().arm(Fault::none);
    }
    fail_everywhere("a start after a crash", [&] {
        faulty_disk().arm(Fault::none);
        std::filesystem::remove_all(folder_.journal());
        std::filesystem::copy(left, folder_.journal());
        return acknowledged;
    });
}

}  // namespace
}  // namespace oms::runtime::testing
