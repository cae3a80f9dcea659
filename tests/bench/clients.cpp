// SPDX-License-Identifier: Apache-2.0
#include "clients.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

namespace oms::bench {

namespace {

class Client {
public:
    Client(runtime::Runtime& runtime, std::string name)
        : port_(runtime.port(name)), orders_(names_of(*port_)), prefix_(std::move(name) + "-") {}

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
        expect_accepted(answer);
        times_us.push_back(1e6 * (now - sent_at_[answer.token - first_token_]));
    }

    static constexpr std::uint64_t first_token_ = 1;
    std::unique_ptr<runtime::Port> port_;
    ShareOrders orders_;
    std::string prefix_;
    std::vector<double> sent_at_;
};

}  // namespace

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
    // The last commit is counted when its answers are out already.
    const double commits = std::max(counter(after, "commits") - counter(before, "commits"), 1.0);
    Round round;
    round.per_second = static_cast<double>(times.size()) / took;
    round.p50_us = percentile(times, 0.5);
    round.p99_us = percentile(times, 0.99);
    round.inputs_a_commit = static_cast<double>(times.size()) / commits;
    round.bytes_a_commit =
        (counter(after, "commit_bytes") - counter(before, "commit_bytes")) / commits;
    return round;
}

void expect_accepted(const oms_answer& answer) {
    if (answer.status != OMS_OK) die("an order was not answered");
    for (const oms_record& record : sdk::Records(answer.records)) {
        const auto* answered = sdk::as<oms_answered>(record);
        if (answered != nullptr && answered->code != 0)
            die("an order was refused: " + code_text(answered->code));
    }
}

Names names_of(runtime::Port& port) {
    return Names([&port](std::uint32_t of, std::string_view code) {
        std::uint32_t found = 0;
        return port.resolve(of, code, found) == OMS_OK ? found : 0;
    });
}

std::unique_ptr<runtime::Runtime> open_runtime(const Options& options,
                                               const std::filesystem::path& data,
                                               const More& more) {
    runtime::Options chosen = runtime_options(options, nullptr);
    chosen.data = data;
    std::ifstream file(options.config / "oms.yaml");
    std::ostringstream text;
    text << file.rdbuf() << more.sections;
    constexpr std::string_view place = "instances:\n";
    std::string& config = chosen.config_text.emplace(text.str());
    config.insert(config.find(place) + place.size(), more.instances);
    auto opened = runtime::Runtime::open(std::move(chosen));
    if (!opened) die(yaml::to_text(opened.error()));
    if (const Status started = (*opened)->start(); !started) die(to_text(started.error()));
    const auto port = (*opened)->port("bench");
    const Names names = names_of(*port);
    prepare(names, [&](const sdk::Batch& input) {
        const auto reply = port->request(input.view());
        if (!reply || !reply->accepted()) die("the opening was refused");
    });
    if (port->observe(quotes(names)) != OMS_OK) die("the quotes were not taken");
    if (const Status settled = (*opened)->settle(); !settled) die(to_text(settled.error()));
    return std::move(*opened);
}

}  // namespace oms::bench
