// SPDX-License-Identifier: Apache-2.0
// Orders through the whole runtime, each answered when it is on stable storage.
//
// Clients are threads with a port of their own, as a connector has one; they keep a number of
// orders under way. Beside each round stands a raw file on the same disk, to which commits of the
// size that the round had are written one after another: nothing that groups like that can be
// faster.
#include "clients.hpp"
#include "postgres.hpp"
#include "raw_file.hpp"

#include <algorithm>

namespace oms::bench {

namespace {

constexpr Shape shapes[] = {
    {"1 client, one order at a time", 1, 1},        {"8 clients, one order at a time", 8, 1},
    {"1 client, 64 orders under way", 1, 64},       {"8 clients, 64 orders under way", 8, 64},
    {"4 clients, 1,024 orders under way", 4, 1024},
};

constexpr std::size_t inputs_under_way = 4'096;
constexpr std::size_t database_clients = 64;

/// Gives a stretch of the script to one port, in order: ids come out as they did when it was made.
Round play(runtime::Runtime& runtime, runtime::Port& port, const Script& script,
           const Stretch& stretch) {
    const runtime::ProcessStatus before = runtime.status();
    const Stopwatch watch;
    std::size_t sent = 0;
    std::size_t answered = 0;
    while (answered < stretch.count) {
        while (sent < stretch.count && sent - answered < inputs_under_way &&
               port.submit(script.inputs()[stretch.first + sent], sent + 1) == OMS_OK)
            ++sent;
        const std::size_t known = answered;
        port.take_answers(10'000, [&](const oms_answer& answer) {
            expect_accepted(answer);
            ++answered;
        });
        if (answered == known) die("an answer did not come");
    }
    const runtime::ProcessStatus after = runtime.status();
    const double inputs = static_cast<double>(stretch.count);
    // The last commit is counted when its answers are out already.
    const double commits = std::max(counter(after, "commits") - counter(before, "commits"), 1.0);
    Round round;
    round.per_second = inputs / watch.seconds();
    round.inputs_a_commit = inputs / commits;
    round.bytes_a_commit =
        (counter(after, "commit_bytes") - counter(before, "commit_bytes")) / commits;
    return round;
}

/// Whole lives of orders, from their placing to their end, where `durable`'s clients only place.
void add_lives(const Options& options, RawFile& raw, Section& section) {
    const Script script(options, {.orders = options.orders / 2, .rounds = options.rounds});
    const auto data = options.directory / "lives";
    const auto runtime = open_runtime(options, data);
    const auto port = runtime->port("lives");
    const Postgres postgres(options);
    for (const Script::Part& part : script.parts()) {
        play(*runtime, *port, script, part.filling);
        Rounds rate;
        Rounds rows;
        const auto inputs_a_life = static_cast<double>(part.inputs_a_life);
        for (const Stretch& stretch : part.rounds) {
            const Round ours = play(*runtime, *port, script, stretch);
            const auto bytes = random_bytes(static_cast<std::size_t>(ours.bytes_a_commit));
            const Pace below = pace(options.seconds, [&] { raw.append(bytes); });
            rate.add(ours.per_second, below.per_second * ours.inputs_a_commit);
            if (postgres.is_there())
                rows.add(ours.per_second / inputs_a_life,
                         postgres.rows_per_second(database_clients, options.seconds));
        }
        play(*runtime, *port, script, part.ending);
        section.figures.push_back(figure(
            part.name + ", its " + std::to_string(part.inputs_a_life) + " inputs, 4,096 under way",
            "inputs/s", rate, "raw"));
        if (postgres.is_there())
            section.figures.push_back(figure(part.name + ", whole lives", "orders/s", rows,
                                             "PostgreSQL, one-row commits"));
    }
    if (!postgres.is_there())
        section.about += " PostgreSQL is not there or cannot be started here, so it is left out.";
    runtime->stop();
    std::filesystem::remove_all(data);
}

}  // namespace

Section bench_durable(const Options& options) {
    Section section{
        "durable",
        "Share orders with checks and routing through Runtime and its ports, each answered "
        "when it is on stable storage. Beside it, in turns: commits of as many bytes into "
        "a file that was written beforehand, and fdatasync, one after another. At the end whole "
        "lives of share and shop orders from one client, 1,000 of them alive; these beside "
        "PostgreSQL and its own pgbench, too: 64 clients, each row of 600 bytes committed by "
        "itself. A shop order holds stock, has its payment authorised, is placed, sent and paid.",
        {}};
    RawFile raw((options.directory / "raw").string());
    int number = 0;
    for (const Shape& shape : shapes) {
        const auto data = options.directory / ("durable-" + std::to_string(++number));
        const auto runtime = open_runtime(options, data);
        play(*runtime, shape, options.seconds, "warm");
        Rounds rate;
        Rounds p50;
        Rounds p99;
        std::vector<double> group;
        for (int round = 0; round < options.rounds; ++round) {
            const Round ours =
                play(*runtime, shape, options.seconds, "round-" + std::to_string(round));
            const auto bytes = random_bytes(static_cast<std::size_t>(ours.bytes_a_commit));
            const Pace below = pace(options.seconds, [&] { raw.append(bytes); });
            rate.add(ours.per_second, below.per_second * ours.inputs_a_commit);
            p50.add(ours.p50_us, below.p50_us);
            p99.add(ours.p99_us, below.p99_us);
            group.push_back(ours.inputs_a_commit);
        }
        runtime->stop();
        const std::string name = shape.name;
        section.figures.push_back(figure(name, "orders/s", rate, "raw"));
        section.figures.push_back(figure(name + ", p50 to the answer", "us", p50, "raw commit"));
        section.figures.push_back(figure(name + ", p99 to the answer", "us", p99, "raw commit"));
        section.figures.push_back(figure(name + ", orders a commit", "orders", group));
        std::filesystem::remove_all(data);
    }
    add_lives(options, raw, section);
    return section;
}

}  // namespace oms::bench
