// SPDX-License-Identifier: Apache-2.0
// Snapshots as files: what was written is read, what was not completed is not seen.
#include "runtime/journal/snapshot_files.hpp"
#include "journal_support.hpp"

#include <gmock/gmock.h>

namespace oms::runtime::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SnapshotFiles : public ::testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directory(folder_.journal());
        directory_ = make_posix_directory(folder_.journal());
        place_.directory = directory_.get();
        place_.files = sqlite3_vfs_find(nullptr);
        place_.id = {1, 2, 3};
    }

    SnapshotFacts write(std::uint64_t seq, const std::vector<std::string>& chunks) {
        auto writer = SnapshotWriter::create(place_, {seq, JournalHash{7}, 42, 1, 3, 0, {}});
        EXPECT_TRUE(writer);
        for (const std::string& chunk : chunks) EXPECT_TRUE((*writer)->add(chunk));
        const auto facts = (*writer)->finish();
        EXPECT_TRUE(facts);
        return *facts;
    }

    std::vector<std::string> names() const { return *list_snapshots(place_); }

    Folder folder_;
    std::unique_ptr<JournalDirectory> directory_;
    SegmentPlace place_;
};

TEST_F(SnapshotFiles, GiveBackWhatWasWritten) {
    const std::vector<std::string> chunks{"one", std::string(300'000, 'x'), "three"};
    const SnapshotFacts facts = write(4711, chunks);
    EXPECT_EQ(facts.observed, 42U);
    EXPECT_THAT(names(), ElementsAre("snapshot-00000000000000004711.state"));
    Result<SnapshotReader> reader = SnapshotReader::open(place_, names()[0]);
    ASSERT_TRUE(reader) << to_text(reader.error());
    EXPECT_EQ(reader->facts(), facts);
    std::string records;
    for (const std::string& chunk : chunks) {
        ASSERT_TRUE(reader->next(records).value_or(false));
        EXPECT_EQ(records, chunk);
    }
    const Result<bool> more = reader->next(records);
    ASSERT_TRUE(more);
    EXPECT_FALSE(*more);
    // Anybody can read the head.
    EXPECT_THAT(read_file(folder_.file(names()[0])).substr(0, 512),
                ::testing::StartsWith("oms-snapshot 1 id=010203"));
}

TEST_F(SnapshotFiles, AreSeenWhenTheyAreComplete) {
    {
        auto writer = SnapshotWriter::create(place_, {5, JournalHash{7}, 42, 1, 0, 0, {}});
        ASSERT_TRUE(writer);
        ASSERT_TRUE((*writer)->add("half"));
        EXPECT_THAT(names(), IsEmpty());
        EXPECT_THAT(folder_.names(), ElementsAre("snapshot-00000000000000000005.state.part"));
    }
    EXPECT_THAT(folder_.names(), IsEmpty());
    write(5, {"whole"});
    write(5, {"again"});
    EXPECT_THAT(folder_.names(), ElementsAre("snapshot-00000000000000000005.state"));
}

TEST_F(SnapshotFiles, AreKeptNewestFirst) {
    for (const std::uint64_t seq : {900U, 1000U, 70U}) write(seq, {"x"});
    write_file(folder_.file(snapshot_name(3) + ".part"), "left behind");
    write_file(folder_.file("snapshot-7.state"), "somebody else's");
    EXPECT_THAT(names(), ElementsAre(snapshot_name(1000), snapshot_name(900), snapshot_name(70)));
    ASSERT_TRUE(tidy_snapshots(place_, 2));
    EXPECT_THAT(folder_.names(),
                ElementsAre(snapshot_name(900), snapshot_name(1000), "snapshot-7.state"));
}

TEST_F(SnapshotFiles, SayWhyTheyCannotBeUsed) {
    const SnapshotFacts facts = write(10, {"some records"});
    const std::string name = snapshot_name(10);
    const auto found = [&](const JournalHash& hash) {
        return check_snapshot(place_, name, [&](std::uint64_t) { return hash; });
    };
    EXPECT_FALSE(found(facts.hash));
    EXPECT_EQ(found(JournalHash{8})->code, error_snapshot_foreign);

    std::string bytes = read_file(folder_.file(name));
    bytes.back() ^= 1;
    write_file(folder_.file(name), bytes);
    EXPECT_THAT(found(facts.hash)->reason, HasSubstr("differ from its hash"));
    write_file(folder_.file(name), bytes + "x");
    EXPECT_THAT(found(facts.hash)->reason, HasSubstr("bytes instead of"));
    write_file(folder_.file(name), "");
    EXPECT_THAT(found(facts.hash)->reason, HasSubstr("head cannot be read"));

    write(10, {"some records"});
    std::filesystem::rename(folder_.file(name), folder_.file(snapshot_name(11)));
    EXPECT_THAT(check_snapshot(place_, snapshot_name(11), [&](auto) { return facts.hash; })->reason,
                HasSubstr("its name says otherwise"));
    write(10, {"some records"});
    place_.id = {9};
    EXPECT_EQ(found(facts.hash)->code, error_snapshot_foreign);
    std::string newer = read_file(folder_.file(name));
    newer.replace(0, 15, "oms-snapshot 2 ");
    write_file(folder_.file(name), newer);
    EXPECT_EQ(found(facts.hash)->code, error_snapshot_version);
}

}  // namespace
}  // namespace oms::runtime::testing
