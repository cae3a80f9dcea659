// SPDX-License-Identifier: Apache-2.0
// Orders through the whole runtime, each answered when it is on stable storage.
//
// Clients are threads with a port of their own, as a connector has one; they keep a number of
// orders under way. Beside each round stands a raw file on the same disk, to which commits of the
// size that the round had are written one after another: nothing that groups like that can be
// faster.
#include "raw_file.hpp"
#include "script.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

namespace oms::bench {

namespace {

struct Shape {
    const char* name;
    std::size_t clients;
    std::size_t under_way;  ///< orders of one client
};
constexpr Shape shapes[] = {
    {"1 client, one order at a time", 1, 1},        {"8 clients, one order at a time", 8, 1},
    {"1 client, 64 orders under way", 1, 64},       {"8 clients, 64 orders under way", 8, 64},
    {"4 clients, 1,024 orders under way", 4, 1024},
};

class Client {
public:
    Client(runtime::Runtime& runtime, std::string name)
        : port_(runtime.port(name)),
          names_([this](std::uint32_t of, std::string_view code) {
              std::uint32_t found = 0;
              return port_->resolve(of, code, found) == OMS_OK ? found : 0;
          }),
          orders_(names_),
          prefix_(std::move(name) + "-") {}

    /// Until the time is over; then what is under way is waited for.
    void run(std::size_t under_way, double seconds) {
        const Stopwatch watch;
        std::size_t waiting = 0;
        while (true) {
            while (waiting < under_way && watch.seconds() < seconds && send(watch)) ++waiting;
            if (waiting == 0) return;
            port_->take_answers(1'000, [&](const oms_answer& answer) {
                --waiting;
                take(answer, watch.seconds());
            });
            if (watch.seconds() > seconds + 60) die("an answer did not come");
        }
    }

    std::vector<double> times_us;

private:
    bool send(const Stopwatch& watch) {
        const sdk::Batch& input = orders_.place(sent_at_.size(), prefix_);
        const double now = watch.seconds();
        // A token is the place of the sending time, counted from 1.
        const oms_status status = port_->submit(input.view(), first_token_ + sent_at_.size());
        if (status == OMS_AGAIN) return false;
        if (status != OMS_OK) die("an order was not taken");
        sent_at_.push_back(now);
        return true;
    }

    void take(const oms_answer& answer, double now) {
        if (answer.status != OMS_OK) die("an order was not answered");
        for (const oms_record& record : sdk::Records(answer.records)) {
            const auto* answered = sdk::as<oms_answered>(record);
            if (answered != nullptr && answered->code != 0)
                die("an order was refused: " + code_text(answered->code));
        }
        times_us.push_back(1e6 * (now - sent_at_[answer.token - first_token_]));
    }

    static constexpr std::uint64_t first_token_ = 1;
    std::unique_ptr<runtime::Port> port_;
    Names names_;
    ShareOrders orders_;
    std::string prefix_;
    std::vector<double> sent_at_;
};

struct Round {
    double per_second = 0;
    double p50_us = 0;
    double p99_us = 0;
    double inputs_a_commit = 0;
    double bytes_a_commit = 0;
};

double counter(const runtime::ProcessStatus& status, std::string_view name) {
    for (const auto& [each, value] : status.counters)
        if (each == name) return static_cast<double>(value);
    die("there is no counter " + std::string(name));
}

Round play(runtime::Runtime& runtime, const Shape& shape, double seconds, const std::string& name) {
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t each = 0; each < shape.clients; ++each)
        clients.push_back(std::make_unique<Client>(runtime, name + "-" + std::to_string(each)));
    const runtime::ProcessStatus before = runtime.status();
    const Stopwatch watch;
    std::vector<std::thread> threads;
    for (const auto& client : clients)
        threads.emplace_back([&] { client->run(shape.under_way, seconds); });
    for (std::thread& thread : threads) thread.join();
    const double took = watch.seconds();
    const runtime::ProcessStatus after = runtime.status();
    std::vector<double> times;
    for (const auto& client : clients)
        times.insert(times.end(), client->times_us.begin(), client->times_us.end());
    std::sort(times.begin(), times.end());
    const double commits = counter(after, "commits") - counter(before, "commits");
    Round round;
    round.per_second = static_cast<double>(times.size()) / took;
    round.p50_us = percentile(times, 0.5);
    round.p99_us = percentile(times, 0.99);
    round.inputs_a_commit = static_cast<double>(times.size()) / commits;
    round.bytes_a_commit =
        (counter(after, "commit_bytes") - counter(before, "commit_bytes")) / commits;
    return round;
}

std::unique_ptr<runtime::Runtime> open_runtime(const Options& options,
                                               const std::filesystem::path& data) {
    runtime::Options chosen = runtime_options(options, nullptr);
    chosen.data = data;
    auto opened = runtime::Runtime::open(std::move(chosen));
    if (!opened) die(yaml::to_text(opened.error()));
    if (const Status started = (*opened)->start(); !started) die(to_text(started.error()));
    const auto port = (*opened)->port("bench");
    const Names names([&](std::uint32_t of, std::string_view code) {
        std::uint32_t found = 0;
        return port->resolve(of, code, found) == OMS_OK ? found : 0;
    });
    prepare(names, [&](const sdk::Batch& input) {
        const auto reply = port->request(input.view());
        if (!reply || !reply->accepted()) die("the opening was refused");
    });
    if (port->observe(quotes(names)) != OMS_OK) die("the quotes were not taken");
    if (const Status settled = (*opened)->settle(); !settled) die(to_text(settled.error()));
    return std::move(*opened);
}

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
