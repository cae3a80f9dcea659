// SPDX-License-Identifier: Apache-2.0
#include "event_streams.hpp"

#include "problem.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <utility>

namespace oms::rest {

namespace {

constexpr std::size_t max_decisions_a_turn = 256;
constexpr std::size_t max_bytes_a_turn = std::size_t{256} << 10;
/// Who is behind takes longer steps than those who are up to date, and so reaches them under load.
constexpr std::size_t max_decisions_behind = 2 * max_decisions_a_turn;
/// Who has missed no more than one such step is as good as up to date.
constexpr std::uint64_t max_missed = max_decisions_behind;
constexpr std::size_t max_known_accounts = std::size_t{1} << 20;
/// How long to wait for something new when nobody is behind, and when those who are do not read.
constexpr std::int64_t idle_ms = 500;
constexpr std::int64_t slow_ms = 20;

std::uint64_t seq_of(const oms_batch& decision) {
    const auto* header = decision.count == 0 ? nullptr : sdk::as<oms_decision>(*decision.first);
    return header == nullptr ? 0 : header->seq;
}

/// Hands decisions to a function until it says enough.
template <class Take>
oms_status read(const oms_port* port, std::uint64_t& seq, std::int64_t timeout_ms, Take& take) {
    return port->read(
        port, OMS_READ_ALL, 0, &seq, timeout_ms,
        [](void* context, const oms_batch* batch) -> oms_status {
            return (*static_cast<Take*>(context))(*batch) ? OMS_OK : OMS_AGAIN;
        },
        &take);
}

}  // namespace

EventStreams::EventStreams(const oms_port* port, const sdk::Names& names,
                           const StreamLimits& limits,
                           std::function<std::uint32_t(std::uint64_t)> account_of)
    : port_(port), names_(names), limits_(limits), account_of_(std::move(account_of)) {}

bool EventStreams::add(std::shared_ptr<Connection> connection, std::uint64_t seq,
                       const StreamFilter& filter) {
    auto stream = std::make_unique<Stream>();
    stream->connection = std::move(connection);
    stream->seq = std::min(seq, port_->durable_seq(port_));
    stream->filter = filter;
    stream->sent_last = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (stopping_.load() || count_.load() >= limits_.streams) return false;
        count_.fetch_add(1);
        arriving_.push_back(std::move(stream));
    }
    changed_.notify_all();
    port_->wake(port_);
    return true;
}

void EventStreams::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_.store(true);
    }
    changed_.notify_all();
}

void EventStreams::run() {
    while (!stopping_.load()) {
        take_in();
        progress_ = false;
        if (live_.empty()) live_seq_ = front();
        for (const auto& stream : behind_) catch_up(*stream);
        join_live();
        const std::int64_t patience_ms = behind_.empty() ? idle_ms : progress_ ? 0 : slow_ms;
        if (!live_.empty() && !read_live(patience_ms)) break;
        settle();
        // Nobody is up to date: either there is nobody at all, or only clients that do not read.
        if (!live_.empty() || patience_ms == 0) continue;
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::milliseconds(patience_ms),
                          [this] { return stopping_.load() || !arriving_.empty(); });
    }
    take_in();
    for (Streams* streams : {&live_, &behind_})
        for (const auto& stream : *streams) stream->connection->finish();
}

void EventStreams::take_in() {
    const std::lock_guard lock(mutex_);
    for (auto& stream : arriving_) {
        filters_accounts_ = filters_accounts_ || stream->filter.account != 0;
        behind_.push_back(std::move(stream));
    }
    arriving_.clear();
}

/// False: the host stops.
bool EventStreams::read_live(std::int64_t timeout_ms) {
    std::size_t count = 0;
    bool somebody_shares = false;
    for (const auto& stream : live_) {
        stream->shares = stream->filter.passes_all() && stream->seq <= live_seq_;
        somebody_shares = somebody_shares || stream->shares;
    }
    shared_.clear();
    auto take = [&](const oms_batch& decision) {
        if (count == max_decisions_a_turn || shared_.size() > max_bytes_a_turn) return false;
        ++count;
        const std::uint64_t seq = seq_of(decision);
        learn(decision);
        frame_.clear();
        if (somebody_shares) {
            write_frame(decision, seq);
            shared_ += frame_;
        }
        for (const auto& stream : live_)
            if (!stream->shares) offer(*stream, decision, seq);
        return true;
    };
    const oms_status status = read(port_, live_seq_, timeout_ms, take);
    for (const auto& stream : live_) send(*stream, stream->shares ? shared_ : stream->unsent, true);
    return status != OMS_STOPPED;
}

/// Where the first who are up to date begin: where one of them is, or nobody would catch up with
/// what is decided meanwhile.
std::uint64_t EventStreams::front() const {
    const std::uint64_t durable = port_->durable_seq(port_);
    std::uint64_t newest = 0;
    for (const auto& stream : behind_)
        if (stream->pending <= limits_.unsent_bytes / 2) newest = std::max(newest, stream->seq);
    return newest + max_missed < durable ? durable : newest;
}

/// One turn for a stream that is behind. It goes at the client's own pace: while much waits unsent
/// nothing more is read for it.
void EventStreams::catch_up(Stream& stream) {
    stream.pending = stream.connection->pending_bytes();
    if (stream.pending < limits_.unsent_bytes / 2 && stream.seq < live_seq_) {
        std::size_t count = 0;
        auto take = [&](const oms_batch& decision) {
            const std::uint64_t seq = seq_of(decision);
            if (count == max_decisions_behind || seq > live_seq_) return false;
            ++count;
            learn(decision);
            frame_.clear();
            offer(stream, decision, seq);
            stream.seq = seq;
            return true;
        };
        std::uint64_t seq = stream.seq;
        read(port_, seq, 0, take);
        progress_ = progress_ || count > 0;
    }
    send(stream, stream.unsent, false);
}

void EventStreams::offer(Stream& stream, const oms_batch& decision, std::uint64_t seq) {
    if (stream.over || seq <= stream.seq || !wants(stream.filter, decision)) return;
    write_frame(decision, seq);
    stream.unsent += frame_;
}

/// Once, however many ask for it.
void EventStreams::write_frame(const oms_batch& decision, std::uint64_t seq) {
    if (!frame_.empty()) return;
    frame_ += "id: ";
    sdk::append_integer(frame_, seq);
    frame_ += "\ndata: ";
    json_.clear();
    sdk::append_json_decision(json_, decision, names_);
    frame_ += json_;
    frame_ += "\n\n";
}

// ---- filters
// ----------------------------------------------------------------------------------------

bool EventStreams::wants(const StreamFilter& filter, const oms_batch& decision) {
    if (filter.passes_all()) return true;
    std::uint64_t about = 0;
    bool of_order = false;
    bool of_account = false;
    for (const oms_record& record : sdk::Records(decision)) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        if (info == nullptr) continue;
        for (const sdk::FieldInfo& field : info->fields) {
            const auto* at = reinterpret_cast<const char*>(&record) + field.offset;
            if (field.meaning == sdk::Meaning::order && field.offset + 8 <= record.size) {
                const std::uint64_t order = *reinterpret_cast<const std::uint64_t*>(at);
                if (record.kind == OMS_RECORD_decision) about = order;
                of_order = of_order || (order != 0 && order == filter.order);
            } else if (field.meaning == sdk::Meaning::account) {
                const std::uint32_t account = *reinterpret_cast<const std::uint32_t*>(at);
                of_account = of_account || (account != 0 && account == filter.account);
            }
        }
    }
    if (filter.order != 0 && !of_order) return false;
    if (filter.account == 0 || of_account) return true;
    return about != 0 && account(about) == filter.account;
}

void EventStreams::learn(const oms_batch& decision) {
    if (!filters_accounts_) return;
    for (const oms_record& record : sdk::Records(decision)) {
        const auto* opened = sdk::as<oms_order_opened>(record);
        if (opened == nullptr) continue;
        if (accounts_.size() >= max_known_accounts) accounts_.clear();
        accounts_[opened->order] = opened->account;
    }
}

std::uint32_t EventStreams::account(std::uint64_t order) {
    const auto known = accounts_.find(order);
    if (known != accounts_.end()) return known->second;
    const std::uint32_t account = account_of_(order);
    if (account != 0) accounts_[order] = account;
    return account;
}

// ---- sending
// ----------------------------------------------------------------------------------------

void EventStreams::send(Stream& stream, std::string_view events, bool live) {
    if (stream.over) return;
    const SteadyTime now = std::chrono::steady_clock::now();
    if (events.empty() && now - stream.sent_last > limits_.heartbeat) events = ": nothing new\n\n";
    if (events.empty()) {
        stream.over = stream.connection->state() != Connection::State::streaming;
        return;
    }
    stream.sent_last = now;
    if (!stream.connection->push(events, stream.pending)) stream.over = true;
    stream.unsent.clear();
    if (live && !stream.over && stream.pending > limits_.unsent_bytes) cut(stream);
}

void EventStreams::cut(Stream& stream) {
    std::string last = "event: problem\ndata: ";
    std::string json;
    append_problem(json, make_problem(error_slow_reader));
    last += json + "\n\n";
    stream.connection->push(last, stream.pending);
    stream.connection->finish();
    stream.over = true;
    cut_.fetch_add(1);
}

/// Those who have caught up read with the others from here on: before these go on, or under load
/// nobody would ever join them.
void EventStreams::join_live() {
    for (auto& stream : behind_) {
        if (stream->over || stream->seq < live_seq_ || stream->pending > limits_.unsent_bytes / 2)
            continue;
        live_.push_back(std::move(stream));
    }
    const auto gone = [](const std::unique_ptr<Stream>& stream) { return stream == nullptr; };
    behind_.erase(std::remove_if(behind_.begin(), behind_.end(), gone), behind_.end());
}

/// Lets go of those that are over.
void EventStreams::settle() {
    std::size_t over = 0;
    filters_accounts_ = false;
    for (Streams* streams : {&live_, &behind_}) {
        const auto ended = [&](const std::unique_ptr<Stream>& stream) {
            over += stream->over ? 1U : 0U;
            filters_accounts_ = filters_accounts_ || (!stream->over && stream->filter.account != 0);
            return stream->over;
        };
        streams->erase(std::remove_if(streams->begin(), streams->end(), ended), streams->end());
    }
    count_.fetch_sub(over);
    if (!filters_accounts_) accounts_.clear();
}

}  // namespace oms::rest
