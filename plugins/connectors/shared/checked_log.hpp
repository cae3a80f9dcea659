// SPDX-License-Identifier: Apache-2.0
// A party's own book: a file of lines that only grows. Each line carries a checksum, so that a line
// which a crash tore is told from one that somebody damaged.
#pragma once

#include "shared/crc32.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace parties {

using connectors::crc_text;

/// One thread at a time. Throws std::runtime_error and std::system_error, which name the file.
class CheckedLog {
public:
    using Take = std::function<void(std::string_view line)>;

    /// Without a path nothing is kept: the book ends with the process.
    /// `sync`: what was flushed survives a power cut of the machine, not only an end of the
    /// process.
    explicit CheckedLog(std::filesystem::path path, bool sync = false)
        : path_(std::move(path)), sync_(sync) {}
    ~CheckedLog() {
        if (file_ >= 0) ::close(file_);
    }
    CheckedLog(const CheckedLog&) = delete;
    CheckedLog& operator=(const CheckedLog&) = delete;

    /// Hands over every line, oldest first, cuts off a torn last one, and is ready to append.
    void open(const Take& take) {
        if (path_.empty()) return;
        const std::uintmax_t sound_bytes = replay(take);
        file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
        if (file_ < 0) fail("cannot be opened");
        const auto length = static_cast<off_t>(sound_bytes);
        if (::ftruncate(file_, length) != 0) fail("cannot be cut to its sound part");
        if (::lseek(file_, length, SEEK_SET) != length) fail("cannot be positioned");
    }

    /// The line must not hold a line feed. It is on its way to the file after the next `flush`.
    void append(std::string_view line) {
        if (path_.empty()) return;
        waiting_ += crc_text(line);
        waiting_ += ' ';
        waiting_ += line;
        waiting_ += '\n';
    }

    void flush() {
        if (waiting_.empty()) return;
        std::string_view rest = waiting_;
        while (!rest.empty()) {
            const ssize_t written = ::write(file_, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail("cannot be written");
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        if (sync_ && ::fdatasync(file_) != 0) fail("cannot be synced");
        waiting_.clear();
    }

private:
    std::uintmax_t replay(const Take& take) const {
        std::ifstream stream(path_, std::ios::binary);
        std::uintmax_t sound_bytes = 0;
        std::string line;
        for (std::size_t number = 1; std::getline(stream, line); ++number) {
            if (stream.eof()) break;  // no line feed: it was torn
            if (!sound(line)) {
                // A torn write has nothing after it. A bad line amid good ones is damage.
                if (stream.peek() == std::ifstream::traits_type::eof()) break;
                throw std::runtime_error(path_.string() + ":" + std::to_string(number) +
                                         ": the checksum of this line is wrong; the file was "
                                         "damaged, restore it");
            }
            take(std::string_view(line).substr(9));
            sound_bytes += line.size() + 1;
        }
        return sound_bytes;
    }

    static bool sound(std::string_view line) {
        return line.size() >= 9 && line[8] == ' ' && line.substr(0, 8) == crc_text(line.substr(9));
    }

    [[noreturn]] void fail(const char* what) const {
        throw std::system_error(errno, std::generic_category(), path_.string() + " " + what);
    }

    std::filesystem::path path_;
    std::string waiting_;
    int file_ = -1;
    bool sync_;
};

}  // namespace parties
