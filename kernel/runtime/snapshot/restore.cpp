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

/// A snapshot holds no retired order: they must all be in the archive.
Status reads_from(ArchiveFile* archive, LoadedSnapshot& loaded, const std::string& path) {
    Archive& retired = loaded.fold->world.archive;
    const ArchiveSum wanted{retired.size(), retired.digest()};
    std::optional<ArchiveSum> found;
    if (archive != nullptr && wanted.orders != 0) {
        Result<std::optional<ArchiveSum>> sum = archive->sum_at(loaded.facts.seq);
        if (!sum) return tl::unexpected(std::move(sum.error()));
        found = *sum;
    }
    if (wanted.orders != 0 && found != wanted) {
        return fail(error_archive_other, path,
                    found ? "the archive of retired orders held others at this snapshot"
                          : "the archive of retired orders does not know this snapshot",
                    "nothing: an older snapshot or the journal itself is used in its place, and "
                    "the archive is made anew from there");
    }
    retired.read_from(archive, loaded.facts.seq);
    return {};
}

}  // namespace

std::optional<LoadedSnapshot> newest_snapshot(Journal& journal, ArchiveFile* archive,
                                              const Refused& refused, const GoOn& go_on) {
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
            status = loaded ? reads_from(archive, *loaded, journal.place()->path(name))
                            : tl::unexpected(loaded.error());
            if (status) return std::move(*loaded);
        }
        if (go_on && !go_on()) return std::nullopt;
        refused(status.error());
    }
    return std::nullopt;
}

}  // namespace oms::runtime
