// SPDX-License-Identifier: Apache-2.0
// What every party has: requests that wait, words that are due.
#include "parties/party.hpp"

#include "clock.hpp"
#include "talk.hpp"

#include <oms/abi/codes.h>

#include <algorithm>
#include <cstdio>
#include <limits>

namespace oms::simulation {

namespace {

/// The report after which nothing more is to come of a route.
bool is_end(std::uint32_t type) {
    return type == OMS_report_cancelled || type == OMS_report_refused || type == OMS_report_expired;
}

}  // namespace

std::int64_t Work::open() const {
    if (ended || forgotten) return 0;
    std::int64_t sum = 0;
    for (const Line& line : lines) sum += line.open();
    return sum;
}

Work::Line* Work::line(std::uint32_t index) {
    for (Line& line : lines)
        if (line.part.line == index) return &line;
    return nullptr;
}

Work* Party::find(std::uint64_t route) {
    const auto found = works_.find(route);
    return found == works_.end() || found->second.forgotten ? nullptr : &found->second;
}

// ---- the line -----------------------------------------------------------------------------------

void Party::receive(const Request& request, Moment& moment) {
    if (request.number != 0 && request.action != OMS_action_ask &&
        !received_.emplace(request.route, request.number).second)
        return;
    // Requests are handled in the order in which they came.
    std::int64_t due = moment.now + moment.chance.between(0, 50) * ns_per_ms;
    if (!inbox_.empty()) due = std::max(due, inbox_.rbegin()->first);
    inbox_.emplace(due, request);
}

bool Party::received(std::uint64_t route, std::uint64_t number) const {
    return received_.contains({route, number});
}

const Said* Party::after(std::uint64_t number) const {
    if (stream_.empty() || stream_.back().number <= number) return nullptr;
    const std::uint64_t first = stream_.front().number;
    return number < first ? &stream_.front() : &stream_[number + 1 - first];
}

void Party::forget_words_until(std::uint64_t number) {
    while (!stream_.empty() && stream_.front().number <= number) stream_.pop_front();
}

std::optional<Said> Party::take_answer() {
    if (answers_.empty()) return std::nullopt;
    Said said = std::move(answers_.front());
    answers_.pop_front();
    return said;
}

// ---- what it says -------------------------------------------------------------------------------

void Party::say(const Work& work, std::uint32_t type, std::uint64_t cause, Moment& moment) {
    Said said;
    said.type = type;
    said.route = work.route;
    said.answers = cause;
    said.is_answer = cause != 0;
    said.ref = work.ref;
    said.remaining = work.open();
    say(std::move(said), moment);
}

void Party::say(Said said, Moment& moment) {
    said.time = moment.now;
    if (said.answers != 0 && moment.strikes(Fault::lose_answer, 8)) {
        untold_[said.route].push_back(std::move(said));
        return;
    }
    std::int64_t due = moment.now;
    if (moment.strikes(Fault::delay, 6)) due += moment.chance.between(1, 20'000) * ns_per_ms;
    if (moment.strikes(Fault::reorder, 6)) due += moment.chance.between(1, 400) * ns_per_ms;
    std::int64_t& last = last_due_[said.route];
    if (is_end(said.type)) {
        // The last word on a route comes after all the others.
        due = std::max(due, last);
        tell_untold(said.route, due);
        tell_deeds(said.route, due, said.is_answer);
    }
    last = std::max(last, due);
    if (moment.strikes(Fault::double_report, 6))
        send(said, due + moment.chance.between(0, 3000) * ns_per_ms);
    send(std::move(said), due);
}

void Party::send(Said said, std::int64_t due) {
    if (talks())
        std::fprintf(stderr, "<- %s type=%u route=%llu answers=%llu ref=%s due=%lld\n",
                     name_.c_str(), said.type, static_cast<unsigned long long>(said.route),
                     static_cast<unsigned long long>(said.answers), said.execution.c_str(),
                     static_cast<long long>(due));
    outbox_.emplace(due, std::move(said));
}

void Party::tell_untold(std::uint64_t route, std::int64_t due) {
    const auto untold = untold_.find(route);
    if (untold == untold_.end()) return;
    for (Said& said : untold->second) send(std::move(said), due);
    untold_.erase(untold);
}

/// Answers may have been lost, and hooks wait somewhere: so what was done is told again before the
/// word that ends the route, and on its way, as to a client that asks for the whole of a payment.
void Party::tell_deeds(std::uint64_t route, std::int64_t due, bool is_answer) {
    const Work* work = has_hooks() ? find(route) : nullptr;
    if (work == nullptr) return;
    for (const Work::Deed& deed : work->deeds) {
        if (!deed.live || deed.corrects) continue;
        Said done;
        done.type = OMS_report_executed;
        done.route = work->route;
        done.is_answer = is_answer;
        done.ref = work->ref;
        done.execution = deed.ref;
        done.parts = deed.parts;
        done.time = due;
        send(std::move(done), due);
    }
}

void Party::release(std::int64_t now) {
    while (!outbox_.empty() && outbox_.begin()->first <= now) {
        Said said = std::move(outbox_.begin()->second);
        outbox_.erase(outbox_.begin());
        said.number = ++last_number_;
        std::deque<Said>& way = !has_hooks() ? stream_ : said.is_answer ? answers_ : hooks_;
        way.push_back(std::move(said));
    }
}

// ---- its turn -----------------------------------------------------------------------------------

void Party::act(Moment& moment) {
    handle_due(moment, false);
    do_something(moment);
    release(moment.now);
}

void Party::come_to_rest(Moment& moment) {
    handle_due(moment, true);
    release(std::numeric_limits<std::int64_t>::max());
}

void Party::handle_due(Moment& moment, bool all) {
    while (!inbox_.empty() && (all || inbox_.begin()->first <= moment.now)) {
        const Request request = std::move(inbox_.begin()->second);
        inbox_.erase(inbox_.begin());
        handle(request, moment);
    }
}

void Party::handle(const Request& request, Moment& moment) {
    switch (request.action) {
        case OMS_action_place: return place(request, moment);
        case OMS_action_cancel: return cancel(request, moment);
        case OMS_action_amend: return amend(request, moment);
        case OMS_action_signal: return signal(request, moment);
        default: return answer(request, moment);
    }
}

/// It says what it never said, or may not have been heard, and then how the route stands.
void Party::answer(const Request& request, Moment& moment) {
    const std::int64_t due = std::max(moment.now, last_due_[request.route]);
    tell_untold(request.route, due);
    const Work* work = find(request.route);
    Said said;
    said.route = request.route;
    said.answers = request.number;
    said.is_answer = true;
    said.time = moment.now;
    if (work == nullptr) {
        said.type = OMS_report_not_found;
        send(std::move(said), due);
        return;
    }
    tell_deeds(request.route, due, true);
    if (has_hooks() && work->end != 0) {
        said.type = work->end;
        said.ref = work->ref;
        send(std::move(said), due);
        return;
    }
    said.type = OMS_report_answered;
    said.ref = work->ref;
    said.remaining = work->open();
    send(std::move(said), due);
}

}  // namespace oms::simulation
