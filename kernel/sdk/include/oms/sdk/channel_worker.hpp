// SPDX-License-Identifier: Apache-2.0
// The duty cycle of a connector: intents go out once, facts come in once, whatever ends in between.
//
//     class Wire : public oms::sdk::ChannelPeer { ... };   // what the author writes
//     oms::sdk::ChannelWorker worker(host, port, {.channel = "main"}, wire);
//     std::thread thread([&] { worker.run(); });           // ... worker.stop(); thread.join();
//
// What the worker keeps, and where: the channel's `in_seq` is the number of the last fact that the
// party told and the kernel has on disk; the channel's cursor is the seq of the last decision whose
// intents were all handed over. Both travel with the facts themselves, so nothing is written twice.
// After a restart the worker reads decisions from the cursor on. Intents that an earlier life may
// have sent are *in doubt*: the party is asked (`find`), and where it cannot tell, the route is
// reported unknown; it is never sent again blindly. Facts are read again from `in_seq` on.
//
// A question about a route leaves only once it is on disk that what was sent about it was handed
// over. If it were not, the next life could send that again, and the answer to the question, "we
// never had it", would come behind it and be believed.
//
// There is no hidden thread: everything happens inside `run` or `cycle`, on the caller's thread.
#pragma once

#include <oms/sdk/connector.hpp>
#include <oms/sdk/desk.hpp>
#include <oms/sdk/route_details.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::sdk {

/// An intent, with what its author needs to act on it.
struct Work {
    oms_intent intent{};
    std::uint64_t seq = 0;  ///< of the decision that holds it
    bool in_doubt = false;  ///< an earlier life may have sent it
    RouteDetails details;   ///< of places and amends; other actions need no more than the intent
};

/// Something that the party said, as an input for the kernel.
struct Fact {
    Batch input;               ///< a head (`report`, `adopt_order`, ...) and its details
    std::uint64_t number = 0;  ///< in the party's stream; 0: the stream has no numbers
    std::uint64_t route = 0;
    std::uint64_t answers = 0;  ///< the out_seq of the intent that it answers; 0: none
};

/// What the party says about an intent that is in doubt.
enum class Found : std::uint8_t { acted, not_acted, cannot_tell };

/// The author's side: the party, or the wire to it. Everything is called on the worker's thread.
class ChannelPeer {
public:
    ChannelPeer() = default;
    virtual ~ChannelPeer() = default;
    ChannelPeer(const ChannelPeer&) = delete;
    ChannelPeer& operator=(const ChannelPeer&) = delete;

    /// Once, before anything else: facts up to this number are kept.
    virtual void open(std::uint64_t /*in_seq*/) {}
    /// Before an intent in doubt (place, amend, signal) is sent: did it arrive in an earlier life?
    virtual Found find(const Work& work) = 0;
    /// Sends an intent; the gate was passed just now. True: an answer must come, or the route
    /// becomes unknown after `answer_timeout_ms`.
    virtual bool act(const Work& work) = 0;
    /// Once a cycle, for the author's own input and output.
    virtual void work() {}
    /// The next fact behind number `after`. False: none now. It is asked for only when the kernel
    /// has room, so a peer that reads from its party here stops reading when the kernel is slow.
    virtual bool next(std::uint64_t after, Fact& fact) = 0;
    /// Facts up to this number are on disk.
    virtual void kept(std::uint64_t /*in_seq*/) {}
    /// After a start, once for each route that is open: the place to ask about it.
    virtual void reconcile(const oms_route_row& /*route*/) {}
    /// When `work` or `next` next has something, by the kernel's clock, ns since 1970 UTC.
    virtual std::int64_t next_due() const { return std::numeric_limits<std::int64_t>::max(); }
};

struct ChannelOptions {
    std::string channel;                    ///< code of the channel
    std::int64_t idle_ms = 50;              ///< the longest wait for an intent
    std::int64_t answer_timeout_ms = 5000;  ///< 0: answers may take as long as they like
    std::int64_t keep_cursor_ms = 1000;     ///< the cursor is written at least so often
};

class ChannelWorker {
public:
    static constexpr std::size_t most_waiting = 1024;  ///< intents read and not handed over yet
    static constexpr std::size_t most_facts = 256;     ///< facts passed on in one cycle

    ChannelWorker(Host host, const Port& port, ChannelOptions options, ChannelPeer& peer)
        : host_(host), port_(port), desk_(port), options_(std::move(options)), peer_(peer) {}

    /// Until `stop`, or until the host stops.
    void run() {
        try {
            open();
            while (cycle(wait_ms())) continue;
        } catch (const HostStopped&) {
            return;  // the host is going down, in the middle of a question
        }
    }
    /// Any thread.
    void stop() {
        stopping_ = true;
        desk_.stop();
    }

    /// Finds the channel and where the last life ended. `run` does this by itself.
    void open() {
        channel_ = desk_.await_reference(OMS_class_channel, options_.channel, "channel");
        oms_query query = make<oms_query>();
        query.subject = OMS_subject_channels;
        query.reference = channel_;
        query.limit = 1;
        desk_.ask(query, [&](const oms_record& row) {
            const auto* found = as<oms_channel_row>(row);
            if (found == nullptr || found->channel != channel_) return;
            passed_in_ = found->in_seq;
            seq_ = number_in(found->cursor);
        });
        kept_cursor_ = disk_cursor_ = seq_;
        doubt_until_ = port_.durable_seq();
        peer_.open(passed_in_);
    }

    /// One round; waits up to `timeout_ms` for an intent. False: it is time to end.
    bool cycle(std::int64_t timeout_ms) {
        if (stopping_ || !read(timeout_ms)) return false;
        hand_over();
        peer_.work();
        pass_on();
        watch_answers();
        keep_cursor();
        const bool caught_up = !pending_ && seq_ >= doubt_until_ && queue_.empty();
        if (!reconciled_ && (listed_ || caught_up)) reconcile();
        return true;
    }

    std::uint32_t channel() const { return channel_; }
    std::uint64_t in_seq() const { return passed_in_; }

    /// Questions of the peer's own.
    Desk& desk() { return desk_; }

private:
    using Question = std::pair<std::uint64_t, std::uint64_t>;  ///< route, out_seq

    std::int64_t wait_ms() const {
        if (pending_ || !queue_.empty()) return 1;
        const std::int64_t due = peer_.next_due(), now = port_.now();
        if (due <= now) return 0;
        return std::min(options_.idle_ms, (due - now) / 1'000'000 + 1);
    }

    static std::uint64_t number_in(const oms_text& cursor) {
        std::uint64_t number = 0;
        std::from_chars(cursor.data, cursor.data + cursor.size, number);
        return number;
    }

    // ---- out ------------------------------------------------------------------------------------

    bool read(std::int64_t timeout_ms) {
        if (queue_.size() >= most_waiting) return true;
        const oms_status status =
            port_.read_channel(channel_, seq_, timeout_ms, [&](const oms_batch& decision) {
                take(decision);
                return queue_.size() < most_waiting;
            });
        return status != OMS_STOPPED;
    }

    void take(const oms_batch& decision) {
        std::uint64_t seq = 0;
        std::uint32_t cause = 0;
        for (const oms_record& record : Records(decision)) {
            if (const auto* header = as<oms_decision>(record)) {
                seq = header->seq;
                cause = header->cause;
            } else if (const auto* moved = as<oms_channel_moved>(record)) {
                if (moved->channel != channel_) continue;
                peer_.kept(moved->in_seq);
                disk_cursor_ = std::max(disk_cursor_, number_in(moved->cursor));
                while (!sent_.empty() && sent_.front().first <= disk_cursor_) sent_.pop_front();
            } else if (const auto* answered = as<oms_answered>(record)) {
                if (answered->channel == channel_ && answered->code != 0 && is_fact(cause))
                    host_.error("the kernel could not use what the party said: " +
                                std::to_string(answered->code) + " " +
                                std::string(view(answered->text)));
            } else if (const auto* intent = as<oms_intent>(record)) {
                if (intent->channel != channel_) continue;
                Work& work = queue_.emplace_back();
                work.intent = *intent;
                work.seq = seq;
                work.in_doubt = seq <= doubt_until_;
                if (!reconciled_ && !work.in_doubt && intent->action == OMS_action_place)
                    new_routes_.insert(intent->route);
                work.details = RouteDetails(intent->order, intent->route);
                if (intent->action == OMS_action_place || intent->action == OMS_action_amend)
                    work.details.add(decision);
            }
        }
    }
    static bool is_fact(std::uint32_t cause) {
        return cause == OMS_RECORD_report || cause == OMS_RECORD_adopt_order;
    }

    void hand_over() {
        const std::size_t count = queue_.size();
        std::deque<Work> held;
        for (std::size_t at = 0; at < count; ++at) {
            Work work = std::move(queue_.front());
            queue_.pop_front();
            // What is said about one route keeps its order.
            const std::uint64_t route = work.intent.route;
            const bool behind = std::any_of(held.begin(), held.end(), [&](const Work& other) {
                return other.intent.route == route;
            });
            if (behind || !send(work))
                held.push_back(std::move(work));
            else
                handed_over_ = std::max(handed_over_, work.seq);
        }
        for (auto work = held.rbegin(); work != held.rend(); ++work)
            queue_.push_front(std::move(*work));
    }

    /// False: it has to wait.
    bool send(Work& work) {
        const std::uint32_t action = work.intent.action;
        if (action == OMS_action_ask && could_be_sent_again(work.intent.route)) {
            cursor_wanted_ = true;
            return false;
        }
        const bool asks = action == OMS_action_ask || action == OMS_action_cancel;
        if (work.in_doubt && !asks) {  // asking and cancelling twice does no harm
            switch (peer_.find(work)) {
                case Found::acted: return true;
                case Found::cannot_tell:
                    return tell(work.intent, OMS_report_unknown,
                                "it is not known whether this was sent before the last end");
                case Found::not_acted:
                    if (!is_wanted(work.intent)) return true;
                    work.in_doubt = false;
                    if (!reconciled_ && action == OMS_action_place)
                        new_routes_.insert(work.intent.route);
            }
        }
        if (action == OMS_action_place || action == OMS_action_amend) complete(work);
        const oms_status gate = port_.gate(work.intent);
        if (gate == OMS_HALTED && action == OMS_action_place)
            return tell(work.intent, OMS_report_refused, "halted before it was sent");
        if (gate == OMS_HALTED && action == OMS_action_amend)
            return tell(work.intent, OMS_report_replace_refused, "halted before it was sent");
        if (gate != OMS_OK) return false;
        if (!asks) sent_.emplace_back(work.seq, work.intent.route);
        if (peer_.act(work) && options_.answer_timeout_ms > 0)
            awaited_[{work.intent.route, work.intent.out_seq}] = {
                port_.now() + options_.answer_timeout_ms * 1'000'000, work.intent};
        return true;
    }

    bool could_be_sent_again(std::uint64_t route) const {
        return std::any_of(sent_.begin(), sent_.end(), [&](const auto& sent) {
            return sent.second == route && sent.first > disk_cursor_;
        });
    }

    /// An intent of an earlier life may have come to its end meanwhile, refused because of a halt:
    /// sent now, it would work there for a route that has ended.
    bool is_wanted(const oms_intent& intent) {
        bool open = false;
        bool amends = false;
        oms_query query = make<oms_query>();
        query.subject = OMS_subject_order;
        query.id = intent.order;
        desk_.ask(query, [&](const oms_record& record) {
            if (const auto* row = as<oms_route_row>(record); row != nullptr)
                open = open || (row->route == intent.route && (row->flags & OMS_ROUTE_ENDED) == 0);
            if (const auto* line = as<oms_route_line_row>(record); line != nullptr)
                amends = amends || (line->route == intent.route && line->amending != 0);
        });
        return open && (intent.action != OMS_action_amend || amends);
    }

    /// A decision that did not open the order does not say everything about it.
    void complete(Work& work) {
        if (work.details.complete()) return;
        RouteDetails details(work.intent.order, work.intent.route);
        oms_query query = make<oms_query>();
        query.subject = OMS_subject_order;
        query.id = work.intent.order;
        desk_.ask(query, [&](const oms_record& row) { details.add(row); });
        // The rows may be younger than the decision: what it says about the amend goes first.
        for (const RouteDetails::Line& line : work.details.lines()) {
            if (!line.routed) continue;
            oms_route_line_row row = make<oms_route_line_row>();
            row.route = work.intent.route;
            row.line = line.line;
            row.product = line.product;
            row.ordered = line.quantity;
            row.working = line.working;
            row.amending = line.amending;
            details.add(*reinterpret_cast<const oms_record*>(&row));
        }
        work.details = std::move(details);
    }

    /// Says something in the connector's own name. False: there is no room for it now.
    bool tell(const oms_intent& intent, std::uint32_t type, std::string_view words) {
        oms_report report = make<oms_report>();
        report.channel = channel_;
        report.type = type;
        report.destination = intent.destination;
        report.route = intent.route;
        report.line = OMS_WHOLE_ORDER;
        report.time = port_.now();
        report.text = text(words);
        Batch input;
        input.add(report);
        return submit(input);
    }

    // ---- in -------------------------------------------------------------------------------------

    void pass_on() {
        for (std::size_t passed = 0; passed < most_facts; ++passed) {
            if (!pending_) {
                Fact fact;
                if (!peer_.next(passed_in_, fact)) return;
                number(fact);
                pending_ = std::move(fact);
            }
            if (!submit(pending_->input)) return;
            if (pending_->number != 0) passed_in_ = pending_->number;
            if (pending_->answers != 0) awaited_.erase({pending_->route, pending_->answers});
            kept_cursor_ = std::max(kept_cursor_, pending_cursor_);
            pending_.reset();
        }
    }

    /// Every head starts alike: the channel's advance is written over its first fields.
    void number(Fact& fact) {
        pending_cursor_ = handed_over_ > kept_cursor_ ? cursor() : 0;
        if (pending_cursor_ > kept_cursor_) add_cursor(fact.input, pending_cursor_);
        auto* head = reinterpret_cast<oms_advance_channel*>(
            const_cast<oms_record*>(fact.input.view().first));
        head->channel = channel_;
        head->in_seq = fact.number;
    }

    bool submit(const Batch& input) {
        const oms_status status = port_.submit(input);
        if (status == OMS_STOPPED) throw HostStopped();
        if (status != OMS_OK && status != OMS_AGAIN)
            host_.error("the kernel did not take what the party said, status " +
                        std::to_string(status));
        return status != OMS_AGAIN;
    }

    void watch_answers() {
        if (awaited_.empty()) return;
        const std::int64_t now = port_.now();
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

    /// Everything up to this decision was handed over.
    std::uint64_t cursor() const { return queue_.empty() ? seq_ : queue_.front().seq - 1; }
    static void add_cursor(Batch& input, std::uint64_t seq) {
        const std::string digits = std::to_string(seq);
        oms_cursor detail = make<oms_cursor>();
        detail.cursor = text(digits);
        input.add(detail);
    }

    /// Where no facts come by that could carry it, the cursor travels by itself, now and then.
    void keep_cursor() {
        if (handed_over_ <= kept_cursor_ && !cursor_wanted_) return;
        const std::int64_t now = port_.now();
        if (now < keep_at_ && !cursor_wanted_) return;
        keep_at_ = now + options_.keep_cursor_ms * 1'000'000;
        cursor_wanted_ = false;
        const std::uint64_t reached = cursor();
        if (reached <= kept_cursor_) return;
        oms_advance_channel advance = make<oms_advance_channel>();
        advance.channel = channel_;
        Batch input;
        input.add(advance);
        add_cursor(input, reached);
        if (submit(input)) kept_cursor_ = reached;
    }

    /// Asks about the routes of earlier lives. What is open is listed, and then read up to where
    /// the list was made: a route that was opened meanwhile is not one that the party could know.
    void reconcile() {
        if (!listed_) list_open_routes();
        if (seq_ < listed_until_) return;
        reconciled_ = true;
        for (const oms_route_row& row : std::exchange(open_routes_, {}))
            if (!new_routes_.contains(row.route)) peer_.reconcile(row);
        new_routes_.clear();
    }

    void list_open_routes() {
        oms_query query = make<oms_query>();
        query.subject = OMS_subject_routes;
        query.reference = channel_;
        query.open_only = 1;
        query.limit = 500;
        for (std::size_t before = 1; before != 0;) {
            before = 0;
            desk_.ask(query, [&](const oms_record& record) {
                const auto* row = as<oms_route_row>(record);
                if (row == nullptr) return;
                ++before;
                query.after = row->route;
                open_routes_.push_back(*row);
                open_routes_.back().external_ref = {};  // they die with the call
                open_routes_.back().status = {};
            });
        }
        listed_until_ = port_.durable_seq();
        listed_ = true;
    }

    struct Awaited {
        std::int64_t deadline = 0;
        oms_intent intent{};
    };

    Host host_;
    const Port& port_;
    Desk desk_;
    ChannelOptions options_;
    ChannelPeer& peer_;
    std::atomic<bool> stopping_ = false;
    std::uint32_t channel_ = 0;
    std::uint64_t seq_ = 0;          ///< decisions were read up to here
    std::uint64_t doubt_until_ = 0;  ///< the last decision of earlier lives
    std::uint64_t handed_over_ = 0;  ///< the last decision with an intent that was handed over
    std::uint64_t kept_cursor_ = 0;  ///< submitted with a fact
    std::uint64_t disk_cursor_ = 0;  ///< of it, what is on disk
    bool cursor_wanted_ = false;     ///< a question waits for that
    std::deque<std::pair<std::uint64_t, std::uint64_t>> sent_;  ///< by this life: seq and route
    std::uint64_t pending_cursor_ = 0;
    std::uint64_t passed_in_ = 0;  ///< the last fact that was submitted
    std::int64_t keep_at_ = 0;
    bool listed_ = false;
    bool reconciled_ = false;
    std::uint64_t listed_until_ = 0;          ///< the list shows no later decision
    std::vector<oms_route_row> open_routes_;  ///< to be asked about
    std::set<std::uint64_t> new_routes_;      ///< that this life places, or has placed again
    std::deque<Work> queue_;
    std::optional<Fact> pending_;  ///< a fact for which there was no room
    std::map<Question, Awaited> awaited_;
};

}  // namespace oms::sdk
