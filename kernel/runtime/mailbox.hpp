// SPDX-License-Identifier: Apache-2.0
// The answers for one port: put in by the thread that commits, taken out by whoever asked.
#pragma once

#include "runtime/published.hpp"

#include <oms/abi/connector.h>
#include <oms/sdk/batch.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace oms::runtime {

/// One answer: a durable decision of `group`, or rows of its own.
struct Mail {
    std::uint64_t token = 0;
    oms_status status = OMS_OK;
    std::uint64_t seq = 0;
    std::shared_ptr<const Published> group;
    std::shared_ptr<const sdk::Batch> rows;
};

class Mailbox {
public:
    /// So many inputs of one port may wait for their answers, those included that nobody took yet.
    static constexpr std::size_t most_owed = 65'536;

    /// One more answer is owed. False: there are too many, nothing may be submitted.
    bool owe();
    void forgive();  ///< what was owed was not submitted after all

    void put(Mail mail);
    /// Tells whoever waits that there is mail.
    void ring();

    /// Hands over what is there; waits up to `timeout_ms` for the first. OMS_AGAIN: nothing came.
    oms_status take(std::int64_t timeout_ms, const std::function<void(const oms_answer&)>& take);
    void wake();
    void stop();

private:
    std::mutex mutex_;
    std::condition_variable bell_;
    std::deque<Mail> mail_;
    std::size_t owed_ = 0;
    std::uint64_t wakes_ = 0;
    std::uint64_t wakes_seen_ = 0;
    bool stopped_ = false;
};

}  // namespace oms::runtime
