// SPDX-License-Identifier: Apache-2.0
// From exec to the first order that is accepted and durable, in a process of its own.
#include "clients.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace oms::bench {

namespace {

constexpr const char* snapshots = "journal: {snapshot_after: 1}\n";
constexpr std::size_t under_way = 1'024;

/// Seconds until the process has ended well.
double run_self(const std::vector<std::string>& arguments) {
    std::vector<char*> raw;
    std::string self = std::filesystem::canonical("/proc/self/exe").string();
    raw.push_back(self.data());
    std::vector<std::string> own = arguments;
    for (std::string& each : own) raw.push_back(each.data());
    raw.push_back(nullptr);
    const Stopwatch watch;
    // No fork: copying this process's tables would count, which are large after the other parts.
    pid_t child = 0;
    int status = ::posix_spawn(&child, self.c_str(), nullptr, nullptr, raw.data(), environ);
    if (status != 0 || ::waitpid(child, &status, 0) != child || status != 0)
        die("a process of the bench's own did not end well");
    return watch.seconds();
}

/// Orders that stay alive, and a snapshot of them.
void fill(const Options& options, const std::filesystem::path& data, std::size_t count) {
    const auto runtime = open_runtime(options, data, {.sections = snapshots});
    const auto port = runtime->port("fill");
    ShareOrders orders(names_of(*port));
    std::size_t sent = 0;
    std::size_t answered = 0;
    while (answered < count) {
        while (sent < count && sent - answered < under_way &&
               port->submit(orders.place(sent, "live-").view(), sent + 1) == OMS_OK)
            ++sent;
        port->take_answers(1'000, [&](const oms_answer& answer) {
            expect_accepted(answer);
            ++answered;
        });
    }
    if (const auto made = runtime->make_snapshot(); !made) die(to_text(made.error()));
    runtime->stop();
}

}  // namespace

void place_first_order(const Options& options, const std::filesystem::path& data) {
    const auto runtime = open_runtime(options, data);
    const auto port = runtime->port("first");
    ShareOrders orders(names_of(*port));
    const std::string prefix = "first-" + std::to_string(::getpid()) + "-";
    const auto reply = port->request(orders.place(1, prefix).view());
    if (!reply || !reply->accepted()) die("the first order was not accepted");
    std::fflush(nullptr);
    ::_exit(0);  // how long it takes to stop is no part of how long it takes to start
}

Section bench_start(const Options& options) {
    const std::size_t live = 10 * options.live;
    Section section{
        "start",
        "From exec until the first order is accepted and durable: configuration and plugins are "
        "loaded, the journal is opened, the snapshot read, balances and limits are posted, which "
        "are about a hundred durable requests one after another. The process is then ended as by "
        "a kill. Beside it: a process of the same program that does nothing.",
        {}};
    Rounds empty;
    Rounds full;
    const auto data = options.directory / "start";
    fill(options, data, live);
    for (int round = 0; round < options.rounds; ++round) {
        const double exec = run_self({"--nothing"});
        const auto fresh = options.directory / ("start-" + std::to_string(round));
        empty.add(run_self({"--first-order", fresh.string()}), exec);
        full.add(run_self({"--first-order", data.string()}), exec);
        std::filesystem::remove_all(fresh);
    }
    std::filesystem::remove_all(data);
    section.figures.push_back(figure("an empty journal", "s", empty, "exec"));
    section.figures.push_back(
        figure(std::to_string(live) + " live orders, with a snapshot", "s", full, "exec"));
    return section;
}

}  // namespace oms::bench
