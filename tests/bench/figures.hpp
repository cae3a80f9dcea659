// SPDX-License-Identifier: Apache-2.0
// What was measured: a figure with its spread over the rounds, beside the limit or a peer that was
// measured in the same run, and the ratio of the two, round by round.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace oms::bench {

struct Options {
    std::filesystem::path directory;  ///< on the disk that is to be measured
    std::filesystem::path config;     ///< the folder of the bench's own configuration
    std::string config_text;          ///< instead of the file there, when it is not empty
    int rounds = 5;
    double seconds = 0.5;         ///< of one round of what goes on for a time
    std::size_t orders = 20'000;  ///< of what goes on for a count
    std::size_t live = 100'000;   ///< alive while others go through their life
};

/// The middle of the rounds, and how far they lie apart.
struct Spread {
    double median = 0;
    double low = 0;
    double high = 0;
    bool is_set = false;
};

inline Spread spread(std::vector<double> rounds) {
    if (rounds.empty()) return {};
    std::sort(rounds.begin(), rounds.end());
    return {rounds[rounds.size() / 2], rounds.front(), rounds.back(), true};
}

/// One value a round of each, in turns; the ratio is taken round by round.
struct Rounds {
    std::vector<double> values;
    std::vector<double> peers;

    void add(double value, double peer) {
        values.push_back(value);
        peers.push_back(peer);
    }
};

struct Figure {
    std::string name;
    std::string unit;
    Spread value;
    std::string peer;  ///< what stands beside it; empty: nothing
    Spread peer_value;
    Spread ratio;  ///< value / peer
};

inline Figure figure(std::string name, std::string unit, std::vector<double> values) {
    return {std::move(name), std::move(unit), spread(std::move(values)), {}, {}, {}};
}

inline Figure figure(std::string name, std::string unit, const Rounds& rounds, std::string peer) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < rounds.values.size(); ++round)
        ratios.push_back(rounds.values[round] / rounds.peers[round]);
    return {std::move(name), std::move(unit),      spread(rounds.values),
            std::move(peer), spread(rounds.peers), spread(std::move(ratios))};
}

struct Section {
    std::string name;
    std::string about;  ///< what was done, in a sentence or two
    std::vector<Figure> figures;
};

/// What went wrong ends the bench: a figure of something that failed is none.
[[noreturn]] void die(const std::string& reason);

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The value at this share of the sorted values, such as 0.99.
inline double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return 0;
    const auto place = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(place, sorted.size() - 1)];
}

Section bench_journal(const Options& options);
Section bench_kernel(const Options& options);
Section bench_replay(const Options& options);
Section bench_bytes(const Options& options);
Section bench_durable(const Options& options);
Section bench_latency(const Options& options);
Section bench_rest(const Options& options);
Section bench_readers(const Options& options);
Section bench_scale(const Options& options);
Section bench_memory(const Options& options);
Section bench_start(const Options& options);

/// In a process of its own: places one order, and ends the process when it is durable.
void place_first_order(const Options& options, const std::filesystem::path& data);

}  // namespace oms::bench
