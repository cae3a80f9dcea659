// SPDX-License-Identifier: Apache-2.0
#include "door.hpp"

#include <poll.h>

#include <utility>

namespace line {

void Door::start(const std::string& address, int port) {
    listener_ = listen_on(address, port);
    host_.info("listening on " + address + ":" + std::to_string(port_of(listener_)));
    thread_ = std::thread(
        [this] { static_cast<void>(sdk::run_guarded(host_, "the door", [&] { run(); })); });
}

void Door::stop() {
    stopping_ = true;
    bell_.ring();
    if (thread_.joinable()) thread_.join();
}

void Door::run() {
    while (!stopping_) {
        std::vector<pollfd> polled{{bell_.number(), POLLIN, 0}};
        // With too many callers about, the next ones wait in the system's own queue.
        const bool open = waiting_.size() < most_waiting;
        polled.push_back({listener_.number(), static_cast<short>(open ? POLLIN : 0), 0});
        for (const Waiting& waiting : waiting_)
            polled.push_back({waiting.wire.number(), POLLIN, 0});
        ::poll(polled.data(), polled.size(), 250);
        std::vector<Waiting> left;
        for (std::size_t at = 0; at < waiting_.size(); ++at)
            if (!attend(waiting_[at], polled[at + 2].revents != 0))
                left.push_back(std::move(waiting_[at]));
        waiting_ = std::move(left);
        if ((polled[1].revents & POLLIN) != 0) admit();
    }
}

void Door::admit() {
    while (waiting_.size() < most_waiting) {
        Handle handle = accept_from(listener_);
        if (!handle) return;
        waiting_.push_back({Wire(std::move(handle)), steady_ms() + patience_ms});
    }
}

bool Door::attend(Waiting& waiting, bool readable) {
    if (readable && !waiting.wire.receive()) return true;
    const std::optional<std::string> text = waiting.wire.next_line();
    if (!text) return waiting.wire.overflown() || steady_ms() >= waiting.deadline;
    Decoded decoded = decode(*text);
    Session* session = nullptr;
    if (decoded.message && decoded.message->type == "LOGON")
        session = find_(decoded.message->get("session"));
    // To the caller both look the same: it learns no names of sessions.
    if (session != nullptr && !session->admits(*decoded.message)) {
        host_.warning("a caller was sent away: it does not know the secret of session " +
                      session->name());
    } else if (session == nullptr) {
        host_.warning("a caller was sent away: " +
                      (decoded.message ? std::string("it names no session that is configured")
                                       : decoded.fault));
    } else {
        session->take({std::move(waiting.wire), std::move(*decoded.message)});
    }
    return true;
}

}  // namespace line
