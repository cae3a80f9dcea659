// SPDX-License-Identifier: Apache-2.0
#include "battery.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace oms::simulation {

namespace {

// For the handler below, which may run in the middle of anything.
volatile std::uint64_t seed_now = 0;
const Simulation* playing = nullptr;

void say_where_it_ended(int signal) {
    std::fprintf(stderr, "signal %d; repeat it with\n  oms_simulation --seed %llu --steps %llu\n",
                 signal, static_cast<unsigned long long>(seed_now),
                 static_cast<unsigned long long>(playing == nullptr ? 0 : playing->step_now()));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

std::string one_line(std::string text) {
    for (char& letter : text)
        if (letter == '\n' || letter == '\t') letter = ' ';
    return text;
}

/// A failure as a line: step, invariant, sentence.
std::string to_line(std::uint64_t seed, std::uint64_t step, const std::string& invariant,
                    const std::string& sentence) {
    return fmt::format("{}\t{}\t{}\t{}", seed, step, invariant, one_line(sentence));
}

Failure from_line(const std::string& line, Script script) {
    std::istringstream in(line);
    std::string seed;
    std::string step;
    Failure failure;
    std::getline(in, seed, '\t');
    std::getline(in, step, '\t');
    std::getline(in, failure.invariant, '\t');
    std::getline(in, failure.sentence);
    script.seed = std::strtoull(seed.c_str(), nullptr, 10);
    script.steps = std::strtoull(step.c_str(), nullptr, 10);
    failure.script = std::move(script);
    return failure;
}

std::string read_all(int from) {
    std::string text;
    char piece[4096];
    while (true) {
        const ssize_t size = ::read(from, piece, sizeof piece);
        if (size <= 0) return text;
        text.append(piece, static_cast<std::size_t>(size));
    }
}

void write_all(int to, const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t size = ::write(to, text.data() + written, text.size() - written);
        if (size <= 0) return;
        written += static_cast<std::size_t>(size);
    }
}

struct Child {
    pid_t process = 0;
    int pipe = -1;
};

/// Runs the work in a process of its own; what it returns can be read from the pipe.
template <class Work>
Child start(Work work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("there is no pipe");
    std::fflush(nullptr);
    const pid_t process = ::fork();
    if (process < 0) throw std::runtime_error("there is no process");
    if (process == 0) {
        ::close(ends[0]);
        write_all(ends[1], work());
        std::fflush(nullptr);
        ::_exit(0);
    }
    ::close(ends[1]);
    return {process, ends[0]};
}

/// What the child wrote, and whether it came to its end.
std::pair<std::string, bool> wait_for(const Child& child) {
    std::string text = read_all(child.pipe);
    ::close(child.pipe);
    int status = 0;
    ::waitpid(child.process, &status, 0);
    return {std::move(text), WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

/// One job of the battery: every so many-th seed.
std::string play_share(const Plan& plan, unsigned job) {
    Figures figures;
    std::string lines;
    unsigned failures = 0;
    for (std::uint64_t at = job; at < plan.seeds && failures < plan.most_failures;
         at += plan.jobs) {
        Script script;
        script.seed = plan.first_seed + at;
        script.steps = plan.steps;
        script.without = plan.without;
        std::uint64_t frames = 0;
        std::optional<Failure> failure = play(script, figures, frames);
        if (!failure && plan.twice_each != 0 && at % plan.twice_each == 0) {
            Figures ignored;
            std::uint64_t again = 0;
            failure = play(script, ignored, again);
            if (!failure && again != frames)
                failure = Failure{script, "same_seed_same_frames", "it wrote other frames"};
        }
        if (failure) {
            const auto& stops = plan.stops_at;
            const bool wanted =
                std::find(stops.begin(), stops.end(), failure->invariant) != stops.end();
            if (wanted) failures = plan.most_failures;
            if (stops.empty()) ++failures;
            figures.add("broken");
            figures.add("broken " + failure->invariant);
            std::fprintf(stderr, "%s\n", failure->text().c_str());
            lines +=
                "!" +
                to_line(script.seed, failure->script.steps, failure->invariant, failure->sentence) +
                "\n";
        } else if (plan.show_frames) {
            lines += fmt::format("?{:>6} {:016x}\n", script.seed, frames);
        }
    }
    return lines + figures.write();
}

}  // namespace

std::string Failure::text() const {
    return fmt::format("seed {}, step {}: {}\nrepeat it with\n  {}", script.seed, script.steps,
                       sentence, script.command());
}

std::optional<Failure> play(const Script& script, Figures& figures, std::uint64_t& frames) {
    seed_now = script.seed;
    std::signal(SIGABRT, say_where_it_ended);
    std::signal(SIGSEGV, say_where_it_ended);
    std::optional<Failure> failure;
    auto simulation = std::make_unique<Simulation>(script);
    playing = simulation.get();
    Script until = script;
    try {
        simulation->play();
    } catch (const Broken& broken) {
        until.steps = simulation->step_now();
        failure = Failure{until, broken.name(), broken.what()};
    } catch (const std::exception& thrown) {
        until.steps = simulation->step_now();
        failure = Failure{until, "exception", thrown.what()};
    }
    figures.read(simulation->figures().write());
    frames = simulation->frames();
    playing = nullptr;
    return failure;
}

std::optional<Failure> play_apart(const Script& script) {
    const Child child = start([&] {
        Figures ignored;
        std::uint64_t frames = 0;
        std::freopen("/dev/null", "w", stderr);
        const std::optional<Failure> failure = play(script, ignored, frames);
        return failure ? to_line(script.seed, failure->script.steps, failure->invariant,
                                 failure->sentence)
                       : std::string();
    });
    const auto [text, ended] = wait_for(child);
    if (!ended) return Failure{script, "signal", "it ended with a signal"};
    if (text.empty()) return std::nullopt;
    return from_line(text, script);
}

std::vector<Failure> play_all(const Plan& plan, Figures& figures) {
    std::vector<Child> children;
    for (unsigned job = 0; job < plan.jobs; ++job)
        children.push_back(start([&, job] { return play_share(plan, job); }));
    std::vector<Failure> failures;
    std::vector<std::string> frames;
    Script script;
    script.without = plan.without;
    for (const Child& child : children) {
        const auto [text, ended] = wait_for(child);
        std::istringstream lines(text);
        std::string rest;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("!"))
                failures.push_back(from_line(line.substr(1), script));
            else if (line.starts_with("?"))
                frames.push_back(line.substr(1));
            else
                rest += line + "\n";
        }
        figures.read(rest);
        if (ended) continue;
        figures.add("broken");
        failures.push_back({script, "signal", "a job ended with a signal, see above"});
    }
    std::sort(frames.begin(), frames.end());
    for (const std::string& line : frames) std::printf("%s\n", line.c_str());
    return failures;
}

}  // namespace oms::simulation
