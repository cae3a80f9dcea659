// SPDX-License-Identifier: Apache-2.0
#include "runtime/mailbox.hpp"

#include <chrono>
#include <utility>

namespace oms::runtime {

namespace {

constexpr std::size_t most_at_once = 1024;

void hand_over(const Mail& mail, const std::function<void(const oms_answer&)>& take) {
    oms_answer answer{};
    answer.size = sizeof answer;
    answer.status = static_cast<std::uint32_t>(mail.status);
    answer.token = mail.token;
    answer.seq = mail.seq;
    if (mail.rows != nullptr)
        answer.records = mail.rows->view();
    else if (mail.group != nullptr)
        answer.records = mail.group->entry(mail.seq).records;
    take(answer);
}

}  // namespace

bool Mailbox::owe() {
    const std::lock_guard lock(mutex_);
    if (stopped_ || owed_ >= most_owed) return false;
    ++owed_;
    return true;
}

void Mailbox::forgive() {
    const std::lock_guard lock(mutex_);
    --owed_;
}

void Mailbox::put(Mail mail) {
    const std::lock_guard lock(mutex_);
    mail_.push_back(std::move(mail));
}

void Mailbox::ring() { bell_.notify_one(); }

oms_status Mailbox::take(std::int64_t timeout_ms,
                         const std::function<void(const oms_answer&)>& take) {
    std::deque<Mail> taken;
    {
        std::unique_lock lock(mutex_);
        const auto ready = [this] { return !mail_.empty() || stopped_ || wakes_ != wakes_seen_; };
        if (timeout_ms > 0) bell_.wait_for(lock, std::chrono::milliseconds(timeout_ms), ready);
        wakes_seen_ = wakes_;
        if (mail_.empty()) return stopped_ ? OMS_STOPPED : OMS_AGAIN;
        while (!mail_.empty() && taken.size() < most_at_once) {
            taken.push_back(std::move(mail_.front()));
            mail_.pop_front();
        }
        owed_ -= taken.size();
    }
    for (const Mail& mail : taken) hand_over(mail, take);
    return OMS_OK;
}

void Mailbox::wake() {
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
    }
    bell_.notify_all();
}

void Mailbox::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    bell_.notify_all();
}

}  // namespace oms::runtime
