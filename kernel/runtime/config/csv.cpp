// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/csv.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace oms::runtime {

namespace {

class Reader {
public:
    Reader(std::string_view text, std::string name, const CsvLimits& limits)
        : text_(text), limits_(limits) {
        csv_.file = std::move(name);
    }

    yaml::Checked<Csv> read() {
        if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
        while (at_ < text_.size() && !problems_full()) {
            const std::uint32_t first_line = line_;
            std::vector<std::string> cells;
            if (!row(cells)) continue;
            if (cells.size() == 1 && cells[0].empty()) continue;  // an empty line
            take(first_line, std::move(cells));
        }
        if (csv_.header.empty() && problems_.empty())
            error(1, "the table is empty", "its first line names the columns");
        if (!problems_.empty()) return tl::unexpected(problems_.take());
        return std::move(csv_);
    }

private:
    bool problems_full() const { return problems_.count() >= yaml::Problems::limit; }

    void error(std::uint32_t line, std::string reason, std::string remedy) {
        problems_.add(error_csv, csv_.file + ":" + std::to_string(line), std::move(reason),
                      std::move(remedy));
    }

    void take(std::uint32_t line, std::vector<std::string> cells) {
        if (csv_.header.empty()) return take_header(line, std::move(cells));
        if (cells.size() != csv_.header.size()) {
            error(line,
                  "the row has " + std::to_string(cells.size()) + " cells, the table has " +
                      std::to_string(csv_.header.size()) + " columns",
                  "write one cell a column; a comma within a cell needs quotes around it");
            return;
        }
        if (csv_.rows.size() >= limits_.rows) {
            error(line, "the table has more than " + std::to_string(limits_.rows) + " rows",
                  "split the file");
            at_ = text_.size();
            return;
        }
        csv_.rows.push_back({line, std::move(cells)});
    }

    void take_header(std::uint32_t line, std::vector<std::string> cells) {
        if (cells.size() > limits_.columns)
            error(line, "the table has too many columns", "leave out what is not needed");
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const bool doubled = std::find(cells.begin(), cells.begin() + static_cast<long>(i),
                                           cells[i]) != cells.begin() + static_cast<long>(i);
            if (cells[i].empty())
                error(line, "column " + std::to_string(i + 1) + " has no name", "name it");
            else if (doubled)
                error(line, "two columns are called \"" + cells[i] + "\"", "leave one of them out");
        }
        csv_.header = std::move(cells);
    }

    /// One row, up to its line feed. False: it could not be read and was said to be so.
    bool row(std::vector<std::string>& cells) {
        while (true) {
            std::string cell;
            if (!this->cell(cell)) return false;
            cells.push_back(std::move(cell));
            if (at_ >= text_.size()) return true;
            const char end = text_[at_++];
            if (end == ',') continue;
            ++line_;
            return true;
        }
    }

    /// One cell, up to the comma or line feed behind it.
    bool cell(std::string& cell) {
        if (at_ < text_.size() && text_[at_] == '"') return quoted(cell);
        while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n') {
            if (text_[at_] == '"')
                return refuse("a quote stands within a cell that does not begin with one",
                              "put the whole cell in quotes and double those within");
            cell += text_[at_++];
        }
        if (cell.ends_with('\r')) cell.pop_back();
        while (cell.ends_with(' ')) cell.pop_back();
        cell.erase(0, std::min(cell.find_first_not_of(' '), cell.size()));
        return true;
    }

    bool quoted(std::string& cell) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] != '"') {
                cell += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                cell += text_[at_++];
            } else {
                ++at_;
                if (at_ < text_.size() && text_[at_] == '\r') ++at_;
                if (at_ >= text_.size() || text_[at_] == ',' || text_[at_] == '\n') return true;
                return refuse("something stands behind the closing quote of a cell",
                              "end the cell with a comma or the line");
            }
        }
        return refuse("a quote is not closed", "close it");
    }

    /// Says what is wrong and goes on behind the line.
    bool refuse(std::string reason, std::string remedy) {
        error(line_, std::move(reason), std::move(remedy));
        at_ = std::min(text_.find('\n', at_), text_.size());
        if (at_ < text_.size()) {
            ++at_;
            ++line_;
        }
        return false;
    }

    std::string_view text_;
    const CsvLimits limits_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
    Csv csv_;
    yaml::Problems problems_;
};

}  // namespace

std::string Csv::place(const CsvRow& row, std::size_t column) const {
    std::string place = file + ":" + std::to_string(row.line);
    if (column < header.size()) place += ": column \"" + header[column] + "\"";
    return place;
}

std::size_t Csv::column(std::string_view name) const {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}

yaml::Checked<Csv> parse_csv(std::string_view text, std::string name, const CsvLimits& limits) {
    return Reader(text, std::move(name), limits).read();
}

yaml::Checked<Csv> read_csv(const std::string& path, const CsvLimits& limits) {
    const auto unreadable = [&](const std::string& reason, const std::string& remedy) {
        return tl::unexpected(yaml::Errors{{error_csv, path, reason, remedy}});
    };
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return unreadable("there is no such file", "see the path; it starts at the configuration");
    if (std::filesystem::file_size(path, error) > limits.bytes)
        return unreadable("the file is too large", "split it");
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) return unreadable("the file cannot be read", "see its permissions");
    return parse_csv(text, path, limits);
}

}  // namespace oms::runtime
