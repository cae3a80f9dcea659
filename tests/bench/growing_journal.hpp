// SPDX-License-Identifier: Apache-2.0
// A journal on disk that grows by share orders' whole lives, to be folded at any length.
#pragma once

#include "runtime/journal/sqlite_journal.hpp"
#include "share_lives.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace oms::bench {

class GrowingJournal {
public:
    explicit GrowingJournal(const Options& options);
    ~GrowingJournal();
    GrowingJournal(const GrowingJournal&) = delete;
    GrowingJournal& operator=(const GrowingJournal&) = delete;

    /// Decides and writes until so many effects are in it.
    void grow(std::uint64_t events);
    /// Seconds that it takes to fold it from its files, to the state that it was written from.
    double replay();

private:
    void append();

    const std::filesystem::path directory_;
    runtime::VirtualClock clock_{start_of_day};
    const std::unique_ptr<runtime::Assembly> assembly_;
    std::unique_ptr<runtime::SqliteJournal> journal_;
    std::unique_ptr<ShareLives> lives_;
    Frame frame_;
    FrameReader reader_;
    std::uint64_t first_seq_ = 1;
    std::uint64_t events_ = 0;
};

}  // namespace oms::bench
