// SPDX-License-Identifier: Apache-2.0
// The archive's file: facts that answer as of any decision, and that tell when they are damaged.
#include "runtime/journal/archive_file.hpp"

#include "chance.hpp"
#include "journal_support.hpp"
#include "model/archive_digest.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "virtual_files.hpp"

#include <gmock/gmock.h>

#include <memory>

namespace oms::runtime::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ArchiveFiles : public ::testing::Test {
protected:
    ArchiveFiles() { clear(); }

    void clear() {
        disk_ = std::make_unique<test::VirtualDisk>();
        directory_ = test::make_virtual_directory(*disk_, disk_->root() + "/journal");
        place_.directory = directory_.get();
        place_.database_vfs = test::virtual_vfs();
        place_.files = sqlite3_vfs_find(place_.database_vfs.c_str());
        place_.id[0] = 7;
    }

    std::unique_ptr<ArchiveFile> open() {
        told_.clear();
        auto opened =
            ArchiveFile::open(place_, [this](const Error& error) { told_.push_back(error); });
        EXPECT_TRUE(opened) << to_text(opened.error());
        return opened ? std::move(*opened) : nullptr;
    }

    static std::string effects_of(std::uint64_t order, std::uint64_t seq) {
        return "order " + std::to_string(order) + " at " + std::to_string(seq);
    }
    static Status retire(ArchiveFile& file, std::uint64_t seq, std::uint64_t order) {
        const std::string effects = effects_of(order, seq);
        const ArchivedFact fact{seq, order, effects, {order + 100}, {{7, "ref"}}};
        return file.add({&fact, 1});
    }
    static Status recall(ArchiveFile& file, std::uint64_t seq, std::uint64_t order) {
        const ArchivedFact fact{seq, order, {}, {}, {}};
        return file.add({&fact, 1});
    }
    static std::string read(ArchiveFile& file, std::uint64_t order, std::uint64_t seq) {
        const auto read = file.effects(order, seq);
        EXPECT_TRUE(read) << to_text(read.error());
        return read ? read->value_or("nothing") : "";
    }

    /// Of a file that may have failed: whatever it answers, it does.
    static void ask_everything(ArchiveFile& file) {
        static_cast<void>(file.effects(1, 4));
        static_cast<void>(file.order_of_route(101, 4));
        static_cast<void>(file.orders_of_ref(7, "ref", 4));
        static_cast<void>(file.sum_at(4));
    }

    /// Two orders, of which one was recalled and retired again.
    static ArchiveSum write_some(ArchiveFile& file) {
        EXPECT_TRUE(retire(file, 3, 1));
        EXPECT_TRUE(retire(file, 5, 2));
        EXPECT_TRUE(recall(file, 7, 1));
        EXPECT_TRUE(retire(file, 9, 1));
        EXPECT_TRUE(file.finish(10, sum_of({{1, 9}, {2, 5}})));
        return sum_of({{1, 9}, {2, 5}});
    }
    static ArchiveSum sum_of(std::vector<std::pair<std::uint64_t, std::uint64_t>> orders) {
        ArchiveSum sum;
        for (const auto& [order, seq] : orders) {
            ++sum.orders;
            sum.digest.add(digest_of_archived(order, effects_of(order, seq)));
        }
        return sum;
    }
    void change(const std::string& sql) {
        sqlite3* opened = nullptr;
        ASSERT_EQ(sqlite3_open_v2(place_.path(archive_name).c_str(), &opened, SQLITE_OPEN_READWRITE,
                                  place_.database_vfs.c_str()),
                  SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(opened);
        EXPECT_GT(sqlite3_total_changes(opened), 0);
        sqlite3_close(opened);
    }
    std::vector<std::string> findings() {
        std::vector<std::string> reasons;
        for (const Error& error : check_archive(place_)) {
            EXPECT_THAT(error.place, HasSubstr("archive.db"));
            EXPECT_FALSE(error.remedy.empty());
            reasons.push_back(error.reason);
        }
        return reasons;
    }

    std::unique_ptr<test::VirtualDisk> disk_;
    std::shared_ptr<JournalDirectory> directory_;
    SegmentPlace place_;
    std::vector<Error> told_;
};

TEST_F(ArchiveFiles, AnswerAsOfAnyDecision) {
    const auto file = open();
    EXPECT_THAT(directory_->list().value(), IsEmpty());
    const ArchiveSum sum = write_some(*file);
    EXPECT_EQ(file->through(), 10u);
    EXPECT_EQ(read(*file, 1, 2), "nothing");
    EXPECT_EQ(read(*file, 1, 3), effects_of(1, 3));
    EXPECT_EQ(read(*file, 1, 6), effects_of(1, 3));
    EXPECT_EQ(read(*file, 1, 7), "nothing");
    EXPECT_EQ(read(*file, 1, 9), effects_of(1, 9));
    EXPECT_EQ(file->order_of_route(101, 6).value(), 1u);
    EXPECT_EQ(file->order_of_route(101, 8).value(), 0u);
    EXPECT_THAT(file->orders_of_ref(7, "ref", 10).value(), ElementsAre(2, 1));
    EXPECT_THAT(file->orders_of_ref(7, "ref", 8).value(), ElementsAre(2));
    EXPECT_THAT(file->orders_of_ref(7, "fer", 10).value(), IsEmpty());
    EXPECT_EQ(file->sum_at(10).value(), sum);
    EXPECT_FALSE(file->sum_at(9).value());
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(ArchiveFiles, TakeTheSameFactsTwice) {
    {
        const auto file = open();
        write_some(*file);
        write_some(*file);
    }
    const auto file = open();
    EXPECT_EQ(file->through(), 10u);
    EXPECT_EQ(read(*file, 1, 6), effects_of(1, 3));
    EXPECT_EQ(read(*file, 1, 8), "nothing");
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(ArchiveFiles, ForgetWhatLiesBehindTheBeginningOfAProcess) {
    {
        const auto file = open();
        EXPECT_TRUE(retire(*file, 3, 1));
        EXPECT_TRUE(file->finish(4, sum_of({{1, 3}})));
        write_some(*file);
        // Half of the next batch, as an interrupted process leaves it.
        EXPECT_TRUE(retire(*file, 12, 5));
    }
    {
        const auto file = open();
        EXPECT_TRUE(file->begin(4));
        EXPECT_EQ(file->through(), 4u);
        EXPECT_EQ(read(*file, 1, 20), effects_of(1, 3));
        EXPECT_EQ(read(*file, 2, 20), "nothing");
        EXPECT_EQ(read(*file, 5, 20), "nothing");
        EXPECT_EQ(file->sum_at(4).value(), sum_of({{1, 3}}));
        EXPECT_FALSE(file->sum_at(10).value());
        EXPECT_THAT(findings(), IsEmpty());
        EXPECT_TRUE(file->begin(0));  // only the first beginning counts
        EXPECT_EQ(read(*file, 1, 20), effects_of(1, 3));
    }
    const auto file = open();
    EXPECT_TRUE(file->begin(0));
    EXPECT_EQ(file->through(), 0u);
    EXPECT_EQ(read(*file, 1, 20), "nothing");
}

TEST_F(ArchiveFiles, ForgetWhatNoStartAsksFor) {
    const auto file = open();
    write_some(*file);
    EXPECT_TRUE(file->prune(6));
    EXPECT_EQ(read(*file, 1, 6), effects_of(1, 3));
    EXPECT_TRUE(file->prune(7));
    EXPECT_EQ(read(*file, 1, 6), "nothing");
    EXPECT_EQ(read(*file, 1, 10), effects_of(1, 9));
    EXPECT_EQ(file->order_of_route(101, 10).value(), 1u);
    EXPECT_THAT(findings(), IsEmpty());
}

TEST_F(ArchiveFiles, TellWhatIsDamaged) {
    write_some(*open());
    change("UPDATE orders SET effects = CAST('another order' AS BLOB) WHERE number = 2");
    {
        const auto file = open();
        EXPECT_THAT(told_, IsEmpty());
        const auto read_two = file->effects(2, 10);
        ASSERT_FALSE(read_two);
        EXPECT_EQ(read_two.error().code, error_archive_damaged);
        EXPECT_THAT(read_two.error().place, HasSubstr("archive.db"));
        EXPECT_THAT(read_two.error().reason, HasSubstr("order 2"));
        EXPECT_THAT(read_two.error().remedy, HasSubstr("remove the file archive.db"));
        EXPECT_EQ(read(*file, 1, 10), effects_of(1, 9));
    }
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("order 2"), HasSubstr("at decision 10")));
}

TEST_F(ArchiveFiles, AreFoundWantingByVerify) {
    write_some(*open());
    change("DELETE FROM orders WHERE number = 2");
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("at decision 10 there were 2")));
    clear();
    write_some(*open());
    change("DELETE FROM refs WHERE number = 2");
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("order 2 would not be found")));
    clear();
    write_some(*open());
    change("UPDATE snapshots SET orders = 3");
    EXPECT_THAT(findings(), ElementsAre(HasSubstr("at decision 10 there were 3")));
}

TEST_F(ArchiveFiles, OfAnotherJournalOrOfNoneAreMadeAnew) {
    write_some(*open());
    place_.id[0] = 8;
    auto file = open();
    ASSERT_THAT(told_, SizeIs(1));
    EXPECT_EQ(told_[0].code, error_journal_foreign);
    EXPECT_EQ(file->through(), 0u);
    write_some(*file);
    file.reset();
    ASSERT_TRUE(disk_->tamper(place_.path(archive_name), [](std::string& bytes) {
        for (std::size_t i = 0; i < 100; ++i) bytes[i] = 'x';
    }));
    file = open();
    ASSERT_THAT(told_, SizeIs(1));
    EXPECT_EQ(file->through(), 0u);
    write_some(*file);
    EXPECT_THAT(findings(), IsEmpty());
}

// Wherever the power goes, what was finished is there, and nothing is there by half.
TEST_F(ArchiveFiles, OutliveAPowerCutAtAnyCall) {
    test::Chance chance(31);
    bool cut_any = true;
    std::uint64_t finished = 0;
    std::uint64_t call = 1;
    for (; cut_any; ++call) {
        clear();
        disk_->cut_in(call);
        bool first = false;
        bool second = false;
        if (auto opened = ArchiveFile::open(place_)) {
            ArchiveFile& file = **opened;
            first = retire(file, 3, 1) && file.finish(4, sum_of({{1, 3}}));
            second = first && recall(file, 5, 1) && retire(file, 6, 2) &&
                     file.finish(8, sum_of({{2, 6}}));
            if (!second) ask_everything(file);
        }
        cut_any = disk_->is_dark();
        EXPECT_TRUE(cut_any || second);
        disk_->cut(static_cast<test::Aftermath>(chance.below(test::aftermaths)),
                   chance.one_in(2) ? 512 : 4096, chance);
        const auto file = open();
        ASSERT_NE(file, nullptr) << "cut at call " << call;
        EXPECT_TRUE(told_.empty() || !first) << "cut at call " << call;
        const std::uint64_t through = file->through();
        EXPECT_GE(through, second ? 8u : first ? 4u : 0u) << "cut at call " << call;
        finished += through > 0 ? 1 : 0;
        EXPECT_TRUE(file->begin(through)) << "cut at call " << call;
        EXPECT_EQ(file->sum_at(4).value().has_value(), through >= 4) << "cut at call " << call;
        EXPECT_EQ(file->sum_at(8).value().has_value(), through >= 8) << "cut at call " << call;
        EXPECT_EQ(read(*file, 1, 4), through >= 4 ? effects_of(1, 3) : "nothing");
        EXPECT_EQ(read(*file, 2, 8), through >= 8 ? effects_of(2, 6) : "nothing");
        EXPECT_THAT(findings(), IsEmpty()) << "cut at call " << call;
    }
    EXPECT_GT(call, 20u);
    EXPECT_GT(finished, 10u);
}

}  // namespace
}  // namespace oms::runtime::testing
