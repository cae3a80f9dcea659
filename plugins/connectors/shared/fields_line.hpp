// SPDX-License-Identifier: Apache-2.0
// `event kind=executed route=17 text=two%20words`: a word and named values in one line of text.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace parties {

/// Writes a line. Values that are zero or empty are left out: a reader takes them for that.
class LineWriter {
public:
    explicit LineWriter(std::string_view word) : line_(word) {}

    template <std::integral Number>
    LineWriter& put(std::string_view name, Number value) {
        if (value != 0) add(name, std::to_string(value));
        return *this;
    }
    LineWriter& put(std::string_view name, std::string_view value) {
        if (!value.empty()) add(name, value);
        return *this;
    }
    const std::string& line() const { return line_; }

private:
    void add(std::string_view name, std::string_view value) {
        line_ += ' ';
        line_ += name;
        line_ += '=';
        constexpr char digits[] = "0123456789ABCDEF";
        for (const char letter : value) {
            const auto byte = static_cast<unsigned char>(letter);
            if (byte > 0x20 && byte != '%' && byte != 0x7f) {
                line_ += letter;
                continue;
            }
            line_ += '%';
            line_ += digits[byte >> 4];
            line_ += digits[byte & 0xf];
        }
    }
    std::string line_;
};

/// Reads a line that a LineWriter wrote. What it does not hold reads as zero or empty.
class LineReader {
public:
    explicit LineReader(std::string_view line) {
        word_ = next(line);
        while (!line.empty()) {
            const std::string_view pair = next(line);
            const std::size_t equals = pair.find('=');
            if (equals == std::string_view::npos) continue;
            values_.emplace(pair.substr(0, equals), decoded(pair.substr(equals + 1)));
        }
    }

    std::string_view word() const { return word_; }
    std::string text(std::string_view name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string() : found->second;
    }
    template <std::integral Number>
    void get(std::string_view name, Number& value) const {
        const std::string read = text(name);
        std::from_chars(read.data(), read.data() + read.size(), value);
    }
    void get(std::string_view name, std::string& value) const { value = text(name); }

private:
    static std::string_view next(std::string_view& line) {
        const std::size_t blank = line.find(' ');
        const std::string_view part = line.substr(0, blank);
        line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
        return part;
    }
    static std::string decoded(std::string_view value) {
        std::string text;
        for (std::size_t at = 0; at < value.size(); ++at) {
            unsigned byte = 0;
            if (value[at] == '%' && at + 2 < value.size() &&
                std::from_chars(&value[at + 1], &value[at] + 3, byte, 16).ptr == &value[at] + 3) {
                text += static_cast<char>(byte);
                at += 2;
            } else {
                text += value[at];
            }
        }
        return text;
    }

    std::string_view word_;
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace parties
