// SPDX-License-Identifier: Apache-2.0
// oms_hot_paths: each hot path a fixed number of times, for a tool that counts instructions.
//
// Callgrind collects within the functions called hot_... alone and leaves their sums one by one;
// check.py runs it and compares. Nothing here depends on time, on threads or on the processor.
#include "allocations.hpp"
#include "bare_loop.hpp"
#include "loaded_checks.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "script.hpp"

#include <cstdio>
#include <span>

namespace oms::bench {

/// What the paths work on; made before anything is counted.
struct HotPaths {
    explicit HotPaths(const Options& given)
        : options(given),
          script(options, {.live = options.live, .orders = options.orders, .to_the_end = false}),
          assembly(open_assembly(options, clock)) {
        play_opening(script, *assembly, clock, frame);
        const Names names([this](std::uint32_t of, std::string_view code) {
            return assembly->machine->find_reference(of, code);
        });
        checks = std::make_unique<LoadedChecks>(options);
        bare = std::make_unique<BareLoop>(assembly->machine->world(), checks->bindings(),
                                          quotes(names), script.inputs().size() / 4);
        our_now = their_now = clock.now();
        frame.clear();
    }

    void decide(const Stretch& stretch) {
        for (std::size_t at = stretch.first; at < stretch.first + stretch.count; ++at) {
            our_now += ns_between_inputs;
            if (assembly->machine->decide(script.inputs()[at], our_now, frame).code != 0)
                die("an input was refused");
        }
    }
    void decide_bare(const Stretch& stretch) {
        for (std::size_t at = stretch.first; at < stretch.first + stretch.count; ++at) {
            their_now += ns_between_inputs;
            if (bare->decide(script.inputs()[at], their_now, bare_frame) != 0)
                die("the bare loop refused an input");
        }
    }
    /// Decodes each decision of the day and gives it to `visit`.
    template <class Visit>
    void each_decision(Visit visit) {
        const Status read = reader.each(decided.bytes(), [&](const oms_batch& decision) -> Status {
            visit(decision);
            return {};
        });
        if (!read) die(to_text(read.error()));
    }

    Options options;
    runtime::VirtualClock clock{start_of_day};
    Script script;
    std::unique_ptr<runtime::Assembly> assembly;
    std::unique_ptr<LoadedChecks> checks;
    std::unique_ptr<BareLoop> bare;
    std::int64_t our_now = 0;
    std::int64_t their_now = 0;
    Frame frame;
    Frame bare_frame;

    FrameReader reader;
    Frame decided;  ///< the whole day behind the opening
    std::string encoded;
    std::unique_ptr<engine::Engine> follower;
    std::unique_ptr<runtime::SqliteJournal> journal;
    std::vector<std::byte> commit;
};

}  // namespace oms::bench

using oms::bench::HotPaths;

// Their names are in check.py and instructions.yaml, so they are not to be inlined or mangled.
extern "C" {
[[gnu::noinline]] void hot_share_order(HotPaths& hot) {
    hot.decide(hot.script.parts()[0].rounds[0]);
}
[[gnu::noinline]] void hot_share_order_bare(HotPaths& hot) {
    hot.decide_bare(hot.script.parts()[0].rounds[0]);
}
[[gnu::noinline]] void hot_shop_order(HotPaths& hot) {
    hot.decide(hot.script.parts()[1].rounds[0]);
}
[[gnu::noinline]] void hot_shop_order_bare(HotPaths& hot) {
    hot.decide_bare(hot.script.parts()[1].rounds[0]);
}
[[gnu::noinline]] void hot_decode(HotPaths& hot) {
    hot.each_decision([](const oms_batch&) {});
}
[[gnu::noinline]] void hot_encode(HotPaths& hot) {
    for (const oms_batch& input : hot.script.inputs()) {
        hot.encoded.clear();
        for (const oms_record& record : oms::sdk::Records(input)) oms::encode(record, hot.encoded);
    }
}
[[gnu::noinline]] void hot_replay(HotPaths& hot) {
    hot.each_decision([&](const oms_batch& decision) {
        if (!hot.follower->apply(decision)) oms::bench::die("a decision does not fold");
    });
}
[[gnu::noinline]] void hot_journal_append(HotPaths& hot) {
    constexpr std::uint64_t commands = 10;
    oms::runtime::JournalBatch batch;
    batch.first_seq = hot.journal->last_seq() + 1;
    batch.last_seq = hot.journal->last_seq() + commands;
    batch.epoch = hot.journal->epoch();
    batch.frame = hot.commit;
    if (const oms::Status status = hot.journal->append(batch); !status)
        oms::bench::die(to_text(status.error()));
}
}

namespace oms::bench {
namespace {

constexpr int commits = 200;
constexpr std::size_t bytes_a_commit = 1'280;

/// Runs the path, and tells how many inputs and allocations that were.
template <class Path>
void tell(const char* name, std::size_t inputs, Path path) {
    const std::uint64_t before = allocations();
    path();
    std::printf("%s %zu %llu\n", name, inputs,
                static_cast<unsigned long long>(allocations() - before));
}

/// The follower has the opening, as the day's decisions follow on it.
void prepare_follower(HotPaths& hot) {
    hot.follower = std::make_unique<engine::Engine>(engine::Bindings{});
    runtime::VirtualClock clock(start_of_day);
    const auto assembly = open_assembly(hot.options, clock);
    Frame opening;
    const auto fold = [&](std::string_view frame) {
        const Status folded = hot.reader.each(
            frame, [&](const oms_batch& decision) { return hot.follower->apply(decision); });
        if (!folded) die(to_text(folded.error()));
    };
    const Status read =
        assembly->backbone.journal->read(1, [&](const runtime::JournalCommit& commit) {
            fold({reinterpret_cast<const char*>(commit.frame.data()), commit.frame.size()});
            return true;
        });
    if (!read) die(to_text(read.error()));
    play_opening(hot.script, *assembly, clock, opening);
    fold(opening.bytes());
}

void prepare_journal(HotPaths& hot) {
    runtime::SqliteJournalOptions settings;
    settings.directory = (hot.options.directory / "journal").string();
    settings.first_segment_bytes = settings.segment_bytes;
    auto journal = runtime::SqliteJournal::open(settings);
    if (!journal) die(to_text(journal.error()));
    hot.journal = std::move(*journal);
    hot.commit.assign(bytes_a_commit, std::byte{'x'});
    for (int warm = 0; warm < 20; ++warm) hot_journal_append(hot);
}

void run(const Options& options) {
    HotPaths hot(options);
    const auto& parts = hot.script.parts();
    const auto order_life = [&](std::size_t part, const char* name, const char* bare_name,
                                auto path, auto bare_path) {
        hot.decide(parts[part].filling);
        tell(name, parts[part].rounds[0].count, [&] { path(hot); });
        hot.decide_bare(parts[part].filling);
        tell(bare_name, parts[part].rounds[0].count, [&] { bare_path(hot); });
    };
    order_life(0, "share_order", "share_order_bare", hot_share_order, hot_share_order_bare);
    order_life(1, "shop_order", "shop_order_bare", hot_shop_order, hot_shop_order_bare);
    hot.bare->compare(hot.assembly->machine->world());
    std::swap(hot.decided, hot.frame);
    const std::size_t inputs = hot.script.inputs().size();
    tell("decode", inputs, [&] { hot_decode(hot); });
    tell("encode", inputs, [&] { hot_encode(hot); });
    prepare_follower(hot);
    tell("replay", inputs, [&] { hot_replay(hot); });
    if (hot.follower->state_hash() != hot.assembly->machine->state_hash())
        die("the replay came to another state");
    prepare_journal(hot);
    for (int commit = 0; commit < commits; ++commit)
        tell("journal_append", 1, [&] { hot_journal_append(hot); });
    if (const Status status = hot.journal->close(); !status) die(to_text(status.error()));
}

}  // namespace
}  // namespace oms::bench

/// The folder that it may use is its argument.
int main(int count, char** arguments) {
    if (count != 2) oms::bench::die("say which folder it may use");
#ifdef __clang__
    std::printf("compiler clang %d.%d\n", __clang_major__, __clang_minor__);
#else
    std::printf("compiler gcc %d.%d\n", __GNUC__, __GNUC_MINOR__);
#endif
    oms::bench::Options options;
    options.directory = arguments[1];
    options.config = OMS_BENCH_CONFIG;
    options.live = 512;
    options.orders = 1'024;
    oms::bench::run(options);
    return 0;
}
