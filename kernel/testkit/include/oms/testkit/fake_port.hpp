// SPDX-License-Identifier: Apache-2.0
// A host in a few lines, for tests of outside plugins: it numbers, remembers and answers, and
// decides whatever the test says. There is no kernel behind it.
//
//     FakePort port;
//     port.define(OMS_class_account, "main");
//     port.on_input([](const oms_batch& input, std::uint64_t seq, sdk::Batch& effects) { ... });
//     FakeHost host(port, "edge");
//     MyConnector connector(host.host(), ...);
#pragma once

#include <oms/sdk/batch.hpp>
#include <oms/sdk/json.hpp>
#include <oms/sdk/names.hpp>
#include <oms/sdk/plugin.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::testkit {

/// "oms.host.port/1" as one instance sees it. Everything is durable at once. Any thread.
class FakePort {
public:
    /// Adds the effects of an input's decision; the header is made by the port. Without an
    /// `answered` among them the port adds one that accepts.
    using Decide =
        std::function<void(const oms_batch& input, std::uint64_t seq, sdk::Batch& effects)>;
    using Ask = std::function<oms_status(const oms_query& query, sdk::Batch& rows)>;

    FakePort() {
        raw_.size = sizeof(oms_port);
        raw_.context = this;
        raw_.resolve = [](const oms_port* port, std::uint32_t reference_class, oms_text code,
                          std::uint32_t* reference) {
            return of(port).resolve(reference_class, sdk::view(code), *reference);
        };
        raw_.describe = [](const oms_port* port, std::uint32_t reference, oms_record* row) {
            return of(port).describe(reference, *row);
        };
        raw_.submit = [](const oms_port* port, const oms_batch* input, std::uint64_t token) {
            return of(port).submit(*input, token);
        };
        raw_.observe = [](const oms_port* port, const oms_observation* first, std::uint32_t count,
                          std::uint32_t stride) { return of(port).observe(first, count, stride); };
        raw_.query = [](const oms_port* port, const oms_query* query, std::uint64_t token) {
            return of(port).query(*query, token);
        };
        raw_.take_answers = [](const oms_port* port, std::int64_t timeout_ms, oms_take_answer take,
                               void* context) {
            return of(port).take_answers(timeout_ms, take, context);
        };
        raw_.read = [](const oms_port* port, std::uint32_t which, std::uint32_t channel,
                       std::uint64_t* seq, std::int64_t timeout_ms, oms_take take, void* context) {
            of(port).note_reader();
            return of(port).read(which, channel, *seq, timeout_ms, take, context);
        };
        raw_.gate = [](const oms_port* port, const oms_intent*) {
            const std::lock_guard lock(of(port).mutex_);
            return of(port).halted_ ? OMS_HALTED : OMS_OK;
        };
        raw_.now = [](const oms_port* port) {
            const std::lock_guard lock(of(port).mutex_);
            return of(port).now_;
        };
        raw_.durable_seq = [](const oms_port* port) {
            const std::lock_guard lock(of(port).mutex_);
            return std::uint64_t{of(port).decisions_.size()};
        };
        raw_.wake = [](const oms_port* port) { of(port).wake(); };
    }
    FakePort(const FakePort&) = delete;
    FakePort& operator=(const FakePort&) = delete;

    const oms_port* raw() const { return &raw_; }

    // ---- what the test arranges
    // ------------------------------------------------------------------

    /// A reference entry; its number.
    std::uint32_t define(std::uint32_t reference_class, std::string_view code,
                         std::uint32_t scale = 0, std::uint32_t price_scale = 0,
                         std::uint32_t group = 0) {
        const std::lock_guard lock(mutex_);
        auto row = sdk::make<oms_reference_row>();
        row.reference = OMS_FIRST_REFERENCE + static_cast<std::uint32_t>(references_.size());
        row.reference_class = reference_class;
        row.scale = scale;
        row.price_scale = price_scale;
        row.group = group;
        row.revision = 1;
        row.code = sdk::text(texts_.emplace_back(code));
        references_.push_back(row);
        return row.reference;
    }
    void on_input(Decide decide) {
        const std::lock_guard lock(mutex_);
        decide_ = std::move(decide);
    }
    void on_query(Ask ask) {
        const std::lock_guard lock(mutex_);
        ask_ = std::move(ask);
    }
    /// While set, `submit` and `query` take nothing.
    void set_busy(bool busy) {
        const std::lock_guard lock(mutex_);
        busy_ = busy;
    }
    /// While set, answers wait as if the disk were slow.
    void hold_answers(bool hold) {
        const std::lock_guard lock(mutex_);
        holding_ = hold;
        changed_.notify_all();
    }
    void set_halted(bool halted) {
        const std::lock_guard lock(mutex_);
        halted_ = halted;
    }
    void set_now(std::int64_t now) {
        const std::lock_guard lock(mutex_);
        now_ = now;
    }
    /// A decision that no input of this instance caused. Its number.
    std::uint64_t publish(std::uint32_t cause, std::uint64_t order, const sdk::Batch& effects) {
        const std::lock_guard lock(mutex_);
        return record(cause, order, effects, {});
    }
    /// Blocked calls and later ones answer OMS_STOPPED.
    void stop() {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        changed_.notify_all();
    }

    // ---- what the test looks at
    // -------------------------------------------------------------------

    /// Waits until so many inputs have come. False: they did not within five seconds.
    bool wait_for_inputs(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(5),
                                 [&] { return inputs_.size() >= count; });
    }
    /// Waits until somebody has begun to read decisions: a connector has found its bearings by
    /// then, and what is published from here on is new to it. False: nobody did within five
    /// seconds.
    bool wait_for_reader() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return was_read_; });
    }
    std::size_t input_count() const {
        const std::lock_guard lock(mutex_);
        return inputs_.size();
    }
    /// An input that came, by its position; alive as long as the port.
    oms_batch input(std::size_t position) const {
        const std::lock_guard lock(mutex_);
        return inputs_.at(position)->view();
    }
    std::vector<oms_observation> observations() const {
        const std::lock_guard lock(mutex_);
        return observations_;
    }

private:
    static FakePort& of(const oms_port* port) { return *static_cast<FakePort*>(port->context); }

    struct Answer {
        std::uint64_t token = 0;
        std::uint64_t seq = 0;
        std::uint32_t status = OMS_OK;
        std::shared_ptr<const sdk::Batch> records;
    };

    oms_status resolve(std::uint32_t reference_class, std::string_view code,
                       std::uint32_t& reference) {
        const std::lock_guard lock(mutex_);
        for (const oms_reference_row& row : references_) {
            if (row.reference_class != reference_class || sdk::view(row.code) != code) continue;
            reference = row.reference;
            return OMS_OK;
        }
        return OMS_NOT_FOUND;
    }

    oms_status describe(std::uint32_t reference, oms_record& row) {
        const std::lock_guard lock(mutex_);
        if (reference < OMS_FIRST_REFERENCE ||
            reference - OMS_FIRST_REFERENCE >= references_.size())
            return OMS_NOT_FOUND;
        reinterpret_cast<oms_reference_row&>(row) = references_[reference - OMS_FIRST_REFERENCE];
        return OMS_OK;
    }

    oms_status submit(const oms_batch& input, std::uint64_t token) {
        const std::lock_guard lock(mutex_);
        if (stopped_) return OMS_STOPPED;
        if (busy_) return OMS_AGAIN;
        inputs_.push_back(std::make_shared<sdk::Batch>());
        inputs_.back()->append(input);
        const Key key = key_of(input);
        Answer answer{token, 0, OMS_OK, nullptr};
        const auto known = keys_.find(key);
        if (key.second.empty() || known == keys_.end()) {
            decide(input, key, answer);
        } else {
            repeat(input, known->second, answer);
        }
        if (token != 0) answers_.push_back(std::move(answer));
        changed_.notify_all();
        return OMS_OK;
    }

    using Key = std::pair<std::uint32_t, std::string>;
    struct Known {
        std::uint64_t seq = 0;
        std::string body;
    };

    /// All heads start alike up to the key.
    static Key key_of(const oms_batch& input) {
        const auto& head = reinterpret_cast<const oms_cancel_route&>(*input.first);
        return {head.origin, std::string(sdk::view(head.key))};
    }
    static std::string body_of(const oms_batch& input) {
        std::string body;
        sdk::append_json(body, input, sdk::NoNames());
        return body;
    }

    void decide(const oms_batch& input, const Key& key, Answer& answer) {
        sdk::Batch effects;
        const std::uint64_t seq = decisions_.size() + 1;
        if (decide_) decide_(input, seq, effects);
        std::uint64_t order = 0;
        bool answered = false;
        for (const oms_record& record : sdk::Records(effects.view())) {
            if (const auto* row = sdk::as<oms_answered>(record)) {
                answered = true;
                order = row->order;
            }
        }
        if (!answered) effects.add(sdk::make<oms_answered>());
        answer.seq = record(input.first->kind, order, effects, key);
        answer.records = decisions_.back();
        if (!key.second.empty()) keys_[key] = {answer.seq, body_of(input)};
    }

    /// As the kernel answers a key that it knows: the `answered` alone.
    void repeat(const oms_batch& input, const Known& known, Answer& answer) {
        auto rows = std::make_shared<sdk::Batch>();
        answer.seq = known.seq;
        if (known.body == body_of(input)) {
            for (const oms_record& effect : sdk::Records(decisions_[known.seq - 1]->view()))
                if (effect.kind == OMS_RECORD_answered) rows->append(effect);
        } else {
            auto answered = sdk::make<oms_answered>();
            answered.code = OMS_ERROR_key_reused;
            rows->add(answered);
        }
        answer.records = std::move(rows);
    }

    std::uint64_t record(std::uint32_t cause, std::uint64_t order, const sdk::Batch& effects,
                         const Key& key) {
        auto header = sdk::make<oms_decision>();
        header.seq = decisions_.size() + 1;
        header.time = now_;
        header.cause = cause;
        header.effects = effects.count();
        header.order = order;
        header.origin = key.first;
        header.key = sdk::text(key.second);
        auto decision = std::make_shared<sdk::Batch>();
        decision->add(header);
        decision->append(effects.view());
        decisions_.push_back(std::move(decision));
        changed_.notify_all();
        return header.seq;
    }

    oms_status observe(const oms_observation* first, std::uint32_t count, std::uint32_t stride) {
        const std::lock_guard lock(mutex_);
        const auto* at = reinterpret_cast<const char*>(first);
        for (std::uint32_t index = 0; index < count; ++index, at += stride)
            observations_.push_back(*reinterpret_cast<const oms_observation*>(at));
        return OMS_OK;
    }

    oms_status query(const oms_query& query, std::uint64_t token) {
        const std::lock_guard lock(mutex_);
        if (stopped_) return OMS_STOPPED;
        if (busy_) return OMS_AGAIN;
        auto rows = std::make_shared<sdk::Batch>();
        const oms_status status = ask_ ? ask_(query, *rows) : OMS_OK;
        answers_.push_back(
            {token, decisions_.size(), static_cast<std::uint32_t>(status), std::move(rows)});
        changed_.notify_all();
        return OMS_OK;
    }

    template <class Ready>
    bool wait(std::unique_lock<std::mutex>& lock, std::int64_t timeout_ms, Ready ready) {
        const std::uint64_t woken = woken_;
        changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                          [&] { return stopped_ || woken_ != woken || ready(); });
        return ready();
    }

    oms_status take_answers(std::int64_t timeout_ms, oms_take_answer take, void* context) {
        std::unique_lock lock(mutex_);
        if (!wait(lock, timeout_ms, [&] { return !answers_.empty() && !holding_; }))
            return stopped_ ? OMS_STOPPED : OMS_AGAIN;
        std::deque<Answer> taken;
        taken.swap(answers_);
        lock.unlock();
        for (const Answer& answer : taken) {
            const oms_answer raw{sizeof(oms_answer), answer.status, answer.token, answer.seq,
                                 answer.records->view()};
            take(context, &raw);
        }
        return OMS_OK;
    }

    static bool names_channel(const sdk::Batch& decision, std::uint32_t channel) {
        for (const oms_record& record : sdk::Records(decision.view())) {
            const auto* intent = sdk::as<oms_intent>(record);
            const auto* moved = sdk::as<oms_channel_moved>(record);
            if (intent != nullptr && intent->channel == channel) return true;
            if (moved != nullptr && moved->channel == channel) return true;
        }
        return false;
    }

    oms_status read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                    std::int64_t timeout_ms, oms_take take, void* context) {
        std::unique_lock lock(mutex_);
        if (!wait(lock, timeout_ms, [&] { return decisions_.size() > seq; }))
            return stopped_ ? OMS_STOPPED : OMS_AGAIN;
        bool any = false;
        while (decisions_.size() > seq) {
            const std::shared_ptr<const sdk::Batch> decision = decisions_[seq];
            if (which == OMS_READ_ALL || names_channel(*decision, channel)) {
                const oms_batch batch = decision->view();
                lock.unlock();
                const oms_status status = take(context, &batch);
                lock.lock();
                if (status != OMS_OK) return any ? OMS_OK : status;
                any = true;
            }
            ++seq;
        }
        return any ? OMS_OK : OMS_AGAIN;
    }

    void note_reader() {
        const std::lock_guard lock(mutex_);
        was_read_ = true;
        changed_.notify_all();
    }
    void wake() {
        const std::lock_guard lock(mutex_);
        ++woken_;
        changed_.notify_all();
    }

    oms_port raw_{};
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<oms_reference_row> references_;
    std::deque<std::string> texts_;
    std::vector<std::shared_ptr<const sdk::Batch>> decisions_;
    std::vector<std::shared_ptr<sdk::Batch>> inputs_;
    std::vector<oms_observation> observations_;
    std::deque<Answer> answers_;
    std::map<Key, Known> keys_;
    Decide decide_;
    Ask ask_;
    std::int64_t now_ = 1'700'000'000'000'000'000;
    std::uint64_t woken_ = 0;
    bool busy_ = false;
    bool holding_ = false;
    bool halted_ = false;
    bool stopped_ = false;
    bool was_read_ = false;
};

/// An oms_host whose one capability is a FakePort. It keeps what is logged.
class FakeHost {
public:
    FakeHost(FakePort& port, std::string instance, std::string data_directory = {})
        : port_(port), instance_(std::move(instance)), data_directory_(std::move(data_directory)) {
        raw_.size = sizeof(oms_host);
        raw_.abi_revision = OMS_ABI_REVISION;
        raw_.context = this;
        raw_.instance = sdk::text(instance_);
        raw_.instance_id = port_.define(OMS_class_plugin, instance_);
        raw_.data_directory = sdk::text(data_directory_);
        raw_.extension = [](const oms_host* host, oms_text id) -> const void* {
            if (sdk::view(id) != OMS_CAPABILITY_PORT) return nullptr;
            return static_cast<FakeHost*>(host->context)->port_.raw();
        };
        raw_.log = [](const oms_host* host, std::uint32_t level, oms_text message) {
            auto& self = *static_cast<FakeHost*>(host->context);
            const std::lock_guard lock(self.mutex_);
            self.lines_.emplace_back(level, std::string(sdk::view(message)));
        };
    }
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    const oms_host* raw() const { return &raw_; }
    sdk::Host host() const { return sdk::Host(&raw_); }

    std::vector<std::pair<std::uint32_t, std::string>> logged() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

private:
    FakePort& port_;
    std::string instance_;
    std::string data_directory_;
    oms_host raw_{};
    mutable std::mutex mutex_;
    std::vector<std::pair<std::uint32_t, std::string>> lines_;
};

}  // namespace oms::testkit
