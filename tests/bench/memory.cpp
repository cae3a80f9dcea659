// SPDX-License-Identifier: Apache-2.0
// What a live order takes of memory, and which of its parts: by what malloc gave to worlds that
// differ in that part alone.
#include "live_orders.hpp"

#include <fstream>
#include <sstream>

namespace oms::bench {

namespace {

/// What the orders of a world have.
struct Kind {
    bool routed = true;
    bool held = true;
    std::uint32_t lines = 1;
    bool acknowledged = true;
    bool long_texts = false;
};

/// The bench's configuration, in which nothing is routed, or nothing is held for shares.
std::string config_of(const Options& options, const Kind& kind) {
    std::ifstream file(options.config / "oms.yaml");
    std::ostringstream text;
    text << file.rdbuf();
    std::string config = text.str();
    const auto replace = [&config](std::string_view what, std::string_view by) {
        std::size_t at = config.find(what);
        if (at == std::string::npos) die("the configuration has no " + std::string(what));
        for (; at != std::string::npos; at = config.find(what, at + by.size()))
            config.replace(at, what.size(), by);
    };
    if (!kind.routed) {
        replace("instances:\n", "instances:\n  by_hand: {plugin: manual}\n");
        replace("routing: best", "routing: by_hand");
    }
    if (!kind.held) replace("class: equity, ", "");
    return config;
}

/// Bytes a live order, of so many that most tables have grown to about what they hold.
double bytes_an_order(const Options& options, const Kind& kind) {
    Options chosen = options;
    chosen.config_text = config_of(options, kind);
    const std::string prefix =
        kind.long_texts ? "a-text-that-is-longer-than-what-lies-in-a-string-itself-" : "s";
    LiveOrders orders(chosen, {.lines = kind.lines, .prefix = prefix});
    const auto grow = [&](std::size_t count) {
        if (kind.acknowledged)
            orders.fill(count);
        else
            orders.place(count - orders.world().orders.size());
    };
    grow(100);
    const double before = bytes_in_use();
    grow(options.live);
    const double bytes = bytes_in_use() - before;
    const World& world = orders.world();
    const std::size_t routes = kind.routed ? world.orders.size() : 0;
    const std::size_t holds = kind.held ? world.orders.size() * kind.lines : 0;
    if (world.routes.size() != routes || world.holds.size() != holds)
        die("the orders have not the routes or holds that they should have");
    return bytes / static_cast<double>(options.live - 100);
}

}  // namespace

Section bench_memory(const Options& options) {
    Section section{
        "memory",
        "Bytes that malloc gave for an order that is alive, its own overhead and the room of "
        "tables "
        "that grew included: " +
            std::to_string(options.live) +
            " share orders of one line with a limit price, a route, a hold, and texts so short "
            "that they lie in the strings themselves. Each part is the difference to a world whose "
            "orders have all but that part.",
        {}};
    const auto add = [&](const char* name, double bytes) {
        section.figures.push_back(figure(name, "bytes", {bytes}));
    };
    const double whole = bytes_an_order(options, {});
    const double placed = bytes_an_order(options, {.acknowledged = false});
    const double unrouted = bytes_an_order(options, {.routed = false, .acknowledged = false});
    const double bare =
        bytes_an_order(options, {.routed = false, .held = false, .acknowledged = false});
    const double two_lines = bytes_an_order(
        options, {.routed = false, .held = false, .lines = 2, .acknowledged = false});
    const double long_texts = bytes_an_order(options, {.long_texts = true});
    constexpr double goal = 512;
    Rounds beside;
    beside.add(whole, goal);
    section.figures.push_back(
        figure("an order with a line, a route and a hold", "bytes", beside, "goal"));
    add("the order, its first line with its price, its key, their indices", bare);
    add("a second line with its price", two_lines - bare);
    add("a hold and its index", unrouted - bare);
    add("a route and its indices", placed - unrouted);
    add("the party's name of it, and its index", whole - placed);
    add("texts that are longer: key and party's name", long_texts - whole);
    return section;
}

}  // namespace oms::bench
