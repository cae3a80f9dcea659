// SPDX-License-Identifier: Apache-2.0
#include "runtime/committer.hpp"

#include "runtime/no_memory.hpp"
#include "runtime/thread_priority.hpp"

#include <algorithm>
#include <chrono>
#include <span>

namespace oms::runtime {

namespace {

constexpr std::size_t frame_kept = std::size_t{8} << 20;

std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point start) {
    const auto passed = std::chrono::steady_clock::now() - start;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count());
}

}  // namespace

void Group::clear() {
    frame.clear();
    inputs = 0;
    first_seq = 0;
    last_seq = 0;
    answers.clear();
    halts.clear();
}

void Committer::start(Bell& has_room) {
    has_room_ = &has_room;
    stopping_ = false;
    thread_ = std::thread([this] { run(); });
}

void Committer::stop() {
    if (!thread_.joinable()) return;
    stopping_ = true;
    work_.ring();
    thread_.join();
}

bool Committer::hand_over(Group& group) {
    if (!thread_.joinable()) {
        commit(group);
        return true;
    }
    {
        const std::lock_guard lock(mutex_);
        refused_ = waits_;
        if (waits_) return false;
        std::swap(group, waiting_);
        waits_ = true;
        idle_.store(false, std::memory_order_release);
    }
    work_.ring();
    return true;
}

bool Committer::take_back(Group& group) {
    if (idle()) return false;
    const std::lock_guard lock(mutex_);
    if (!waits_) return false;
    std::swap(group, waiting_);
    waits_ = false;
    return true;
}

void Committer::run() {
    set_priority(Priority::first);
    while (true) {
        if (take_waiting()) {
            commit(committing_);
            continue;
        }
        if (stopping_) return;
        work_.wait(-1);
    }
}

bool Committer::take_waiting() {
    const std::lock_guard lock(mutex_);
    idle_.store(!waits_, std::memory_order_release);
    if (!waits_) return false;
    std::swap(committing_, waiting_);
    waits_ = false;
    if (refused_) has_room_->ring();
    refused_ = false;
    return true;
}

void Committer::commit(Group& group) {
    if (!failed()) {
        const Status done = with_memory([&] { return try_to_commit(group); });
        if (!done) {
            group = Group();
            return fail_for_good(done.error());
        }
    }
    group.clear();
    if (group.frame.capacity() > frame_kept) group.frame = Frame();
}

Status Committer::try_to_commit(Group& group) {
    std::shared_ptr<const Published> published;
    if (!group.frame.empty()) {
        // What does not decode would be lost to every reader, so it is not written either.
        Result<std::shared_ptr<const Published>> made = Published::make(group.frame.bytes());
        if (!made) return tl::unexpected(std::move(made.error()));
        published = std::move(*made);
        if (Status status = append(group); !status) return status;
    }
    publish(group, published);
    return {};
}

Status Committer::append(const Group& group) {
    const auto start = std::chrono::steady_clock::now();
    JournalBatch batch;
    batch.first_seq = group.first_seq;
    batch.last_seq = group.last_seq;
    batch.epoch = journal_.epoch();
    batch.frame = std::as_bytes(std::span(group.frame.data(), group.frame.size()));
    if (Status status = journal_.append(batch); !status) return status;
    const std::uint64_t took = nanoseconds_since(start);
    stats_.commits.add();
    stats_.commit_bytes.add(group.frame.size());
    stats_.commit_ns.add(took);
    stats_.commit_ns_longest.raise(took);
    return {};
}

void Committer::publish(Group& group, const std::shared_ptr<const Published>& published) {
    if (published != nullptr) {
        for (const Published::Entry& entry : published->entries()) projection_.apply(entry.records);
        stats_.durable_seq.set(published->last_seq());
        ring_.push(published);
    }
    for (const auto& [scope, target] : group.halts) projection_.gate.settle(scope, target);
    for (Group::Answer& answer : group.answers) {
        if (answer.mail.rows == nullptr && answer.mail.seq >= group.first_seq)
            answer.mail.group = published;
        answer.mailbox->put(std::move(answer.mail));
        Mailbox* mailbox = answer.mailbox.get();
        if (std::find(touched_.begin(), touched_.end(), mailbox) == touched_.end())
            touched_.push_back(mailbox);
    }
    for (Mailbox* mailbox : touched_) mailbox->ring();
    touched_.clear();
}

void Committer::fail_for_good(const Error& error) {
    if (!failed_.exchange(true, std::memory_order_acq_rel)) fatal_(error);
}

}  // namespace oms::runtime
