// SPDX-License-Identifier: Apache-2.0
// What comes in over a session: numbers first, then what the message says.
#include "session.hpp"

#include <algorithm>

namespace line {

void Session::on_line(const std::string& text) {
    Decoded decoded = decode(text);
    if (!decoded.message) return end(decoded.fault);
    const Message& message = *decoded.message;
    if (message.type == "LOGON") return on_logon(message);
    if (!stage_.heard) return end("the first line is no LOGON");
    if (message.number < expected_) {
        if (!message.duplicate())
            end("number " + std::to_string(message.number) + " came, " + std::to_string(expected_) +
                " was expected: the other side lost its numbers");
        return;
    }
    if (message.number > expected_) {
        // A request to send again is heeded although it is early: both sides may miss something.
        if (message.type == "RESEND") on_resend(message);
        if (stage_.resend_asked == expected_) return;
        stage_.resend_asked = expected_;
        stream_->put_session(Message("RESEND").put("from", expected_));
        return;
    }
    if (is_business(message.type, rules_.accepts))
        on_business(message);
    else
        on_session(message);
}

void Session::on_logon(const Message& message) {
    if (stage_.heard) return end("a second LOGON");
    if (message.get("session") != rules_.name && rules_.accepts)
        return end("a LOGON for another session");
    if (message.get("reset") == "1") {
        if (!rules_.allow_reset) return end("the other side asks to begin at 1 again; refused");
        begin_again();
    }
    if (message.number < expected_)
        return end("LOGON has number " + std::to_string(message.number) + ", " +
                   std::to_string(expected_) + " was expected: the other side lost its numbers");
    stage_.next = message.number_of("next");
    if (stage_.next == 0 || stage_.next > stream_->highest() + 1)
        return end("the other side expects number " + std::to_string(stage_.next) +
                   ", the last one was " + std::to_string(stream_->highest()));
    stage_.heard = true;
    if (const std::uint64_t seconds = message.number_of("heartbeat"); seconds > 0)
        stage_.heartbeat_ms =
            static_cast<std::int64_t>(std::min<std::uint64_t>(seconds, 3600)) * 1000;
    if (message.number == expected_) advance_in(message.number);
    on_next(message);
    if (rules_.accepts) stream_->put_session(logon());
    host_.info("session " + rules_.name + ": the other side logged on and expects " +
               std::to_string(stage_.next));
}

void Session::on_next(const Message& message) {
    if (const std::uint64_t next = message.number_of("next"); next > 0) stream_->arrived(next - 1);
}

void Session::on_session(const Message& message) {
    if (message.type == "SKIP") {
        const std::uint64_t next = message.number_of("next");
        if (next <= message.number) return end("a SKIP that does not go forward");
        return advance_in(next - 1);
    }
    if (message.type == "ASK" && rules_.accepts)
        on_ask(message);
    else if (message.type == "RESEND")
        on_resend(message);
    else if (message.type == "TEST")
        stream_->put_session(
            Message("BEAT").put("next", expected_ + 1).put("id", message.get("id")));
    else if (message.type == "BEAT")
        on_next(message);
    else if (message.type == "LOGOUT")
        end("the other side logs out: " + std::string(message.get("text")));
    else if (message.type == "REJECT")
        host_.error("session " + rules_.name + ": the other side could not read number " +
                    std::string(message.get("ref")) + ": " + std::string(message.get("text")));
    else
        stream_->put_session(
            Message("REJECT")
                .put("ref", message.number)
                .put("text", "there is no type " + message.type + "; send " +
                                 (rules_.accepts ? "NEW, AMEND, CANCEL or ASK" : "ORDER")));
    advance_in(message.number);
}

void Session::on_business(const Message& message) {
    sdk::Batch input;
    const std::string fault = to_input(message, meaning_, *books_, input);
    if (!fault.empty()) {
        host_.warning("session " + rules_.name + ": number " + std::to_string(message.number) +
                      ": " + fault);
        stream_->put_session(Message("REJECT")
                                 .put("ref", message.number)
                                 .put("key", message.get("key"))
                                 .put("text", fault));
        return advance_in(message.number);
    }
    if (!rules_.accepts) clear_awaited(message);
    if (input.empty()) return advance_in(message.number);
    pass_in(std::move(input), message.number);
}

/// Said once, with the numbers of what went before it; whoever misses the answer asks again.
void Session::on_ask(const Message& message) {
    asks_.push_back(
        {std::string(message.get("target")), std::string(message.get("key")), message.number});
}

void Session::on_resend(const Message& message) {
    const std::uint64_t from = message.number_of("from");
    if (from == 0 || from > stream_->highest() + 1)
        return end("a RESEND from a number that was never sent");
    if (!stage_.live) return;
    stage_.sent_before = stream_->highest();
    stream_->rewind(from);
}

/// Both sides have lost interest in what was: their numbers begin at 1.
void Session::begin_again() {
    oms_advance_channel reset = sdk::make<oms_advance_channel>();
    reset.channel = books_->channel();
    reset.reset = 1;
    sdk::Batch input;
    input.add(reset);
    std::uint64_t seq = 0;
    desk_.submit(input, [&](const oms_record& record) {
        if (const auto* decision = sdk::as<oms_decision>(record)) seq = decision->seq;
    });
    const std::uint64_t told = stream_->cursor().told;
    stream_->begin({told, {told, 0}, seq}, 0);
    kept_ = {};
    expected_ = 1;
}

void Session::advance_in(std::uint64_t number) {
    oms_advance_channel advance = sdk::make<oms_advance_channel>();
    sdk::Batch input;
    input.add(advance);
    pass_in(std::move(input), number);
}

/// What came and the number that came go into one durable step.
void Session::pass_in(sdk::Batch input, std::uint64_t number) {
    Cursor cursor = stream_->cursor();
    if (cursor.told < kept_.told + cursor_every &&
        cursor.known.number < kept_.known.number + cursor_every)
        cursor = kept_;
    if (!(cursor == kept_)) {
        const std::string text = cursor.text();
        oms_cursor detail = sdk::make<oms_cursor>();
        detail.cursor = sdk::text(text);
        input.add(detail);
        kept_ = cursor;
    }
    // Every head starts alike: the channel's advance is written over its first fields.
    auto* head =
        reinterpret_cast<oms_advance_channel*>(const_cast<oms_record*>(input.view().first));
    head->channel = books_->channel();
    head->in_seq = number;
    expected_ = number + 1;
    pending_ = std::move(input);
    if (submit_pending()) pending_.reset();
}

bool Session::submit_pending() { return submit(*pending_); }

void Session::clear_awaited(const Message& order) {
    awaited_.erase(std::string(order.get("request")));
    awaited_.erase(std::string(order.get("key")));
}

}  // namespace line
