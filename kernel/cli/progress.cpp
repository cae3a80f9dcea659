// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace oms::cli {

namespace {

constexpr std::chrono::milliseconds first_after{1000};
constexpr std::chrono::milliseconds terminal_every{100};
constexpr std::chrono::milliseconds line_every{5000};

}  // namespace

std::string rate_text(double per_second) {
    if (per_second >= 10'000) return fmt::format("{:.1f} k/s", per_second / 1000);
    if (per_second >= 10) return fmt::format("{:.0f} /s", per_second);
    return fmt::format("{:.1f} /s", per_second);
}

std::string span_text(double seconds) {
    const auto whole = std::llround(std::max(0.0, seconds));
    if (whole < 60) return fmt::format("{} s", whole);
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string count_text(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
    return digits;
}

ProgressLine::ProgressLine(const Console& console, std::string what, std::string unit,
                           std::uint64_t total)
    : console_(console),
      what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      begun_(std::chrono::steady_clock::now()),
      shown_(begun_ + first_after - terminal_every) {}

double ProgressLine::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}

std::string ProgressLine::line(std::uint64_t done) const {
    const double spent = std::max(seconds(), 0.001);
    const double rate = static_cast<double>(done) / spent;
    std::string text = what_ + ": " + count_text(done);
    if (total_ != 0)
        text += fmt::format(" of {} {} ({}%)", count_text(total_), unit_,
                            std::min<std::uint64_t>(100, done * 100 / total_));
    else
        text += " " + unit_;
    text += ", " + rate_text(rate);
    if (total_ > done && rate > 0)
        text += ", " + span_text(static_cast<double>(total_ - done) / rate) + " left";
    return text;
}

void ProgressLine::show(std::uint64_t done) {
    const auto now = std::chrono::steady_clock::now();
    const auto every = console_.err_is_terminal() ? terminal_every : line_every;
    if (now - shown_ < every) return;
    shown_ = now;
    if (console_.err_is_terminal()) {
        console_.say_raw("\r\x1b[K" + console_.paint_talk(Style::dim, line(done)));
        visible_ = true;
    } else {
        console_.say(line(done));
    }
}

void ProgressLine::clear() {
    if (visible_) console_.say_raw("\r\x1b[K");
    visible_ = false;
}

}  // namespace oms::cli
