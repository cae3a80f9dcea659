// SPDX-License-Identifier: Apache-2.0
// oms_bench: what the parts of oms do a second, each beside what limits it.
#include "figures.hpp"
#include "report.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace oms::bench;

struct Part {
    const char* name;
    const char* help;
    Section (*run)(const Options&);
};
constexpr Part parts[] = {
    {"durable", "orders through the runtime, on disk", bench_durable},
    {"latency", "acknowledgements of orders that come on a schedule", bench_latency},
    {"rest", "orders over HTTP, beside an echo and a database", bench_rest},
    {"readers", "decisions to SQL views and event streams", bench_readers},
    {"journal", "the journal alone, beside a raw file", bench_journal},
    {"kernel", "the engine alone, beside a loop written by hand", bench_kernel},
    {"replay", "the journal folded back into the state", bench_replay},
    {"scale", "how cost grows", bench_scale},
    {"memory", "what a live order takes, by its parts", bench_memory},
    {"start", "from exec to the first order", bench_start},
    {"bytes", "what each kind of input takes in the journal", bench_bytes},
};

}  // namespace

int main(int count, char** arguments) {
    Options options;
    bool json = false;
    bool markdown = false;
    std::vector<std::string> chosen;
    options.config = OMS_BENCH_CONFIG;
    const auto binary = std::filesystem::canonical("/proc/self/exe");
    options.directory = binary.parent_path().parent_path();
    std::string about =
        "What the parts of oms do a second, each beside what limits it.\n\nParts:\n";
    for (const Part& part : parts) about += std::string("  ") + part.name + ": " + part.help + "\n";
    CLI::App app(about);
    app.add_option("part", chosen, "which parts; all when left out")
        ->check([](const std::string& name) {
            for (const Part& part : parts)
                if (name == part.name) return std::string();
            return "there is no part " + name;
        });
    app.add_flag("--json", json, "one JSON document instead of tables");
    app.add_flag("--markdown", markdown, "tables as docs/performance.md has them")
        ->excludes("--json");
    app.add_option("--directory", options.directory, "a folder on the disk to be measured");
    app.add_option("--config", options.config, "the configuration that is played on");
    app.add_option("--rounds", options.rounds, "of each figure")->check(CLI::Range(1, 1000));
    app.add_option("--seconds", options.seconds, "of one round")->check(CLI::Range(0.01, 600.0));
    app.add_option("--orders", options.orders, "of replay and bytes, and of a round of kernel")
        ->check(CLI::Range(1, 2'000'000));
    app.add_option("--live", options.live, "orders that are alive in kernel")
        ->check(CLI::Range(16, 2'000'000));
    std::filesystem::path first_order;
    bool nothing = false;
    app.add_option("--first-order", first_order, "place one order on this data and end")->group("");
    app.add_flag("--nothing", nothing, "end at once")->group("");
    CLI11_PARSE(app, count, arguments);
    if (nothing) return 0;
    if (!first_order.empty()) place_first_order(options, first_order);

    // Nothing else that lies there is touched.
    options.directory /= "oms_bench.tmp";
    std::filesystem::remove_all(options.directory);
    std::filesystem::create_directories(options.directory);
    Report report(json ? Form::json : markdown ? Form::markdown : Form::text, options);
    for (const Part& part : parts)
        if (chosen.empty() || std::find(chosen.begin(), chosen.end(), part.name) != chosen.end())
            report.add(part.run(options));
    report.end();
    std::filesystem::remove_all(options.directory);
    return 0;
}
