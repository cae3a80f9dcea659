// SPDX-License-Identifier: Apache-2.0
// What the journal's tests have in common: a directory of their own, frames that tell their seqs.
#pragma once

#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/journal_verify.hpp"
#include "runtime/journal/sqlite_journal.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace oms::runtime::testing {

class Folder {
public:
    Folder() {
        // In memory if possible: a busy disk's syncs would take most of the time.
        const std::filesystem::path memory = "/dev/shm";
        std::error_code ignored;
        const bool there = std::filesystem::is_directory(memory, ignored);
        const std::filesystem::path parent =
            there ? memory : std::filesystem::temp_directory_path();
        std::string name = (parent / "oms-journal-XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::string journal() const { return path_ + "/journal"; }
    std::string file(const std::string& name) const { return journal() + "/" + name; }
    const std::string& path() const { return path_; }

    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(journal())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    std::vector<std::string> sealed() const {
        std::vector<std::string> sealed;
        for (const std::string& name : names()) {
            if (name.starts_with("segment-") && name.ends_with(".oms")) sealed.push_back(name);
        }
        return sealed;
    }

private:
    std::string path_;
};

inline std::vector<std::byte> frame_of(std::uint64_t first_seq, std::size_t size = 200) {
    std::vector<std::byte> frame(size);
    std::uint64_t state = first_seq * 0x9e3779b97f4a7c15U;
    for (std::byte& byte : frame) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        byte = static_cast<std::byte>(state >> 56U);
    }
    return frame;
}

inline Status append(Journal& journal, std::uint64_t count = 1, std::size_t size = 200) {
    JournalBatch batch;
    batch.first_seq = journal.last_seq() + 1;
    batch.last_seq = journal.last_seq() + count;
    batch.epoch = journal.epoch();
    const std::vector<std::byte> frame = frame_of(batch.first_seq, size);
    batch.frame = frame;
    return journal.append(batch);
}

inline std::string text(const Status& status) {
    return status ? std::string("no error") : to_text(status.error());
}

inline void append_many(Journal& journal, std::size_t commits, std::uint64_t count = 1,
                        std::size_t size = 200) {
    for (std::size_t i = 0; i < commits; ++i) {
        const Status status = append(journal, count, size);
        ASSERT_TRUE(status) << text(status);
    }
}

struct Seen {
    std::uint64_t first_seq;
    std::uint64_t last_seq;
    std::vector<std::byte> frame;
    bool operator==(const Seen&) const = default;
};

inline Result<std::vector<Seen>> read_all(Journal& journal, std::uint64_t from = 1) {
    std::vector<Seen> all;
    const Status status = journal.read(from, [&](const JournalCommit& commit) {
        all.push_back({commit.first_seq, commit.last_seq,
                       std::vector<std::byte>(commit.frame.begin(), commit.frame.end())});
        return true;
    });
    if (!status) return tl::unexpected(status.error());
    return all;
}

/// Every seq from `from` to `to` once, in frames that are the ones appended.
inline void expect_frames(Journal& journal, std::uint64_t from, std::uint64_t to,
                          std::size_t size = 200) {
    const Result<std::vector<Seen>> all = read_all(journal, from);
    ASSERT_TRUE(all) << to_text(all.error());
    std::uint64_t next = from;
    for (const Seen& one : *all) {
        ASSERT_LE(one.first_seq, next);
        ASSERT_GE(one.last_seq, next);
        ASSERT_EQ(one.frame, frame_of(one.first_seq, size)) << "at seq " << one.first_seq;
        next = one.last_seq + 1;
    }
    ASSERT_EQ(next, to + 1);
}

/// Small segments, and no thread: each run does the same.
inline SqliteJournalOptions small(const Folder& folder) {
    SqliteJournalOptions options;
    options.directory = folder.journal();
    options.segment_bytes = 256U << 10U;
    options.first_segment_bytes = 128U << 10U;
    options.background = false;
    return options;
}

inline std::unique_ptr<SqliteJournal> open(const SqliteJournalOptions& options) {
    Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options);
    if (journal) return std::move(*journal);
    ADD_FAILURE() << to_text(journal.error());
    return nullptr;
}

inline Error refusal(const SqliteJournalOptions& options) {
    const Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(options);
    if (!journal) return journal.error();
    ADD_FAILURE() << "the journal opened";
    return {};
}

/// Commits one a seq, in several sealed segments and a live one; closed.
inline void fill(const SqliteJournalOptions& options, std::size_t commits) {
    const std::unique_ptr<SqliteJournal> journal = open(options);
    ASSERT_NE(journal, nullptr);
    append_many(*journal, commits);
    const Status closed = journal->close();
    ASSERT_TRUE(closed) << text(closed);
}

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void make_writable(const std::string& path) {
    std::error_code not_there;
    std::filesystem::permissions(path, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add, not_there);
}

inline void write_file(const std::string& path, const std::string& bytes) {
    make_writable(path);
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Changes a database as somebody with the sqlite3 shell would, leaving a WAL where it is.
inline void change(const std::string& path, const std::string& sql) {
    make_writable(path);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    const std::string all = "PRAGMA locking_mode=EXCLUSIVE;" + sql;
    EXPECT_EQ(sqlite3_exec(database, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(database);
    sqlite3_close(database);
}

/// The findings of `verify`, those that are not harmless.
inline std::vector<ErrorCode> faults(const SqliteJournalOptions& options) {
    const Result<JournalReport> report = verify_journal(options);
    if (!report) return {report.error().code};
    std::vector<ErrorCode> codes;
    for (const JournalFinding& finding : report->findings) {
        if (!finding.harmless) codes.push_back(finding.error.code);
    }
    return codes;
}

}  // namespace oms::runtime::testing
