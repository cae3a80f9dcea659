// SPDX-License-Identifier: Apache-2.0
// Stream sockets within one machine, as both ends of the control socket need them.
#pragma once

#include "model/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace oms::runtime {

inline constexpr ErrorCode error_not_running = 6100;      ///< nobody listens on the socket
inline constexpr ErrorCode error_socket_path = 6101;      ///< it cannot be made there
inline constexpr ErrorCode error_socket_denied = 6102;    ///< another user's
inline constexpr ErrorCode error_connection_lost = 6103;  ///< in the middle of something
inline constexpr ErrorCode error_protocol = 6104;         ///< the other side is of another version
inline constexpr ErrorCode error_too_many_clients = 6105;

class UnixSocket {
public:
    UnixSocket() = default;
    explicit UnixSocket(int descriptor) : descriptor_(descriptor) {}
    ~UnixSocket();
    UnixSocket(UnixSocket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    UnixSocket& operator=(UnixSocket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    UnixSocket(const UnixSocket&) = delete;
    UnixSocket& operator=(const UnixSocket&) = delete;

    /// Listens; only this user may connect. What a process that was killed left there is removed:
    /// the caller holds the lock of the data directory.
    static Result<UnixSocket> listen(const std::filesystem::path& path);
    static Result<UnixSocket> connect(const std::filesystem::path& path);

    /// The next client; invalid when the socket was shut down.
    UnixSocket accept();

    /// False: the other side is gone, or did not read for `send_timeout`.
    bool send(std::string_view bytes);
    /// Exactly so many bytes; false: the other side is gone.
    bool receive(char* bytes, std::size_t size);

    /// Ends what blocks on it in other threads.
    void shut_down();
    bool valid() const { return descriptor_ >= 0; }
    void set_send_timeout(std::int64_t seconds);

private:
    int descriptor_ = -1;
};

}  // namespace oms::runtime
