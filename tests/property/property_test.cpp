// SPDX-License-Identifier: Apache-2.0
// Random inputs by the thousand, and after each the invariants. A failure prints one line that
// repeats it.
#include "leave_figures.hpp"
#include "run.hpp"

#include <oms/sdk/codes.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace oms::test {
namespace {

#ifdef OMS_PROPERTY_LONG
constexpr std::uint64_t seeds = 50;
constexpr std::uint64_t steps = 3000;
#else
constexpr std::uint64_t seeds = 80;
constexpr std::uint64_t steps = 700;
#endif
constexpr std::uint64_t steps_between_full_checks = 50;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
    const char* given = std::getenv(variable);
    return given == nullptr ? otherwise : std::strtoull(given, nullptr, 10);
}

// For the handler below, which may run in the middle of anything.
volatile std::uint64_t seed_now = 0;
volatile std::uint64_t step_now = 0;

std::string how_to_repeat(std::uint64_t seed, std::uint64_t step) {
    return "OMS_PROPERTY_SEED=" + std::to_string(seed) +
           " OMS_PROPERTY_STEPS=" + std::to_string(step) + " build/dev/bin/oms_property_test";
}

void say_where_it_ended(int signal) {
    std::fprintf(stderr, "seed %llu ended in step %llu with signal %d; repeat it with\n  %s\n",
                 static_cast<unsigned long long>(seed_now),
                 static_cast<unsigned long long>(step_now), signal,
                 how_to_repeat(seed_now, step_now).c_str());
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void play(std::uint64_t seed, std::uint64_t count, Tally& tally) {
    seed_now = seed;
    step_now = 0;
    try {
        Run run(seed, tally);
        while (step_now < count) {
            step_now = step_now + 1;
            run.step();
            if (step_now % steps_between_full_checks == 0) run.check_all();
        }
        run.check_all();
    } catch (const std::exception& broken) {
        FAIL() << "seed " << seed << ", step " << step_now << ": " << broken.what()
               << "\nrepeat it with\n  " << how_to_repeat(seed, step_now);
    }
}

/// What must have happened at least once in all the seeds together.
std::vector<std::string> expected() {
    std::vector<std::string> all = {
        "sent again",       "retired",      "recalled",        "enquiry route",     "apportioned",
        "watch_set",        "offered",      "plugin at fault", "intent place",      "intent cancel",
        "intent amend",     "intent ask",   "intent signal",   "execution_changed", "source_set",
        "observation_read", "decided again"};
    for (const char* input :
         {"place_order", "amend_order", "cancel_order", "route_order", "cancel_route",
          "raise_event", "define", "post", "write_cell", "resolve_task", "set_halt",
          "advance_channel", "report", "adopt_order", "timer_due", "watch_hit", "retire_order",
          "begin_epoch", "amend_route"})
        all.push_back(std::string(input) + " accepted");
    for (const auto& report : sdk::report_names)
        all.push_back("report " + std::string(report.name) + " did something");
    for (const char* odd : {"executed", "reversed", "corrected", "restated", "offered", "answered"})
        all.push_back("report " + std::string(odd) + " is odd");
    for (const int code : {1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1014,
                           1017, 1018, 1019, 1020, 1021, 1022, 1023, 1025, 1027, 1028, 1029, 1030,
                           1031, 1032, 1034, 1035, 1037, 1038, 1041, 1042, 2001, 2003})
        all.push_back("OMS-" + std::to_string(code));
    return all;
}

TEST(Engine, KeepsItsInvariants) {
    std::signal(SIGABRT, say_where_it_ended);
    std::signal(SIGSEGV, say_where_it_ended);
    Tally tally;
    const std::uint64_t one = number_of("OMS_PROPERTY_SEED", 0);
    const std::uint64_t count = number_of("OMS_PROPERTY_STEPS", steps);
    if (one != 0) return play(one, count, tally);
    const std::uint64_t last = number_of("OMS_PROPERTY_SEEDS", seeds);
    for (std::uint64_t seed = 1; seed <= last; ++seed) {
        play(seed, count, tally);
        if (HasFatalFailure()) return;
    }
    if (std::getenv("OMS_PROPERTY_TALLY") != nullptr)
        for (const auto& [what, times] : tally.counts) std::cout << what << ": " << times << "\n";
    for (const std::string& what : expected())
        EXPECT_GT(tally[what], 0U) << "\"" << what << "\" never happened: the generator is mute";
    if (::testing::Test::HasFailure()) return;
    leave_figures(std::to_string(last) + " authors",
                  {{"inputs to the engine alone", last * count}});
}

}  // namespace
}  // namespace oms::test
