// SPDX-License-Identifier: Apache-2.0
// Which segment holds which seqs, and reading across them.
#pragma once

#include "runtime/journal/live_segment.hpp"
#include "runtime/journal/segment.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace oms::runtime {

/// Any thread. A sealed segment is opened by each reader for itself; the connection of a live one
/// is shared, a bounded chunk of commits at a time.
class SegmentCatalog {
public:
    explicit SegmentCatalog(SegmentPlace place) : place_(std::move(place)) {}

    void add_sealed(const std::string& name, std::uint64_t first_seq, std::uint64_t bytes);
    /// In order; its last seq is not known while it is written to.
    void add_live(std::uint64_t first_seq, std::shared_ptr<LiveSegment> segment);
    /// The commits of the live segment that begins with `first_seq` are now in a sealed one.
    void replace(std::uint64_t first_seq, const std::string& name, std::uint64_t bytes);

    /// Visits the commits from the one that holds `from_seq` to the one that holds `to_seq`.
    Status read(std::uint64_t from_seq, std::uint64_t to_seq, const JournalVisitor& visit) const;

    /// In order; `last_seq` is the journal's.
    std::vector<JournalSegmentInfo> segments(std::uint64_t last_seq) const;
    /// What lies in live segments and will need as much room again when it is sealed.
    std::uint64_t unsealed_bytes() const;

private:
    struct Entry {
        std::string name;
        std::uint64_t first_seq = 0;
        std::uint64_t bytes = 0;
        std::shared_ptr<LiveSegment> live;  ///< null once it is sealed
    };
    struct Reading;

    Result<Entry> find(std::uint64_t seq) const;

    SegmentPlace place_;
    mutable std::mutex mutex_;
    std::vector<Entry> entries_;
};

}  // namespace oms::runtime
