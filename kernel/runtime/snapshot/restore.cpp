// SPDX-License-Identifier: Apache-2.0
#include "runtime/snapshot/restore.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <utility>

namespace oms::runtime {

namespace {

/// Whether the journal has a commit that ends with the snapshot's seq, and it is that one.
Status stands_in(Journal& journal, const std::string& name) {
    const SegmentPlace& place = *journal.place();
    const Result<SnapshotReader> reader = SnapshotReader::open(place, name);
    if (!reader) return tl::unexpected(reader.error());
    const SnapshotFacts& facts = reader->facts();
    bool found = false;
    const Status read = journal.read(facts.seq, [&](const JournalCommit& commit) {
        found = commit.last_seq == facts.seq && commit.hash == facts.hash;
        return false;
    });
    if (!read) return read;
    if (!found) return tl::unexpected(snapshot_differs(place, name));
    return {};
}

}  // namespace

std::optional<LoadedSnapshot> newest_snapshot(Journal& journal, const Refused& refused,
                                              const GoOn& go_on) {
    if (journal.place() == nullptr) return std::nullopt;
    const Result<std::vector<std::string>> names = list_snapshots(*journal.place());
    if (!names) {
        refused(names.error());
        return std::nullopt;
    }
    for (const std::string& name : *names) {
        Status status = stands_in(journal, name);
        if (status) {
            Result<LoadedSnapshot> loaded = load_snapshot(*journal.place(), name, go_on);
            if (loaded) return std::move(*loaded);
            status = tl::unexpected(std::move(loaded.error()));
        }
        if (go_on && !go_on()) return std::nullopt;
        refused(status.error());
    }
    return std::nullopt;
}

}  // namespace oms::runtime
