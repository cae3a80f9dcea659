// SPDX-License-Identifier: Apache-2.0
// The power goes at every call to the disk: what was not synced is lost, kept or torn, by chance.
#include "chance.hpp"
#include "journal_support.hpp"
#include "leave_figures.hpp"
#include "runtime/journal/snapshot_files.hpp"
#include "virtual_files.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace oms::runtime::testing {
namespace {

class PowerCut : public ::testing::Test {
protected:
    PowerCut() { clear(); }

    void clear() {
        disk_ = std::make_unique<test::VirtualDisk>();
        options_ = SqliteJournalOptions();
        options_.directory = disk_->root() + "/journal";
        options_.directory_access = test::make_virtual_directory(*disk_, options_.directory);
        options_.vfs = test::virtual_vfs();
        options_.segment_bytes = options_.first_segment_bytes = 128U << 10U;
        options_.background = false;
    }

    void cut(test::Chance& chance) {
        const auto aftermath = static_cast<test::Aftermath>(chance.below(test::aftermaths));
        disk_->cut(aftermath, chance.one_in(2) ? 512 : 4096, chance);
    }

    /// One life; ends when the power goes, or after enough commits. Gives what was acknowledged.
    std::uint64_t live(std::uint64_t known) {
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        if (!journal) {
            EXPECT_TRUE(disk_->is_dark()) << to_text(journal.error());
            return known;
        }
        EXPECT_GE((*journal)->last_seq(), known);
        const std::uint64_t enough = (*journal)->last_seq() + 90;
        while ((*journal)->last_seq() < enough && append(**journal)) {
        }
        EXPECT_TRUE(disk_->is_dark() || (*journal)->last_seq() == enough);
        return (*journal)->last_seq();
    }

    static bool write_snapshot(const SegmentPlace& place, std::uint64_t seq) {
        auto writer = SnapshotWriter::create(place, {seq, {}, 0, 1, 0, 0, {}});
        for (int chunk = 0; writer && chunk < 3; ++chunk)
            if (!(*writer)->add(std::string(5000, 'x'))) return false;
        return writer && (*writer)->finish();
    }

    std::unique_ptr<test::VirtualDisk> disk_;
    SqliteJournalOptions options_;
};

// A rename is all or nothing, and so is what a power cut leaves of it.
TEST_F(PowerCut, KeepsARenameOrLosesIt) {
    test::Chance chance(1);
    std::uint64_t kept = 0;
    std::uint64_t lost = 0;
    for (int round = 0; round < 60; ++round) {
        clear();
        JournalDirectory& directory = *options_.directory_access;
        const auto make = [&](const std::string& name, std::string_view bytes) {
            test::VirtualDisk::Handle file;
            ASSERT_TRUE(disk_->open(options_.directory + "/" + name, true, file));
            ASSERT_TRUE(disk_->write(*file, 0, bytes) && disk_->sync(*file));
        };
        make("old", "before");
        make("new.part", "after");
        ASSERT_TRUE(directory.sync());
        ASSERT_TRUE(directory.rename("new.part", "old"));
        const bool synced = round % 3 == 0;
        ASSERT_TRUE(!synced || directory.sync());
        cut(chance);
        const std::vector<std::string> names = *directory.list();
        test::VirtualDisk::Handle file;
        ASSERT_TRUE(disk_->open(options_.directory + "/old", false, file) && file != nullptr);
        ASSERT_EQ(file->seen, names.size() == 1 ? "after" : "before");
        ASSERT_TRUE(names.size() == 1 || !synced);
        if (!synced) ++(names.size() == 1 ? kept : lost);
    }
    EXPECT_GT(kept, 0U);
    EXPECT_GT(lost, 0U);
    EXPECT_FALSE(options_.directory_access->rename("nothing", "something"));
}

TEST_F(PowerCut, LosesNothingThatWasAcknowledged) {
    live(0);
    const std::uint64_t calls = disk_->calls();
    test::Chance chance(20);
    std::uint64_t cuts = 0;
    for (std::uint64_t call = 1; call <= calls; call += call < 60 ? 1 : 5) {
        clear();
        std::uint64_t acknowledged = 0;
        // Three lives: the second one may be cut while it recovers.
        for (int life = 0; life < 3; ++life) {
            disk_->cut_in(life == 0 ? call : 1 + chance.below(calls));
            acknowledged = live(acknowledged);
            cut(chance);
            ++cuts;
        }
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        ASSERT_NE(journal, nullptr) << "cut at call " << call;
        ASSERT_GE(journal->last_seq(), acknowledged) << "cut at call " << call;
        ASSERT_LE(journal->last_seq(), acknowledged + 1) << "cut at call " << call;
        expect_frames(*journal, 1, journal->last_seq());
        ASSERT_TRUE(journal->close());
        ASSERT_TRUE(faults(options_).empty()) << "cut at call " << call;
        if (HasFailure()) return;
    }
    EXPECT_GT(cuts, 300U);
    test::leave_figures("power cuts of a journal", {{"power cuts", cuts}});
}

// A name that can be seen is a snapshot that is whole, wherever the power went while it was
// written, renamed, or while those before it were removed; and at no time there was none.
TEST_F(PowerCut, LeavesWholeSnapshotsOrNone) {
    test::Chance chance(9);
    std::uint64_t old_alone = 0;
    std::uint64_t new_there = 0;
    std::uint64_t call = 1;
    for (bool cut_any = true; cut_any; ++call) {
        clear();
        live(0);
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        ASSERT_TRUE(journal);
        const SegmentPlace& place = *(*journal)->place();
        ASSERT_TRUE(write_snapshot(place, 10));
        disk_->cut_in(call);
        const bool finished = write_snapshot(place, 20);
        const bool tidied = finished && tidy_snapshots(place, 1).has_value();
        cut_any = disk_->is_dark();
        EXPECT_EQ(cut_any, !tidied);
        cut(chance);
        const Result<std::vector<std::string>> names = list_snapshots(place);
        ASSERT_TRUE(names && !names->empty()) << "cut at call " << call;
        for (const std::string& name : *names) {
            const std::optional<Error> wrong =
                check_snapshot(place, name, [](std::uint64_t) { return JournalHash{}; });
            ASSERT_FALSE(wrong) << "cut at call " << call << ": " << to_text(*wrong);
        }
        const bool is_new = names->front() == snapshot_name(20);
        EXPECT_TRUE(is_new || !finished) << "cut at call " << call;
        ++(is_new ? new_there : old_alone);
        // What was left behind is no hindrance.
        EXPECT_TRUE(write_snapshot(place, 30) && tidy_snapshots(place, 1));
    }
    EXPECT_GT(call, 10U);
    EXPECT_GT(old_alone, 3U);
    EXPECT_GT(new_there, 1U);
}

TEST_F(PowerCut, WouldBeNoticedOnADiskThatLies) {
    test::Chance chance(3);
    std::size_t losses = 0;
    for (std::uint64_t call = 150; call < 350; call += 20) {
        clear();
        disk_->lie(true);
        disk_->cut_in(call);
        const std::uint64_t acknowledged = live(0);
        cut(chance);
        disk_->lie(false);
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options_);
        if (!journal || (*journal)->last_seq() < acknowledged) ++losses;
    }
    EXPECT_GT(losses, 0U);
}

}  // namespace
}  // namespace oms::runtime::testing
