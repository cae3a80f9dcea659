// SPDX-License-Identifier: Apache-2.0
#include "cli/loader.hpp"

#include <chrono>

namespace oms::cli {

namespace {

constexpr std::int64_t short_wait_ms = 5;
constexpr std::int64_t long_wait_ms = 100;

}  // namespace

LoadOutcome Loader::run(const Next& next) {
    using Clock = std::chrono::steady_clock;
    auto last_heard = Clock::now();
    bool more = true;
    while (more || !waiting_.empty() || !again_.empty()) {
        bool full = false;
        while (!full && waiting_.size() < window && (more || !again_.empty())) {
            std::optional<LoadItem> item;
            if (!again_.empty()) {
                item = std::move(again_.front());
                again_.pop_front();
            } else {
                item = next();
            }
            if (!item)
                more = false;
            else
                full = !send(next_token_++, *item);
        }
        heard_ = false;
        take_answers(full ? short_wait_ms : long_wait_ms);
        progress_.show(outcome_.accepted + outcome_.refused);
        if (heard_ || waiting_.empty()) last_heard = Clock::now();
        const auto silent =
            std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - last_heard);
        if (silent.count() > session_.context().timeout_ms()) {
            give_up_waiting();
            break;
        }
    }
    outcome_.seconds = progress_.seconds();
    return outcome_;
}

/// False: there is no room; it is kept for later.
bool Loader::send(std::uint64_t token, LoadItem& item) {
    const oms_status status = session_.port().submit(item.input.view(), token);
    if (status == OMS_OK) {
        waiting_.emplace(token, std::move(item));
        return true;
    }
    if (status == OMS_STOPPED) session_.lost(Exit::unknown);
    if (status == OMS_AGAIN) {
        again_.push_front(std::move(item));
        return false;
    }
    ++outcome_.refused;
    fault_({runtime::error_port_refused, item.place,
            "the records break the contract: " + std::string(sdk::status_text(status)),
            "see the limits in oms/abi/base.h"});
    return true;
}

void Loader::take_answers(std::int64_t timeout_ms) {
    const oms_status status =
        session_.port().take_answers(waiting_.empty() ? short_wait_ms : timeout_ms,
                                     [&](const oms_answer& answer) { take_answer(answer); });
    if (status == OMS_STOPPED) session_.lost(Exit::unknown);
}

void Loader::take_answer(const oms_answer& answer) {
    const auto found = waiting_.find(answer.token);
    if (found == waiting_.end()) return;
    heard_ = true;
    LoadItem item = std::move(found->second);
    waiting_.erase(found);
    if (answer.status == OMS_AGAIN) {
        again_.push_back(std::move(item));
        return;
    }
    std::uint32_t code = answer.status == OMS_OK ? 0 : runtime::error_port_refused;
    std::string text;
    for (const oms_record& record : sdk::Records(answer.records)) {
        const auto* answered = sdk::as<oms_answered>(record);
        if (answered != nullptr) {
            code = answered->code;
            text = sdk::view(answered->text);
        }
        const auto* verdict = sdk::as<oms_verdict>(record);
        if (verdict != nullptr && verdict->outcome == OMS_outcome_refuse && verdict->text.size != 0)
            text = sdk::view(verdict->text);
    }
    if (code == 0) {
        ++outcome_.accepted;
        return;
    }
    ++outcome_.refused;
    fault_(sdk::make_error(code, item.place, text));
}

void Loader::give_up_waiting() {
    outcome_.unknown = waiting_.size();
    for (const auto& [token, item] : waiting_)
        fault_({runtime::error_no_answer, item.place, "no answer came in time",
                "the outcome is unknown: repeat the load with the same keys"});
    waiting_.clear();
}

}  // namespace oms::cli
