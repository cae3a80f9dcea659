// SPDX-License-Identifier: Apache-2.0
// The client's end of the control socket: a port to a process that runs elsewhere on this machine.
#pragma once

#include "runtime/port.hpp"
#include "runtime/status.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oms::runtime {

inline constexpr ErrorCode error_not_running = 6100;       ///< nobody listens on the socket
inline constexpr ErrorCode error_socket_path = 6101;       ///< too long, or not a socket of ours
inline constexpr ErrorCode error_socket_denied = 6102;     ///< another user's
inline constexpr ErrorCode error_connection_lost = 6103;   ///< in the middle of something
inline constexpr ErrorCode error_protocol = 6104;          ///< the other side is of another version
inline constexpr ErrorCode error_too_many_clients = 6105;

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

    /// Why the connection is gone; code 0 while it is not.
    Error lost() const;

protected:
    Error stopped_error() const override;

private:
    class Connection;
    explicit ControlClient(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> connection_;
};

}  // namespace oms::runtime
