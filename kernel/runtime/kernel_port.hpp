// SPDX-License-Identifier: Apache-2.0
// A port inside the process, and the same as a table of functions for plugins.
#pragma once

#include "runtime/kernel.hpp"
#include "runtime/port.hpp"
#include "runtime/ring.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace oms::runtime {

class KernelPort;

/// What all ports of a process have in common.
struct Backbone {
    std::atomic<Kernel*> kernel{nullptr};  ///< null until recovery is over: nothing is taken before
    Journal* journal = nullptr;
    Projection* projection = nullptr;
    Ring* ring = nullptr;
    Clock* clock = nullptr;
    Stats* stats = nullptr;

    /// Stops every port that there is.
    void stop_ports();

    std::mutex mutex;
    std::set<KernelPort*> ports;
};

class KernelPort final : public Port {
public:
    KernelPort(Backbone& backbone, std::string name);
    ~KernelPort() override;

    oms_status resolve(std::uint32_t reference_class, std::string_view code,
                       std::uint32_t& reference) override;
    oms_status describe(std::uint32_t reference, oms_reference_row& row) override;
    oms_status submit(const oms_batch& input, std::uint64_t token) override;
    oms_status observe(std::span<const oms_observation> observations) override;
    oms_status query(const oms_query& query, std::uint64_t token) override;
    oms_status take_answers(std::int64_t timeout_ms, const TakeAnswer& take) override;
    oms_status read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                    std::int64_t timeout_ms, const TakeDecision& take) override;
    oms_status gate(const oms_intent& intent) override;
    std::int64_t now() override;
    std::uint64_t durable_seq() override;
    void wake() override;

    /// From here on everything but `resolve` and `describe` answers OMS_STOPPED.
    void stop();

    /// The table of "oms.host.port/1"; as good as this port.
    const oms_port* table() const { return &table_; }

private:
    /// One stretch of reading: what is there now.
    struct Reading {
        std::uint32_t which = OMS_READ_ALL;
        std::uint32_t channel = 0;
        const TakeDecision* take = nullptr;
        bool took = false;
        oms_status status = OMS_OK;

        bool concerns(const oms_batch& decision) const;
        /// False: stop here, the decision was not taken.
        bool give(const oms_batch& decision);
    };
    bool read_ring(std::uint64_t& seq, Reading& reading);
    bool read_journal(std::uint64_t& seq, Reading& reading);
    bool woken() const { return wakes_.load() != wakes_seen_.load(); }
    /// A kernel without a thread works now; then there is nothing to wait for, and 0 is returned.
    std::int64_t help(std::int64_t timeout_ms);

    Backbone& backbone_;
    std::string name_;
    std::atomic<bool> stopped_{false};
    std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    std::atomic<std::uint64_t> wakes_{0};
    std::atomic<std::uint64_t> wakes_seen_{0};
    oms_port table_;
};

/// Fills the functions of the table; its context is the port.
oms_port make_port_table(KernelPort& port);

}  // namespace oms::runtime
