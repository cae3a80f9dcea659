// SPDX-License-Identifier: Apache-2.0
// One life of the process: the production runtime on the simulated disk, and the ports to it. It
// has no thread; whatever happens in it happens in a call.
#pragma once

#include "moment.hpp"
#include "world.hpp"

#include "runtime/runtime.hpp"

#include <memory>
#include <string>

namespace oms::simulation {

class Life {
public:
    /// Null: the power went before it was open. Throws Broken when it does not open for another
    /// reason.
    static std::unique_ptr<Life> begin(World& world);
    /// Stops, in as good an order as the power allows.
    ~Life();

    runtime::Runtime& runtime() { return *runtime_; }
    runtime::Port& clients() { return *clients_; }
    runtime::Port& reader() { return *reader_; }
    runtime::Port& hooks() { return *hooks_; }
    /// The journal's housekeeping has its turn.
    void keep_house();
    /// And so have the snapshots, when one is due.
    void make_snapshot();
    /// Orders, by now.
    std::uint64_t read_from_archive() const { return counter("archive_reads"); }
    /// A commit failed: the process would have ended here.
    bool is_over() const { return ended_; }
    const std::string& last_word() const { return last_word_; }

private:
    explicit Life(World& world) : world_(world) {}
    runtime::Options options();
    Result<std::unique_ptr<runtime::Journal>> open_journal();
    void note_begun_with();
    std::uint64_t counter(std::string_view name) const;

    World& world_;
    std::unique_ptr<runtime::Runtime> runtime_;
    std::unique_ptr<runtime::Port> clients_;
    std::unique_ptr<runtime::Port> reader_;
    std::unique_ptr<runtime::Port> hooks_;
    runtime::SqliteJournal* journal_ = nullptr;
    std::string complaint_;  ///< of the witness
    bool ended_ = false;
    std::string last_word_;
};

/// How the journal of a seed is opened; also for those who only look.
runtime::SqliteJournalOptions journal_options(test::VirtualDisk& disk, std::uint64_t seed);

}  // namespace oms::simulation
