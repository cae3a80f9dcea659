// SPDX-License-Identifier: Apache-2.0
// Makes snapshots while the process runs, from the newest one and the segments that were sealed
// since. It reads files that do not change any more and folds them into a world of its own: the
// kernel is neither stopped nor asked, and nothing waits for it. While one is made, memory holds
// two worlds.
#pragma once

#include "runtime/journal/journal.hpp"
#include "runtime/log.hpp"
#include "runtime/snapshot/restore.hpp"
#include "runtime/stats.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace oms::runtime {

struct SnapshotOptions {
    /// One is made when so many segments were sealed since the last one; 0: none are made.
    std::uint32_t after_segments = 4;
    /// So many are kept: when the newest is damaged, the one before it is the shorter way.
    std::uint32_t kept = 2;
};

/// Makes a snapshot that ends with the commit that ends with `to_seq`, from the newest good one and
/// the journal behind it. When that one ends there already, it is the answer. What was retired
/// meanwhile is in the archive before the snapshot can be seen.
Result<SnapshotFacts> make_snapshot(Journal& journal, ArchiveFile& archive, std::uint64_t to_seq,
                                    const Refused& refused, const GoOn& go_on = {});

class SnapshotKeeper {
public:
    /// `newest` is the seq of the newest good snapshot; 0: there is none. Without an archive none
    /// is made.
    SnapshotKeeper(Journal& journal, ArchiveFile* archive, const SnapshotOptions& options,
                   std::uint64_t newest, Log& log, Stats& stats);
    ~SnapshotKeeper() { stop(); }
    SnapshotKeeper(const SnapshotKeeper&) = delete;
    SnapshotKeeper& operator=(const SnapshotKeeper&) = delete;

    /// In a thread of its own, of the lowest priority.
    void start();
    /// What is half made is left out.
    void stop();

    /// Makes one if it is due; not beside the thread. Nothing when it is not due.
    Result<std::optional<SnapshotFacts>> turn();

private:
    void run();
    std::optional<std::uint64_t> due() const;
    Status tidy();
    void wait_for(std::chrono::milliseconds time);

    Journal& journal_;
    ArchiveFile* const archive_;
    const SnapshotOptions options_;
    Log& log_;
    Stats& stats_;
    std::uint64_t newest_;
    std::atomic<bool> stopping_{false};
    std::mutex mutex_;
    std::condition_variable stop_;
    std::thread thread_;
};

}  // namespace oms::runtime
