// SPDX-License-Identifier: Apache-2.0
// The power goes at every call to the disk: what was not synced is lost, kept or torn, by chance.
#include "chance.hpp"
#include "journal_support.hpp"
#include "leave_figures.hpp"
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

    std::unique_ptr<test::VirtualDisk> disk_;
    SqliteJournalOptions options_;
};

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
