// SPDX-License-Identifier: Apache-2.0
// How cost grows: with the orders that are alive, their lines, accounts, products, the checks that
// each order passes, and the journal that is folded.
#include "growing_journal.hpp"
#include "live_orders.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace oms::bench {

namespace {

constexpr std::size_t most_checks = 32;
constexpr std::size_t most_names = 1'000'000;  // accounts, or products
constexpr std::size_t most_live = 10'000'000;
constexpr std::uint64_t most_events = 100'000'000;
// Generously; what does not fit is extrapolated.
constexpr double bytes_an_order = 1'000;
constexpr double disk_bytes_an_event = 30;
constexpr double memory_bytes_an_event = 60;

/// What the system could give without swapping.
double bytes_left() {
    std::ifstream file("/proc/meminfo");
    std::string word;
    double kilobytes = 0;
    while (file >> word)
        if (word == "MemAvailable:" && file >> kilobytes) break;
    return kilobytes * 1024;
}

/// Goes on as the last step did, on the log-log plot.
double extrapolate(const std::vector<double>& steps) {
    if (steps.size() < 2) die("there is no room for the first two steps");
    return steps.back() * steps.back() / steps[steps.size() - 2];
}

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

void grow_orders(const Options& options, Section& section) {
    std::vector<double> medians;
    std::vector<double> bytes;
    const auto add = [&](std::string name, std::vector<double> times, double each) {
        medians.push_back(spread(times).median);
        bytes.push_back(each);
        section.figures.push_back(figure(name, "ns an input", std::move(times)));
        section.figures.push_back(figure(name + ", each", "bytes", {each}));
    };
    for (std::size_t live = 1'000; live <= most_live; live *= 10) {
        const std::string name = std::to_string(live) + " orders alive";
        if (static_cast<double>(live) * bytes_an_order > bytes_left()) {
            add(name + ", extrapolated", {extrapolate(medians)}, extrapolate(bytes));
            continue;
        }
        LiveOrders orders(options);
        orders.fill(100);
        const double opened = bytes_in_use();
        orders.fill(live);
        const double each = (bytes_in_use() - opened) / static_cast<double>(live - 100);
        add(name, rounds_of(orders, options), each);
    }
}

/// As many lines in all, however they are spread over carts.
void grow_lines(const Options& options, Section& section) {
    constexpr std::size_t all_lines = 20'000;
    for (const std::uint32_t lines : {2U, 10U, 100U, 1'000U}) {
        LiveOrders orders(options);
        const std::size_t count = all_lines / lines;
        orders.place_carts(count, lines);
        std::vector<double> carts;
        std::vector<double> each;
        const double before = bytes_in_use();
        for (int round = 0; round < options.rounds; ++round) {
            carts.push_back(orders.place_carts(count, lines));
            each.push_back(carts.back() / lines);
        }
        const double placed = static_cast<double>(all_lines) * options.rounds;
        const double bytes = (bytes_in_use() - before) / placed;
        const std::string name = std::to_string(lines) + " lines an order";
        section.figures.push_back(figure(name, "ns an order", carts));
        section.figures.push_back(figure(name + ", a line", "ns", each));
        section.figures.push_back(figure(name + ", each line", "bytes", {bytes}));
    }
}

void grow_names(const Options& options, const char* what,
                void (LiveOrders::*add)(std::size_t count), Section& section) {
    for (std::size_t count = 10; count <= most_names; count *= 10) {
        LiveOrders orders(options);
        const double opened = bytes_in_use();
        (orders.*add)(count);
        const double bytes = (bytes_in_use() - opened) / static_cast<double>(count);
        orders.spread();
        orders.fill(10'000);
        const std::string name = std::to_string(count) + " " + what;
        section.figures.push_back(figure(name, "ns an input", rounds_of(orders, options)));
        section.figures.push_back(figure(name + ", each", "bytes", {bytes}));
    }
}

void grow_checks(const Options& options, Section& section) {
    for (const std::size_t checks : {0UL, 1UL, 2UL, 4UL, 8UL, 16UL, most_checks}) {
        Options chosen = options;
        chosen.config_text = config_with(options, checks);
        LiveOrders orders(chosen);
        orders.fill(10'000);
        section.figures.push_back(figure(std::to_string(checks) + " checks in the chain",
                                         "ns an input", rounds_of(orders, options)));
    }
}

void grow_journal(const Options& options, Section& section) {
    GrowingJournal journal(options);
    std::vector<double> medians;
    const auto add = [&](std::uint64_t events, const std::string& how, std::vector<double> times) {
        medians.push_back(spread(times).median);
        const std::string name = std::to_string(events) + " events in the journal" + how;
        std::vector<double> each;
        for (const double time : times) each.push_back(1e9 * time / static_cast<double>(events));
        section.figures.push_back(figure(name + ", replay", "s", std::move(times)));
        section.figures.push_back(figure(name + ", an event", "ns", std::move(each)));
    };
    for (std::uint64_t events = 1'000'000; events <= most_events; events *= 10) {
        const auto count = static_cast<double>(events);
        const auto disk = static_cast<double>(std::filesystem::space(options.directory).available);
        if (count * disk_bytes_an_event > disk || count * memory_bytes_an_event > bytes_left()) {
            add(events, ", extrapolated", {extrapolate(medians)});
            continue;
        }
        journal.grow(events);
        std::vector<double> times;
        const int rounds = events == 1'000'000 ? options.rounds : 1;  // the others take their time
        for (int round = 0; round < rounds; ++round) times.push_back(journal.replay());
        add(events, "", std::move(times));
    }
}

}  // namespace

Section bench_scale(const Options& options) {
    Section section{
        "scale",
        "Engine::decide in memory as in kernel, share orders alone: a quarter of the inputs place "
        "an order, a quarter acknowledge it, half execute orders that were there before and lie "
        "far apart. Bytes are what malloc gave for an order that is alive, with its line, route, "
        "hold, keys and texts; for an account with its balance; for a product with its terms and a "
        "price. Orders of many lines are carts that are placed, paid for and sourced from one "
        "place. With accounts, products and checks "
        "10,000 orders are alive, and neighbours lie far apart. The journal is that of "
        "share orders' whole lives, and folded from its files; an event is an effect. What does "
        "not fit the machine's memory or disk is extrapolated from the two figures before it.",
        {}};
    grow_orders(options, section);
    grow_lines(options, section);
    grow_names(options, "accounts", &LiveOrders::add_accounts, section);
    grow_names(options, "products", &LiveOrders::add_products, section);
    grow_checks(options, section);
    grow_journal(options, section);
    return section;
}

}  // namespace oms::bench
