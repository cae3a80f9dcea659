// SPDX-License-Identifier: Apache-2.0
// What the disk can do at all: a file that was written beforehand, overwritten in place and synced.
#pragma once

#include "figures.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace oms::bench {

class RawFile {
public:
    explicit RawFile(const std::string& path, std::size_t bytes = std::size_t{64} << 20U)
        : bytes_(bytes) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        const std::vector<std::byte> zeros(std::size_t{1} << 20U);
        for (std::size_t at = 0; at < bytes; at += zeros.size()) {
            if (::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0)
                die("cannot write " + path);
        }
        if (::fsync(file_) != 0) die("cannot sync " + path);
    }
    ~RawFile() { ::close(file_); }
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    void append(std::span<const std::byte> frame) {
        if (at_ + frame.size() > bytes_) at_ = 0;
        const ssize_t written =
            ::pwrite(file_, frame.data(), frame.size(), static_cast<off_t>(at_));
        if (written != static_cast<ssize_t>(frame.size()) || ::fdatasync(file_) != 0)
            die("cannot write the raw file");
        at_ += frame.size();
    }

private:
    int file_ = -1;
    std::size_t bytes_;
    std::size_t at_ = 0;
};

/// How one thing after another went.
struct Pace {
    double per_second = 0;
    double p50_us = 0;
    double p99_us = 0;
    double p999_us = 0;
    double longest_us = 0;
};

/// Calls `once` until the time is over.
template <class Once>
Pace pace(double seconds, Once once) {
    std::vector<double> times;
    const Stopwatch all;
    double before = 0;
    while (before < seconds) {
        once();
        const double after = all.seconds();
        times.push_back(1e6 * (after - before));
        before = after;
    }
    const double count = static_cast<double>(times.size());
    std::sort(times.begin(), times.end());
    return {count / before, percentile(times, 0.5), percentile(times, 0.99),
            percentile(times, 0.999), times.back()};
}

std::vector<std::byte> random_bytes(std::size_t size);

}  // namespace oms::bench
