// SPDX-License-Identifier: Apache-2.0
// Durable commands a second: the journal beside a raw file of the same bytes.
//
// The raw file is written zeros beforehand, overwritten in place and followed by fdatasync: what
// the disk can do at all. Both take turns in short rounds, so that other work on the machine hits
// them alike; the ratio of a round is the figure to compare, and its spread says how far to trust
// it. What is counted is the whole of a round, roll-overs to the next segment included.
#include "runtime/journal/sqlite_journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace oms::runtime;
using Clock = std::chrono::steady_clock;

constexpr std::size_t command_bytes = 128;
constexpr std::array<std::size_t, 5> batches{1, 10, 100, 256, 1000};

struct Options {
    std::string directory = "journal_bench.tmp";
    double seconds = 0.5;  ///< of one round
    int rounds = 7;
    std::uint64_t segment_bytes = SqliteJournalOptions().segment_bytes;
    bool gather_writes = true;
    bool digest_given = false;  ///< by the thread that makes the frames, so not timed here
    bool json = false;
};

struct Round {
    double commands_a_second = 0;
    double p50_us = 0;
    double p99_us = 0;
    double longest_us = 0;
};

/// The middle of the rounds, and how far they lie apart.
struct Spread {
    double median = 0;
    double low = 0;
    double high = 0;
};

struct Row {
    std::size_t batch = 0;
    std::vector<Round> raw;
    std::vector<Round> journal;
};

[[noreturn]] void die(const std::string& reason) {
    std::fprintf(stderr, "journal_bench: %s\n", reason.c_str());
    std::exit(1);
}

std::vector<std::byte> random_bytes(std::size_t size) {
    std::mt19937_64 random(size);
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

/// Calls `commit` until the time is over.
template <class Commit>
Round measure(const Options& options, std::size_t batch, Commit commit) {
    std::vector<double> times;
    const auto start = Clock::now();
    auto before = start;
    const auto seconds = [](Clock::duration time) {
        return std::chrono::duration<double>(time).count();
    };
    while (seconds(before - start) < options.seconds) {
        commit();
        const auto after = Clock::now();
        times.push_back(1e6 * seconds(after - before));
        before = after;
    }
    Round round;
    round.commands_a_second = static_cast<double>(times.size() * batch) / seconds(before - start);
    std::sort(times.begin(), times.end());
    round.p50_us = times[times.size() / 2];
    round.p99_us = times[times.size() * 99 / 100];
    round.longest_us = times.back();
    return round;
}

class RawFile {
public:
    RawFile(const std::string& path, std::size_t bytes) : bytes_(bytes) {
        file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        const std::vector<std::byte> zeros(std::size_t{1} << 20U);
        for (std::size_t at = 0; at < bytes; at += zeros.size()) {
            if (::pwrite(file_, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0) {
                die("cannot write " + path);
            }
        }
        if (::fsync(file_) != 0) die("cannot sync " + path);
    }
    ~RawFile() { ::close(file_); }
    RawFile(const RawFile&) = delete;
    RawFile& operator=(const RawFile&) = delete;

    void append(const std::vector<std::byte>& frame) {
        if (at_ + frame.size() > bytes_) at_ = 0;
        const ssize_t written =
            ::pwrite(file_, frame.data(), frame.size(), static_cast<off_t>(at_));
        if (written != static_cast<ssize_t>(frame.size()) || ::fdatasync(file_) != 0) {
            die("cannot write the raw file");
        }
        at_ += frame.size();
    }

private:
    int file_ = -1;
    std::size_t bytes_;
    std::size_t at_ = 0;
};

void append(Journal& journal, const std::vector<std::byte>& frame, std::size_t batch,
            const JournalHash* digest) {
    JournalBatch one;
    one.first_seq = journal.last_seq() + 1;
    one.last_seq = journal.last_seq() + batch;
    one.epoch = journal.epoch();
    one.frame = frame;
    one.frame_digest = digest;
    if (const oms::Status status = journal.append(one); !status) die(to_text(status.error()));
}

Spread spread(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {values[values.size() / 2], values.front(), values.back()};
}

template <class Field>
Spread spread(const std::vector<Round>& rounds, Field field) {
    std::vector<double> values;
    for (const Round& round : rounds) values.push_back(round.*field);
    return spread(std::move(values));
}

Spread ratio(const Row& row, double Round::*field, bool inverse) {
    std::vector<double> values;
    for (std::size_t i = 0; i < row.raw.size(); ++i) {
        const double one = row.journal[i].*field / row.raw[i].*field;
        values.push_back(inverse ? 1 / one : one);
    }
    return spread(std::move(values));
}

std::vector<Row> run(const Options& options) {
    std::filesystem::remove_all(options.directory);
    std::filesystem::create_directories(options.directory);
    SqliteJournalOptions settings;
    settings.directory = options.directory + "/journal";
    settings.segment_bytes = options.segment_bytes;
    settings.first_segment_bytes = options.segment_bytes;
    settings.gather_writes = options.gather_writes;
    oms::Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(settings);
    if (!journal) die(to_text(journal.error()));
    RawFile raw(options.directory + "/raw", std::size_t{64} << 20U);
    // The next segments are being prepared: they belong to the start.
    ::sleep(1);
    std::vector<Row> rows;
    for (const std::size_t batch : batches) {
        const std::vector<std::byte> frame = random_bytes(batch * command_bytes);
        const JournalHash digest = digest_of(frame);
        Row row;
        row.batch = batch;
        for (int round = 0; round < options.rounds; ++round) {
            row.raw.push_back(measure(options, batch, [&] { raw.append(frame); }));
            row.journal.push_back(measure(options, batch, [&] {
                append(**journal, frame, batch, options.digest_given ? &digest : nullptr);
            }));
        }
        rows.push_back(std::move(row));
    }
    if (const oms::Status status = (*journal)->close(); !status) die(to_text(status.error()));
    std::filesystem::remove_all(options.directory);
    return rows;
}

void print_table(const Options& options, const std::vector<Row>& rows) {
    std::printf(
        "commands of %zu bytes; %d rounds of %.2f s each, in turns; median (low to high)\n\n",
        command_bytes, options.rounds, options.seconds);
    std::printf("%6s  %22s  %22s  %20s  %18s  %18s\n", "batch", "raw, commands/s",
                "journal, commands/s", "ratio", "raw p50/p99 us", "journal p50/p99 us");
    for (const Row& row : rows) {
        const Spread raw = spread(row.raw, &Round::commands_a_second);
        const Spread journal = spread(row.journal, &Round::commands_a_second);
        const Spread share = ratio(row, &Round::commands_a_second, false);
        std::printf(
            "%6zu  %8.0f (%.0f-%.0f)  %8.0f (%.0f-%.0f)  %8.2f (%.2f-%.2f)"
            "  %8.0f / %-7.0f  %8.0f / %-7.0f\n",
            row.batch, raw.median, raw.low, raw.high, journal.median, journal.low, journal.high,
            share.median, share.low, share.high, spread(row.raw, &Round::p50_us).median,
            spread(row.raw, &Round::p99_us).median, spread(row.journal, &Round::p50_us).median,
            spread(row.journal, &Round::p99_us).median);
    }
}

void print_json_spread(const char* name, const Spread& value, const char* end) {
    std::printf("\"%s\":{\"median\":%.4g,\"low\":%.4g,\"high\":%.4g}%s", name, value.median,
                value.low, value.high, end);
}

void print_json_rounds(const char* name, const std::vector<Round>& rounds) {
    std::printf("\"%s\":{", name);
    print_json_spread("commands_a_second", spread(rounds, &Round::commands_a_second), ",");
    print_json_spread("p50_us", spread(rounds, &Round::p50_us), ",");
    print_json_spread("p99_us", spread(rounds, &Round::p99_us), ",");
    print_json_spread("longest_us", spread(rounds, &Round::longest_us), "},");
}

void print_json(const Options& options, const std::vector<Row>& rows) {
    std::printf(
        "{\"bench\":\"journal\",\"command_bytes\":%zu,\"rounds\":%d,\"round_s\":%.2f,"
        "\"rows\":[",
        command_bytes, options.rounds, options.seconds);
    for (const Row& row : rows) {
        std::printf("%s\n{\"batch\":%zu,", &row == rows.data() ? "" : ",", row.batch);
        print_json_rounds("raw", row.raw);
        print_json_rounds("journal", row.journal);
        print_json_spread("ratio", ratio(row, &Round::commands_a_second, false), ",");
        print_json_spread("p50_times", ratio(row, &Round::p50_us, false), ",");
        print_json_spread("p99_times", ratio(row, &Round::p99_us, false), "}");
    }
    std::printf("\n]}\n");
}

Options parse(int count, char** arguments) {
    Options options;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        const bool has_value = i + 1 < count;
        if (argument == "--json") {
            options.json = true;
        } else if (argument == "--plain-writes") {
            options.gather_writes = false;
        } else if (argument == "--digest-given") {
            options.digest_given = true;
        } else if (argument == "--directory" && has_value) {
            options.directory = arguments[++i];
        } else if (argument == "--seconds" && has_value) {
            options.seconds = std::atof(arguments[++i]);
        } else if (argument == "--rounds" && has_value) {
            options.rounds = std::max(1, std::atoi(arguments[++i]));
        } else if (argument == "--segment-mb" && has_value) {
            options.segment_bytes = std::strtoull(arguments[++i], nullptr, 10) << 20U;
        } else {
            die("usage: journal_bench [--json] [--directory D] [--seconds S] [--rounds N] "
                "[--segment-mb N] [--plain-writes] [--digest-given]");
        }
    }
    return options;
}

}  // namespace

int main(int count, char** arguments) {
    const Options options = parse(count, arguments);
    const std::vector<Row> rows = run(options);
    if (options.json) {
        print_json(options, rows);
    } else {
        print_table(options, rows);
    }
    return 0;
}
