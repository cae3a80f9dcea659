// SPDX-License-Identifier: Apache-2.0
// A day's decisions folded back into the state, and weighed.
#include "model/frame.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/recovery.hpp"
#include "script.hpp"

#include <map>

namespace oms::bench {

using runtime::SqliteJournal;
using runtime::SqliteJournalOptions;

namespace {

constexpr std::size_t inputs_a_frame = 256;

/// A day that was decided: its frames, and the state that it led to.
struct Day {
    struct Commit {
        std::string bytes;
        std::uint64_t first_seq = 0;
        std::uint64_t last_seq = 0;
    };
    std::vector<Commit> commits;
    std::string state_hash;
    std::uint64_t opening_seq = 0;  ///< the last decision before the first order
};

/// Decides a whole day, all orders to their end.
Day decide_all(const Options& options) {
    const Script script(options, {.live = 1'000, .orders = options.orders});
    runtime::VirtualClock clock(start_of_day);
    const auto assembly = open_assembly(options, clock);
    engine::Engine& engine = *assembly->machine;
    Day day;
    Frame frame;
    std::uint64_t first_seq = engine.seq() + 1;
    const auto cut = [&] {
        if (!frame.empty())
            day.commits.push_back({std::string(frame.bytes()), first_seq, engine.seq()});
        first_seq = engine.seq() + 1;
        frame.clear();
    };
    const auto keep = [&](const runtime::JournalCommit& commit) {
        const auto* bytes = reinterpret_cast<const char*>(commit.frame.data());
        day.commits.push_back(
            {std::string(bytes, commit.frame.size()), commit.first_seq, commit.last_seq});
        return true;
    };
    if (const Status read = assembly->backbone.journal->read(1, keep); !read)
        die(to_text(read.error()));
    play_opening(script, *assembly, clock, frame);
    cut();
    day.opening_seq = engine.seq();
    for (std::size_t at = 0; at < script.inputs().size(); ++at) {
        clock.move_to(clock.now() + ns_between_inputs);
        const auto outcome = engine.decide(script.inputs()[at], clock.now(), frame);
        if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
        if (at % inputs_a_frame == 0) cut();
    }
    cut();
    day.state_hash = engine.state_hash();
    return day;
}

SqliteJournalOptions journal_options(const Options& options) {
    SqliteJournalOptions settings;
    settings.directory = (options.directory / "replay").string();
    return settings;
}

std::unique_ptr<SqliteJournal> open_journal(const Options& options) {
    Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(journal_options(options));
    if (!journal) die(to_text(journal.error()));
    return std::move(*journal);
}

/// Bytes that a decision takes on disk, of all the segments' bytes.
double write_journal(const Options& options, const Day& day) {
    std::filesystem::remove_all(options.directory / "replay");
    const auto journal = open_journal(options);
    for (const Day::Commit& commit : day.commits) {
        runtime::JournalBatch batch;
        batch.first_seq = commit.first_seq;
        batch.last_seq = commit.last_seq;
        batch.epoch = journal->epoch();
        batch.frame = std::as_bytes(std::span(commit.bytes.data(), commit.bytes.size()));
        if (const Status status = journal->append(batch); !status) die(to_text(status.error()));
    }
    const auto info = journal->info();
    if (!info) die(to_text(info.error()));
    if (const Status status = journal->close(); !status) die(to_text(status.error()));
    return static_cast<double>(info->bytes) / static_cast<double>(info->last_seq);
}

/// Visits every decision with the bytes that it takes.
template <class Visit>
void each_decision(FrameReader& reader, std::string_view frame, const Visit& visit) {
    std::size_t left = frame.size();
    const Status read = reader.each(frame, [&](const oms_batch& decision) -> Status {
        visit(decision, left - reader.left());
        left = reader.left();
        return {};
    });
    if (!read) die(to_text(read.error()));
}

/// Reads and decodes everything and keeps nothing. Decisions a second.
double decode_alone(runtime::Journal& journal) {
    FrameReader reader;
    std::uint64_t decisions = 0;
    const Stopwatch watch;
    const Status read = journal.read(1, [&](const runtime::JournalCommit& commit) {
        const auto* bytes = reinterpret_cast<const char*>(commit.frame.data());
        each_decision(reader, {bytes, commit.frame.size()},
                      [&](const oms_batch&, std::size_t) { ++decisions; });
        return true;
    });
    if (!read) die(to_text(read.error()));
    return static_cast<double>(decisions) / watch.seconds();
}

double replay(runtime::Journal& journal, const std::string& expected_hash) {
    engine::Engine engine(engine::Bindings{});
    runtime::Projection projection;
    const Result<runtime::Recovered> recovered =
        runtime::recover(journal, engine, projection, nullptr);
    if (!recovered) die(to_text(recovered.error()));
    if (engine.state_hash() != expected_hash) die("the replay came to another state");
    return static_cast<double>(recovered->decisions) / recovered->seconds;
}

}  // namespace

Section bench_replay(const Options& options) {
    const Day day = decide_all(options);
    write_journal(options, day);
    const auto journal = open_journal(options);
    Rounds rounds;
    for (int round = 0; round < options.rounds; ++round) {
        const double below = decode_alone(*journal);
        rounds.add(replay(*journal, day.state_hash), below);
    }
    return {
        "replay",
        "That day's journal read back from its files, its chain checked, decoded and folded into "
        "the state, whose hash is then that of the day. Beside it: all but the fold.",
        {figure("replay", "decisions/s", rounds, "read and decode alone")}};
}

Section bench_bytes(const Options& options) {
    const Day day = decide_all(options);
    std::map<std::string, std::pair<double, double>> kinds;  // bytes, decisions
    FrameReader reader;
    double bytes = 0;
    double decisions = 0;
    for (const Day::Commit& commit : day.commits) {
        if (commit.last_seq <= day.opening_seq) continue;
        each_decision(reader, commit.bytes, [&](const oms_batch& decision, std::size_t taken) {
            const auto* head = sdk::as<oms_decision>(*decision.first);
            const auto size = static_cast<double>(taken);
            auto& [sum, count] = kinds[std::string(sdk::record_info(head->cause)->name)];
            sum += size;
            count += 1;
            bytes += size;
            decisions += 1;
        });
    }
    const double on_disk = write_journal(options, day);
    Section section{"bytes",
                    "What a decision and its effects take in the journal, by the input that caused "
                    "it. On disk, commits of 256 inputs come with their hashes and SQLite's pages.",
                    {figure("all inputs", "bytes", {bytes / decisions}),
                     figure("all inputs, on disk", "bytes", {on_disk})}};
    for (const auto& [kind, sums] : kinds)
        section.figures.push_back(figure(kind, "bytes", {sums.first / sums.second}));
    return section;
}

}  // namespace oms::bench
