// SPDX-License-Identifier: Apache-2.0
// A kernel within this Python process, and the port through which Python speaks with it.
#pragma once

#include "event_batch.hpp"
#include "failure.hpp"
#include "runtime/runtime.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace oms::python {

/// None of these needs Python's lock, and those that wait are called without it.
class Session {
public:
    /// Opens and starts. `start` sets a virtual clock going at that time.
    Session(runtime::Options options, std::optional<std::int64_t> start);
    ~Session() { close(); }

    void close();
    bool is_closed() const { return closed_; }

    runtime::Port& port();
    std::shared_ptr<const sdk::Names> names() const { return names_; }

    runtime::Reply request(const sdk::Batch& input, std::int64_t timeout_ms);
    runtime::Reply ask(const oms_query& query, std::int64_t timeout_ms);
    void observe(const oms_observation& observation);
    void advance_to(std::int64_t time);
    void settle();
    std::string state_hash();
    runtime::ProcessStatus status();
    std::int64_t now() { return port().now(); }

    /// The entry of a code; defines it where it is missing, for Python's own origin and actor.
    void own_reference(std::uint32_t reference_class, std::string_view code);

    /// The next decisions behind those drained before, `most` of them at most; waits so long for
    /// the first one.
    std::unique_ptr<EventBatch> drain(std::size_t most, std::int64_t timeout_ms);
    std::uint64_t drained_seq() const { return drained_seq_; }
    void seek(std::uint64_t seq) { drained_seq_ = seq; }

private:
    runtime::Runtime& runtime();

    std::optional<runtime::VirtualClock> clock_;
    std::unique_ptr<runtime::Runtime> runtime_;
    std::unique_ptr<runtime::Port> port_;
    std::shared_ptr<const sdk::Names> names_;
    std::mutex draining_;
    std::atomic<std::uint64_t> drained_seq_{0};
    std::atomic<bool> closed_{false};
};

/// The value, or a Failure.
template <class T>
T need(Result<T> result) {
    if (!result) throw Failure(result.error());
    return std::move(*result);
}
inline void need(const Status& status) {
    if (!status) throw Failure(status.error());
}

}  // namespace oms::python
