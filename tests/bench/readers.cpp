// SPDX-License-Identifier: Apache-2.0
// Decisions to those who read them: SQL views, event streams, and the ring alone beside them.
#include "clients.hpp"
#include "event_clients.hpp"
#include "http_client.hpp"
#include "share_lives.hpp"

#include <atomic>
#include <cmath>
#include <optional>
#include <thread>

namespace oms::bench {

namespace {

constexpr double wanted_events = 100'000;  // a second
constexpr std::size_t inputs_under_way = 4'096;

/// Somebody who reads all decisions.
class Reader {
public:
    Reader() = default;
    virtual ~Reader() = default;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    virtual std::uint64_t seen() = 0;
    /// What is left to do when all have seen all.
    virtual void end(std::uint64_t) {}

    /// Seconds until it has come to this decision.
    double wait_for(std::uint64_t seq) {
        constexpr double patience_s = 60;
        const Stopwatch watch;
        while (seen() < seq) {
            if (watch.seconds() > patience_s) die("a reader does not catch up");
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        return watch.seconds();
    }
};

class Nobody final : public Reader {
public:
    std::uint64_t seen() override { return ~std::uint64_t{0}; }
};

/// Reads what the ring has, and does nothing with it.
class RingReader final : public Reader {
public:
    explicit RingReader(runtime::Runtime& runtime)
        : port_(runtime.port("ring")), seen_(port_->durable_seq()), thread_([this] { run(); }) {}
    ~RingReader() override {
        stopping_ = true;
        port_->wake();
        thread_.join();
    }
    std::uint64_t seen() override { return seen_; }

private:
    void run() {
        std::uint64_t seq = seen_;
        while (!stopping_) {
            port_->read(OMS_READ_ALL, 0, seq, 500, [](const oms_batch&) { return OMS_OK; });
            seen_ = seq;
        }
    }

    std::unique_ptr<runtime::Port> port_;
    std::atomic<std::uint64_t> seen_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

/// The subscriber, which runs with its runtime.
class Views final : public Reader {
public:
    explicit Views(const runtime::Runtime& runtime) : runtime_(runtime) {}
    std::uint64_t seen() override {
        for (const runtime::InstanceStatus& instance : runtime_.status().instances)
            if (instance.instance == "views") return instance.shown_seq;
        die("the views do not run");
    }

private:
    const runtime::Runtime& runtime_;
};

class Streams final : public Reader {
public:
    Streams(std::uint16_t port, std::size_t count, std::uint64_t seq, bool sleeper)
        : count_(count), has_sleeper_(sleeper), clients_(port, count, seq, sleeper) {}
    std::uint64_t seen() override { return clients_.seen(); }
    /// Who slept gets everything, too; and was cut, when it was more than sockets keep for it.
    void end(std::uint64_t seq) override {
        const std::uint64_t each = clients_.bytes() / count_;
        clients_.wake();
        wait_for(seq);
        constexpr std::uint64_t kept_bytes = std::uint64_t{32} << 20U;
        if (has_sleeper_ && each > kept_bytes && clients_.cuts() == 0)
            die("a client that did not read was not cut");
    }

private:
    const std::size_t count_;
    const bool has_sleeper_;
    EventClients clients_;
};

/// Effects of the decisions behind `first` up to `last`.
double count_events(runtime::Port& port, std::uint64_t first, std::uint64_t last) {
    std::uint64_t events = 0;
    for (std::uint64_t seq = first; seq < last;) {
        const oms_status status =
            port.read(OMS_READ_ALL, 0, seq, 0, [&](const oms_batch& decision) {
                for (const oms_record& record : sdk::Records(decision))
                    if (record.kind == OMS_RECORD_anomaly) die("a report did not fit");
                events += decision.count - 1;
                return OMS_OK;
            });
        if (status != OMS_OK) die("the decisions cannot be read");
    }
    return static_cast<double>(events);
}

/// A runtime with share orders that come and go.
class World {
public:
    World(const Options& options, const char* name, const std::string& instances)
        : data_(options.directory / name),
          runtime_(open_runtime(options, data_, {.instances = instances})),
          port_(runtime_->port("lives")),
          lives_(names_of(*port_)) {}
    ~World() {
        runtime_->stop();
        std::filesystem::remove_all(data_);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    runtime::Runtime& runtime() { return *runtime_; }
    std::uint64_t durable_seq() { return port_->durable_seq(); }

    struct Made {
        double inputs_per_second = 0;
        double events_per_second = 0;  ///< until the reader has seen all of them
        double behind_ms = 0;          ///< when the last answer came
        double events_a_decision = 0;
    };
    /// As fast as the kernel takes them, or so many inputs a second.
    Made make(Reader& reader, std::size_t inputs, std::optional<double> inputs_per_second) {
        const std::uint64_t first = durable_seq();
        reader.wait_for(first);
        const Stopwatch watch;
        give(inputs, inputs_per_second.value_or(1e12), watch);
        const double took = watch.seconds();
        const std::uint64_t last = durable_seq();
        const double behind = reader.wait_for(last);
        reader.end(last);
        const double events = count_events(*port_, first, last);
        const auto decisions = static_cast<double>(last - first);
        return {decisions / took, events / (took + behind), 1e3 * behind, events / decisions};
    }

private:
    void give(std::size_t inputs, double per_second, const Stopwatch& watch) {
        const sdk::Batch* input = nullptr;  // made, but not taken yet
        std::size_t sent = 0;
        std::size_t answered = 0;
        const auto is_next = [&] {
            return sent < inputs && sent - answered < inputs_under_way &&
                   static_cast<double>(sent) <= watch.seconds() * per_second;
        };
        while (answered < inputs) {
            while (is_next()) {
                if (input == nullptr) input = &lives_.next();
                const oms_status status = port_->submit(input->view(), 1);
                if (status == OMS_AGAIN) break;
                if (status != OMS_OK) die("an input was not taken");
                input = nullptr;
                ++sent;
            }
            port_->take_answers(1, [&](const oms_answer& answer) {
                expect_accepted(answer);
                ++answered;
            });
            if (watch.seconds() > patience_s) die("an answer did not come");
        }
    }

    static constexpr double patience_s = 120;
    const std::filesystem::path data_;
    const std::unique_ptr<runtime::Runtime> runtime_;
    const std::unique_ptr<runtime::Port> port_;
    ShareLives lives_;
};

struct Turn {
    World::Made steady;
    World::Made most;
};

/// What one kind of reader came to.
struct Measured {
    Rounds steady;                  ///< events a second at the wanted pace
    std::vector<double> behind_ms;  ///< at the end of that
    Rounds most;                    ///< events a second when the kernel does what it can
    Rounds pace;                    ///< inputs a second of the kernel meanwhile

    void add(const Turn& ours, const Turn& peer, const Turn& alone) {
        steady.add(ours.steady.events_per_second, peer.steady.events_per_second);
        behind_ms.push_back(ours.steady.behind_ms);
        most.add(ours.most.events_per_second, peer.most.events_per_second);
        pace.add(ours.most.inputs_per_second, alone.most.inputs_per_second);
    }

    void show(Section& section, const std::string& name, const std::string& peer) const {
        auto& figures = section.figures;
        figures.push_back(figure(name + ", at 100,000 events/s", "events/s", steady, peer));
        figures.push_back(figure(name + ", behind at their end", "ms", behind_ms));
        figures.push_back(figure(name + ", all it takes", "events/s", most, peer));
        figures.push_back(figure(name + ", the kernel then", "inputs/s", pace, "nobody reads"));
    }
};

const char about[] =
    "Whole lives of share orders, durable, from one client with 4,096 inputs under way. An event "
    "is an effect of a decision; the event stream sends those of one decision as one message. "
    "First 100,000 events a second are made, then as many as the kernel can, until the last reader "
    "has the last one. The event stream's clients are one thread on the same cores, and look that "
    "nothing is missing. One that sleeps reads nothing, is told that it is cut, comes again behind "
    "its last event and gets the rest, outside the time. Beside it, in turns: a thread that takes "
    "decisions from the ring and does nothing with them.";

}  // namespace

Section bench_readers(const Options& options) {
    const std::uint16_t port = free_port();
    World world(options, "readers",
                "  rest: {plugin: rest, settings: {port: " + std::to_string(port) +
                    ", origin: bench, actor: clerk, most_streams: 256, write_timeout: 5m}}\n");
    World viewed(options, "viewed", "  views: {plugin: sql_views}\n");
    Nobody nobody;
    // To get warm; what an input brings about is the same from here on.
    world.make(nobody, options.orders, {});
    const double events_a_decision = viewed.make(nobody, options.orders, {}).events_a_decision;
    const double per_second = wanted_events / events_a_decision;
    const auto steady = static_cast<std::size_t>(std::ceil(options.seconds * per_second));
    const auto turn = [&](World& of, std::size_t most, const auto& reader) {
        Turn made;
        made.steady = of.make(*reader(), steady, per_second);
        made.most = of.make(*reader(), most, {});
        return made;
    };
    const std::size_t many_inputs = 3 * options.orders;
    const auto streams = [&](std::size_t count, bool sleeper) {
        return turn(world, many_inputs, [&] {
            return std::make_unique<Streams>(port, count, world.durable_seq(), sleeper);
        });
    };
    Measured ring;
    Measured views;
    Measured eight;
    Measured beside_sleeper;
    Measured many;
    for (int round = 0; round < options.rounds; ++round) {
        const Turn alone = turn(world, many_inputs, [] { return std::make_unique<Nobody>(); });
        const Turn counted =
            turn(world, many_inputs, [&] { return std::make_unique<RingReader>(world.runtime()); });
        ring.add(counted, counted, alone);
        views.add(
            turn(viewed, options.orders, [&] { return std::make_unique<Views>(viewed.runtime()); }),
            counted, alone);
        const Turn awake = streams(8, false);
        eight.add(awake, counted, alone);
        beside_sleeper.add(streams(8, true), awake, alone);
        many.add(streams(64, false), counted, alone);
    }
    Section section{"readers", about, {}};
    section.figures.push_back(figure("events an input", "events", {events_a_decision}));
    section.figures.push_back(
        figure("ring alone, all it takes", "events/s", std::move(ring.most.values)));
    section.figures.push_back(
        figure("ring alone, the kernel then", "inputs/s", ring.pace, "nobody reads"));
    views.show(section, "SQL views", "ring alone");
    eight.show(section, "8 event streams", "ring alone");
    beside_sleeper.show(section, "8 event streams and one asleep", "none asleep");
    many.show(section, "64 event streams", "ring alone");
    return section;
}

}  // namespace oms::bench
