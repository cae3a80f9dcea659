// SPDX-License-Identifier: Apache-2.0
// What every simulated party is: somebody outside with a book of its own, a numbered stream of what
// it says, a delay before it acts, and days on which it says nothing.
//
// A party is a fold over its book: requests that arrived and events that happened. It writes both
// down before anybody hears of them, so that after a `kill -9` it still knows what it took and did.
// Its accidents (delays, refusals, losses) come from its seed and from the ids of what they befall,
// never from the order or the time of day, so that a run repeats.
#pragma once

#include "shared/checked_log.hpp"
#include "shared/messages.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace parties {

/// SplitMix64: the same numbers with every compiler.
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15U;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

/// A seeded stream of numbers.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(mix(seed)) {}
    /// 0 .. bound - 1; the bias of the remainder does not matter here.
    std::uint64_t below(std::uint64_t bound) {
        state_ += 0x9e3779b97f4a7c15U;
        return bound == 0 ? 0 : mix(state_) % bound;
    }
    std::int64_t between(std::int64_t least, std::int64_t most) {
        return least +
               static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
    }

private:
    std::uint64_t state_;
};

/// The weather that a party works in.
struct Conditions {
    std::uint64_t seed = 1;
    std::int64_t latency_min_ns = 0;
    std::int64_t latency_max_ns = 0;
    unsigned reject_percent = 0;
    unsigned lose_request_percent = 0;
    unsigned lose_answer_percent = 0;  ///< done, but told only when asked
    unsigned duplicate_percent = 0;    ///< of executions that are told twice
    std::int64_t outage_every_ns = 0;  ///< 0: never
    std::int64_t outage_for_ns = 0;
    bool sync = false;
};

/// How an order stands with a party that is asked about it.
struct Standing {
    std::string ref;
    std::int64_t remaining = 0;
    bool ended = false;
};

/// One thread at a time. What cannot be written down is thrown, and the party has to be made anew.
class Party {
public:
    Party(Conditions conditions, std::filesystem::path book)
        : conditions_(conditions), book_(std::move(book), conditions.sync) {}
    virtual ~Party() = default;
    Party(const Party&) = delete;
    Party& operator=(const Party&) = delete;

    /// Remembers what its book says. Call it once, before anything else.
    void open(std::int64_t now) {
        opened_at_ = now;
        std::map<std::pair<std::uint64_t, std::uint64_t>, Request> undecided;
        std::vector<std::pair<std::uint64_t, std::uint64_t>> arrival;
        book_.open([&](std::string_view line) {
            const LineReader in(line);
            if (in.word() == "request") {
                Request request = decode_request(in);
                note(request);
                arrival.emplace_back(request.route, request.number);
                undecided.emplace(arrival.back(), std::move(request));
            } else if (in.word() == "event") {
                const Event event = decode_event(in);
                if (event.cause != 0) undecided.erase({event.route, event.cause});
                recall(event);
            } else {
                reread(in);
            }
        });
        for (const auto& id : arrival) {
            const auto found = undecided.find(id);
            if (found != undecided.end()) inbox_.push_back({now, found->second});
        }
        resume(now);
    }

    /// A message comes in. False: it was lost on the way, and nobody will answer it.
    bool receive(const Request& request, std::int64_t now) {
        if (silent(now) || request.script().has("lose") ||
            chance(conditions_.lose_request_percent, request, "lose request"))
            return false;
        if (request.verb != Verb::ask) {
            if (received(request.route, request.number)) return true;
            book_.append(encode(request));
            note(request);
        }
        const std::int64_t due = std::max(now + latency(request), last_due_);
        last_due_ = due;
        inbox_.push_back({due, request});
        const auto silence = request.script().number("silence", 2000);
        if (request.verb == Verb::place && silence) fall_silent(now + *silence * ns_per_ms);
        return true;
    }

    /// Acts on what is due, and writes everything down.
    void work(std::int64_t now) {
        while (!inbox_.empty() && inbox_.front().due <= now) {
            const Request request = std::move(inbox_.front().request);
            inbox_.pop_front();
            if (request.verb == Verb::ask)
                answer(request, now);
            else
                decide(request, now);
        }
        tick(now);
        book_.flush();
    }

    /// The event that follows number `number`, or null: there is none, or the party says nothing
    /// now.
    const Event* event_after(std::uint64_t number, std::int64_t now) const {
        if (silent(now) || events_.empty() || number >= events_.back().number) return nullptr;
        const std::uint64_t first = events_.front().number;
        return number < first ? &events_.front() : &events_[number + 1 - first];
    }

    /// Events up to this number need not be told again in this life.
    void forget(std::uint64_t number) {
        while (!events_.empty() && events_.front().number <= number) events_.pop_front();
    }

    /// When `work` next has something to do.
    std::int64_t next_due() const {
        return inbox_.empty() ? next_tick() : std::min(inbox_.front().due, next_tick());
    }

    void fall_silent(std::int64_t until) { silent_until_ = std::max(silent_until_, until); }
    bool silent(std::int64_t now) const {
        if (now < silent_until_) return true;
        if (conditions_.outage_every_ns <= 0 || now < opened_at_) return false;
        return (now - opened_at_) % conditions_.outage_every_ns >=
               conditions_.outage_every_ns - conditions_.outage_for_ns;
    }

    /// Nothing: it never had this route.
    virtual std::optional<Standing> standing(std::uint64_t route) const = 0;
    /// The request of this number, or a later one about the route, arrived.
    bool received(std::uint64_t route, std::uint64_t number) const {
        const auto last = last_numbers_.find(route);
        return last != last_numbers_.end() && number <= last->second;
    }
    bool owes_answers(std::uint64_t route) const { return untold_.contains(route); }
    std::uint64_t last_number() const { return last_number_; }

protected:
    /// A request arrived, now or in an earlier life: keep what will be needed of it.
    virtual void remember(const Request& request) = 0;
    /// Act on a request, whose delay is over, by saying at least one event that has its `cause`.
    virtual void decide(const Request& request, std::int64_t now) = 0;
    /// An event happened, now or in an earlier life: change what is known, and nothing else.
    virtual void apply(const Event& event) = 0;
    /// A line of its own is read again, see `write_down`.
    virtual void reread(const LineReader& /*line*/) {}
    /// What happens by itself.
    virtual void tick(std::int64_t /*now*/) {}
    virtual std::int64_t next_tick() const { return never; }
    /// The book has been read.
    virtual void resume(std::int64_t /*now*/) {}

    /// Writes the event down, applies it and puts it into the stream. `cause`: the request it
    /// answers.
    void say(Event event, std::int64_t now, const Request* cause = nullptr) {
        event.time = now;
        if (cause != nullptr) {
            event.route = cause->route;
            event.cause = cause->number;
            if (cause->script().has("lose_answer") ||
                chance(conditions_.lose_answer_percent, *cause, "lose answer"))
                event.lost = lost_count_ + 1;
        }
        if (event.lost == 0) event.number = last_number_ + 1;
        write(event);
        if (event.say != Say::executed || event.lost != 0 || !tells_twice(event)) return;
        event.again = true;
        event.number = last_number_ + 1;
        write(event);
    }

    /// Something that is nobody else's business. The first word is neither `request` nor `event`.
    void write_down(const LineWriter& line) { book_.append(line.line()); }

    bool rejects(const Request& request) const {
        return request.script().has("reject") ||
               chance(conditions_.reject_percent, request, "reject");
    }

    /// A coin whose side depends on the seed, the request and the purpose alone.
    bool chance(unsigned percent, const Request& request, std::string_view purpose) const {
        return percent != 0 && draw(request.route, request.number, purpose) % 100 < percent;
    }
    std::uint64_t draw(std::uint64_t a, std::uint64_t b, std::string_view purpose) const {
        return mix(conditions_.seed ^ mix(a ^ mix(b ^ connectors::crc32(purpose))));
    }
    const Conditions& conditions() const { return conditions_; }

private:
    struct Waiting {
        std::int64_t due = 0;
        Request request;
    };

    void note(const Request& request) {
        last_numbers_[request.route] = request.number;
        remember(request);
    }

    std::int64_t latency(const Request& request) const {
        const auto slow = request.script().number("slow", 1000);
        const std::int64_t span = conditions_.latency_max_ns - conditions_.latency_min_ns;
        const std::uint64_t drawn = draw(request.route, request.number, "latency");
        return conditions_.latency_min_ns + slow.value_or(0) * ns_per_ms +
               (span <= 0 ? 0
                          : static_cast<std::int64_t>(drawn % static_cast<std::uint64_t>(span)));
    }

    bool tells_twice(const Event& event) const {
        return conditions_.duplicate_percent != 0 &&
               draw(event.route, event.number, "duplicate") % 100 < conditions_.duplicate_percent;
    }

    void write(const Event& event) {
        book_.append(encode(event));
        recall(event);
    }

    void recall(const Event& event) {
        if (event.told != 0) {
            std::vector<Event>& untold = untold_[event.route];
            std::erase_if(untold, [&](const Event& lost) { return lost.lost == event.told; });
            if (untold.empty()) untold_.erase(event.route);
        } else if (!event.again) {
            apply(event);
        }
        if (event.lost != 0) {
            lost_count_ = event.lost;
            untold_[event.route].push_back(event);
        } else {
            last_number_ = event.number;
            events_.push_back(event);
        }
    }

    void answer(const Request& request, std::int64_t now) {
        Event event;
        event.route = request.route;
        event.cause = request.number;
        event.time = now;
        if (const auto untold = untold_.find(request.route); untold != untold_.end()) {
            const std::vector<Event> owed = untold->second;
            for (Event told : owed) {
                told.told = std::exchange(told.lost, 0);
                told.number = last_number_ + 1;
                write(told);
            }
        }
        if (const std::optional<Standing> known = standing(request.route)) {
            event.say = Say::answered;
            event.ref = known->ref;
            event.remaining = known->remaining;
        } else {
            event.say = Say::not_found;
            event.text = "we never had this order";
        }
        event.number = last_number_ + 1;
        write(event);
    }

    Conditions conditions_;
    CheckedLog book_;
    std::deque<Waiting> inbox_;
    std::deque<Event> events_;
    std::unordered_map<std::uint64_t, std::uint64_t> last_numbers_;
    std::map<std::uint64_t, std::vector<Event>> untold_;
    std::uint64_t last_number_ = 0;
    std::uint64_t lost_count_ = 0;
    std::int64_t opened_at_ = 0;
    std::int64_t last_due_ = 0;
    std::int64_t silent_until_ = 0;
};

}  // namespace parties
