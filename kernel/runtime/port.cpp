// SPDX-License-Identifier: Apache-2.0
#include "runtime/port.hpp"

#include <oms/sdk/codes.hpp>
#include <oms/sdk/suggest.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace oms::runtime {

namespace {

constexpr std::chrono::milliseconds pause_when_busy{1};

std::int64_t steady_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Reply to_reply(const oms_answer& answer) {
    Reply reply;
    reply.seq = answer.seq;
    for (const oms_record& record : sdk::Records(answer.records)) {
        if (const auto* answered = sdk::as<oms_answered>(record)) {
            reply.code = answered->code;
            reply.order = answered->order;
            reply.id = answered->id;
            reply.text = sdk::view(answered->text);
        }
    }
    reply.records.append(answer.records);
    return reply;
}

}  // namespace

Error Port::stopped_error() const {
    return {
        error_port_stopped, {}, "the kernel is stopping", "start it again, then look up by key"};
}

Error Port::refusal(oms_status status) const {
    switch (status) {
        case OMS_STOPPED: return stopped_error();
        case OMS_AGAIN:
            return {error_busy,
                    {},
                    "the kernel has more to do than it can take",
                    "nothing was taken: try again with the same key"};
        case OMS_OUT_OF_RANGE:
            return {error_port_refused,
                    {},
                    "too many scopes are halted one by one",
                    "halt everything, or resume some of them first"};
        default:
            return {
                error_port_refused,
                {},
                "the records break the contract (" + std::string(sdk::status_text(status)) + ")",
                "see the limits in oms/abi/base.h: sizes, known kinds, lengths of texts"};
    }
}

Result<Reply> Port::wait_for(std::uint64_t token, std::int64_t deadline_ms) {
    std::optional<Reply> reply;
    oms_status answered = OMS_OK;
    const auto take = [&](const oms_answer& answer) {
        if (answer.token != token) return;  // of a request that nobody waits for any more
        answered = static_cast<oms_status>(answer.status);
        reply = to_reply(answer);
    };
    while (!reply) {
        const std::int64_t left = deadline_ms - steady_ms();
        if (left <= 0) {
            return fail(error_no_answer, {}, "no answer came in time",
                        "the outcome is unknown: ask again with the same key");
        }
        const oms_status status = take_answers(left, take);
        if (status == OMS_STOPPED) return tl::unexpected(stopped_error());
    }
    if (answered != OMS_OK) return tl::unexpected(refusal(answered));
    return std::move(*reply);
}

Result<Reply> Port::request(const oms_batch& input, std::int64_t timeout_ms) {
    const std::lock_guard lock(asking_);
    const std::int64_t deadline = steady_ms() + timeout_ms;
    while (true) {
        const std::uint64_t token = next_token_++;
        const oms_status status = submit(input, token);
        if (status == OMS_OK) {
            Result<Reply> reply = wait_for(token, deadline);
            if (reply || reply.error().code != error_busy) return reply;
        } else if (status != OMS_AGAIN) {
            return tl::unexpected(refusal(status));
        }
        if (steady_ms() >= deadline) return tl::unexpected(refusal(OMS_AGAIN));
        std::this_thread::sleep_for(pause_when_busy);
    }
}

Result<Reply> Port::ask(const oms_query& asked, std::int64_t timeout_ms) {
    const std::lock_guard lock(asking_);
    const std::int64_t deadline = steady_ms() + timeout_ms;
    while (true) {
        const std::uint64_t token = next_token_++;
        const oms_status status = query(asked, token);
        if (status == OMS_OK) {
            Result<Reply> reply = wait_for(token, deadline);
            if (reply || reply.error().code != error_busy) return reply;
        } else if (status != OMS_AGAIN) {
            return tl::unexpected(refusal(status));
        }
        if (steady_ms() >= deadline) return tl::unexpected(refusal(OMS_AGAIN));
        std::this_thread::sleep_for(pause_when_busy);
    }
}

Result<HaltReply> Port::halt(std::uint32_t scope, std::uint32_t target, bool on,
                             std::string_view reason, std::int64_t timeout_ms) {
    const std::lock_guard lock(asking_);
    auto head = sdk::make<oms_set_halt>();
    head.scope = scope;
    head.target = target;
    head.on = on ? 1 : 0;
    head.reason = sdk::text(reason);
    const auto* record = reinterpret_cast<const oms_record*>(&head);
    const std::uint64_t token = next_token_++;
    const oms_status status = submit({record, record->size, 1, 0}, token);
    if (status != OMS_OK) return tl::unexpected(refusal(status));

    HaltReply halted;
    Result<Reply> reply = wait_for(token, steady_ms() + timeout_ms);
    if (!reply) {
        // What was submitted closed the gate at once, here in the process or behind the socket.
        halted.in_force = on && reply.error().code == error_no_answer;
        if (!halted.in_force) return tl::unexpected(reply.error());
        return halted;
    }
    halted.code = reply->code;
    halted.text = reply->text;
    halted.in_force = on && reply->accepted();
    if (reply->accepted()) halted.seq = reply->seq;
    return halted;
}

Result<std::uint32_t> Port::reference(std::uint32_t reference_class, std::string_view code) {
    std::uint32_t found = 0;
    const oms_status status = resolve(reference_class, code, found);
    if (status == OMS_OK) return found;
    if (status == OMS_STOPPED) return tl::unexpected(stopped_error());

    auto asked = sdk::make<oms_query>();
    asked.subject = OMS_subject_references;
    asked.reference = reference_class;
    asked.limit = 1000;
    std::vector<std::string> codes;
    if (const Result<Reply> reply = ask(asked)) {
        for (const oms_record& record : sdk::Records(reply->records.view()))
            if (const auto* row = sdk::as<oms_reference_row>(record))
                codes.emplace_back(sdk::view(row->code));
    }
    std::string name(sdk::code_name(sdk::class_names, reference_class));
    for (char& letter : name)
        if (letter == '_') letter = ' ';
    const std::string known =
        codes.empty() ? "there is none yet: define one" : "known are " + sdk::name_list(codes);
    return fail(error_unknown_name, std::string(code),
                "there is no such " + name + sdk::did_you_mean(code, codes), known);
}

bool PortNames::reference(std::uint32_t reference, sdk::ReferenceName& name) const {
    if (reference == 0) return false;
    const std::lock_guard lock(mutex_);
    auto known = known_.find(reference);
    if (known == known_.end()) {
        auto row = sdk::make<oms_reference_row>();
        if (port_.describe(reference, row) != OMS_OK) return false;
        known = known_.emplace(reference, row).first;
    }
    name = {sdk::view(known->second.code), known->second.scale, known->second.price_scale};
    return true;
}

}  // namespace oms::runtime
