// SPDX-License-Identifier: Apache-2.0
// A day of orders is written into a journal with real plugins, and then opened: from its snapshot,
// and from its beginning. Both come to the state that the day ended with.
#include "leave_figures.hpp"
#include "runtime/journal/sqlite_journal.hpp"
#include "runtime/snapshot/snapshot_keeper.hpp"
#include "script.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

namespace oms::bench {
namespace {

using runtime::JournalCommit;
using runtime::SqliteJournal;
using runtime::SqliteJournalOptions;

#ifdef OMS_OPENING_LONG
constexpr std::uint64_t usual_orders = 1'000'000;
#else
constexpr std::uint64_t usual_orders = 20'000;
#endif
/// So many orders are under way at a time.
constexpr std::uint64_t window = 1'000;
constexpr std::size_t frame_bytes = std::size_t{64} << 10;
constexpr double seconds_at_most = 5;

std::uint64_t wanted_orders() {
    const char* given = std::getenv("OMS_OPENING_ORDERS");
    return given == nullptr ? usual_orders : std::strtoull(given, nullptr, 10);
}

class Watch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Decides share orders from their placing to their end, and appends what was decided.
class Day {
public:
    Day(const Options& options, runtime::Journal& journal)
        : journal_(journal),
          assembly_(open_assembly(options, clock_)),
          names_([this](std::uint32_t of, std::string_view code) {
              return assembly_->machine->find_reference(of, code);
          }),
          shares_(names_),
          first_seq_(1) {
        const Status read = assembly_->backbone.journal->read(1, [&](const JournalCommit& commit) {
            write(commit.frame, commit.last_seq);
            return true;
        });
        EXPECT_TRUE(read);
        prepare(names_, [this](const sdk::Batch& input) { give(input); });
        for (const oms_observation& quote : quotes(names_)) assembly_->machine->observe(quote);
    }

    void play(std::uint64_t orders) {
        for (std::uint64_t first = 0; first < orders; first += window)
            play_window(first, std::min(window, orders - first));
        flush();
    }

    std::string state_hash() const { return assembly_->machine->state_hash(); }

private:
    engine::Outcome give(const sdk::Batch& input) {
        clock_.move_to(clock_.now() + ns_between_inputs);
        const auto outcome = assembly_->machine->decide(input.view(), clock_.now(), frame_);
        if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
        if (frame_.size() >= frame_bytes) flush();
        return outcome;
    }

    void flush() {
        if (frame_.empty()) return;
        write(std::as_bytes(std::span(frame_.data(), frame_.size())), assembly_->machine->seq());
        frame_.clear();
    }

    void write(std::span<const std::byte> frame, std::uint64_t last_seq) {
        runtime::JournalBatch batch;
        batch.first_seq = first_seq_;
        batch.last_seq = last_seq;
        batch.epoch = journal_.epoch();
        batch.frame = frame;
        if (const Status status = journal_.append(batch); !status) die(to_text(status.error()));
        first_seq_ = batch.last_seq + 1;
    }

    void report(std::uint64_t id, std::uint32_t type, const std::string& reference,
                std::int64_t quantity) {
        const Order& order = *assembly_->machine->world().orders.find(id);
        auto head = sdk::make<oms_report>();
        head.type = type;
        head.route = order.routes.at(0);
        head.line = OMS_WHOLE_ORDER;
        if (type == OMS_report_acked) head.external_ref = sdk::text(reference);
        if (type == OMS_report_executed) {
            head.execution_ref = sdk::text(reference);
            head.product = order.lines[0].product;
            head.quantity = quantity;
            head.price = 999;
        }
        sdk::Batch input;
        input.add(head);
        give(input);
    }

    void play_window(std::uint64_t first, std::uint64_t count) {
        const std::uint64_t first_order = assembly_->machine->world().next.order;
        for (std::uint64_t i = 0; i < count; ++i) give(shares_.place(first + i));
        const auto each = [&](const auto& stage) {
            for (std::uint64_t i = 0; i < count; ++i)
                stage(first_order + i, std::to_string(first + i));
        };
        each([&](std::uint64_t id, const std::string& number) {
            report(id, OMS_report_acked, "venue-" + number, 0);
        });
        each([&](std::uint64_t id, const std::string& number) {
            report(id, OMS_report_executed, "a-" + number, 40);
        });
        each([&](std::uint64_t id, const std::string& number) {
            report(id, OMS_report_executed, "b-" + number, 60);
        });
    }

    runtime::Journal& journal_;
    runtime::VirtualClock clock_{start_of_day};
    std::unique_ptr<runtime::Assembly> assembly_;
    Names names_;
    ShareOrders shares_;
    Frame frame_;
    std::uint64_t first_seq_;
};

class Opening : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "oms-opening-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        options_.directory = name;
        options_.config = OMS_BENCH_CONFIG;
    }
    void TearDown() override {
        std::error_code ignored;
        std::filesystem::remove_all(options_.directory, ignored);
    }

    std::unique_ptr<SqliteJournal> open() {
        SqliteJournalOptions settings;
        settings.directory = (options_.directory / "journal").string();
        // Also the smallest day has segments that are sealed.
        if (orders_ < 100'000) settings.segment_bytes = std::uint64_t{1} << 20;
        Result<std::unique_ptr<SqliteJournal>> journal = SqliteJournal::open(settings);
        if (!journal) die(to_text(journal.error()));
        return std::move(*journal);
    }

    void write_day() {
        const auto journal = open();
        Day day(options_, *journal);
        const Watch watch;
        day.play(orders_);
        hash_ = day.state_hash();
        std::printf("%llu orders in %llu decisions written in %.1f s\n",
                    static_cast<unsigned long long>(orders_),
                    static_cast<unsigned long long>(journal->last_seq()), watch.seconds());
        ASSERT_TRUE(journal->close());
    }

    void make_snapshot() {
        const auto journal = open();
        runtime::Stats stats;
        runtime::Log log([](std::string_view line) {
            std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
        });
        runtime::SnapshotOptions settings;
        settings.after_segments = 1;
        const auto archive = runtime::ArchiveFile::open(*journal->place());
        ASSERT_TRUE(archive) << to_text(archive.error());
        runtime::SnapshotKeeper keeper(*journal, archive->get(), settings, 0, log, stats);
        // Those that were full when the day ended are sealed now.
        for (int i = 0; i < 600 && !everything_is_sealed(*journal); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const auto made = keeper.turn();
        ASSERT_TRUE(made) << to_text(made.error());
        ASSERT_TRUE(made->has_value());
        ASSERT_TRUE(journal->close());
    }

    static bool everything_is_sealed(const SqliteJournal& journal) {
        const auto info = journal.info();
        std::size_t live = 0;
        for (const auto& segment : info->segments) live += segment.sealed ? 0 : 1;
        return live <= 1;
    }

    /// From the files to a state that can decide. Seconds.
    double start(bool from_snapshot, const char* what) {
        const Watch watch;
        const auto journal = open();
        const double opened = watch.seconds();
        engine::Engine engine(engine::Bindings{});
        runtime::Projection projection;
        const auto archive = runtime::ArchiveFile::open(*journal->place());
        EXPECT_TRUE(archive.has_value());
        std::optional<runtime::LoadedSnapshot> loaded;
        if (from_snapshot) {
            loaded = runtime::newest_snapshot(*journal, archive->get(), [](const Error& error) {
                ADD_FAILURE() << to_text(error);
            });
            EXPECT_TRUE(loaded.has_value());
        }
        const double read = watch.seconds();
        if (loaded) {
            projection.restore(loaded->fold->world);
            engine.restore(std::move(loaded->fold->world), loaded->facts.observed);
        }
        const double restored = watch.seconds();
        const auto recovered = runtime::recover(*journal, engine, projection, nullptr);
        EXPECT_TRUE(recovered) << to_text(recovered.error());
        const double all = watch.seconds();
        std::printf(
            "%s: %.2f s (files %.2f, snapshot %.2f, names %.2f, %llu decisions behind it %.2f)\n",
            what, all, opened, read - opened, restored - read,
            static_cast<unsigned long long>(recovered->decisions), all - restored);
        EXPECT_EQ(engine.state_hash(), hash_) << what;
        EXPECT_EQ(engine.seq(), journal->last_seq());
        return all;
    }

    const std::uint64_t orders_ = wanted_orders();
    Options options_;
    std::string hash_;
};

TEST_F(Opening, FromASnapshotAndFromTheBeginningComesToTheSameState) {
    write_day();
    make_snapshot();
    if (HasFatalFailure()) return;
    const double all = start(false, "from the beginning");
    const double snapshot = start(true, "from the snapshot");
    EXPECT_LT(snapshot, all);
#ifdef NDEBUG
    EXPECT_LE(snapshot, seconds_at_most);
#else
    static_cast<void>(seconds_at_most);
#endif
    if (HasFailure()) return;
    test::leave_figures("opening", {{"orders in a journal that was opened", orders_}});
}

}  // namespace
}  // namespace oms::bench
