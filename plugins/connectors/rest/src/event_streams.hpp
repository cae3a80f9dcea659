// SPDX-License-Identifier: Apache-2.0
// Server-sent events: every durable decision, from any seq on, to as many clients as the cap
// allows. One thread reads decisions and writes each of them once for all who are up to date, who
// are sent the same bytes unless they filter; who is behind is read for apart. Sending is done at
// once, several events a send, and never waits: a client that does not keep up while up to date is
// cut, with the reason as its last event.
#pragma once

#include "connection.hpp"

#include <oms/sdk/batch.hpp>
#include <oms/sdk/names.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oms::rest {

struct StreamFilter {
    std::uint64_t order = 0;    ///< 0: any
    std::uint32_t account = 0;  ///< 0: any

    bool passes_all() const { return order == 0 && account == 0; }
};

struct StreamLimits {
    std::size_t streams = 64;
    std::size_t unsent_bytes = std::size_t{1} << 20;  ///< that may wait before one client
    std::chrono::milliseconds heartbeat{15000};
};

class EventStreams {
public:
    /// `account_of` is asked for orders that were opened before the stream began; it may block.
    EventStreams(const oms_port* port, const sdk::Names& names, const StreamLimits& limits,
                 std::function<std::uint32_t(std::uint64_t)> account_of);

    /// From the decision after `seq` on. False: there are too many.
    bool add(std::shared_ptr<Connection> connection, std::uint64_t seq, const StreamFilter& filter);

    void run();
    void stop();  ///< any thread

    const StreamLimits& limits() const { return limits_; }
    std::size_t count() const { return count_.load(std::memory_order_relaxed); }
    std::uint64_t cut_count() const { return cut_.load(std::memory_order_relaxed); }

private:
    struct Stream {
        std::shared_ptr<Connection> connection;
        std::uint64_t seq = 0;
        StreamFilter filter;
        std::string unsent;   ///< events of this turn for it alone, before they are pushed
        bool shares = false;  ///< it is sent this turn's events for all
        std::size_t pending = 0;
        SteadyTime sent_last{};
        bool over = false;
    };
    using Streams = std::vector<std::unique_ptr<Stream>>;

    void take_in();
    std::uint64_t front() const;
    bool read_live(std::int64_t timeout_ms);
    void catch_up(Stream& stream);
    void offer(Stream& stream, const oms_batch& decision, std::uint64_t seq);
    bool wants(const StreamFilter& filter, const oms_batch& decision);
    void learn(const oms_batch& decision);
    std::uint32_t account(std::uint64_t order);
    void write_frame(const oms_batch& decision, std::uint64_t seq);
    void send(Stream& stream, std::string_view events, bool live);
    void cut(Stream& stream);
    void join_live();
    void settle();

    const oms_port* port_;
    const sdk::Names& names_;
    const StreamLimits limits_;
    std::function<std::uint32_t(std::uint64_t)> account_of_;

    std::mutex mutex_;
    std::condition_variable changed_;
    Streams arriving_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> count_{0};
    std::atomic<std::uint64_t> cut_{0};

    // The thread's own.
    Streams live_;    // up to date: they share what is read
    Streams behind_;  // each reads for itself
    std::uint64_t live_seq_ = 0;
    bool progress_ = false;          // somebody who is behind got on in this turn
    bool filters_accounts_ = false;  // somebody does
    std::string frame_;              // the decision at hand as an event; empty: not written yet
    std::string shared_;  // this turn's events, for all who are up to date and do not filter
    std::string json_;
    std::unordered_map<std::uint64_t, std::uint32_t>
        accounts_;  // of orders, while somebody filters
};

}  // namespace oms::rest
