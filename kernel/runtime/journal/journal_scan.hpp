// SPDX-License-Identifier: Apache-2.0
// What lies in a journal's directory, and whether it is what was written.
//
// Opening and verifying look with the same eyes: what one refuses, the other finds.
#pragma once

#include "runtime/journal/high_water_mark.hpp"
#include "runtime/journal/live_segment.hpp"
#include "runtime/journal/sealed_segment.hpp"
#include "runtime/journal/segment.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oms::runtime {

struct JournalFinding {
    bool harmless = false;  ///< worth knowing, and nothing is lost
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;  ///< both 0 when it concerns no seqs
    Error error;
};

struct ScanOptions {
    bool live = true;   ///< needs the directory's lock
    bool deep = false;  ///< read every sealed segment, and compare it with its digest
    std::string mark_path;
    /// Told after each segment: how many are done, of how many.
    std::function<void(std::size_t, std::size_t)> progress;
};

struct FoundSealed {
    std::string name;
    SealedFacts facts;
    std::uint64_t bytes = 0;
};

struct FoundLive {
    std::string name;
    std::shared_ptr<LiveSegment> segment;
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t commits = 0;
    std::uint64_t epoch = 0;
    JournalHash previous_hash{};
    JournalHash hash{};
};

struct ScanResult {
    std::optional<HighWaterMark> mark;
    bool empty = true;                    ///< there is no segment of any kind
    std::vector<FoundSealed> sealed;      ///< in order
    std::vector<FoundLive> live;          ///< in order; not yet sealed
    std::vector<std::string> superseded;  ///< live ones that are sealed already
    std::vector<std::string> blank;       ///< live ones without commits
    std::vector<std::string> unfinished;  ///< sealed ones whose copying was interrupted
    std::uint64_t last_seq = 0;
    std::uint64_t epoch = 0;
    std::uint64_t commits = 0;
    JournalHash last_hash{};
    std::vector<JournalFinding> findings;

    /// The first finding that is not harmless, with the number of the others.
    std::optional<Error> refusal() const;
};

/// At most so many findings are kept.
inline constexpr std::size_t findings_limit = 1000;

/// Looks, and changes nothing. `place.id` is found out and set. Fails only when it cannot look.
Result<ScanResult> scan_journal(SegmentPlace& place, const ScanOptions& options);

}  // namespace oms::runtime
