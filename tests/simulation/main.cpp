// SPDX-License-Identifier: Apache-2.0
// oms_simulation: plays seeds, and says what broke and how to repeat it. README.md says more.
#include "battery.hpp"
#include "leave_figures.hpp"
#include "shrink.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace oms::simulation;

struct Wanted {
    Plan plan;
    std::uint64_t seed = 0;
    std::uint64_t times = 1;
    std::vector<std::string> without;
    std::vector<std::string> skip;
    std::vector<std::string> expect;
    std::string battery = "simulation";
    bool shrinks = false;
    unsigned tries = 300;
};

Script script_of(const Wanted& wanted) {
    Script script;
    script.seed = wanted.seed;
    script.steps = wanted.plan.steps;
    script.without = wanted.plan.without;
    for (const std::string& range : wanted.skip) {
        char* rest = nullptr;
        const std::uint64_t first = std::strtoull(range.c_str(), &rest, 10);
        const std::uint64_t last = *rest == '-' ? std::strtoull(rest + 1, nullptr, 10) : first;
        script.skip.emplace_back(first, last);
    }
    return script;
}

void say_shrunk(const Failure& failure, unsigned tries) {
    std::printf("shrinking ...\n");
    std::fflush(stdout);
    const Failure shortest = shrink(failure, tries);
    std::printf("%s\n", shortest.text().c_str());
}

int play_one(const Wanted& wanted) {
    Figures figures;
    std::uint64_t frames = 0;
    const Script script = script_of(wanted);
    if (wanted.shrinks) {
        const std::optional<Failure> failure = play_apart(script);
        if (!failure) return std::printf("it holds\n"), 0;
        std::printf("%s\n", failure->text().c_str());
        say_shrunk(*failure, wanted.tries);
        return 1;
    }
    const std::optional<Failure> failure = play(script, figures, frames);
    if (failure) return std::printf("%s\n", failure->text().c_str()), 1;
    std::printf("seed %llu holds; frames %016llx\n", static_cast<unsigned long long>(script.seed),
                static_cast<unsigned long long>(frames));
    std::fputs(figures.table(0).c_str(), stdout);
    return 0;
}

/// Every fault has to have struck: what never happens is not tested.
bool struck_all(const Wanted& wanted, const Figures& figures) {
    if (wanted.plan.seeds < 40 || !wanted.plan.without.empty()) return true;
    bool all = true;
    for (const char* what : {"snapshots made", "snapshots cut", "snapshots begun with",
                             "snapshots passed over", "orders read from the archive"}) {
        if (figures.of(what) > 0) continue;
        std::fprintf(stderr, "there were no %s: the simulation is mute\n", what);
        all = false;
    }
    for (const std::string_view name : fault_names) {
        if (figures.of("fault " + std::string(name)) > 0) continue;
        std::fprintf(stderr, "fault \"%.*s\" never struck: the simulation is mute\n",
                     static_cast<int>(name.size()), name.data());
        all = false;
    }
    return all;
}

/// Whether a build that is wrong on purpose was seen to be.
bool caught(const Wanted& wanted, const std::vector<Failure>& failures) {
    const auto& expect = wanted.expect;
    const auto seen = std::find_if(failures.begin(), failures.end(), [&](const Failure& failure) {
        return std::find(expect.begin(), expect.end(), failure.invariant) != expect.end();
    });
    const bool is_caught = seen != failures.end();
    if (is_caught)
        std::printf("caught, as it should be: %s\n", seen->sentence.c_str());
    else
        std::printf("%s was not seen to break\n", expect.front().c_str());
    oms::test::leave_figures(wanted.battery,
                             {{"builds that are wrong on purpose", 1},
                              {"builds that are wrong on purpose, and caught", is_caught}});
    return is_caught;
}

int play_many(const Wanted& wanted) {
    const auto start = std::chrono::steady_clock::now();
    Figures figures;
    const std::vector<Failure> failures = play_all(wanted.plan, figures);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (!wanted.expect.empty()) return caught(wanted, failures) ? 0 : 1;
    oms::test::leave_figures(wanted.battery, figures.promised());
    std::fputs(figures.table(seconds).c_str(), stdout);
    if (wanted.shrinks && !failures.empty()) say_shrunk(failures.front(), wanted.tries);
    return failures.empty() && struck_all(wanted, figures) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Wanted wanted;
    CLI::App app("Plays the kernel through simulated days: lives, parties and power cuts.");
    app.add_option("--seed", wanted.seed, "one seed alone");
    app.add_option("--first", wanted.plan.first_seed, "the first of several seeds");
    app.add_option("--seeds", wanted.plan.seeds, "how many");
    app.add_option("--steps", wanted.plan.steps, "steps of each seed");
    app.add_option("--times", wanted.times, "so many times as many seeds");
    app.add_option("--jobs", wanted.plan.jobs, "processes")->check(CLI::Range(1, 64));
    app.add_option("--without", wanted.without, "faults to leave out")->delimiter(',');
    app.add_option("--skip", wanted.skip, "steps to leave out: FIRST-LAST,...")->delimiter(',');
    app.add_option("--expect", wanted.expect, "succeed when one of these invariants breaks")
        ->delimiter(',');
    app.add_option("--twice-each", wanted.plan.twice_each, "play every so many-th seed twice");
    app.add_option("--battery", wanted.battery, "the name under which it leaves its figures");
    app.add_flag("--frames", wanted.plan.show_frames, "one number for the frames of each seed");
    app.add_flag("--shrink", wanted.shrinks, "make the first failure shorter");
    app.add_option("--tries", wanted.tries, "scripts to try for that");
    CLI11_PARSE(app, argc, argv);
    if (const char* times = std::getenv("OMS_SIMULATION_TIMES"))
        wanted.times = std::max<std::uint64_t>(std::strtoull(times, nullptr, 10), 1);
    wanted.plan.seeds *= wanted.times;
    if (!wanted.expect.empty()) wanted.plan.stops_at = wanted.expect;
    for (const std::string& name : wanted.without) {
        const std::optional<Fault> fault = fault_named(name);
        if (!fault) {
            std::fprintf(stderr, "there is no fault \"%s\"; see faults.def\n", name.c_str());
            return 2;
        }
        wanted.plan.without.push_back(*fault);
    }
    return wanted.seed != 0 ? play_one(wanted) : play_many(wanted);
}
