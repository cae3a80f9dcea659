// SPDX-License-Identifier: Apache-2.0
// Standard output is data, standard error is talk. Colours and tables are for terminals alone.
#pragma once

#include "cli/failure.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::cli {

enum class Style : std::uint8_t { plain, strong, dim, good, bad, warn, accent };

/// Where a verb writes. Tests give it strings instead of the process's own streams.
class Console {
public:
    /// Looks at the terminals, at NO_COLOR and TERM.
    Console();
    /// Keeps everything in these, as if nobody watched.
    Console(std::string& out, std::string& err) : out_text_(&out), err_text_(&err) {}

    bool json = false;
    /// Whether the verb has nothing more to do once nobody reads its data (`oms ... | head`).
    bool ends_unread = true;

    bool out_is_terminal() const { return out_terminal_; }
    bool err_is_terminal() const { return err_terminal_; }
    bool in_is_terminal() const { return in_terminal_; }
    void set_color(bool on) { out_color_ = err_color_ = on; }

    /// Data, as it is.
    void print(std::string_view text) const;
    void print_line(std::string_view line) const;
    /// A line of talk.
    void say(std::string_view line) const;
    /// Talk without a line feed, for what is written over.
    void say_raw(std::string_view text) const;
    /// An error: for people with colours, with `json` as an object on standard error.
    void complain(const std::vector<Error>& errors) const;

    /// The text in a style, where standard output shows colours.
    std::string paint(Style style, std::string_view text) const;
    std::string paint_talk(Style style, std::string_view text) const;

    std::uint32_t width() const { return width_; }  ///< columns of the terminal

private:
    std::string* out_text_ = nullptr;
    std::string* err_text_ = nullptr;
    bool out_terminal_ = false;
    bool err_terminal_ = false;
    bool in_terminal_ = false;
    bool out_color_ = false;
    bool err_color_ = false;
    std::uint32_t width_ = 100;
};

/// One cell: its text, and how it looks.
struct Cell {
    Cell(std::string shown, Style of = Style::plain) : text(std::move(shown)), style(of) {}
    Cell(const char* shown) : text(shown) {}
    std::string text;
    Style style = Style::plain;
};

struct Column {
    std::string title;
    bool right = false;  ///< numbers stand to the right
};

/// Rows under titles: aligned for people, tab-separated for programs.
class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    bool empty() const { return rows_.empty(); }
    std::size_t size() const { return rows_.size(); }

    /// As the console is watched: aligned on a terminal, tab-separated elsewhere.
    void print(const Console& console) const;
    /// Aligned, indented by so many blanks, whoever reads it.
    std::string aligned(const Console& console, std::size_t indent = 0) const;
    std::string separated() const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// Columns that a text takes on a terminal: its code points.
std::size_t text_width(std::string_view text);

/// The text in lines of at most so many columns, cut between words, each indented.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);

/// The style in which a status is shown: what ended well, what failed, what is on its way.
Style style_of_status(std::string_view status, bool ended);

}  // namespace oms::cli
