// SPDX-License-Identifier: Apache-2.0
// A running product with a journal of small segments, and so with many snapshots.
#pragma once

#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/tests/journal_support.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"
#include "runtime/tests/small_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace oms::runtime::test {

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

    static std::unique_ptr<ArchiveFile> open_archive(Journal& journal) {
        Result<std::unique_ptr<ArchiveFile>> archive = ArchiveFile::open(*journal.place());
        if (archive) return std::move(*archive);
        ADD_FAILURE() << to_text(archive.error());
        return nullptr;
    }

    /// A product whose journal has segments of the smallest size.
    void open(std::string settings = "journal: {snapshot_after: 1}\n") {
        world_.config = std::string(small_config) + settings;
        if (!retire_after.empty()) {
            const std::string limits = "limits: {";
            world_.config.insert(
                world_.config.find(limits) + limits.size(),
                "retire_after: " + retire_after + ", key_window: " + retire_after + ", ");
        }
        Options options = world_.options(false);
        options.clock = &world_.clock;
        options.log = [this](std::string_view line) {
            const std::lock_guard lock(log_mutex_);
            log_ += std::string(line) + "\n";
        };
        options.on_fatal = [this](const Error& error) {
            const std::lock_guard lock(log_mutex_);
            last_word_ = error;
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
        const auto archive = open_archive(*journal);
        Start start;
        engine::Engine engine(engine::Bindings{});
        Projection projection;
        if (with_snapshots) {
            auto loaded = newest_snapshot(*journal, archive.get(), [&](const Error& error) {
                start.refused.push_back(error);
            });
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
        ASSERT_EQ(snapshots().size(), 2U);
    }

protected:
    std::string retire_after;  ///< instead of the usual time; keys are kept as long
    std::optional<Error> last_word_;
    runtime::testing::Folder folder_;  ///< in memory: a busy disk's syncs would take most of it
    SmallWorld world_;
    std::mutex log_mutex_;
    std::string log_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<Port> port_;
    int next_key_ = 0;
};

}  // namespace oms::runtime::test
