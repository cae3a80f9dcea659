// SPDX-License-Identifier: Apache-2.0
#include "growing_journal.hpp"

#include "runtime/recovery.hpp"

#include <span>
#include <utility>

namespace oms::bench {

namespace {

constexpr std::size_t inputs_a_frame = 256;

std::unique_ptr<runtime::SqliteJournal> open_journal(const std::filesystem::path& directory) {
    runtime::SqliteJournalOptions settings;
    settings.directory = directory.string();
    auto journal = runtime::SqliteJournal::open(settings);
    if (!journal) die(to_text(journal.error()));
    return std::move(*journal);
}

}  // namespace

GrowingJournal::GrowingJournal(const Options& options)
    : directory_(options.directory / "growing"), assembly_(open_assembly(options, clock_)) {
    std::filesystem::remove_all(directory_);
    journal_ = open_journal(directory_);
    engine::Engine& engine = *assembly_->machine;
    // What the configuration defined when it was opened.
    const auto copy = [&](const runtime::JournalCommit& commit) {
        const std::string_view bytes(reinterpret_cast<const char*>(commit.frame.data()),
                                     commit.frame.size());
        runtime::JournalBatch batch;
        batch.first_seq = commit.first_seq;
        batch.last_seq = commit.last_seq;
        batch.epoch = journal_->epoch();
        batch.frame = std::as_bytes(std::span(bytes.data(), bytes.size()));
        if (const Status status = journal_->append(batch); !status) die(to_text(status.error()));
        first_seq_ = commit.last_seq + 1;
        return true;
    };
    if (const Status read = assembly_->backbone.journal->read(1, copy); !read)
        die(to_text(read.error()));
    const Names names(
        [&](std::uint32_t of, std::string_view code) { return engine.find_reference(of, code); });
    prepare(names, [&](const sdk::Batch& input) {
        clock_.move_to(clock_.now() + ns_between_inputs);
        if (engine.decide(input.view(), clock_.now(), frame_).code != 0)
            die("the opening was refused");
    });
    for (const oms_observation& quote : quotes(names)) engine.observe(quote);
    lives_ = std::make_unique<ShareLives>(names);
    append();
}

GrowingJournal::~GrowingJournal() {
    journal_.reset();
    std::filesystem::remove_all(directory_);
}

void GrowingJournal::grow(std::uint64_t events) {
    while (events_ < events) {
        for (std::size_t each = 0; each < inputs_a_frame; ++each) {
            clock_.move_to(clock_.now() + ns_between_inputs);
            const auto outcome =
                assembly_->machine->decide(lives_->next().view(), clock_.now(), frame_);
            if (outcome.code != 0) die("an input was refused: " + code_text(outcome.code));
        }
        append();
    }
}

void GrowingJournal::append() {
    const std::uint64_t last = assembly_->machine->seq();
    const Status counted = reader_.each(frame_.bytes(), [this](const oms_batch& decision) {
        events_ += decision.count - 1;
        return Status{};
    });
    if (!counted) die(to_text(counted.error()));
    runtime::JournalBatch batch;
    batch.first_seq = first_seq_;
    batch.last_seq = last;
    batch.epoch = journal_->epoch();
    batch.frame = std::as_bytes(std::span(frame_.bytes().data(), frame_.bytes().size()));
    if (const Status status = journal_->append(batch); !status) die(to_text(status.error()));
    first_seq_ = last + 1;
    frame_.clear();
}

double GrowingJournal::replay() {
    engine::Engine engine(engine::Bindings{});
    runtime::Projection projection;
    const auto recovered = runtime::recover(*journal_, engine, projection, nullptr);
    if (!recovered) die(to_text(recovered.error()));
    if (engine.state_hash() != assembly_->machine->state_hash())
        die("the replay came to another state");
    return recovered->seconds;
}

}  // namespace oms::bench
