// SPDX-License-Identifier: Apache-2.0
#include "figures.hpp"

#include <fmt/format.h>

#include <charconv>

namespace oms::simulation {

std::uint64_t Figures::of(std::string_view what) const {
    const auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
}

std::string Figures::write() const {
    std::string lines;
    for (const auto& [what, count] : counts_) lines += fmt::format("{} {}\n", count, what);
    return lines;
}

void Figures::read(std::string_view lines) {
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        std::uint64_t count = 0;
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count);
        if (error != std::errc() || end == line.data() + line.size()) continue;
        add(line.substr(static_cast<std::size_t>(end - line.data()) + 1), count);
    }
}

std::map<std::string, std::uint64_t> Figures::promised() const {
    std::uint64_t faults = 0;
    for (const std::string_view name : fault_names) faults += of("fault " + std::string(name));
    return {{"simulated seeds", of("seeds")},
            {"simulated steps", of("steps")},
            {"power cuts", of("fault power_cut")},
            {"faults of disk, clock, clients and parties", faults},
            {"acknowledged and lost", of("broken acknowledged_is_kept")},
            {"intents with two effective orders", of("broken one_order_an_intent")},
            {"requests that oversold", of("broken nothing_is_oversold")},
            {"invariants broken", of("broken")}};
}

std::string Figures::table(double seconds) const {
    std::string table;
    const auto row = [&](std::string_view what, std::uint64_t count) {
        table += fmt::format("  {:<44}{:>14}\n", what, count);
    };
    table += fmt::format("simulated in {:.1f} s\n", seconds);
    for (const char* what : {"seeds", "steps", "lives", "decisions", "requests", "sent"})
        row(what, of(what));
    row("power cuts", of("fault power_cut"));
    for (const auto& [what, count] : counts_)
        if (what.starts_with("cuts") || what.starts_with("writes") || what.starts_with("names"))
            row("  " + what, count);
    row("snapshots made", of("snapshots made"));
    for (const auto& [what, count] : counts_)
        if (what.starts_with("snapshots ") && what != "snapshots made") row("  " + what, count);
    for (const char* what : {"orders retired", "orders recalled", "orders read from the archive"})
        row(what, of(what));
    table += "  faults injected\n";
    for (const std::string_view name : fault_names)
        row("  " + std::string(name), of("fault " + std::string(name)));
    table += "  corruptions\n";
    for (const auto& [what, count] : counts_)
        if (what.starts_with("rot: ")) row("  " + what.substr(5), count);
    row("answers given (acknowledged)", of("answers"));
    row("acknowledged and lost", of("broken acknowledged_is_kept"));
    row("intents with two effective orders", of("broken one_order_an_intent"));
    row("requests that oversold", of("broken nothing_is_oversold"));
    row("invariants broken", of("broken"));
    return table;
}

}  // namespace oms::simulation
