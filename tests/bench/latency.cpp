// SPDX-License-Identifier: Apache-2.0
// How long an order waits for its acknowledgement when orders come on a schedule of their own.
//
// One thread sends each order when it is due, whether or not those before were answered; another
// takes the answers. The time counts from when the order was due, so that a stall is counted for
// everyone who came while it lasted, and the sender's own lateness is in it. In turns with it: a
// raw file, to which commits of the size that the round had are written one after another.
#include "clients.hpp"
#include "histogram.hpp"
#include "raw_file.hpp"

#include <sys/prctl.h>
#include <time.h>

#include <thread>

#include <algorithm>

namespace oms::bench {

namespace {

std::int64_t clock_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::int64_t{1'000'000'000} * now.tv_sec + now.tv_nsec;
}

void sleep_until(std::int64_t ns) {
    const timespec until{ns / 1'000'000'000, ns % 1'000'000'000};
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

/// Orders at fixed distances; the time of each is known before it is sent.
class Schedule {
public:
    Schedule(double per_second, double seconds)
        : begin_(clock_ns() + 1'000'000),
          step_ns_(1e9 / per_second),
          count_(static_cast<std::uint64_t>(per_second * seconds) + 1) {}

    std::int64_t due(std::uint64_t number) const {
        return begin_ + static_cast<std::int64_t>(step_ns_ * static_cast<double>(number));
    }
    std::uint64_t count() const { return count_; }

private:
    std::int64_t begin_;
    double step_ns_;
    std::uint64_t count_;
};

struct Times {
    Histogram answered;  ///< from due to answered
    Histogram late;      ///< from due to sent: the sender's own part
    double bytes_a_commit = 0;
};

void send_all(runtime::Port& port, const Schedule& schedule, const std::string& name,
              Histogram& late) {
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    ShareOrders orders(names_of(port));
    for (std::uint64_t number = 0; number < schedule.count(); ++number) {
        const sdk::Batch& input = orders.place(number, name);
        if (clock_ns() < schedule.due(number)) sleep_until(schedule.due(number));
        late.add(clock_ns() - schedule.due(number));
        oms_status status = OMS_AGAIN;
        while ((status = port.submit(input.view(), number + 1)) == OMS_AGAIN)
            std::this_thread::yield();
        if (status != OMS_OK) die("an order was not taken");
    }
}

Times play_open(runtime::Runtime& runtime, double per_second, double seconds,
                const std::string& name) {
    Times times;
    const auto port = runtime.port("latency");
    const runtime::ProcessStatus before = runtime.status();
    const Schedule schedule(per_second, seconds);
    std::thread sender([&] { send_all(*port, schedule, name, times.late); });
    while (times.answered.count() < schedule.count()) {
        const std::uint64_t known = times.answered.count();
        port->take_answers(10'000, [&](const oms_answer& answer) {
            const std::int64_t now = clock_ns();
            expect_accepted(answer);
            times.answered.add(now - schedule.due(answer.token - 1));
        });
        if (times.answered.count() == known) die("an answer did not come");
    }
    sender.join();
    const runtime::ProcessStatus after = runtime.status();
    times.bytes_a_commit = (counter(after, "commit_bytes") - counter(before, "commit_bytes")) /
                           std::max(counter(after, "commits") - counter(before, "commits"), 1.0);
    return times;
}

/// What a load's figures are called, and what is put behind the configuration for it.
struct Load {
    const char* name;
    double share;  ///< of the ceiling
    const char* more;
};
constexpr Load loads[] = {
    {"10 % of the ceiling", 0.1, ""},
    {"50 % of the ceiling", 0.5, ""},
    {"80 % of the ceiling", 0.8, ""},
    {"50 %, small segments", 0.5, "journal: {segment: 4MiB, snapshot_after: 1}\n"},
};

void measure(const Options& options, const Load& load, double ceiling, RawFile& raw,
             Section& section) {
    const auto data = options.directory / "latency";
    const auto runtime = open_runtime(options, data, {.sections = load.more});
    play_open(*runtime, load.share * ceiling, options.seconds / 2, "warm");
    Rounds p50;
    Rounds p99;
    Rounds p999;
    Rounds longest;
    std::vector<double> late;
    for (int round = 0; round < options.rounds; ++round) {
        const Times ours = play_open(*runtime, load.share * ceiling, options.seconds,
                                     "round-" + std::to_string(round) + "-");
        const auto bytes = random_bytes(static_cast<std::size_t>(ours.bytes_a_commit));
        const Pace below = pace(options.seconds, [&] { raw.append(bytes); });
        p50.add(ours.answered.at(0.5), below.p50_us);
        p99.add(ours.answered.at(0.99), below.p99_us);
        p999.add(ours.answered.at(0.999), below.p999_us);
        longest.add(ours.answered.longest(), below.longest_us);
        late.push_back(ours.late.at(0.5));
    }
    runtime->stop();
    std::filesystem::remove_all(data);
    const std::string name = load.name;
    section.figures.push_back(figure(name + ", p50", "us", p50, "fdatasync"));
    section.figures.push_back(figure(name + ", p99", "us", p99, "fdatasync"));
    section.figures.push_back(figure(name + ", p99.9", "us", p999, "fdatasync"));
    section.figures.push_back(figure(name + ", longest", "us", longest, "fdatasync"));
    section.figures.push_back(figure(name + ", sent late, p50", "us", late));
}

}  // namespace

Section bench_latency(const Options& options) {
    Section section{
        "latency",
        "Share orders sent on a fixed schedule, each from when it was due until its durable "
        "answer; the sender's own lateness is in it, and shown. The ceiling is what four clients "
        "with 1,024 orders under way come to. With small segments the journal rolls over and makes "
        "a snapshot every 4 MB. Beside it, in turns: commits of as many bytes as the round's had "
        "into a file that was written beforehand, and fdatasync, one after another.",
        {}};
    RawFile raw((options.directory / "raw").string());
    std::vector<double> ceilings;
    {
        const auto data = options.directory / "ceiling";
        const auto runtime = open_runtime(options, data);
        const Shape shape{"ceiling", 4, 1'024};
        play(*runtime, shape, options.seconds, "warm");
        for (int round = 0; round < std::min(options.rounds, 3); ++round)
            ceilings.push_back(
                play(*runtime, shape, options.seconds, "round-" + std::to_string(round))
                    .per_second);
        runtime->stop();
        std::filesystem::remove_all(data);
    }
    section.figures.push_back(figure("the ceiling", "orders/s", ceilings));
    const double ceiling = spread(ceilings).median;
    for (const Load& load : loads) measure(options, load, ceiling, raw, section);
    return section;
}

}  // namespace oms::bench
