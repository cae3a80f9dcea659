// SPDX-License-Identifier: Apache-2.0
// What goes out over a session: nothing without a durable number, nothing past a closed gate.
#include "session.hpp"

#include <utility>

namespace line {

Message Session::logon() const {
    Message message("LOGON");
    message.put("session", rules_.name).put("next", expected_);
    message.put("heartbeat", static_cast<std::uint64_t>(rules_.heartbeat_ms / 1000));
    // Who calls says who it is; who is called does not tell callers what they did not know.
    if (!rules_.accepts) message.put("secret", rules_.secret);
    return message;
}

/// Meets decisions, as long as there is room for what they say, and asks numbers for what has none.
void Session::walk() {
    std::uint64_t seq = stream_->seq();
    const auto take = [&](const oms_batch& decision) {
        stream_->take(decision);
        return !stream_->full() && stream_->ready.size() < most_ready;
    };
    if (!stream_->full() && stream_->ready.size() < most_ready) {
        const oms_status status = rules_.accepts
                                      ? port_.read_all(seq, 0, take)
                                      : port_.read_channel(books_->channel(), seq, 0, take);
        if (status == OMS_STOPPED) throw sdk::HostStopped();
        if (seq > stream_->seq()) stream_->moved_to(seq);
    }
    take_numbers();
}

/// The answer agrees with what is told before it, so it is written when that is known.
void Session::answer_asks() {
    if (asks_.empty() || !stream_->settled()) return;
    auto& scribe = static_cast<ClientScribe&>(*scribe_);
    for (const Ask& ask : asks_)
        stream_->put_session(scribe.answer(meaning_.origin, ask.target)
                                 .put("ref", ask.number)
                                 .put("request", ask.key));
    asks_.clear();
}

void Session::take_numbers() {
    answer_asks();
    const OutStream::Wish wish = stream_->wish();
    if (wish.numbers == 0) return;
    Cursor cursor = stream_->cursor();
    cursor.told = wish.told;
    const std::string text = cursor.text();
    oms_advance_channel advance = sdk::make<oms_advance_channel>();
    advance.channel = books_->channel();
    advance.outgoing = wish.numbers;
    oms_cursor detail = sdk::make<oms_cursor>();
    detail.cursor = sdk::text(text);
    sdk::Batch input;
    input.add(advance);
    input.add(detail);
    if (!submit(input)) return;
    stream_->asked(wish);
    kept_ = cursor;
}

/// Before both sides have logged on only the LOGON leaves; all else comes again after it.
void Session::hail(Wire& wire) {
    while (!stream_->ready.empty()) {
        Numbered numbered = std::move(stream_->ready.front());
        stream_->ready.pop_front();
        if (!numbered.session) continue;
        const bool greets = numbered.message.type == "LOGON" && !stage_.hailed;
        if (!greets && numbered.message.type != "LOGOUT") continue;
        stage_.hailed = stage_.hailed || greets;
        send(wire, std::move(numbered.message));
    }
    if (stage_.hailed && stage_.heard && !stage_.closing) establish();
}

void Session::establish() {
    stage_.live = true;
    stage_.sent_before = stream_->highest();
    stream_->rewind(stage_.next);
}

void Session::send_ready(Wire& wire) {
    while (!stream_->ready.empty() && !wire.full()) {
        Numbered numbered = std::move(stream_->ready.front());
        stream_->ready.pop_front();
        const bool leaves = !numbered.message.type.empty() && may_leave(numbered);
        Message message = std::move(numbered.message);
        if (!leaves) {
            const std::uint64_t number = message.number;
            std::uint64_t next = number + 1;
            while (!stream_->ready.empty() && stream_->ready.front().message.type.empty()) {
                next = stream_->ready.front().message.number + 1;
                stream_->ready.pop_front();
            }
            message = Message("SKIP").put("next", next);
            message.number = number;
        }
        if (message.number <= stage_.sent_before) message.put("dup", "1");
        send(wire, std::move(message));
    }
}

void Session::send(Wire& wire, Message message) {
    wire.send(encode(message));
    stage_.sent = steady_ms();
    if (message.type == "LOGOUT" && message.get("dup").empty()) stage_.parted = true;
}

/// What cannot be said over there is refused here, in the party's stead.
bool Session::refuses(const Numbered& numbered) {
    if (numbered.message.type != withheld) return false;
    static_cast<void>(tell(*numbered.intent, OMS_report_refused, numbered.message.get("text")));
    return true;
}

/// The last act before an intent's bytes are written out.
bool Session::may_leave(const Numbered& numbered) {
    if (!numbered.intent) return true;
    const oms_intent& intent = *numbered.intent;
    if (refuses(numbered)) return false;
    const oms_status gate = port_.gate(intent);
    if (gate == OMS_OK) {
        await_answer(intent);
        return true;
    }
    const std::uint32_t type = intent.action == OMS_action_place   ? OMS_report_refused
                               : intent.action == OMS_action_amend ? OMS_report_replace_refused
                                                                   : OMS_report_unknown;
    static_cast<void>(tell(intent, type, "halted before it was sent"));
    return false;
}

void Session::await_answer(const oms_intent& intent) {
    if (rules_.answer_timeout_ms <= 0) return;
    std::string key;
    switch (intent.action) {
        case OMS_action_place: key = "R" + std::to_string(intent.route); break;
        case OMS_action_amend: key = "A" + std::to_string(intent.out_seq); break;
        case OMS_action_cancel: key = "C" + std::to_string(intent.out_seq); break;
        default: key = "Q" + std::to_string(intent.out_seq);
    }
    awaited_.try_emplace(key, Awaited{steady_ms() + rules_.answer_timeout_ms, intent});
}

/// Says something about a route in the session's own name. False: there is no room for it now.
bool Session::tell(const oms_intent& intent, std::uint32_t type, std::string_view words) {
    oms_report report = sdk::make<oms_report>();
    report.channel = books_->channel();
    report.type = type;
    report.destination = intent.destination;
    report.route = intent.route;
    report.line = OMS_WHOLE_ORDER;
    report.time = port_.now();
    report.text = sdk::text(words);
    sdk::Batch input;
    input.add(report);
    return submit(input);
}

void Session::watch_answers() {
    const std::int64_t now = steady_ms();
    for (auto at = awaited_.begin(); at != awaited_.end();) {
        if (at->second.deadline > now) {
            ++at;
            continue;
        }
        if (!tell(at->second.intent, OMS_report_unknown, "the party did not answer in time"))
            return;
        at = awaited_.erase(at);
    }
}

void Session::keep_time() {
    if (!stage_.live || stage_.closing) return;
    const std::int64_t now = steady_ms();
    if (now - stage_.sent >= rules_.heartbeat_ms) {
        stage_.sent = now;  // it is on its way as soon as it has its number
        stream_->put_session(Message("BEAT").put("next", expected_));
    }
    const std::int64_t quiet = now - stage_.received;
    if (quiet >= stage_.heartbeat_ms * 5 / 2) return end("the other side fell silent");
    if (quiet < stage_.heartbeat_ms * 3 / 2 || stage_.tested) return;
    stage_.tested = true;
    stream_->put_session(Message("TEST").put("id", static_cast<std::uint64_t>(now)));
}

bool Session::submit(const sdk::Batch& input) {
    const oms_status status = port_.submit(input);
    if (status == OMS_STOPPED) throw sdk::HostStopped();
    if (status != OMS_OK && status != OMS_AGAIN)
        host_.error("session " + rules_.name + ": the kernel did not take an input, status " +
                    std::to_string(status));
    return status != OMS_AGAIN;
}

}  // namespace line
