// SPDX-License-Identifier: Apache-2.0
// Damage by chance, one or two at a time, to any file of a journal: none is accepted in silence.
// What opening refuses, verify finds, and the other way round; what is opened nevertheless is what
// was written.
#include "journal_support.hpp"
#include "leave_figures.hpp"
#include "runtime/journal/snapshot_files.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

namespace oms::runtime::testing {
namespace {

#ifdef OMS_CORRUPTION_LONG
constexpr std::uint64_t usual_rounds = 1000;
#else
constexpr std::uint64_t usual_rounds = 60;
#endif
constexpr std::uint64_t commits = 200;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* given = std::getenv(variable);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

class RandomCorruption : public ::testing::Test {
protected:
    void SetUp() override {
        options_ = small(folder_);
        const std::unique_ptr<SqliteJournal> journal = open(options_);
        append_many(*journal, commits / 2);
        early_mark_ = read_file(folder_.file("high-water.mark"));
        append_many(*journal, commits / 2);
        info_ = *journal->info();
        make_snapshot(*journal, info_.segments[0].last_seq);
        make_snapshot(*journal, info_.segments[1].last_seq);
        ASSERT_TRUE(journal->close());
        std::filesystem::copy(folder_.journal(), pristine());
        ASSERT_GE(folder_.sealed().size(), 3U);
        const Result<JournalReport> report = verify_journal(options_);
        ASSERT_TRUE(report && report->findings.empty());
    }

    void make_snapshot(Journal& journal, std::uint64_t seq) {
        JournalHash hash{};
        ASSERT_TRUE(journal.read(seq, [&](const JournalCommit& commit) {
            hash = commit.hash;
            return false;
        }));
        auto writer = SnapshotWriter::create(*journal.place(), {seq, hash, 0, 1, 0, 0, {}});
        ASSERT_TRUE(writer);
        for (int chunk = 0; chunk < 3; ++chunk)
            ASSERT_TRUE((*writer)->add(std::string(1000, static_cast<char>('a' + chunk))));
        ASSERT_TRUE((*writer)->finish());
    }

    std::string pristine() const { return folder_.path() + "/pristine"; }

    void restore() {
        std::filesystem::remove_all(folder_.journal());
        std::filesystem::copy(pristine(), folder_.journal());
    }

    std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
    template <class List>
    const typename List::value_type& pick(const List& list) {
        return list[below(list.size())];
    }

    std::vector<std::string> files() const {
        std::vector<std::string> names = folder_.names();
        std::erase(names, "lock");
        return names;
    }

    // ---- damages: each says what it did ---------------------------------------------------------

    std::string flip_a_bit() {
        const std::string name = pick(files());
        std::string bytes = read_file(folder_.file(name));
        if (bytes.empty()) return "nothing to flip in " + name;
        // The zeros that a WAL was grown with are most of it, and no part of the journal.
        const bool wal = name.ends_with("-wal");
        const std::uint64_t end =
            wal ? std::min<std::uint64_t>(bytes.size(), info_.segments.back().bytes) : bytes.size();
        const std::uint64_t offset = below(end);
        bytes[offset] = static_cast<char>(bytes[offset] ^ (1 << below(8)));
        write_file(folder_.file(name), bytes);
        return "a bit flipped in " + name + " at " + std::to_string(offset);
    }

    std::string cut_a_file() {
        const std::string name = pick(files());
        const std::uint64_t size = std::filesystem::file_size(folder_.file(name));
        if (size == 0) return "nothing to cut of " + name;
        const std::uint64_t left = below(size);
        make_writable(folder_.file(name));
        std::filesystem::resize_file(folder_.file(name), left);
        return name + " cut to " + std::to_string(left) + " bytes";
    }

    std::string drop_a_file() {
        const std::string name = pick(files());
        std::filesystem::remove(folder_.file(name));
        return name + " removed";
    }

    std::string swap_files() {
        const std::string one = pick(files());
        const std::string other = pick(files());
        const std::string bytes = read_file(folder_.file(one));
        write_file(folder_.file(one), read_file(folder_.file(other)));
        write_file(folder_.file(other), bytes);
        return one + " and " + other + " swapped";
    }

    std::string double_a_segment() {
        if (below(2) == 0) {
            const std::string live = info_.segments.back().name;
            for (const char* ending : {"", "-wal"}) {
                std::error_code ignored;
                std::filesystem::copy_file(folder_.file(live + ending),
                                           folder_.file(std::string("live-9.oms") + ending),
                                           ignored);
            }
            return live + " doubled";
        }
        const std::string name = pick(info_.segments).name;
        const std::string copy = sealed_name(1 + below(commits));
        std::error_code ignored;
        std::filesystem::copy_file(folder_.file(name), folder_.file(copy), ignored);
        return name + " copied to " + copy;
    }

    std::string change_rows() {
        const JournalSegmentInfo& segment = pick(info_.segments);
        if (!std::filesystem::exists(folder_.file(segment.name))) return segment.name + " is gone";
        const std::uint64_t span = segment.last_seq - segment.first_seq + 1;
        const std::string one = std::to_string(segment.first_seq + below(span));
        const std::string other = std::to_string(segment.first_seq + below(span));
        const std::string columns = "last_seq, epoch, previous_hash, hash, frame FROM commits ";
        const std::vector<std::string> changes{
            "DELETE FROM commits WHERE first_seq = " + one,
            "DELETE FROM commits WHERE first_seq >= " + one,
            "DELETE FROM commits WHERE first_seq = " + one + ";INSERT INTO commits SELECT " + one +
                ", " + columns + "WHERE first_seq = " + other,
            "INSERT INTO commits SELECT " + std::to_string(segment.last_seq + 1) + ", " + columns +
                "WHERE first_seq = " + one,
            "UPDATE commits SET first_seq = -1 WHERE first_seq = " + one +
                ";UPDATE commits SET first_seq = " + one + " WHERE first_seq = " + other +
                ";UPDATE commits SET first_seq = " + other + " WHERE first_seq = -1",
            "UPDATE commits SET frame = x'0102' WHERE first_seq = " + one,
            "UPDATE commits SET last_seq = last_seq + 1 WHERE first_seq = " + one,
            "UPDATE commits SET epoch = epoch + 1 WHERE first_seq = " + one,
            "UPDATE commits SET hash = previous_hash WHERE first_seq = " + one,
            "UPDATE meta SET value = value || '0' WHERE key = 'hash'",
        };
        const std::string& sql = pick(changes);
        make_writable(folder_.file(segment.name));
        sqlite3* database = nullptr;
        sqlite3_open(folder_.file(segment.name).c_str(), &database);
        sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        const std::string all = "PRAGMA locking_mode=EXCLUSIVE;" + sql;
        // A file that was damaged before may not take it.
        sqlite3_exec(database, all.c_str(), nullptr, nullptr, nullptr);
        sqlite3_close(database);
        return segment.name + ": " + sql;
    }

    std::string age_the_mark() {
        write_file(folder_.file("high-water.mark"), early_mark_);
        return "the mark is of half the journal's length";
    }

    std::string damage() {
        switch (below(16)) {
            case 0:
            case 1:
            case 2:
            case 3:
            case 4: return flip_a_bit();
            case 5:
            case 6: return cut_a_file();
            case 7: return drop_a_file();
            case 8: return swap_files();
            case 9:
            case 10: return double_a_segment();
            case 11: return age_the_mark();
            default: return change_rows();
        }
    }

    // ---- what became of it ----------------------------------------------------------------------

    /// Whether everything can be read and is what was written.
    static bool holds_all(Journal& journal, bool& reading_failed) {
        const Result<std::vector<Seen>> all = read_all(journal);
        reading_failed = !all;
        if (!all || journal.last_seq() != commits || all->size() != commits) return false;
        for (std::size_t i = 0; i < commits; ++i) {
            if (all->at(i).first_seq != i + 1 || all->at(i).frame != frame_of(i + 1)) return false;
        }
        return true;
    }

    /// Opens as a start does, with everything checked or only what is read.
    bool is_refused(bool check_all, std::string& silent) {
        SqliteJournalOptions options = options_;
        options.check_all = check_all;
        const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options);
        if (!journal) {
            const Error& error = journal.error();
            if (error.place.empty() || error.reason.empty() || error.remedy.empty())
                silent = "an error does not say where, what and what to do: " + to_text(error);
            return true;
        }
        bool reading_failed = false;
        if (holds_all(**journal, reading_failed)) return false;
        if (!reading_failed) silent = "something else was opened than was written";
        return true;
    }

    void play(std::uint64_t seed, std::uint64_t round) {
        random_.seed(static_cast<std::mt19937::result_type>(seed * 1'000'003 + round));
        restore();
        // Rows that are lost together with the mark that knew of them are lost in silence: that is
        // why the mark is synced, and belongs on another disk.
        std::string what = damage();
        const bool marked = std::filesystem::exists(folder_.file("high-water.mark")) &&
                            read_file(folder_.file("high-water.mark")) ==
                                read_file(pristine() + "/high-water.mark");
        if (marked && below(4) == 0) {
            const std::string mark = read_file(folder_.file("high-water.mark"));
            what += "; " + damage();
            write_file(folder_.file("high-water.mark"), mark);
        }
        const Result<JournalReport> report = verify_journal(options_);
        const bool found = !report || !report->whole();
        const bool worth_knowing = report && !report->findings.empty();
        const std::filesystem::path damaged = folder_.path() + "/damaged";
        std::filesystem::remove_all(damaged);
        std::filesystem::copy(folder_.journal(), damaged);
        std::string silent;
        const bool refused = is_refused(true, silent);
        // An opening goes on with what it finds, and so may change it.
        std::filesystem::remove_all(folder_.journal());
        std::filesystem::copy(damaged, folder_.journal());
        is_refused(false, silent);
        ++counts_[refused ? "refused" : worth_knowing ? "told" : "without effect"];
        if (refused != found)
            silent = std::string(refused ? "refused" : "not refused") + ", and verify finds " +
                     (found ? "something" : "nothing");
        EXPECT_TRUE(silent.empty())
            << what << ": " << silent << "\nrepeat it with\n  OMS_CORRUPTION_SEED=" << seed
            << " OMS_CORRUPTION_ROUND=" << round << " build/dev/bin/oms_journal_test "
            << "--gtest_filter=RandomCorruption.*";
    }

    Folder folder_;
    SqliteJournalOptions options_;
    JournalInfo info_;
    std::string early_mark_;
    std::mt19937 random_;
    std::map<std::string, std::uint64_t> counts_;
};

TEST_F(RandomCorruption, IsNeverAcceptedInSilence) {
    const std::uint64_t seed = number_of("OMS_CORRUPTION_SEED", std::random_device()() % 1'000'000);
    const std::uint64_t rounds = number_of("OMS_CORRUPTION_ROUNDS", usual_rounds);
    const std::uint64_t only = number_of("OMS_CORRUPTION_ROUND", 0);
    if (only != 0) return play(seed, only);
    std::uint64_t played = 0;
    while (played < rounds && !HasFailure()) play(seed, ++played);
    std::printf("corruptions, seed %llu: %llu", static_cast<unsigned long long>(seed),
                static_cast<unsigned long long>(played));
    for (const auto& [what, count] : counts_)
        std::printf(", %s %llu", what.c_str(), static_cast<unsigned long long>(count));
    std::printf(", accepted in silence %d\n", HasFailure() ? 1 : 0);
    EXPECT_GT(counts_["refused"], rounds / 4) << "the damages do not damage";
    test::leave_figures(std::to_string(rounds) + " corruptions",
                        {{"corruptions of a journal", played},
                         {"corruptions accepted in silence", HasFailure() ? 1 : 0}});
}

}  // namespace
}  // namespace oms::runtime::testing
