// SPDX-License-Identifier: Apache-2.0
// The journal's housekeeping: the next segment is ready before it is needed, full ones are sealed,
// the mark is synced, the disk's free space is watched.
#pragma once

#include "runtime/journal/high_water_mark.hpp"
#include "runtime/journal/live_segment.hpp"
#include "runtime/journal/segment_catalog.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace oms::runtime {

/// A live segment that takes no more commits.
struct RetiredSegment {
    std::shared_ptr<LiveSegment> segment;
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
};

struct KeeperOptions {
    std::uint64_t segment_bytes = 0;
    std::uint64_t low_space_bytes = 0;
    std::chrono::milliseconds mark_sync{1000};
    std::uint64_t epoch = 0;
    std::vector<std::string> blank;  ///< live files to use again
    std::uint64_t next_number = 1;   ///< of the next live file to be made
};

/// Works in a thread of its own, or in the caller's when nobody starts one.
class SegmentKeeper {
public:
    SegmentKeeper(SegmentPlace place, SegmentCatalog& catalog, HighWaterMark& mark,
                  KeeperOptions options);
    ~SegmentKeeper() { stop(); }
    SegmentKeeper(const SegmentKeeper&) = delete;
    SegmentKeeper& operator=(const SegmentKeeper&) = delete;

    void start();
    /// Ends the thread; what is half done is left to the next start.
    void stop();

    /// Everything that is due, at once. Not beside a thread.
    Status turn();
    /// Finds out whether space is low. Not beside a thread.
    Status watch_space();

    /// The prepared segment, or null. Asks for the next one.
    std::shared_ptr<LiveSegment> take_spare();
    void retire(RetiredSegment segment);
    /// The mark was written, and is to be synced in time.
    void marked() { mark_is_dirty_.store(true, std::memory_order_release); }
    Status sync_mark();

    bool space_low() const noexcept { return space_low_.load(std::memory_order_acquire); }
    bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
    Status failure() const;

private:
    void run();
    Status try_turn();
    Status prepare_spare();
    Result<std::shared_ptr<LiveSegment>> ready_segment();
    Status seal_all();
    Status seal(const RetiredSegment& retired);
    Status copy(const RetiredSegment& retired, const std::string& name);
    Status sync_mark_when_due();
    void fail_with(Error error);
    bool stopping() const { return stopping_.load(std::memory_order_acquire); }

    const SegmentPlace place_;
    SegmentCatalog& catalog_;
    HighWaterMark& mark_;
    KeeperOptions options_;

    mutable std::mutex mutex_;  ///< over the next six
    std::condition_variable work_;
    bool asked_ = false;
    std::shared_ptr<LiveSegment> spare_;
    std::deque<RetiredSegment> retired_;
    Status failure_;

    bool out_of_space_ = false;  ///< the turn could not be finished
    std::chrono::steady_clock::time_point mark_synced_{};
    std::atomic<bool> mark_is_dirty_{false};
    std::atomic<bool> space_low_{false};
    std::atomic<bool> failed_{false};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace oms::runtime
