// SPDX-License-Identifier: Apache-2.0
// The client's end of the control socket: a port to a process that runs elsewhere on this machine.
#pragma once

#include "runtime/control/control_protocol.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/port.hpp"
#include "runtime/status.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace oms::runtime {

/// Submits are sent without waiting: what the server could not take is answered under its token
/// with the status OMS_AGAIN. After OMS_STOPPED the connection is gone, and `lost` says why.
class ControlClient final : public Port {
public:
    /// The socket of a running process: the path of the socket itself, of the data directory in
    /// which it lies, or of a configuration (its folder or file).
    static Result<std::unique_ptr<ControlClient>> connect(const std::filesystem::path& place);
    ~ControlClient() override;

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
    /// Ends a `take_answers` or `read` that waits in another thread of this client.
    void wake() override;

    /// The process at the other end: version, figures, plugins.
    Result<ProcessStatus> status();
    /// Asks the process to stop in good order.
    Status stop();
    /// The version of oms at the other end.
    const std::string& version() const { return version_; }

protected:
    Error stopped_error() const override;

private:
    explicit ControlClient(std::filesystem::path path, UnixSocket socket);
    Status greet();
    void run();
    void deliver(const Message& message);
    oms_status send(const Message& message);
    /// Asks and waits for the answer under its id; nothing when it did not come, or was not waited
    /// for any more.
    std::optional<Message> call(Verb verb, std::string body, std::int64_t timeout_ms);
    oms_status pass_on(Verb verb, const oms_batch& records, std::uint64_t token);

    const std::filesystem::path path_;
    UnixSocket socket_;
    std::string version_;
    std::mutex sending_;
    Mailbox mailbox_;

    std::mutex mutex_;
    std::condition_variable answered_;
    std::map<std::uint64_t, std::optional<Message>> calls_;
    std::uint64_t next_id_ = 1;
    std::uint64_t wakes_ = 0;
    std::deque<std::string> codes_;
    std::atomic<bool> gone_{false};
    std::thread receiver_;
};

}  // namespace oms::runtime
