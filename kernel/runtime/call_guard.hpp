// SPDX-License-Identifier: Apache-2.0
// Who is at work: before each call into an inside plugin the kernel's thread notes the instance in
// a small file that is mapped into memory, so that the note outlives the process. A watchdog ends
// the process when a call does not come back, and a fatal signal is noted as well; the next start
// reads the note and quarantines the instance.
#pragma once

#include "engine/bindings.hpp"
#include "model/result.hpp"
#include "runtime/stats.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace oms::runtime {

inline constexpr ErrorCode error_call_marks = 4230;    ///< the file of the notes cannot be used
inline constexpr ErrorCode error_plugin_stall = 4231;  ///< a call did not come back

/// How the last process ended, as far as its notes tell.
struct LastEnd {
    enum class How : std::uint8_t {
        first,      ///< there was no process before
        clean,      ///< it stopped in good order
        unclean,    ///< it was killed, and no inside plugin had been at work for long
        in_a_call,  ///< it was killed while one was at work, and had been for a while
        stalled,    ///< the watchdog ended it
        crashed,    ///< a fatal signal came from within one
    };
    How how = How::first;
    std::string instance;  ///< that was at work, if any

    bool blames() const { return how >= How::in_a_call; }
};

class CallMarks final : public engine::CallGuard {
public:
    /// Ends the process; in tests it may return.
    using Fatal = std::function<void(const Error&)>;
    static constexpr std::size_t most_instances = 64;

    /// An empty path: the notes live in memory alone.
    static Result<std::unique_ptr<CallMarks>> open(const std::filesystem::path& path, Stats& stats);
    ~CallMarks() override;

    const LastEnd& last_end() const { return last_end_; }

    /// The instances that may be entered: their numbers and names. Before the first call.
    void name(std::uint32_t instance, std::string_view name);

    // Kernel thread.
    void enter(std::uint32_t instance) override;
    void leave(std::uint32_t instance, bool at_fault) override;

    /// Ends the process when a call takes longer.
    void watch(std::int64_t stall_ms, Fatal fatal);
    /// Notes fatal signals of the thread that makes the calls. One instance a process.
    void catch_crashes();
    /// The process stops in good order.
    void close();

    std::uint64_t calls(std::uint32_t instance) const;
    std::uint64_t faults(std::uint32_t instance) const;

private:
    struct Marks;  // what lies in the file
    struct Tally {
        std::uint32_t instance = 0;
        Counter calls;
        Counter faults;
    };
    explicit CallMarks(Stats& stats) : stats_(stats) {}
    Status map(const std::filesystem::path& path);
    void read_last_end();
    void look(std::int64_t stall_ms, const Fatal& fatal);
    std::string name_of(std::uint32_t instance) const;
    Tally* tally(std::uint32_t instance);

    Stats& stats_;
    Marks* marks_ = nullptr;
    bool mapped_ = false;
    LastEnd last_end_;
    std::array<Tally, most_instances> tallies_;
    std::atomic<bool> stopping_{false};
    std::thread watchdog_;
};

}  // namespace oms::runtime
