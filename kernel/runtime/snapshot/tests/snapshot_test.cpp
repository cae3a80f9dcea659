// SPDX-License-Identifier: Apache-2.0
// Snapshots of a running product: made beside it, begun with at the next start, refused by name
// when they are not what was written.
#include "model/canonical.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/journal_verify.hpp"
#include "runtime/journal/tests/journal_support.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"
#include "runtime/tests/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace oms::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What a fold over all of the journal, or over a snapshot and what lies behind it, comes to.
struct Start {
    std::string hash;
    std::uint64_t snapshot = 0;  ///< its seq; 0: there was none
    std::vector<Error> refused;
};

/// A product with a journal of small segments.
class Product {
public:
    SqliteJournalOptions journal_options() const {
        SqliteJournalOptions options;
        options.directory = directory();
        options.segment_bytes = 128U << 10U;
        options.first_segment_bytes = 64U << 10U;
        return options;
    }
    std::string directory() const { return folder_.journal(); }
    std::string path(const std::string& name) const { return directory() + "/" + name; }

    std::unique_ptr<SqliteJournal> open_journal() const {
        Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(journal_options());
        if (journal) return std::move(*journal);
        ADD_FAILURE() << to_text(journal.error());
        return nullptr;
    }

    /// A product whose journal has segments of the smallest size.
    void open(std::string settings = "journal: {snapshot_after: 1}\n") {
        world_.config = std::string(small_config) + settings;
        Options options = world_.options(false);
        options.clock = &world_.clock;
        options.log = [this](std::string_view line) {
            const std::lock_guard lock(log_mutex_);
            log_ += std::string(line) + "\n";
        };
        options.open_journal = [this]() -> Result<std::unique_ptr<Journal>> {
            return SqliteJournal::open(journal_options());
        };
        start_running(Runtime::open(std::move(options)), runtime_, port_);
    }
    void close() {
        port_.reset();
        runtime_.reset();
    }

    /// What it said so far; the background goes on saying.
    std::string log() {
        const std::lock_guard lock(log_mutex_);
        return log_;
    }

    /// Orders that are executed, open, old, cancelled by turns.
    void work(int orders) {
        Party party(*runtime_);
        for (int i = 0; i < orders; ++i) {
            const Result<Reply> placed =
                port_->request(place(*port_, "k" + std::to_string(next_key_++)).view());
            ASSERT_TRUE(placed);
            ASSERT_EQ(placed->code, 0U);
            if (i % 5 == 0) party.work(i % 2 == 0, 100);
            if (i % 7 == 0) world_.clock.move_to(world_.clock.now() + 2'000'000'000);
        }
        ASSERT_TRUE(runtime_->settle());
    }

    std::uint64_t counter(std::string_view wanted) const {
        for (const auto& [name, value] : runtime_->status().counters)
            if (name == wanted) return value;
        ADD_FAILURE() << "no counter " << wanted;
        return 0;
    }

    /// Works until the background made so many snapshots: a segment is sealed when the next commit
    /// finds it full and another one ready.
    void work_until_snapshots(std::uint64_t wanted) {
        for (int round = 0; round < 500 && counter("snapshots") < wanted; ++round) {
            work(8);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        ASSERT_GE(counter("snapshots"), wanted);
    }

    std::vector<std::string> snapshots() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(directory())) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with("snapshot-")) names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        return names;
    }

    Start start(bool with_snapshots) const {
        const auto journal = open_journal();
        Start start;
        engine::Engine engine(engine::Bindings{});
        Projection projection;
        if (with_snapshots) {
            auto loaded = newest_snapshot(
                *journal, [&](const Error& error) { start.refused.push_back(error); });
            if (loaded) {
                start.snapshot = loaded->facts.seq;
                projection.restore(loaded->fold->world);
                engine.restore(std::move(loaded->fold->world), loaded->facts.observed);
            }
        }
        const auto recovered = recover(*journal, engine, projection, nullptr);
        EXPECT_TRUE(recovered) << to_text(recovered.error());
        EXPECT_EQ(engine.seq(), journal->last_seq());
        start.hash = engine.state_hash();
        return start;
    }

    static void change_byte(const std::string& path, std::uint64_t offset) {
        std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                                     std::filesystem::perm_options::add);
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(offset));
        const int byte = file.get();
        file.seekp(static_cast<std::streamoff>(offset));
        file.put(static_cast<char>(byte ^ 0x10));
    }

    /// A closed journal with two snapshots.
    void make_two() {
        open();
        work_until_snapshots(2);
        work(50);
        close();
        ASSERT_THAT(snapshots(), SizeIs(2));
    }

protected:
    runtime::testing::Folder folder_;  ///< in memory: a busy disk's syncs would take most of it
    SmallWorld world_;
    std::mutex log_mutex_;
    std::string log_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
    int next_key_ = 0;
};

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
        ASSERT_TRUE(make_snapshot(*journal, journal->last_seq(), [](const Error&) {}));
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
    std::string hash;
    for (std::uint64_t offset = 0; offset < size; offset += offset < 512 ? 1 : size / 97 + 1) {
        std::filesystem::remove(path(newest));
        std::filesystem::copy_file(whole, path(newest));
        change_byte(path(newest), offset);
        std::vector<Error> refused;
        const auto found =
            newest_snapshot(*journal, [&](const Error& error) { refused.push_back(error); });
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
    const auto made = make_snapshot(
        *journal, journal->last_seq(), [](const Error&) {}, [&] { return ++asked < 5; });
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
