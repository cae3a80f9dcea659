// SPDX-License-Identifier: Apache-2.0
// One desk for the sessions of an instance, each of which has a thread of its own.
#pragma once

#include <oms/sdk/desk.hpp>

#include <mutex>

namespace line {

namespace sdk = oms::sdk;

/// Any thread; one question at a time.
class SharedDesk {
public:
    explicit SharedDesk(const sdk::Port& port) : desk_(port) {}

    template <class TakeRow>
    void ask(const oms_query& query, TakeRow take) {
        const std::lock_guard lock(mutex_);
        desk_.ask(query, take);
    }
    template <class TakeRecord>
    void submit(const sdk::Batch& input, TakeRecord take) {
        const std::lock_guard lock(mutex_);
        desk_.submit(input, take);
    }
    std::uint32_t reference(std::uint32_t reference_class, std::string_view code) {
        const std::lock_guard lock(mutex_);
        return desk_.reference(reference_class, code);
    }
    std::uint32_t await_reference(std::uint32_t reference_class, std::string_view code,
                                  std::string_view what) {
        const std::lock_guard lock(mutex_);
        return desk_.await_reference(reference_class, code, what);
    }
    void stop() { desk_.stop(); }

private:
    std::mutex mutex_;
    sdk::Desk desk_;
};

}  // namespace line
