// SPDX-License-Identifier: Apache-2.0
// The kernel's thread: takes what was submitted, in order, stamps it, has it decided, and sees to
// it that it is committed. The one place where the engine is called while the process runs.
#pragma once

#include "engine/engine.hpp"
#include "runtime/bell.hpp"
#include "runtime/clock.hpp"
#include "runtime/committer.hpp"
#include "runtime/lane.hpp"
#include "runtime/observations.hpp"
#include "runtime/projection.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <thread>

namespace oms::runtime {

struct KernelLimits {
    std::size_t inputs_waiting = 65'536;
    std::size_t input_bytes_waiting = std::size_t{32} << 20;
    std::size_t group_inputs = 4'096;  ///< decided in one commit
    std::size_t group_bytes = std::size_t{4} << 20;
};

class Kernel {
public:
    Kernel(engine::Engine& engine, Journal& journal, Projection& projection, Committer& committer,
           Clock& clock, Stats& stats, const KernelLimits& limits);
    ~Kernel() { stop(); }

    // ---- before the thread runs
    // -------------------------------------------------------------------

    /// Decides one input of the runtime's own. It is durable after `commit_now`.
    engine::Outcome decide_now(const oms_batch& input);
    void commit_now() { committer_.commit(group_); }

    void start();
    /// Instead of a thread: the work is done by whoever calls `step`, or waits and so `help`s.
    void start_by_hand() { by_hand_ = true; }
    /// Decides and commits what was taken, then ends the thread.
    void stop();

    // ---- by hand: one thread at a time ----------------------------------------------------------

    /// One round: decides what waits and what is due, and commits it. False: nothing more waits.
    bool step();
    /// Steps until nothing waits, so that what somebody waits for has come. False: there is a
    /// thread for that.
    bool help();
    /// A commit failed: nothing is decided, committed or shown any more.
    bool failed() const { return committer_.failed(); }

    // ---- any thread -----------------------------------------------------------------------------

    oms_status submit(const oms_batch& input, const std::shared_ptr<Mailbox>& mailbox,
                      std::uint64_t token);
    oms_status query(const oms_query& query, const std::shared_ptr<Mailbox>& mailbox,
                     std::uint64_t token);
    oms_status observe(std::span<const oms_observation> values);
    /// Answered when all that was submitted before is durable.
    oms_status barrier(const std::shared_ptr<Mailbox>& mailbox, std::uint64_t token);
    /// Runs a piece of work on the kernel's thread, between two inputs. When it is done, and what
    /// it decided is durable, the mailbox is told.
    oms_status errand(std::function<void()> work, const std::shared_ptr<Mailbox>& mailbox,
                      std::uint64_t token);

    /// From an errand: decides what falls due up to `time`, each at its own time.
    void move_clock(VirtualClock& clock, std::int64_t time);

private:
    void run();
    bool round();  ///< whether more waits
    bool work();
    void finish_round(bool more);
    void sleep();
    void take(Item& item);
    void decide(const Item& item);
    void answer_query(const Item& item);
    bool run_due();
    void apply_observations();
    void note_space();
    void count(const engine::Outcome& outcome, std::size_t frame_before);
    void answer(const Item& item, oms_status status, std::uint64_t seq,
                std::shared_ptr<const sdk::Batch> rows = nullptr);
    std::int64_t stamp();
    bool group_full() const;
    oms_status push(Lane& lane, Item item, const oms_batch& records);

    engine::Engine& engine_;
    Journal& journal_;
    Projection& projection_;
    Committer& committer_;
    Clock& clock_;
    Stats& stats_;
    const KernelLimits limits_;
    Lane inputs_;
    Lane halts_;  // overtakes all others
    Observations observations_;
    Bell bell_;
    Group group_;
    bool waiting_takes_more_ = false;  ///< the group that was handed over last
    std::int64_t last_time_;
    bool cancel_only_ = false;
    bool by_hand_ = false;
    sdk::Batch own_input_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace oms::runtime
