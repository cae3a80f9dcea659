// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/segment_catalog.hpp"

#include "model/assert.hpp"
#include "runtime/journal/sealed_segment.hpp"

#include <algorithm>
#include <utility>

namespace oms::runtime {
namespace {

/// What a reader copies while the thread that appends may have to wait for it.
constexpr std::size_t chunk_bytes = std::size_t{128} << 10U;

}  // namespace

/// One call of read(): what is visited next, and the check of the chain.
struct SegmentCatalog::Reading {
    std::uint64_t next_seq;
    std::uint64_t to_seq;
    const JournalVisitor& visit;
    ChainCheck check;
    Status status;  ///< what ended it, if it was an error
    bool go_on = true;

    bool operator()(const JournalCommit& commit, const std::string& path) {
        std::optional<Error> error;
        if (commit.last_seq < next_seq) {
            error = gap_error(path, next_seq, next_seq);
        } else {
            error = check.next(commit, path);
        }
        if (error) status = tl::unexpected(std::move(*error));
        next_seq = commit.last_seq + 1;
        go_on = !error && visit(commit) && commit.last_seq < to_seq;
        return go_on;
    }

    void copy_from(LiveSegment& segment, const std::string& path, CommitChunk& chunk) {
        const Result<bool> open = segment.read(next_seq, chunk_bytes, chunk);
        if (!open) {
            end(open.error());
        } else if (*open && chunk.empty()) {
            end(gap_error(path, next_seq, to_seq));
        } else {
            // When it was closed meanwhile, the catalog knows where its commits are.
            for (std::size_t i = 0; i < chunk.size() && go_on; ++i) (*this)(chunk[i], path);
        }
    }

    void read_from(const SegmentPlace& place, const std::string& name) {
        const std::uint64_t began_with = next_seq;
        Result<SealedSegment> segment = SealedSegment::open(place, name);
        if (!segment) return end(std::move(segment.error()));
        const std::string path = place.path(name);
        Status read = segment->read(
            next_seq, [&](const JournalCommit& commit) { return (*this)(commit, path); });
        if (!read) return end(std::move(read.error()));
        if (go_on && next_seq == began_with) end(gap_error(path, next_seq, to_seq));
    }

    void end(Error error) {
        status = tl::unexpected(std::move(error));
        go_on = false;
    }
};

void SegmentCatalog::add_sealed(const std::string& name, std::uint64_t first_seq,
                                std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({name, first_seq, bytes, nullptr});
}

void SegmentCatalog::add_live(std::uint64_t first_seq, std::shared_ptr<LiveSegment> segment) {
    const std::lock_guard lock(mutex_);
    std::string name = segment->name();
    entries_.push_back({std::move(name), first_seq, 0, std::move(segment)});
}

void SegmentCatalog::replace(std::uint64_t first_seq, const std::string& name,
                             std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const Entry& one) { return one.first_seq == first_seq; });
    OMS_ASSERT(entry != entries_.end());
    *entry = {name, first_seq, bytes, nullptr};
}

Result<SegmentCatalog::Entry> SegmentCatalog::find(std::uint64_t seq) const {
    const std::lock_guard lock(mutex_);
    const auto after = std::upper_bound(
        entries_.begin(), entries_.end(), seq,
        [](std::uint64_t wanted, const Entry& entry) { return wanted < entry.first_seq; });
    if (after == entries_.begin()) {
        const std::uint64_t last = entries_.empty() ? seq : entries_.front().first_seq - 1;
        return tl::unexpected(gap_error(place_.directory->path(), seq, last));
    }
    return *std::prev(after);
}

Status SegmentCatalog::read(std::uint64_t from_seq, std::uint64_t to_seq,
                            const JournalVisitor& visit) const {
    if (from_seq > to_seq) return {};
    Reading reading{
        std::max<std::uint64_t>(from_seq, 1), to_seq, visit, ChainCheck(), Status(), true};
    if (reading.next_seq == 1) reading.check = ChainCheck(0, first_hash(place_.id));
    CommitChunk chunk;
    while (reading.go_on) {
        const Result<Entry> entry = find(reading.next_seq);
        if (!entry) return tl::unexpected(entry.error());
        if (entry->live) {
            reading.copy_from(*entry->live, place_.path(entry->name), chunk);
        } else {
            reading.read_from(place_, entry->name);
        }
    }
    return reading.status;
}

std::vector<JournalSegmentInfo> SegmentCatalog::segments(std::uint64_t last_seq) const {
    const std::lock_guard lock(mutex_);
    std::vector<JournalSegmentInfo> infos;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        const Entry& entry = entries_[i];
        const bool is_last = i + 1 == entries_.size();
        const std::uint64_t last = is_last ? last_seq : entries_[i + 1].first_seq - 1;
        const std::uint64_t bytes = entry.live ? entry.live->used_bytes() : entry.bytes;
        // The first commit of the newest segment may be on its way.
        if (last < entry.first_seq) continue;
        infos.push_back({entry.name, entry.first_seq, last, bytes, entry.live == nullptr});
    }
    return infos;
}

std::uint64_t SegmentCatalog::unsealed_bytes() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t bytes = 0;
    for (const Entry& entry : entries_) {
        if (entry.live) bytes += entry.live->used_bytes();
    }
    return bytes;
}

}  // namespace oms::runtime
