// SPDX-License-Identifier: Apache-2.0
#include "life.hpp"

#include "invariants/invariant.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/snapshot_files.hpp"
#include "talk.hpp"
#include "virtual_files.hpp"

#include <cstdio>

namespace oms::simulation {

runtime::SqliteJournalOptions journal_options(test::VirtualDisk& disk, std::uint64_t seed) {
    runtime::SqliteJournalOptions options;
    options.directory = disk.root() + "/journal";
    options.directory_access = test::make_virtual_directory(disk, options.directory);
    options.vfs = test::virtual_vfs();
    options.segment_bytes = options.first_segment_bytes = 64U << 10U;
    options.background = false;
    char id[33];
    std::snprintf(id, sizeof id, "%032llx", static_cast<unsigned long long>(seed));
    options.id = id;
    return options;
}

Result<std::unique_ptr<runtime::Journal>> Life::open_journal() {
    auto opened = runtime::SqliteJournal::open(journal_options(world_.disk, world_.seed));
    if (!opened) return tl::unexpected(opened.error());
    const std::string wrong = world_.witness.compare(**opened);
    // With the power gone nothing can be read, and nothing is said by that.
    if (!world_.disk.is_dark()) complaint_ = wrong;
    if (!wrong.empty()) return fail(1, "journal", wrong, "see the simulation");
    journal_ = opened->get();
    world_.recovered_seq = journal_->last_seq();
    return witnessed(std::move(*opened), world_.witness);
}

runtime::Options Life::options() {
    runtime::Options options;
    options.config = OMS_SIMULATION_PRODUCT;
    options.in_memory = true;
    options.plugin_path = {OMS_SIMULATION_PLUGINS};
    options.plugins = {simulated_line()};
    options.clock = &world_.clock;
    options.control_socket = false;
    options.threads = false;
    options.open_journal = [this] { return open_journal(); };
    options.on_fatal = [this](const Error& error) {
        ended_ = true;
        last_word_ = to_text(error);
    };
    options.log = [](std::string_view line) {
        if (talks()) std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
    };
    return options;
}

std::unique_ptr<Life> Life::begin(World& world) {
    std::unique_ptr<Life> life(new Life(world));
    Exchange::current() = &world.exchange;
    test::seed_sqlite(static_cast<std::uint32_t>(world.seed * 1000 + world.life));
    ++world.life;
    auto opened = runtime::Runtime::open(life->options());
    if (!life->complaint_.empty()) throw Broken("acknowledged_is_kept", life->complaint_);
    if (!opened) {
        if (world.disk.is_dark()) return nullptr;
        throw Broken("opens_after_any_end", yaml::to_text(opened.error()));
    }
    life->runtime_ = std::move(*opened);
    life->note_begun_with();
    const Status started = life->runtime_->start();
    if (!started) {
        if (world.disk.is_dark()) return nullptr;
        throw Broken("opens_after_any_end", to_text(started.error()));
    }
    life->clients_ = life->runtime_->port("clients");
    life->reader_ = life->runtime_->port("reader");
    life->hooks_ = life->runtime_->port("hooks");
    world.names = Names::read(*life->reader_);
    return life;
}

Life::~Life() {
    clients_.reset();
    reader_.reset();
    hooks_.reset();
    runtime_.reset();
    world_.exchange.lines.clear();
}

void Life::keep_house() {
    // An error shows when something is next appended.
    static_cast<void>(journal_->maintain());
}

void Life::make_snapshot() {
    if (world_.disk.is_dark()) return;
    const Result<std::uint64_t> made = runtime_->make_snapshot();
    if (!made) {
        const bool is_full = made.error().code == runtime::error_journal_full;
        if (!world_.disk.is_dark() && !is_full)
            throw Broken("snapshots_are_the_fold", to_text(made.error()));
        world_.figures.add(is_full ? "snapshots without room" : "snapshots cut");
        // It may have come as far as to take a damaged one's place.
        world_.snapshots.damaged.clear();
        return;
    }
    if (*made == 0) return;
    world_.figures.add("snapshots made");
    const auto reader =
        runtime::SnapshotReader::open(*journal_->place(), runtime::snapshot_name(*made));
    if (!reader && world_.disk.is_dark()) return;
    if (!reader) throw Broken("snapshots_are_the_fold", to_text(reader.error()));
    world_.snapshots.made.push_back({*made, runtime::to_hex(reader->facts().state_hash)});
    world_.snapshots.damaged.erase(*made);
}

std::uint64_t Life::counter(std::string_view wanted) const {
    for (const auto& [name, value] : runtime_->status().counters)
        if (name == wanted) return value;
    return 0;
}

void Life::note_begun_with() {
    Snapshots& snapshots = world_.snapshots;
    snapshots.begun_with = counter("snapshot_seq");
    if (snapshots.begun_with != 0) world_.figures.add("snapshots begun with");
    if (!snapshots.damaged.empty() && *snapshots.damaged.rbegin() > snapshots.begun_with)
        world_.figures.add("snapshots passed over");
}

}  // namespace oms::simulation
