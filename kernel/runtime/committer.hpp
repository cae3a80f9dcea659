// SPDX-License-Identifier: Apache-2.0
// The station behind the decision: commit, then publish. Nothing is shown, answered or handed to a
// connector before the frame that says so is on stable storage.
//
// The kernel's thread commits by itself when nothing else waits; under load it hands over what it
// has decided and goes on deciding. One group at a time is being committed, in the order of seqs,
// and one may wait behind it: the committing thread never asks for the next, and what comes
// meanwhile is added to it.
#pragma once

#include "model/frame.hpp"
#include "runtime/bell.hpp"
#include "runtime/journal/journal.hpp"
#include "runtime/log.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/projection.hpp"
#include "runtime/ring.hpp"
#include "runtime/stats.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace oms::runtime {

/// What was decided since the last commit.
struct Group {
    struct Answer {
        std::shared_ptr<Mailbox> mailbox;
        Mail mail;  ///< its `group` is filled in when there is one
    };
    Frame frame;  ///< decisions; may be empty: then only answers wait
    std::size_t inputs = 0;
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::vector<Answer> answers;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> halts;  ///< asked for; now decided

    bool empty() const { return frame.empty() && answers.empty() && halts.empty(); }
    void clear();
};

class Committer {
public:
    /// Says the last word and ends the process. It may return in tests alone: nothing is committed
    /// or published any more.
    using Fatal = std::function<void(const Error&)>;

    Committer(Journal& journal, Projection& projection, Ring& ring, Stats& stats, Fatal fatal)
        : journal_(journal),
          projection_(projection),
          ring_(ring),
          stats_(stats),
          fatal_(std::move(fatal)) {}
    ~Committer() { stop(); }

    /// `has_room` rings when a group is taken after one was refused.
    void start(Bell& has_room);
    void stop();

    /// Whether no group is being committed, or waits. Only then may the caller commit.
    bool idle() const { return idle_.load(std::memory_order_acquire); }
    /// Commits on the caller's thread; the group is empty afterwards.
    void commit(Group& group);
    /// Swaps the group with an empty one, and has it committed on the journal's thread behind the
    /// one before; on the caller's where there is none. False, and nothing: one waits already.
    bool hand_over(Group& group);
    /// Swaps the empty group with the one that waits. False: none does.
    bool take_back(Group& group);

    bool failed() const { return failed_.load(std::memory_order_acquire); }
    /// Nothing is committed or shown any more, and the last word is said.
    void fail_for_good(const Error& error);

private:
    void run();
    bool take_waiting();
    Status try_to_commit(Group& group);
    Status append(const Group& group);
    void publish(Group& group, const std::shared_ptr<const Published>& published);

    Journal& journal_;
    Projection& projection_;
    Ring& ring_;
    Stats& stats_;
    Fatal fatal_;
    Bell* has_room_ = nullptr;
    Bell work_;
    std::mutex mutex_;
    Group waiting_;  // under the mutex, and so are these two
    bool waits_ = false;
    bool refused_ = false;
    Group committing_;  // the journal's thread alone
    std::vector<Mailbox*> touched_;
    std::atomic<bool> idle_{true};
    std::atomic<bool> stopping_{false};
    std::atomic<bool> failed_{false};
    std::thread thread_;
};

}  // namespace oms::runtime
