// SPDX-License-Identifier: Apache-2.0
// Orders through the whole runtime, each answered when it is on stable storage.
//
// Clients are threads with a port of their own, as a connector has one; they keep a number of
// orders under way. Beside each round stands a raw file on the same disk, to which commits of the
// size that the round had are written one after another: nothing that groups like that can be
// faster.
#include "clients.hpp"
#include "raw_file.hpp"

namespace oms::bench {

namespace {

constexpr Shape shapes[] = {
    {"1 client, one order at a time", 1, 1},        {"8 clients, one order at a time", 8, 1},
    {"1 client, 64 orders under way", 1, 64},       {"8 clients, 64 orders under way", 8, 64},
    {"4 clients, 1,024 orders under way", 4, 1024},
};

}  // namespace

Section bench_durable(const Options& options) {
    Section section{
        "durable",
        "Share orders with checks and routing through Runtime and its ports, each answered "
        "when it is on stable storage. Beside it, in turns: commits of as many bytes into "
        "a file that was written beforehand, and fdatasync, one after another.",
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
    return section;
}

}  // namespace oms::bench
