// SPDX-License-Identifier: Apache-2.0
// Snapshots of a running product: made beside it, begun with at the next start, refused by name
// when they are not what was written.
#include "product.hpp"

#include "model/canonical.hpp"
#include "runtime/journal/journal_verify.hpp"

#include <gmock/gmock.h>

namespace oms::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Snapshots : public ::testing::Test, public Product {};

TEST_F(Snapshots, AreMadeBesideTheKernelAndBegunWith) {
    make_two();
    const Start from_snapshot = start(true);
    const Start from_beginning = start(false);
    EXPECT_GT(from_snapshot.snapshot, 0U);
    EXPECT_THAT(from_snapshot.refused, IsEmpty());
    EXPECT_EQ(from_snapshot.hash, from_beginning.hash);

    log_.clear();
    open();
    EXPECT_THAT(log(), HasSubstr("taken from a snapshot"));
    EXPECT_EQ(counter("snapshot_seq"), from_snapshot.snapshot);
    // Names, keys and open orders are what they were.
    const Result<Reply> again = port_->request(place(*port_, "k3").view());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->code, 0U);
    EXPECT_LT(again->seq, from_snapshot.snapshot);
    work(20);
    const std::string live = runtime_->state_hash();
    close();
    EXPECT_EQ(start(true).hash, live);
    EXPECT_EQ(start(false).hash, live);
}

TEST_F(Snapshots, HoldTheGateAndTheAccounts) {
    open();
    work(3);
    std::vector<oms_intent> intents;
    {
        Party party(*runtime_);  // its port must not outlive the runtime
        party.work(false, 100);
        intents = party.intents;
    }
    const std::uint32_t firm = port_->reference(OMS_class_account, "firm").value_or(0);
    ASSERT_TRUE(port_->halt(OMS_halt_scope_account, firm, true, "for the night"));
    close();
    {
        const auto journal = open_journal();
        const auto archive = open_archive(*journal);
        ASSERT_TRUE(make_snapshot(*journal, *archive, journal->last_seq(), [](const Error&) {}));
    }
    open();
    ASSERT_FALSE(intents.empty());
    EXPECT_EQ(port_->gate(intents.front()), OMS_HALTED);
}

TEST_F(Snapshots, AreKeptInTheNumberThatIsConfigured) {
    open("journal: {snapshot_after: 1, snapshots_kept: 1}\n");
    work_until_snapshots(3);
    close();
    EXPECT_THAT(snapshots(), SizeIs(1));
}

TEST_F(Snapshots, AreNotMadeWhenNobodyWantsThem) {
    open("journal: {snapshot_after: 0}\n");
    for (int round = 0; round < 20; ++round) work(8);
    close();
    EXPECT_THAT(snapshots(), IsEmpty());
}

TEST_F(Snapshots, AnOlderOneStandsInForADamagedOne) {
    make_two();
    const std::string newest = snapshots().back();
    const std::uint64_t older = *snapshot_seq(snapshots().front());
    const std::uint64_t size = std::filesystem::file_size(path(newest));
    const std::string whole = path("aside");
    std::filesystem::copy_file(path(newest), whole);
    const auto journal = open_journal();
    const auto archive = open_archive(*journal);
    std::string hash;
    for (std::uint64_t offset = 0; offset < size; offset += offset < 512 ? 1 : size / 97 + 1) {
        std::filesystem::remove(path(newest));
        std::filesystem::copy_file(whole, path(newest));
        change_byte(path(newest), offset);
        std::vector<Error> refused;
        const auto found = newest_snapshot(*journal, archive.get(),
                                           [&](const Error& error) { refused.push_back(error); });
        ASSERT_THAT(refused, SizeIs(1)) << "offset " << offset;
        EXPECT_THAT(refused[0].place, HasSubstr(newest));
        EXPECT_GE(refused[0].code, error_snapshot_damaged);
        EXPECT_FALSE(refused[0].remedy.empty());
        ASSERT_TRUE(found);
        EXPECT_EQ(found->facts.seq, older);
        if (hash.empty()) hash = state_hash(found->fold->world);
        ASSERT_EQ(state_hash(found->fold->world), hash) << "offset " << offset;
    }
    ASSERT_TRUE(journal->close());
    EXPECT_EQ(start(true).snapshot, older);
    EXPECT_EQ(start(true).hash, start(false).hash);
}

TEST_F(Snapshots, TheJournalStandsInForAllOfThem) {
    make_two();
    const std::string hash = start(false).hash;
    const std::vector<std::string> names = snapshots();
    for (const std::string& name : names) {
        const std::uint64_t size = std::filesystem::file_size(path(name));
        std::filesystem::permissions(path(name), std::filesystem::perms::owner_write,
                                     std::filesystem::perm_options::add);
        std::filesystem::resize_file(path(name), size - 1);
    }
    const Start found = start(true);
    EXPECT_EQ(found.snapshot, 0U);
    EXPECT_THAT(found.refused, SizeIs(2));
    EXPECT_EQ(found.hash, hash);

    log_.clear();
    open();
    for (const std::string& name : names) EXPECT_THAT(log(), HasSubstr(name));
    EXPECT_THAT(log(), HasSubstr("this snapshot is not used"));
    // The next one that is made takes their place.
    work_until_snapshots(1);
    close();
    ASSERT_THAT(snapshots(), SizeIs(1));
    EXPECT_THAT(start(true).refused, IsEmpty());
}

TEST_F(Snapshots, OfAnotherJournalOrAnotherPastAreRefused) {
    make_two();
    const std::string hash = start(false).hash;
    // The same place in another journal.
    Product other;
    other.make_two();
    const std::string foreign = other.snapshots().back();
    std::filesystem::copy_file(other.path(foreign), path(foreign),
                               std::filesystem::copy_options::skip_existing);
    // The same journal, where no commit ends.
    const std::string newest = snapshots().front();
    const auto journal = open_journal();
    const auto reader = SnapshotReader::open(*journal->place(), newest);
    ASSERT_TRUE(reader);
    auto writer = SnapshotWriter::create(
        *journal->place(), {journal->last_seq() - 1, reader->facts().hash, 0, 1, 0, 0, {}});
    ASSERT_TRUE(writer);
    ASSERT_TRUE((*writer)->finish());
    ASSERT_TRUE(journal->close());
    const Start found = start(true);
    EXPECT_EQ(found.hash, hash);
    ASSERT_GE(found.refused.size(), 1U);
    for (const Error& error : found.refused) EXPECT_EQ(error.code, error_snapshot_foreign);
}

TEST_F(Snapshots, OfANewerVersionAreLeftWhereTheyAre) {
    make_two();
    {
        const auto journal = open_journal();
        bool found = false;
        JournalHash hash{};
        ASSERT_TRUE(journal->read(journal->last_seq(), [&](const JournalCommit& commit) {
            hash = commit.hash;
            found = true;
            return false;
        }));
        ASSERT_TRUE(found);
        auto writer =
            SnapshotWriter::create(*journal->place(), {journal->last_seq(), hash, 0, 77, 0, 0, {}});
        ASSERT_TRUE(writer);
        ASSERT_TRUE((*writer)->finish());
    }
    const Start found = start(true);
    ASSERT_THAT(found.refused, SizeIs(1));
    EXPECT_EQ(found.refused[0].code, error_snapshot_version);
    EXPECT_THAT(found.refused[0].reason, HasSubstr("form 77"));
    EXPECT_EQ(found.hash, start(false).hash);
    EXPECT_THAT(snapshots(), SizeIs(3));
}

TEST_F(Snapshots, WhatAnInterruptedWriterLeftIsTidiedAway) {
    make_two();
    const std::string left = path(snapshot_name(999'999) + ".part");
    std::ofstream(left) << "half of it";
    EXPECT_THAT(start(true).refused, IsEmpty());
    open();
    work_until_snapshots(1);
    close();
    EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(Snapshots, StopWhenTheyAreTold) {
    make_two();
    const auto journal = open_journal();
    for (const std::string& name : snapshots()) std::filesystem::remove(path(name));
    int asked = 0;
    const auto archive = open_archive(*journal);
    const auto made = make_snapshot(
        *journal, *archive, journal->last_seq(), [](const Error&) {}, [&] { return ++asked < 5; });
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, error_journal_interrupted);
    EXPECT_THAT(snapshots(), IsEmpty());
}

TEST_F(Snapshots, AreLookedAtByVerify) {
    make_two();
    const auto findings = [&] {
        const Result<JournalReport> report = verify_journal(journal_options());
        EXPECT_TRUE(report && report->whole());
        std::vector<ErrorCode> codes;
        for (const JournalFinding& finding : report->findings) codes.push_back(finding.error.code);
        return codes;
    };
    EXPECT_THAT(findings(), IsEmpty());
    const std::string newest = snapshots().back();
    change_byte(path(newest), std::filesystem::file_size(path(newest)) - 3);
    EXPECT_THAT(findings(), ElementsAre(error_snapshot_damaged));
}

}  // namespace
}  // namespace oms::runtime::test
