// SPDX-License-Identifier: Apache-2.0
// The engine alone, with real plugins loaded, in turns with the bare loop on the same inputs.
#include "allocations.hpp"
#include "bare_loop.hpp"
#include "instructions.hpp"
#include "loaded_checks.hpp"
#include "script.hpp"

namespace oms::bench {

namespace {

constexpr std::size_t inputs_a_frame = 256;

/// What a stretch of inputs took.
struct Taken {
    double seconds = 0;
    double allocations = 0;
    double instructions = 0;
    double bytes = 0;
};

/// Gives inputs to whoever decides them, and begins a new frame every so many.
class Player {
public:
    explicit Player(const Script& script) : script_(script) {}

    template <class Decide>
    Taken play(const Stretch& stretch, Decide decide) {
        std::size_t bytes = 0;
        const std::uint64_t allocated = allocations();
        const std::uint64_t instructions = instructions_.count();
        const Stopwatch watch;
        for (std::size_t at = stretch.first; at < stretch.first + stretch.count; ++at) {
            if (at % inputs_a_frame == 0) {
                bytes += frame_.size();
                frame_.clear();
            }
            now_ += ns_between_inputs;
            const std::uint32_t code = decide(script_.inputs()[at], now_, frame_);
            if (code != 0) die("an input was refused: " + code_text(code));
        }
        Taken taken;
        taken.seconds = watch.seconds();
        taken.allocations = static_cast<double>(allocations() - allocated);
        taken.instructions = static_cast<double>(instructions_.count() - instructions);
        taken.bytes = static_cast<double>(bytes + frame_.size());
        frame_.clear();
        return taken;
    }
    void begin_at(std::int64_t now) { now_ = now; }
    bool counts_instructions() const { return instructions_.works(); }

private:
    const Script& script_;
    Instructions instructions_;
    std::int64_t now_ = 0;
    Frame frame_;
};

/// The figures of one part of the script, a value a round.
struct Measured {
    Rounds rate;
    Rounds allocations;
    Rounds instructions;
    Rounds bytes;

    void add(double inputs, const Taken& ours, const Taken& theirs) {
        rate.add(inputs / ours.seconds, inputs / theirs.seconds);
        allocations.add(ours.allocations / inputs, theirs.allocations / inputs);
        instructions.add(ours.instructions / inputs, theirs.instructions / inputs);
        bytes.add(ours.bytes / inputs, theirs.bytes / inputs);
    }
};

void add_figures(Section& section, const Script::Part& part, const Measured& measured,
                 bool counts_instructions) {
    const std::string name =
        part.name + ", " + std::to_string(part.inputs_a_life) + " inputs a life";
    section.figures.push_back(figure(name, "inputs/s", measured.rate, "bare loop"));
    section.figures.push_back(
        figure(part.name + ", an input", "allocations", measured.allocations, "bare loop"));
    if (counts_instructions)
        section.figures.push_back(
            figure(part.name + ", an input", "instructions", measured.instructions, "bare loop"));
    section.figures.push_back(
        figure(part.name + ", a decision", "bytes", measured.bytes, "bare loop"));
}

}  // namespace

Section bench_kernel(const Options& options) {
    const Course course{options.live, options.orders, options.rounds, false};
    const Script script(options, course);
    runtime::VirtualClock clock(start_of_day);
    const auto assembly = open_assembly(options, clock);
    engine::Engine& engine = *assembly->machine;
    Frame opening;
    play_opening(script, *assembly, clock, opening);
    const Names names(
        [&](std::uint32_t of, std::string_view code) { return engine.find_reference(of, code); });
    const LoadedChecks checks(options);
    BareLoop bare(engine.world(), checks.bindings(), quotes(names), script.inputs().size() / 4);

    Player our_player(script);
    Player their_player(script);
    our_player.begin_at(clock.now());
    their_player.begin_at(clock.now());
    const auto ours = [&](const Stretch& stretch) {
        return our_player.play(stretch,
                               [&](const oms_batch& input, std::int64_t now, Frame& frame) {
                                   return engine.decide(input, now, frame).code;
                               });
    };
    const auto theirs = [&](const Stretch& stretch) {
        return their_player.play(stretch,
                                 [&](const oms_batch& input, std::int64_t now, Frame& frame) {
                                     return bare.decide(input, now, frame);
                                 });
    };

    Section section{
        "kernel",
        "Engine::decide in memory, on one thread: each request's key looked up, five checks of "
        "loaded plugins, lifecycle, routing, holds and books, the decision encoded. " +
            std::to_string(options.live) +
            " orders are alive: for each that is placed an older one is acknowledged, one goes on "
            "that was placed half of them ago, and one ends. Beside it, in turns on the same "
            "inputs: a loop written by hand for these orders alone, which calls the same checks "
            "and comes to the same counts, holds, balances and records.",
        {}};
    for (const Script::Part& part : script.parts()) {
        ours(part.filling);
        theirs(part.filling);
        Measured measured;
        for (const Stretch& round : part.rounds) {
            const Taken own = ours(round);
            measured.add(static_cast<double>(round.count), own, theirs(round));
        }
        add_figures(section, part, measured, our_player.counts_instructions());
    }
    bare.compare(engine.world());
    if (!our_player.counts_instructions())
        section.about +=
            " Instructions cannot be counted on this machine; ./dev bench --check counts them.";
    return section;
}

}  // namespace oms::bench
