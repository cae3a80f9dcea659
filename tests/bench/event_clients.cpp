// SPDX-License-Identifier: Apache-2.0
#include "event_clients.hpp"

#include "figures.hpp"
#include "http_client.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

namespace oms::bench {

namespace {

constexpr std::size_t received_bytes = std::size_t{256} << 10U;
constexpr int look_ms = 20;  // whether somebody is to wake, or all are to end

}  // namespace

class EventClients::Client {
public:
    Client(std::uint16_t port, std::uint64_t seq) : port_(port), seen_(seq) { connect(); }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    int socket() const { return socket_; }
    std::uint64_t seen() const { return seen_; }

    enum class Came { bytes, end };
    /// Takes what has come.
    Came receive(std::uint64_t& bytes) {
        static thread_local std::array<char, received_bytes> arrived;
        const ssize_t got = ::recv(socket_, arrived.data(), arrived.size(), 0);
        if (got <= 0) return Came::end;
        bytes += static_cast<std::uint64_t>(got);
        read({arrived.data(), static_cast<std::size_t>(got)});
        return Came::bytes;
    }

    /// After its end: from the event behind the last whole one that came.
    void come_again() {
        if (!was_told_) die("an event stream ended without a word");
        was_told_ = false;
        ::close(socket_);
        connect();
    }

private:
    void connect() {
        socket_ = connect_to(port_);
        line_.clear();
        const std::string request =
            "GET /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nLast-Event-ID: " +
            std::to_string(seen_) + "\r\n\r\n";
        const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(request.size())) die("a stream could not be asked for");
        char first = 0;  // it streams when this has come
        if (::recv(socket_, &first, 1, MSG_PEEK) != 1) die("an event stream did not begin");
    }

    /// Of each line its beginning is enough.
    void read(std::string_view text) {
        constexpr std::size_t enough = 32;
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            if (line_.size() < enough) line_ += text.substr(0, std::min(end, enough));
            if (end == std::string_view::npos) return;
            read_line();
            line_.clear();
            text.remove_prefix(end + 1);
        }
    }

    void read_line() {
        constexpr std::string_view id = "id: ";
        if (line_.starts_with(id)) {
            std::from_chars(line_.data() + id.size(), line_.data() + line_.size(), coming_);
            if (coming_ != seen_ + 1) die("an event is missing from a stream");
        } else if (line_.empty()) {
            seen_ = std::max(seen_, coming_);
        } else if (line_ == "event: problem") {
            was_told_ = true;
        } else if (line_.starts_with("HTTP/1.1 ") && !line_.starts_with("HTTP/1.1 200")) {
            die("an event stream was refused: " + line_);
        }
    }

    const std::uint16_t port_;
    int socket_ = -1;
    std::uint64_t seen_;
    std::uint64_t coming_ = 0;  // its last bytes have not come yet
    bool was_told_ = false;     // that it is too slow
    std::string line_;
};

EventClients::EventClients(std::uint16_t port, std::size_t count, std::uint64_t seq, bool sleeper)
    : poll_(::epoll_create1(EPOLL_CLOEXEC)), all_awake_(!sleeper), seen_(seq) {
    for (std::size_t each = 0; each < count; ++each)
        watch(*clients_.emplace_back(std::make_unique<Client>(port, seq)));
    if (sleeper) sleeper_ = clients_.emplace_back(std::make_unique<Client>(port, seq)).get();
    thread_ = std::thread([this] { run(); });
}

EventClients::~EventClients() {
    stopping_.store(true);
    thread_.join();
    ::close(poll_);
}

void EventClients::watch(Client& client) const {
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.ptr = &client;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, client.socket(), &wanted);
}

void EventClients::wake() {
    to_wake_.store(true);
    while (!all_awake_.load()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void EventClients::run() {
    std::array<epoll_event, 64> ready{};
    std::uint64_t bytes = 0;
    while (!stopping_.load()) {
        const int count =
            ::epoll_wait(poll_, ready.data(), static_cast<int>(ready.size()), look_ms);
        for (int each = 0; each < count; ++each) {
            auto& client = *static_cast<Client*>(ready[static_cast<std::size_t>(each)].data.ptr);
            if (client.receive(bytes) == Client::Came::bytes) continue;
            cuts_.fetch_add(1);
            client.come_again();
            watch(client);
        }
        if (sleeper_ != nullptr && to_wake_.load()) watch(*std::exchange(sleeper_, nullptr));
        std::uint64_t least = ~std::uint64_t{0};
        for (const auto& client : clients_)
            if (client.get() != sleeper_) least = std::min(least, client->seen());
        seen_.store(least);
        bytes_.store(bytes);
        all_awake_.store(sleeper_ == nullptr);
    }
}

}  // namespace oms::bench
