// SPDX-License-Identifier: Apache-2.0
// How cost grows: with the orders that are alive, and with the checks that each passes.
#include "script.hpp"

#include <malloc.h>

#include <cmath>
#include <fstream>
#include <sstream>

namespace oms::bench {

namespace {

constexpr std::size_t most_checks = 32;
constexpr std::size_t round_orders = 2'500;
constexpr std::size_t inputs_a_frame = 256;

double bytes_in_use() {
    const struct mallinfo2 use = ::mallinfo2();
    return static_cast<double>(use.uordblks + use.hblkhd);
}

/// An engine with so many share orders alive; what it decides is timed, not how inputs are made.
class LiveOrders {
public:
    explicit LiveOrders(const Options& options)
        : assembly_(open_assembly(options, clock_)),
          names_([this](std::uint32_t of, std::string_view code) {
              return engine().find_reference(of, code);
          }),
          shares_(names_) {
        prepare(names_, [this](const sdk::Batch& input) { decide(input.view()); });
        for (const oms_observation& quote : quotes(names_)) engine().observe(quote);
    }

    /// Places orders and has them acknowledged until so many are there.
    void fill(std::size_t count) {
        while (placed_ < count) {
            decide(shares_.place(placed_).view());
            report(placed_++, OMS_report_acked, 0, 0);
        }
        filled_ = count;
        executed_ = 0;
    }

    /// Nanoseconds an input: orders are placed and acknowledged, and as many of those that were
    /// there before, far apart from each other, are executed in two parts.
    double round() {
        timed_ns_ = 0;
        timed_ = 0;
        for (std::size_t each = 0; each < round_orders; ++each) {
            decide(shares_.place(placed_).view());
            report(placed_++, OMS_report_acked, 0, 0);
            const std::size_t old = far_apart(executed_++);
            report(old, OMS_report_executed, 40, 1);
            report(old, OMS_report_executed, 60, 2);
        }
        return timed_ns_ / static_cast<double>(timed_);
    }

private:
    /// Each that the filling left once, then those that came since.
    std::size_t far_apart(std::size_t turn) const {
        constexpr std::size_t step = 61'803'399;  // no divisor in common with powers of ten
        return turn < filled_ ? turn * step % filled_ : turn;
    }

    engine::Engine& engine() { return *assembly_->machine; }

    /// They are the only orders, so their ids count with them.
    void report(std::size_t number, std::uint32_t type, std::int64_t quantity, int part) {
        auto head = sdk::make<oms_report>();
        const Order& order = *engine().world().orders.find(number + 1);
        head.type = type;
        head.route = order.routes.at(0);
        head.line = OMS_WHOLE_ORDER;
        head.quantity = quantity;
        ref_ = std::to_string(number) + "-" + std::to_string(part);
        if (type == OMS_report_executed) {
            head.product = order.lines[0].product;
            head.price = 1'000;
            head.execution_ref = sdk::text(ref_);
        } else {
            head.external_ref = sdk::text(ref_);
        }
        batch_.clear();
        batch_.add(head);
        decide(batch_.view());
    }

    void decide(const oms_batch& input) {
        clock_.move_to(clock_.now() + ns_between_inputs);
        if (timed_ % inputs_a_frame == 0) frame_.clear();
        const Stopwatch watch;
        const auto outcome = engine().decide(input, clock_.now(), frame_);
        timed_ns_ += 1e9 * watch.seconds();
        ++timed_;
        if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
    }

    runtime::VirtualClock clock_{start_of_day};
    std::unique_ptr<runtime::Assembly> assembly_;
    Names names_;
    ShareOrders shares_;
    std::size_t placed_ = 0;
    std::size_t filled_ = 0;
    std::size_t executed_ = 0;
    double timed_ns_ = 0;
    std::uint64_t timed_ = 0;
    std::string ref_;
    Frame frame_;
    sdk::Batch batch_;
};

/// The bench's configuration with so many checks in the chain of each kind.
std::string config_with(const Options& options, std::size_t checks) {
    std::ifstream file(options.config / "oms.yaml");
    std::ostringstream all;
    std::string names;
    for (std::string line; std::getline(file, line);) {
        if (const std::size_t at = line.find("checks: ["); at != std::string::npos)
            line = line.substr(0, at) + "checks: [" + names + "]";
        all << line << '\n';
        if (line != "instances:") continue;
        for (std::size_t each = 0; each < checks; ++each) {
            const std::string name = "check_" + std::to_string(each);
            all << "  " << name << ": {plugin: price_collar, settings: {within: 20}}\n";
            names += (each == 0 ? "" : ", ") + name;
        }
    }
    return all.str();
}

std::vector<double> rounds_of(LiveOrders& orders, const Options& options) {
    std::vector<double> times;
    for (int round = 0; round < options.rounds; ++round) times.push_back(orders.round());
    return times;
}

}  // namespace

Section bench_scale(const Options& options) {
    Section section{
        "scale",
        "Engine::decide in memory as in kernel, share orders alone: a quarter of the inputs place "
        "an order, a quarter acknowledge it, half execute orders that were there before and lie "
        "far apart. Bytes are what malloc gave for an order that is alive, with its line, route, "
        "hold, keys and texts. With checks in the chain, 10,000 orders are alive.",
        {}};
    for (std::size_t live = 1'000; live <= 10 * options.live; live *= 10) {
        LiveOrders orders(options);
        orders.fill(100);
        const double opened = bytes_in_use();
        orders.fill(live);
        const double bytes = (bytes_in_use() - opened) / static_cast<double>(live - 100);
        const std::string name = std::to_string(live) + " orders alive";
        section.figures.push_back(figure(name, "ns an input", rounds_of(orders, options)));
        section.figures.push_back(figure(name + ", each", "bytes", {bytes}));
    }
    for (const std::size_t checks : {0UL, 1UL, 2UL, 4UL, 8UL, 16UL, most_checks}) {
        Options chosen = options;
        chosen.config_text = config_with(options, checks);
        LiveOrders orders(chosen);
        orders.fill(10'000);
        section.figures.push_back(figure(std::to_string(checks) + " checks in the chain",
                                         "ns an input", rounds_of(orders, options)));
    }
    return section;
}

}  // namespace oms::bench
