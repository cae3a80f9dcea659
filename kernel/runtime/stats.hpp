// SPDX-License-Identifier: Apache-2.0
// The runtime's counters in one struct: any thread counts, any thread reads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::runtime {

class Counter {
public:
    void add(std::uint64_t by = 1) noexcept { value_.fetch_add(by, std::memory_order_relaxed); }
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    void raise(std::uint64_t value) noexcept {
        std::uint64_t before = get();
        while (value > before && !value_.compare_exchange_weak(before, value)) {
        }
    }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Stats {
#define OMS_COUNTER(name, help) Counter name;
#define OMS_GAUGE(name, help) Counter name;
#include "runtime/stats.def"
#undef OMS_COUNTER
#undef OMS_GAUGE

    std::vector<std::pair<std::string, std::uint64_t>> all() const {
        return {
#define OMS_COUNTER(name, help) {#name, name.get()},
#define OMS_GAUGE(name, help) {#name, name.get()},
#include "runtime/stats.def"
#undef OMS_COUNTER
#undef OMS_GAUGE
        };
    }
};

struct StatInfo {
    std::string_view name;
    std::string_view help;
    bool counter = true;  ///< otherwise a gauge
};

inline constexpr StatInfo stat_infos[] = {
#define OMS_COUNTER(name, help) {#name, help, true},
#define OMS_GAUGE(name, help) {#name, help, false},
#include "runtime/stats.def"
#undef OMS_COUNTER
#undef OMS_GAUGE
};

}  // namespace oms::runtime
