// SPDX-License-Identifier: Apache-2.0
// Plain lines for people: time, level, who speaks, what. A source that floods is cut short.
#pragma once

#include <oms/abi/plugin.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace oms::runtime {

class Counter;

enum class Level : std::uint32_t {
    error = OMS_LOG_error,
    warning = OMS_LOG_warning,
    info = OMS_LOG_info,
    debug = OMS_LOG_debug,
};

/// Any thread. A source may say `burst` lines at once and `per_second` in the long run; what is
/// beyond is counted and said later. Errors of the runtime itself are never left out.
class Log {
public:
    using Write = std::function<void(std::string_view line)>;
    static constexpr double burst = 100;
    static constexpr double per_second = 20;
    static constexpr std::size_t longest_line = 4096;

    /// Null: stderr. `left_out` may be null.
    explicit Log(Write write = {}, Counter* left_out = nullptr);

    void write(Level level, std::string_view source, std::string_view text);
    void error(std::string_view source, std::string_view text) {
        write(Level::error, source, text);
    }
    void warning(std::string_view source, std::string_view text) {
        write(Level::warning, source, text);
    }
    void info(std::string_view source, std::string_view text) { write(Level::info, source, text); }

    /// What is less urgent than this is not written.
    void set_level(Level level) { level_ = level; }

private:
    struct Budget {
        double left = burst;
        std::int64_t filled_at = 0;
        std::uint64_t left_out = 0;
    };
    /// Whether the source may speak; `left_out` is what it could not say since.
    bool allowed(std::string_view source, std::uint64_t& left_out);
    void put(Level level, std::string_view source, std::string_view text);

    Write write_;
    Counter* left_out_;
    Level level_ = Level::info;
    std::mutex mutex_;
    std::map<std::string, Budget, std::less<>> budgets_;
};

/// `2026-03-01T09:30:00.250Z`
std::string log_time(std::int64_t ns);

}  // namespace oms::runtime
