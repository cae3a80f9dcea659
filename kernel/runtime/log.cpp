// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include "runtime/clock.hpp"
#include "runtime/stats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <utility>

namespace oms::runtime {

namespace {

constexpr std::size_t most_sources = 4096;

std::string_view level_name(Level level) {
    switch (level) {
        case Level::error: return "error";
        case Level::warning: return "warning";
        case Level::info: return "info";
        case Level::debug: return "debug";
    }
    return "?";
}

std::int64_t steady_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

/// A line is a line: what would end it early or colour the terminal is shown as a blank.
std::string one_line(std::string_view text) {
    std::string line(text.substr(0, Log::longest_line));
    std::replace_if(
        line.begin(), line.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return line;
}

}  // namespace

std::string log_time(std::int64_t ns) {
    const std::time_t seconds = ns / 1'000'000'000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       ns / 1'000'000 % 1000);
}

Log::Log(Write write, Counter* left_out) : write_(std::move(write)), left_out_(left_out) {
    if (!write_) {
        write_ = [](std::string_view line) {
            std::fwrite(line.data(), 1, line.size(), stderr);
            std::fputc('\n', stderr);
        };
    }
}

void Log::write(Level level, std::string_view source, std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (level > level_) return;
    std::uint64_t left_out = 0;
    const bool own_error = level == Level::error && source == "oms";
    if (!own_error && !allowed(source, left_out)) return;
    if (left_out > 0) put(Level::warning, source, fmt::format("{} lines left out", left_out));
    put(level, source, text);
}

bool Log::allowed(std::string_view source, std::uint64_t& left_out) {
    auto found = budgets_.find(source);
    if (found == budgets_.end()) {
        if (budgets_.size() >= most_sources) budgets_.clear();
        found = budgets_.emplace(source, Budget{burst, steady_ns(), 0}).first;
    }
    Budget& budget = found->second;
    const std::int64_t now = steady_ns();
    const auto passed = static_cast<double>(now - budget.filled_at) / 1e9;
    budget.left = std::min(burst, budget.left + passed * per_second);
    budget.filled_at = now;
    if (budget.left < 1) {
        ++budget.left_out;
        if (left_out_ != nullptr) left_out_->add();
        return false;
    }
    budget.left -= 1;
    left_out = std::exchange(budget.left_out, 0);
    return true;
}

void Log::put(Level level, std::string_view source, std::string_view text) {
    write_(fmt::format("{} {:<7} {}: {}", log_time(RealClock().now()), level_name(level), source,
                       one_line(text)));
}

}  // namespace oms::runtime
