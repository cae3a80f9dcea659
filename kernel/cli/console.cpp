// SPDX-License-Identifier: Apache-2.0
#include "cli/console.hpp"

#include <oms/sdk/json.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace oms::cli {

namespace {

constexpr std::string_view reset = "\x1b[0m";

std::string_view code_of(Style style) {
    switch (style) {
        case Style::plain: return {};
        case Style::strong: return "\x1b[1m";
        case Style::dim: return "\x1b[2m";
        case Style::good: return "\x1b[32m";
        case Style::bad: return "\x1b[31m";
        case Style::warn: return "\x1b[33m";
        case Style::accent: return "\x1b[36m";
    }
    return {};
}

std::string painted(bool on, Style style, std::string_view text) {
    if (!on || style == Style::plain || text.empty()) return std::string(text);
    return std::string(code_of(style)) + std::string(text) + std::string(reset);
}

bool shows_colors(bool terminal) {
    const char* no_color = std::getenv("NO_COLOR");
    const char* term = std::getenv("TERM");
    if (no_color != nullptr && *no_color != '\0') return false;
    return terminal && term != nullptr && std::strcmp(term, "dumb") != 0;
}

std::uint32_t terminal_width() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
    return 100;
}

/// Other programs would act on control characters that a party put into a text.
std::string cleaned(std::string_view text) {
    std::string clean;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        clean += byte < 0x20 || byte == 0x7f ? ' ' : letter;
    }
    return clean;
}

}  // namespace

Console::Console()
    : out_terminal_(isatty(STDOUT_FILENO) == 1),
      err_terminal_(isatty(STDERR_FILENO) == 1),
      in_terminal_(isatty(STDIN_FILENO) == 1),
      out_color_(shows_colors(out_terminal_)),
      err_color_(shows_colors(err_terminal_)),
      width_(terminal_width()) {}

void Console::print(std::string_view text) const {
    if (out_text_ != nullptr) {
        out_text_->append(text);
        return;
    }
    const std::size_t written = std::fwrite(text.data(), 1, text.size(), stdout);
    const bool unread = written != text.size() || std::fflush(stdout) != 0;
    if (unread && ends_unread) std::_Exit(static_cast<int>(Exit::ok));
}

void Console::print_line(std::string_view line) const { print(std::string(line) + "\n"); }

void Console::say_raw(std::string_view text) const {
    if (err_text_ != nullptr) {
        err_text_->append(text);
        return;
    }
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void Console::say(std::string_view line) const { say_raw(std::string(line) + "\n"); }

void Console::complain(const std::vector<Error>& errors) const {
    if (json) {
        std::string out;
        sdk::JsonWriter writer(out);
        writer.begin_object().key("errors").begin_array();
        for (const Error& error : errors) {
            writer.begin_object().key("code").string(code_text(error.code));
            if (!error.place.empty()) writer.key("place").string(error.place);
            writer.key("reason").string(error.reason);
            if (!error.remedy.empty()) writer.key("remedy").string(error.remedy);
            writer.end_object();
        }
        writer.end_array().end_object();
        say(out);
        return;
    }
    for (const Error& error : errors) {
        std::string line;
        if (!error.place.empty()) line += painted(err_color_, Style::strong, error.place) + ": ";
        line += painted(err_color_, Style::bad, code_text(error.code)) + ": " + error.reason;
        if (!error.remedy.empty()) line += "\n  what to do: " + error.remedy;
        say(line);
    }
}

std::string Console::paint(Style style, std::string_view text) const {
    return painted(out_color_, style, text);
}

std::string Console::paint_talk(Style style, std::string_view text) const {
    return painted(err_color_, style, text);
}

std::size_t text_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
        return (static_cast<unsigned char>(letter) & 0xc0) != 0x80;
    }));
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    std::string out;
    std::size_t used = 0;
    while (!text.empty()) {
        if (text.front() == '\n') {
            out += '\n';
            used = 0;
            text.remove_prefix(1);
            continue;
        }
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        const bool line_ends = end < text.size() && text[end] == '\n';
        text.remove_prefix(std::min(line_ends ? end : end + 1, text.size()));
        if (word.empty()) continue;
        const std::size_t width = text_width(word);
        if (used != 0 && used + 1 + width > columns - std::min(columns, indent)) {
            out += '\n';
            used = 0;
        }
        out += used == 0 ? std::string(indent, ' ') : " ";
        out += word;
        used += width + (used == 0 ? 0 : 1);
    }
    return out;
}

void Table::print(const Console& console) const {
    console.print(console.out_is_terminal() ? aligned(console) : separated());
}

std::string Table::separated() const {
    std::string out;
    for (std::size_t at = 0; at < columns_.size(); ++at)
        out += (at == 0 ? "" : "\t") + columns_[at].title;
    out += '\n';
    for (const std::vector<Cell>& row : rows_) {
        for (std::size_t at = 0; at < row.size(); ++at)
            out += (at == 0 ? "" : "\t") + cleaned(row[at].text);
        out += '\n';
    }
    return out;
}

std::string Table::aligned(const Console& console, std::size_t indent) const {
    std::vector<std::size_t> widths;
    for (const Column& column : columns_) widths.push_back(text_width(column.title));
    for (const std::vector<Cell>& row : rows_)
        for (std::size_t at = 0; at < row.size(); ++at)
            widths[at] = std::max(widths[at], text_width(row[at].text));
    // A column in which nobody says anything is left out.
    std::vector<std::size_t> shown;
    for (std::size_t at = 0; at < columns_.size(); ++at)
        if (rows_.empty() || std::any_of(rows_.begin(), rows_.end(),
                                         [&](const auto& row) { return !row[at].text.empty(); }))
            shown.push_back(at);
    std::string out;
    const auto write = [&](std::size_t at, std::string_view text, Style style) {
        const std::string clean = cleaned(text);
        const std::string fill(widths[at] - std::min(widths[at], text_width(clean)), ' ');
        out += at == shown.front() ? std::string(indent, ' ') : "  ";
        if (columns_[at].right) out += fill;
        out += console.paint(style, clean);
        if (!columns_[at].right) out += fill;
    };
    const auto write_row = [&](const auto& cell) {
        for (const std::size_t at : shown) cell(at);
        // What was filled up at the end of a line is nobody's.
        while (!out.empty() && out.back() == ' ') out.pop_back();
        out += '\n';
    };
    write_row([&](std::size_t at) { write(at, columns_[at].title, Style::dim); });
    for (const std::vector<Cell>& row : rows_)
        write_row([&](std::size_t at) { write(at, row[at].text, row[at].style); });
    return out;
}

Style style_of_status(std::string_view status, bool ended) {
    constexpr std::array bad{"reject", "refus", "fail", "unknown", "declin", "lost"};
    constexpr std::array waiting{"pending", "cancel", "expired", "review", "suspend", "halt"};
    const auto holds = [&](const char* part) {
        return status.find(part) != std::string_view::npos;
    };
    if (std::any_of(bad.begin(), bad.end(), holds)) return Style::bad;
    if (std::any_of(waiting.begin(), waiting.end(), holds)) return Style::warn;
    return ended ? Style::good : Style::accent;
}

}  // namespace oms::cli
