// SPDX-License-Identifier: Apache-2.0
// How far something long has come, how fast it goes, and when it will be done.
#pragma once

#include "cli/console.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace oms::cli {

/// `12.3 k/s`, `45 /s`
std::string rate_text(double per_second);
/// `40 s`, `2 min 5 s`, `1 h 10 min`
std::string span_text(double seconds);
/// `12,345`: for people; data has no commas.
std::string count_text(std::uint64_t number);

/// On a terminal one line that is written over; elsewhere a line every few seconds. What is over
/// within a second says nothing.
class ProgressLine {
public:
    /// `unit` as in "rows"; `total` 0: not known.
    ProgressLine(const Console& console, std::string what, std::string unit, std::uint64_t total);
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(std::uint64_t done);
    void set_total(std::uint64_t total) { total_ = total; }
    /// Removes the line, so that something else can be said.
    void clear();
    double seconds() const;

private:
    std::string line(std::uint64_t done) const;

    const Console& console_;
    std::string what_;
    std::string unit_;
    std::uint64_t total_;
    std::chrono::steady_clock::time_point begun_;
    std::chrono::steady_clock::time_point shown_;
    bool visible_ = false;
};

}  // namespace oms::cli
