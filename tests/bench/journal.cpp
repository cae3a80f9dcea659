// SPDX-License-Identifier: Apache-2.0
// The journal alone beside a raw file of the same bytes.
//
// Both take turns in short rounds, so that other work on the machine hits them alike; the ratio of
// a round is the figure to compare, and its spread says how far to trust it. What is counted is the
// whole of a round, roll-overs to the next segment included.
#include "raw_file.hpp"
#include "runtime/journal/sqlite_journal.hpp"

#include <array>
#include <memory>
#include <random>

namespace oms::bench {

using namespace oms::runtime;

namespace {

constexpr std::size_t command_bytes = 128;
constexpr std::array<std::size_t, 5> batches{1, 10, 100, 256, 1000};

void append(Journal& journal, const std::vector<std::byte>& frame, std::size_t batch) {
    JournalBatch one;
    one.first_seq = journal.last_seq() + 1;
    one.last_seq = journal.last_seq() + batch;
    one.epoch = journal.epoch();
    one.frame = frame;
    if (const Status status = journal.append(one); !status) die(to_text(status.error()));
}

}  // namespace

std::vector<std::byte> random_bytes(std::size_t size) {
    std::mt19937_64 random(size);
    std::vector<std::byte> bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    return bytes;
}

Section bench_journal(const Options& options) {
    SqliteJournalOptions settings;
    settings.directory = (options.directory / "journal").string();
    settings.first_segment_bytes = settings.segment_bytes;
    Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(settings);
    if (!journal) die(to_text(journal.error()));
    RawFile raw((options.directory / "raw").string());
    // The next segments are being prepared: they belong to the start.
    ::sleep(1);
    Section section{
        "journal",
        "Commands of 128 bytes, so many of them in one commit; each commit is on stable "
        "storage before the next. Beside it, in turns: the same bytes into a file that "
        "was written beforehand, and fdatasync.",
        {}};
    for (const std::size_t batch : batches) {
        const std::vector<std::byte> frame = random_bytes(batch * command_bytes);
        const auto commands = static_cast<double>(batch);
        Rounds rate;
        Rounds p50;
        Rounds p99;
        for (int round = 0; round < options.rounds; ++round) {
            const Pace below = pace(options.seconds, [&] { raw.append(frame); });
            const Pace ours = pace(options.seconds, [&] { append(**journal, frame, batch); });
            rate.add(ours.per_second * commands, below.per_second * commands);
            p50.add(ours.p50_us, below.p50_us);
            p99.add(ours.p99_us, below.p99_us);
        }
        const std::string of = std::to_string(batch) + " a commit";
        section.figures.push_back(figure(of, "commands/s", rate, "raw"));
        section.figures.push_back(figure(of + ", p50 of a commit", "us", p50, "raw"));
        section.figures.push_back(figure(of + ", p99 of a commit", "us", p99, "raw"));
    }
    if (const Status status = (*journal)->close(); !status) die(to_text(status.error()));
    return section;
}

}  // namespace oms::bench
