// SPDX-License-Identifier: Apache-2.0
// Clients of the event stream, all of them served by one thread: each looks at every event's id,
// and none may be missing.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace oms::bench {

class EventClients {
public:
    /// From the decision after `seq` on. `sleeper`: one more, which reads nothing until `wake`.
    EventClients(std::uint16_t port, std::size_t count, std::uint64_t seq, bool sleeper);
    ~EventClients();
    EventClients(const EventClients&) = delete;
    EventClients& operator=(const EventClients&) = delete;

    /// The decision that all who are awake have come to.
    std::uint64_t seen() const { return seen_.load(std::memory_order_relaxed); }
    /// The sleeper reads from here on: what waits for it, and when it was cut the rest behind that.
    /// `seen` asks for it, too, then.
    void wake();
    /// Bytes that came to all of them.
    std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
    /// How often one was told that it is too slow; it came again then.
    std::uint64_t cuts() const { return cuts_.load(std::memory_order_relaxed); }

private:
    class Client;
    void run();
    void watch(Client& client) const;

    const int poll_;
    std::vector<std::unique_ptr<Client>> clients_;
    Client* sleeper_ = nullptr;
    std::atomic<bool> to_wake_{false};
    std::atomic<bool> all_awake_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::uint64_t> seen_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> cuts_{0};
    std::thread thread_;
};

}  // namespace oms::bench
