// SPDX-License-Identifier: Apache-2.0
// Questions to the kernel whose answer is waited for: what an outside plugin asks now and then,
// beside the stream that it reads.
#pragma once

#include <oms/sdk/connector.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::sdk {

/// The host stops, in the middle of a question. Threads of a plugin let it pass and end.
class HostStopped : public CallError {
public:
    HostStopped() : CallError(OMS_STOPPED, "the host is stopping") {}
};

/// One thread at a time, but for `stop`. It takes the answers of its instance, so nothing else of
/// the instance may: a plugin with a desk submits with token 0 and hears of decisions by reading
/// them.
class Desk {
public:
    explicit Desk(const Port& port) : port_(port) {}

    /// Hands over each row of the answer, once all that it shows is durable.
    template <class TakeRow>
    void ask(const oms_query& query, TakeRow take) {
        wait_for([&](std::uint64_t token) { return port_.query(query, token); }, take);
    }

    /// Submits an input and hands over each record of its decision, once it is durable.
    template <class TakeRecord>
    void submit(const Batch& input, TakeRecord take) {
        wait_for([&](std::uint64_t token) { return port_.submit(input, token); }, take);
    }

    /// The reference of a code; defines it where there is none. For names that a plugin brings
    /// along, such as events of a party and sources of observations.
    std::uint32_t reference(std::uint32_t reference_class, std::string_view code) {
        if (const auto known = port_.resolve(reference_class, code)) return *known;
        oms_define define = make<oms_define>();
        define.reference_class = reference_class;
        define.code = text(code);
        Batch input;
        input.add(define);
        submit(input, [](const oms_record&) {});
        if (const auto made = port_.resolve(reference_class, code)) return *made;
        throw CallError(OMS_NOT_FOUND, "the kernel did not define \"" + std::string(code) + "\"");
    }

    /// The reference of a code that the configuration names; waits a while for it.
    std::uint32_t await_reference(std::uint32_t reference_class, std::string_view code,
                                  std::string_view what) {
        for (int tries = 0; tries < 1000 && !stopping_; ++tries) {
            if (const auto found = port_.resolve(reference_class, code)) return *found;
            pause(10);
        }
        if (stopping_) throw HostStopped();
        throw CallError(OMS_NOT_FOUND, "there is no " + std::string(what) + " \"" +
                                           std::string(code) + "\"; name it in the configuration");
    }

    /// Whoever waits, and whoever asks from now on, gets a HostStopped.
    void stop() {
        stopping_ = true;
        port_.wake();
    }

private:
    /// Answers that nobody waits for any more may come meanwhile.
    void pause(std::int64_t timeout_ms) const {
        if (port_.take_answers(timeout_ms, [](const oms_answer&) {}) == OMS_STOPPED)
            throw HostStopped();
    }

    template <class Send, class Take>
    void wait_for(Send send, Take take) {
        const std::uint64_t token = ++last_token_;
        for (oms_status status; (status = send(token)) != OMS_OK;) {
            if (status == OMS_STOPPED || stopping_) throw HostStopped();
            if (status != OMS_AGAIN)
                throw CallError(status, "the kernel did not take a question of this plugin");
            pause(1);
        }
        bool answered = false;
        while (!answered) {
            const oms_status status = port_.take_answers(100, [&](const oms_answer& answer) {
                if (answer.token != token) return;
                answered = true;
                for (const oms_record& record : Records(answer.records)) take(record);
            });
            if (!answered && (status == OMS_STOPPED || stopping_)) throw HostStopped();
        }
    }

    const Port& port_;
    std::uint64_t last_token_ = 0;
    std::atomic<bool> stopping_ = false;
};

}  // namespace oms::sdk
