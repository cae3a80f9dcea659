// SPDX-License-Identifier: Apache-2.0
// How cost grows: with the orders that are alive, their lines, accounts, products, the checks that
// each order passes, and the journal that is folded.
#include "growing_journal.hpp"
#include "live_orders.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

namespace oms::bench {

namespace {

constexpr std::size_t most_checks = 32;
constexpr std::size_t most_names = 1'000'000;  // accounts, or products

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

/// What is beyond the disk and the patience of a run goes on as the last step did.
void grow_journal(const Options& options, Section& section) {
    GrowingJournal journal(options);
    std::vector<double> seconds;
    const auto add = [&](std::uint64_t events, const std::string& how, std::vector<double> times) {
        const std::string name = std::to_string(events) + " events in the journal" + how;
        std::vector<double> each;
        for (const double time : times) each.push_back(1e9 * time / static_cast<double>(events));
        section.figures.push_back(figure(name + ", replay", "s", std::move(times)));
        section.figures.push_back(figure(name + ", an event", "ns", std::move(each)));
    };
    constexpr std::uint64_t fewer = 1'000'000;
    constexpr std::uint64_t many = 10 * fewer;
    journal.grow(fewer);
    std::vector<double> short_times;
    for (int round = 0; round < options.rounds; ++round) short_times.push_back(journal.replay());
    add(fewer, "", short_times);
    journal.grow(many);
    const double longer = journal.replay();
    add(many, "", {longer});
    const double slope = std::log10(longer / spread(short_times).median);
    add(10 * many, ", extrapolated", {longer * std::pow(10, slope)});
}

}  // namespace

Section bench_scale(const Options& options) {
    Section section{
        "scale",
        "Engine::decide in memory as in kernel, share orders alone: a quarter of the inputs place "
        "an order, a quarter acknowledge it, half execute orders that were there before and lie "
        "far apart. Bytes are what malloc gave for an order that is alive, with its line, route, "
        "hold, keys and texts; for an account with its balance; for a product with its terms and a "
        "price. Orders of many lines are carts that "
        "are placed, paid for and sourced from one place. With accounts, products and checks "
        "10,000 orders are alive, and neighbours lie far apart. The journal is that of "
        "share orders' whole lives, and folded from its files; an event is an effect. What the "
        "longest one would take is extrapolated from the two before it.",
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
