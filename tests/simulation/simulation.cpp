// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include "rot.hpp"
#include "shown.hpp"
#include "talk.hpp"

#include <algorithm>
#include <cstdio>

namespace oms::simulation {

namespace {

/// The more expensive looks come so often.
constexpr std::uint64_t steps_between_looks = 250;
/// Rounds in which everything that is under way comes to its end, and the time that each takes.
/// What was repeated often takes longer, until nothing is decided for some rounds.
constexpr int rounds_of_rest = 50;
constexpr int most_rounds_of_rest = 500;
constexpr int rounds_that_stand = 10;
constexpr int rots_in_the_end = 3;
constexpr std::int64_t round_of_rest_ns = 8 * ns_per_second;

Weather weather_of(const Script& script) {
    Weather weather = Weather::of(script.seed);
    for (const Fault fault : script.without) weather.leave_out(fault);
    return weather;
}

}  // namespace

bool Script::skips(std::uint64_t step) const {
    return std::any_of(skip.begin(), skip.end(), [&](const auto& range) {
        return range.first <= step && step <= range.second;
    });
}

std::string Script::command() const {
    std::string command =
        "oms_simulation --seed " + std::to_string(seed) + " --steps " + std::to_string(steps);
    for (std::size_t i = 0; i < without.size(); ++i) {
        command += i == 0 ? " --without " : ",";
        command += fault_names[static_cast<std::size_t>(without[i])];
    }
    for (std::size_t i = 0; i < skip.size(); ++i) {
        command += i == 0 ? " --skip " : ",";
        command += std::to_string(skip[i].first) + "-" + std::to_string(skip[i].second);
    }
    return command;
}

Simulation::Simulation(const Script& script)
    : script_(script),
      world_(script.seed, weather_of(script)),
      invariants_(make_invariants(world_)),
      clients_(world_, [this](const Asked& asked, const Told& told) {
          for (const auto& invariant : invariants_) invariant->answered(asked, told);
      }) {
    world_.exchange.on_sent = [this](const Sent& sent) {
        read();  // what a line was shown by now
        world_.figures.add("sent");
        if (talks())
            std::fprintf(stderr, "-> %s action=%u route=%llu number=%llu\n",
                         sent.party->name().c_str(), sent.intent.action,
                         static_cast<unsigned long long>(sent.intent.route),
                         static_cast<unsigned long long>(sent.intent.out_seq));
        for (const auto& invariant : invariants_) invariant->sent(sent);
    };
    world_.state_hash = [this] { return state_hash(); };
    world_.query = [this](const oms_query& asked, sdk::Batch& rows) { return query(asked, rows); };
}

void Simulation::play() {
    world_.figures.add("seeds");
    while (step_ < script_.steps) {
        ++step_;
        if (!script_.skips(step_)) step();
    }
    come_to_rest();
}

Moment& Simulation::begin_moment(std::uint64_t step) {
    moment_.emplace(Moment{Chance(test::scatter(script_.seed, step)), world_.clock.now(),
                           &world_.weather, &world_.figures});
    world_.exchange.moment = &*moment_;
    return *moment_;
}

void Simulation::step() {
    world_.figures.add("steps");
    Moment& moment = begin_moment(step_);
    if (talks()) std::fprintf(stderr, "step %llu\n", static_cast<unsigned long long>(step_));
    if (life_ == nullptr) begin_life(moment);
    if (life_ == nullptr) return;
    act(moment);
    if (life_ == nullptr) return;  // it was to start again, and the power went
    if (life_->is_over()) return end_life(moment, true);
    read();
    if (step_ % steps_between_looks == 0) look();
    if (life_->is_over()) end_life(moment, true);
}

void Simulation::act(Moment& moment) {
    const std::uint32_t dice = moment.chance.small(100);
    if (dice < 24) {
        life_->runtime().step();
    } else if (dice < 46) {
        clients_.act(life_->clients(), moment);
    } else if (dice < 60) {
        const std::vector<Line*> lines = world_.exchange.lines;
        const bool all = moment.chance.one_in(4);
        const std::size_t one = moment.chance.below(lines.size());
        for (std::size_t at = 0; at < lines.size() && !life_->is_over(); ++at)
            if (all || at == one) cycle(*lines[at]);
    } else if (dice < 76) {
        world_.parties[moment.chance.below(world_.parties.size())].act(moment);
    } else if (dice < 80) {
        deliver_hook(moment);
    } else if (dice < 89) {
        world_.clock.pass(moment.chance.one_in(40) ? moment.chance.between(1, 120) * ns_per_second
                                                   : moment.chance.between(1, 100) * ns_per_ms);
    } else if (dice < 92) {
        observe(moment);
    } else if (dice < 95) {
        clients_.take_answers(life_->clients());
    } else if (dice < 97) {
        life_->keep_house();
        if (moment.chance.one_in(2)) life_->make_snapshot();
    } else {
        misbehave(moment);
    }
}

/// What the surroundings do, where the seed has it.
void Simulation::misbehave(Moment& moment) {
    if (moment.strikes(Fault::halt, 3)) return clients_.halt(life_->clients(), moment);
    if (moment.strikes(Fault::rush, 8)) return clients_.rush(life_->clients(), moment);
    if (moment.strikes(Fault::restart, 12)) return end_life(moment, false), begin_life(moment);
    if (moment.strikes(Fault::clock_jumps, 4))
        return world_.clock.pass(moment.chance.between(-900, 900) * ns_per_second);
    if (moment.strikes(Fault::disk_fills, 6)) {
        disk_is_full_until_ = step_ + 5 + moment.chance.below(60);
        world_.disk.free_bytes = 1000;
        return;
    }
    if (world_.disk.free_bytes < 10'000 && step_ > disk_is_full_until_)
        world_.disk.free_bytes = std::uint64_t{1} << 40;
    Party& party = world_.parties[moment.chance.below(world_.parties.size())];
    if (party.is_down())
        party.set_down(false);
    else if (moment.strikes(Fault::disconnect, 2))
        party.set_down(true);
}

// ---- lives --------------------------------------------------------------------------------------

void Simulation::arm_power_cut(Moment& moment) {
    if (!world_.weather.has(Fault::power_cut) || moment.chance.one_in(12)) return;
    world_.disk.cut_in(1 + moment.chance.below(moment.chance.one_in(5) ? 150 : 700));
}

void Simulation::begin_life(Moment& moment) {
    arm_power_cut(moment);
    world_.figures.add("lives");
    life_ = Life::begin(world_);
    if (life_ == nullptr || life_->is_over()) {
        world_.figures.add("cuts while opening");
        return end_life(moment, true);
    }
    for (const auto& invariant : invariants_) invariant->lived();
    read();
    // What was halted durably still is; what was only asked for went with the process.
    world_.halts_in_force = world_.ledger.halts;
    look();
    if (life_->is_over()) end_life(moment, true);
}

/// The kernel has ended, but what it showed may still be taken: by then it is durable, or it must
/// not be there.
void Simulation::last_breath() {
    const std::vector<Line*> lines = world_.exchange.lines;
    for (Line* line : lines) cycle(*line);
    clients_.take_answers(life_->clients());
    read();
}

void Simulation::end_life(Moment& moment, bool cut) {
    if (cut && !world_.disk.is_dark())
        throw Broken("goes_on_while_the_disk_does",
                     life_ == nullptr ? "it did not open" : life_->last_word());
    if (life_ != nullptr) last_breath();
    if (life_ != nullptr)
        world_.figures.add("orders read from the archive", life_->read_from_archive());
    life_.reset();
    clients_.process_died();
    const bool dark = world_.disk.is_dark();
    if (cut || dark) {
        world_.figures.add(Fault::power_cut);
        const auto aftermath = static_cast<test::Aftermath>(moment.chance.below(test::aftermaths));
        const std::uint64_t sector = moment.chance.one_in(2) ? 512 : 4096;
        world_.figures.add(std::string("cuts, ") + test::name_of(aftermath));
        world_.disk.cut(aftermath, sector, moment.chance);
    } else {
        world_.disk.cut_in(0);
        // After a power cut the mark may be behind, and what it cannot speak of could be cut
        // unseen.
        if (moment.strikes(Fault::rot, 2)) check_rot(moment);
    }
    if (moment.strikes(Fault::rot_snapshot, 2)) {
        const std::string done = damage_snapshot(world_, moment.chance);
        world_.figures.add("rot: " + (done.empty() ? "no snapshot to damage" : done));
    }
}

void Simulation::check_rot(Moment& moment) {
    const std::string kind = tamper_and_open(world_, moment.chance);
    world_.figures.add("rot: " + kind);
}

// ---- turns --------------------------------------------------------------------------------------

void Simulation::read() {
    life_->reader().read(OMS_READ_ALL, 0, read_seq_, 0, [&](const oms_batch& decision) {
        if (talks()) std::fprintf(stderr, "%s\n", test::shown(decision).c_str());
        world_.ledger.take(decision);
        world_.figures.add("decisions");
        for (const oms_record& record : sdk::Records(decision)) {
            if (const auto* line = sdk::as<oms_line_opened>(record)) {
                std::int64_t& most = world_.most_asked[line->order][line->line];
                most = std::max(most, line->ordered);
            } else if (const auto* moved = sdk::as<oms_transferred>(record)) {
                if (moved->from == world_.names.adjustments)
                    world_.deposited[{moved->to, moved->asset}] += moved->amount;
            } else if (const auto* shelved = sdk::as<oms_order_shelved>(record)) {
                world_.figures.add(shelved->shelf == OMS_shelf_retired ? "orders retired"
                                                                       : "orders recalled");
            }
        }
        for (const auto& invariant : invariants_) invariant->decided(decision);
        return OMS_OK;
    });
}

void Simulation::cycle(Line& line) {
    try {
        line.cycle();
    } catch (const sdk::HostStopped&) {
        // The process ended in the middle of its question.
        if (!life_->is_over()) throw Broken("goes_on_while_the_disk_does", "a line was stopped");
    }
}

void Simulation::observe(Moment& moment) {
    std::vector<oms_observation> values;
    for (const std::uint32_t source : {world_.names.source_alpha, world_.names.source_beta}) {
        oms_observation value = sdk::make<oms_observation>();
        value.product = moment.chance.one_in(2) ? world_.names.acme : world_.names.globex;
        value.source = source;
        value.time = world_.clock.now();
        value.field = sdk::observed::ask;
        value.value = 1000 + moment.chance.between(0, 30);
        values.push_back(value);
        value.field = sdk::observed::bid;
        value.value = 1000 - moment.chance.between(1, 30);
        values.push_back(value);
        value.field = sdk::observed::last;
        value.value = 1000;
        values.push_back(value);
    }
    static_cast<void>(life_->clients().observe(values));
}

/// At least once: a hook that was answered is done with, any other comes again.
void Simulation::deliver_hook(Moment& moment) {
    for (Party& party : world_.parties) {
        if (!party.has_hooks() || party.is_down()) continue;
        auto& hooks = party.hooks();
        life_->hooks().take_answers(0, [&](const oms_answer& answer) {
            std::erase_if(hooks, [&](const Said& said) { return said.number == answer.token; });
        });
        if (hooks.empty()) continue;
        const bool any = world_.weather.has(Fault::reorder);
        const Said* said = &hooks[any ? moment.chance.below(hooks.size()) : 0];
        // The last word on a route does not overtake what was done there.
        const auto before = std::find_if(hooks.begin(), hooks.end(), [&](const Said& other) {
            return said->execution.empty() && !other.execution.empty() &&
                   other.route == said->route;
        });
        if (before != hooks.end()) said = &*before;
        sdk::Batch input;
        write_report(*said, world_.names.acquirer, input);
        world_.figures.add("hooks");
        static_cast<void>(life_->hooks().submit(input.view(), said->number));
    }
}

void Simulation::deliver_all_hooks(Moment& moment) {
    for (Party& party : world_.parties) {
        for (std::size_t left = 2 * party.hooks().size(); left > 0; --left) {
            deliver_hook(moment);
            life_->runtime().step();
        }
    }
}

void Simulation::look() {
    for (const auto& invariant : invariants_) {
        if (life_->is_over()) return;
        invariant->looked();
    }
}

std::string Simulation::state_hash() {
    if (!life_->runtime().settle()) return {};
    read();
    // What the ring has no more is read from the disk, and with the power gone it is not.
    if (world_.disk.is_dark()) return {};
    std::string hash = life_->runtime().state_hash();
    return life_->is_over() ? std::string() : hash;
}

bool Simulation::query(const oms_query& query, sdk::Batch& rows) {
    const Result<runtime::Reply> reply = life_->reader().ask(query);
    if (!reply) return false;
    rows.append(reply->records.view());
    return true;
}

// ---- the end ------------------------------------------------------------------------------------

void Simulation::finish_a_round(Moment& moment) {
    const Status settled = life_->runtime().settle();
    if (!settled) throw Broken("goes_on_while_the_disk_does", to_text(settled.error()));
    const std::vector<Line*> lines = world_.exchange.lines;
    for (Line* line : lines) cycle(*line);
    for (Party& party : world_.parties) party.come_to_rest(moment);
    deliver_all_hooks(moment);
    clients_.take_answers(life_->clients());
    read();
}

/// The weather clears, the process starts once more, and everybody finishes what is under way.
void Simulation::come_to_rest() {
    world_.weather.clear();
    world_.clock.catch_up();
    world_.disk.free_bytes = std::uint64_t{1} << 40;
    Moment& moment = begin_moment(script_.steps + 1);
    world_.disk.cut_in(0);
    for (Party& party : world_.parties) party.set_down(false);
    if (life_ != nullptr) end_life(moment, false);
    begin_life(moment);
    clients_.resume_all(life_->clients());
    int quiet = 0;
    for (int round = 0;
         round < rounds_of_rest || (quiet < rounds_that_stand && round < most_rounds_of_rest);
         ++round) {
        const std::uint64_t before = world_.witness.acknowledged_seq();
        finish_a_round(moment);
        quiet = world_.witness.acknowledged_seq() == before ? quiet + 1 : 0;
        world_.clock.pass(round_of_rest_ns);
        moment.now = world_.clock.now();
    }
    // What the last moments set off is finished while the clock stands.
    for (int round = 0; round < rounds_that_stand; ++round) finish_a_round(moment);
    look();
    for (const auto& invariant : invariants_) invariant->ended();
    world_.figures.add("acknowledged bytes", world_.witness.appended_bytes);
    world_.figures.add("orders read from the archive", life_->read_from_archive());
    life_.reset();
    for (int tries = 0; tries < rots_in_the_end; ++tries) check_rot(moment);
    const test::CutFigures& cuts = world_.disk.figures();
    world_.figures.add("calls to the disk", world_.disk.calls());
    world_.figures.add("writes lost", cuts.writes_lost);
    world_.figures.add("writes torn", cuts.writes_torn);
    world_.figures.add("names undone", cuts.names_undone);
}

}  // namespace oms::simulation
