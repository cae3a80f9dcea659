// SPDX-License-Identifier: Apache-2.0
#include "session.hpp"

#include <oms/sdk/secret.hpp>

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace line {

namespace {

constexpr std::int64_t logon_patience_ms = 10'000;
constexpr std::int64_t rest_after_failure_ms = 1'000;
constexpr std::int64_t parting_ms = 1'000;  ///< for a LOGOUT to leave
constexpr int connect_timeout_ms = 3'000;

}  // namespace

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Session::Session(sdk::Host host, const sdk::Port& port, SharedDesk& desk, SessionRules rules)
    : host_(host), port_(port), desk_(desk), rules_(std::move(rules)) {}

Session::~Session() { stop(); }

void Session::start() {
    thread_ = std::thread([this] {
        while (!stopping_) {
            const oms_status status = sdk::run_guarded(host_, "session " + rules_.name, [&] {
                try {
                    run();
                } catch (const sdk::HostStopped&) {
                    stopping_ = true;
                }
            });
            if (status == OMS_OK || stopping_) break;
            std::this_thread::sleep_for(std::chrono::milliseconds(rest_after_failure_ms));
        }
    });
}

void Session::stop() {
    stopping_ = true;
    port_.wake();
    bell_.ring();
    if (thread_.joinable()) thread_.join();
    port_.wake();
    if (news_.joinable()) news_.join();
}

void Session::take(Caller caller) {
    const std::lock_guard lock(mutex_);
    caller_ = std::move(caller);
    bell_.ring();
}

bool Session::admits(const Message& logon) const {
    return rules_.secret.empty() || sdk::same_secret(logon.get("secret"), rules_.secret);
}

/// What the kernel knows of the channel is what the session knows.
void Session::begin() {
    const std::uint32_t channel = desk_.await_reference(OMS_class_channel, rules_.name, "channel");
    books_ = std::make_unique<Books>(port_, desk_, channel);
    if (rules_.accepts)
        scribe_ = std::make_unique<ClientScribe>(*books_);
    else
        scribe_ = std::make_unique<PartyScribe>(*books_, rules_.words);
    stream_ = std::make_unique<OutStream>(channel, *scribe_);
    meaning_ = {rules_.accepts, 0, rules_.accounts, 0};
    if (rules_.accepts)
        meaning_.origin = desk_.reference(OMS_class_origin, rules_.name);
    else
        meaning_.destination =
            desk_.await_reference(OMS_class_destination, rules_.destination, "destination");
    oms_query query = sdk::make<oms_query>();
    query.subject = OMS_subject_channels;
    query.reference = channel;
    query.limit = 1;
    std::uint64_t in_number = 0, out_number = 0;
    kept_ = {};
    desk_.ask(query, [&](const oms_record& record) {
        const auto* row = sdk::as<oms_channel_row>(record);
        if (row == nullptr || row->channel != channel) return;
        in_number = row->in_seq;
        out_number = row->out_seq;
        kept_ = Cursor::from(sdk::view(row->cursor));
    });
    expected_ = in_number + 1;
    stream_->begin(kept_, out_number);
    // What the party may not have yet has to be answered, or becomes unknown.
    if (!rules_.accepts) stream_->rewind(kept_.known.number + 1);
    pending_.reset();
    awaited_.clear();
}

/// Rings when there are decisions to walk: the session's own thread waits for the socket too.
void Session::listen_for_news() {
    std::uint64_t seq = port_.durable_seq();
    const std::uint32_t channel = books_->channel();
    const auto take = [](const oms_batch&) { return true; };
    while (!stopping_) {
        const oms_status status = rules_.accepts ? port_.read_all(seq, 500, take)
                                                 : port_.read_channel(channel, seq, 500, take);
        if (status == OMS_STOPPED) {
            stopping_ = true;
            bell_.ring();
        } else if (status == OMS_OK) {
            bell_.ring();
        }
    }
}

void Session::run() {
    begin();
    if (!news_.joinable())
        news_ = std::thread([this] {
            static_cast<void>(
                sdk::run_guarded(host_, "news of " + rules_.name, [&] { listen_for_news(); }));
        });
    while (!stopping_) {
        if (rules_.accepts) {
            std::optional<Caller> caller;
            {
                const std::lock_guard lock(mutex_);
                caller = std::exchange(caller_, std::nullopt);
            }
            if (caller)
                converse(std::move(caller->wire), std::move(caller->logon));
            else
                wait_while_alone();
            continue;
        }
        Wire wire(connect_to(rules_.host, rules_.port, connect_timeout_ms));
        if (wire) converse(std::move(wire), std::nullopt);
        if (!stopping_) wait_while_alone();
    }
}

/// Nobody is there. Intents that cannot be sent become unknown in their time, and nothing is lost:
/// the stream is walked again from what the other side has.
void Session::wait_while_alone() {
    const std::int64_t until = steady_ms() + rest_after_failure_ms;
    do {
        pollfd waiting{bell_.number(), POLLIN, 0};
        ::poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(until - steady_ms(), 1)));
        bell_.quiet();
        if (pending_ && submit_pending()) pending_.reset();
        if (rules_.accepts) return;
        walk();
        await_unsent();
        watch_answers();
    } while (!stopping_ && steady_ms() < until);
}

void Session::await_unsent() {
    for (const Numbered& numbered : stream_->ready) {
        if (!numbered.intent || refuses(numbered)) continue;
        const oms_intent& intent = *numbered.intent;
        const bool answered = intent.action == OMS_action_place &&
                              !books_->details(intent.order, intent.route).external_ref().empty();
        if (!answered) await_answer(intent);
    }
    stream_->ready.clear();
}

void Session::converse(Wire wire, std::optional<Message> logon_of_caller) {
    stage_ = {};
    asks_.clear();
    stage_.began = stage_.sent = stage_.received = steady_ms();
    stage_.heartbeat_ms = rules_.heartbeat_ms;
    if (logon_of_caller)
        on_logon(*logon_of_caller);
    else
        stream_->put_session(logon());
    while (!stopping_ && step(wire)) continue;
    stream_->forget_session();
    host_.info("session " + rules_.name + ": the connection ended");
}

bool Session::step(Wire& wire) {
    const bool reads = !pending_ && !stage_.closing;
    std::array<pollfd, 2> waiting{{{bell_.number(), POLLIN, 0}, {wire.number(), 0, 0}}};
    if (reads) waiting[1].events |= POLLIN;
    if (wire.waiting()) waiting[1].events |= POLLOUT;
    const bool busy = !stream_->ready.empty() && !wire.full();
    const bool asks = pending_ || !asks_.empty() || stream_->wish().numbers != 0;
    ::poll(waiting.data(), waiting.size(), busy ? 0 : asks ? 1 : 100);
    if ((waiting[0].revents & POLLIN) != 0) bell_.quiet();
    {
        const std::lock_guard lock(mutex_);
        if (caller_) return false;  // the other side connected anew: this connection is dead
    }
    bool there = true;
    if (reads && (waiting[1].revents & (POLLIN | POLLHUP | POLLERR)) != 0) there = wire.receive();
    hear(wire);
    walk();
    if (stage_.live)
        send_ready(wire);
    else
        hail(wire);
    keep_time();
    watch_answers();
    if (!wire.flush() || (!there && !pending_)) return false;
    if (!stage_.closing) return true;
    return steady_ms() - stage_.closed < parting_ms && (!stage_.parted || wire.waiting());
}

void Session::hear(Wire& wire) {
    if (pending_ && submit_pending()) pending_.reset();
    while (!pending_ && !stage_.closing) {
        const std::optional<std::string> text = wire.next_line();
        if (!text) break;
        stage_.received = steady_ms();
        stage_.tested = false;
        on_line(*text);
    }
    if (wire.overflown()) end("a line is longer than it may be");
    if (!stage_.heard && steady_ms() - stage_.began > logon_patience_ms) end("nobody logged on");
}

/// The connection ends as soon as a LOGOUT has said why.
void Session::end(std::string_view why) {
    if (stage_.closing) return;
    stage_.closing = true;
    stage_.closed = steady_ms();
    stage_.parted = !stage_.heard;
    if (stage_.heard) stream_->put_session(Message("LOGOUT").put("text", why));
    host_.warning("session " + rules_.name + ": " + std::string(why));
}

}  // namespace line
