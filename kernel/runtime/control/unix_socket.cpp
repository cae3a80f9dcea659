// SPDX-License-Identifier: Apache-2.0
#include "runtime/control/unix_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace oms::runtime {

namespace {

constexpr int waiting_clients = 64;

/// An address may have some hundred bytes only: a long path is named by its folder's descriptor.
class Address {
public:
    explicit Address(const std::filesystem::path& path) {
        std::string name = path.string();
        if (name.size() >= sizeof raw_.sun_path) {
            folder_ = open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
            name = "/proc/self/fd/" + std::to_string(folder_) + "/" + path.filename().string();
        }
        raw_.sun_family = AF_UNIX;
        fits_ = name.size() < sizeof raw_.sun_path;
        if (fits_) std::memcpy(raw_.sun_path, name.c_str(), name.size() + 1);
    }
    ~Address() {
        if (folder_ >= 0) close(folder_);
    }
    Address(const Address&) = delete;
    Address& operator=(const Address&) = delete;

    bool fits() const { return fits_; }
    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&raw_); }
    static constexpr socklen_t size() { return sizeof(sockaddr_un); }

private:
    sockaddr_un raw_{};
    int folder_ = -1;
    bool fits_ = false;
};

UnixSocket make_socket() { return UnixSocket(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

tl::unexpected<Error> refused(ErrorCode code, const std::filesystem::path& path,
                              const std::string& reason, const std::string& remedy) {
    return fail(code, path.string(), reason, remedy);
}

}  // namespace

UnixSocket::~UnixSocket() {
    if (descriptor_ >= 0) close(descriptor_);
}

Result<UnixSocket> UnixSocket::listen(const std::filesystem::path& path) {
    const auto failed = [&] {
        return refused(error_socket_path, path,
                       std::string("the control socket cannot be made: ") + std::strerror(errno),
                       "see that the folder can be written, or set \"control\" to another path");
    };
    std::error_code ignored;
    if (std::filesystem::is_socket(path, ignored)) std::filesystem::remove(path, ignored);
    const Address address(path);
    UnixSocket socket = make_socket();
    if (!socket.valid()) return failed();
    if (!address.fits()) {
        errno = ENAMETOOLONG;
        return failed();
    }
    const mode_t before = umask(0177);
    const int bound = bind(socket.descriptor_, address.raw(), Address::size());
    umask(before);
    if (bound != 0 || ::listen(socket.descriptor_, waiting_clients) != 0) return failed();
    return socket;
}

Result<UnixSocket> UnixSocket::connect(const std::filesystem::path& path) {
    const Address address(path);
    UnixSocket socket = make_socket();
    if (socket.valid() && address.fits() &&
        ::connect(socket.descriptor_, address.raw(), Address::size()) == 0)
        return socket;
    if (errno == EACCES || errno == EPERM) {
        return refused(error_socket_denied, path, "another user's oms listens here",
                       "run the command as the user who started it");
    }
    return refused(
        error_not_running, path, "no oms process listens here",
        "start one with `oms run CONFIG`, or name the configuration of the one that runs");
}

UnixSocket UnixSocket::accept() {
    while (true) {
        const int client = accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client >= 0) return UnixSocket(client);
        if (errno != EINTR && errno != ECONNABORTED && errno != EMFILE) return {};
        if (errno == EMFILE) usleep(10'000);
    }
}

bool UnixSocket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool UnixSocket::receive(char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t received = recv(descriptor_, bytes, size, 0);
        if (received < 0 && errno == EINTR) continue;
        if (received <= 0) return false;
        bytes += received;
        size -= static_cast<std::size_t>(received);
    }
    return true;
}

void UnixSocket::shut_down() {
    if (descriptor_ >= 0) shutdown(descriptor_, SHUT_RDWR);
}

void UnixSocket::set_send_timeout(std::int64_t seconds) {
    timeval limit{};
    limit.tv_sec = static_cast<decltype(limit.tv_sec)>(seconds);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace oms::runtime
