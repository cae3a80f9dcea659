// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_scan.hpp"

#include "runtime/journal/archive_file.hpp"
#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/snapshot_files.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace oms::runtime {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{4} << 20U;

constexpr const char* restore_or_accept =
    "restore the journal's files from a copy; to go on without what is lost, move the high-water "
    "mark away and start once with a missing mark accepted";

class Scan {
public:
    Scan(SegmentPlace& place, const ScanOptions& options) : place_(place), options_(options) {}

    Result<ScanResult> run() {
        for (Status (Scan::*step)() : {&Scan::list, &Scan::open_mark, &Scan::find_id,
                                       &Scan::read_live, &Scan::follow_sealed}) {
            if (Status status = (this->*step)(); !status) {
                return tl::unexpected(std::move(status.error()));
            }
        }
        if (options_.live) {
            follow_live();
            compare_with_mark();
        }
        if (options_.deep) check_snapshots();
        if (options_.deep && options_.live) note_archive();
        found_.last_seq = chain_.last_seq();
        found_.last_hash = chain_.last_hash();
        found_.epoch = std::max(found_.epoch, chain_.epoch());
        return std::move(found_);
    }

private:
    Status list();
    Status open_mark();
    Status find_id();
    Status read_live();
    Status read_live_segment(const std::string& name);
    Result<bool> was_cut_to_nothing(const std::string& name);
    Status follow_sealed();
    Status follow_sealed_segment(const std::string& name);
    void read_sealed_rows(SealedSegment& segment, const FoundSealed& found);
    Status compare_digest(const std::string& name);
    void follow_live();
    void follow_live_segment(FoundLive& live);
    void compare_with_mark();
    void check_snapshots();
    void note_archive();

    bool held_by_live(std::uint64_t first_seq) const;
    Result<bool> copying_was_interrupted(const std::string& name, std::uint64_t first_seq) const;
    void remember(const JournalCommit& commit);
    void add(Error error, std::uint64_t first_seq = 0, std::uint64_t last_seq = 0,
             bool harmless = false);

    SegmentPlace& place_;
    const ScanOptions& options_;
    ScanResult found_;
    std::vector<std::string> names_;
    std::vector<std::string> sealed_names_;
    std::vector<std::string> live_names_;
    ChainCheck chain_;
    std::optional<JournalHash> hash_at_mark_;  ///< what the journal says about the mark's seq
    std::map<std::uint64_t, std::optional<JournalHash>> hash_at_snapshot_;  ///< the same
};

void Scan::add(Error error, std::uint64_t first_seq, std::uint64_t last_seq, bool harmless) {
    if (found_.findings.size() >= findings_limit) return;
    found_.findings.push_back({harmless, first_seq, last_seq, std::move(error)});
}

Status Scan::list() {
    Result<std::vector<std::string>> names = place_.directory->list();
    if (!names) return tl::unexpected(std::move(names.error()));
    names_ = std::move(*names);
    // Sorted by name they are sorted by seq.
    for (const std::string& name : names_) {
        if (sealed_first_seq(name)) sealed_names_.push_back(name);
        if (live_number(name)) live_names_.push_back(name);
        if (const auto seq = snapshot_seq(name)) hash_at_snapshot_.emplace(*seq, std::nullopt);
    }
    found_.empty = sealed_names_.empty() && live_names_.empty();
    return {};
}

Status Scan::open_mark() {
    const Result<bool> exists = vfs_exists(place_.files, options_.mark_path);
    if (!exists) return tl::unexpected(exists.error());
    if (!*exists) {
        if (found_.empty) return {};
        add(Error{error_journal_mark_missing, options_.mark_path,
                  "there is a journal, and no high-water mark that says how far it went",
                  "put the file back; if it is lost and `oms journal verify` finds nothing else, "
                  "start once with a missing mark accepted"});
        return {};
    }
    Result<HighWaterMark> mark = HighWaterMark::open(place_.files, options_.mark_path, false);
    if (!mark && mark.error().code == error_journal_mark_damaged) {
        // Making a journal begins with the mark: alone and half written, it is of no journal yet.
        if (!found_.empty) add(std::move(mark.error()));
        return {};
    }
    if (!mark) return tl::unexpected(std::move(mark.error()));
    if (mark->one_slot_damaged()) {
        add(Error{error_journal_mark_damaged, options_.mark_path,
                  "one of the mark's two slots cannot be read, as after a power cut; the other "
                  "one counts",
                  "nothing: the next commits write it again"},
            0, 0, true);
    }
    place_.id = mark->mark().id;
    found_.epoch = mark->mark().epoch;
    found_.mark = std::move(*mark);
    return {};
}

Status Scan::find_id() {
    if (found_.mark) return {};
    for (const std::string& name : sealed_names_) {
        Result<Database> database =
            Database::open(place_.path(name), place_.database_vfs, SQLITE_OPEN_READONLY);
        if (!database) continue;
        const Result<JournalId> id = read_id(*database);
        if (!id) continue;
        place_.id = *id;
        return {};
    }
    if (!options_.live) return {};
    for (const std::string& name : live_names_) {
        const Result<bool> blank = LiveSegment::is_blank(place_, name);
        if (!blank || *blank) continue;
        Result<Database> database =
            Database::open(place_.path(name), place_.database_vfs, SQLITE_OPEN_READWRITE);
        if (!database || !database->execute("PRAGMA locking_mode=EXCLUSIVE")) continue;
        const Result<JournalId> id = read_id(*database);
        if (!id) continue;
        place_.id = *id;
        return {};
    }
    return {};
}

Status Scan::read_live() {
    if (!options_.live) return {};
    for (const std::string& name : live_names_) {
        if (Status status = read_live_segment(name); !status) return status;
    }
    // A WAL whose main file is gone: SQLite would not look at it.
    for (const std::string& name : names_) {
        const std::string main =
            name.substr(0, name.size() - std::min<std::size_t>(name.size(), 4));
        if (name != main + "-wal" || !live_number(main)) continue;
        if (std::find(live_names_.begin(), live_names_.end(), main) != live_names_.end()) continue;
        const Result<bool> blank = LiveSegment::is_blank(place_, main);
        if (!blank) return tl::unexpected(blank.error());
        if (*blank) continue;
        add(Error{error_journal_damaged, place_.path(main),
                  "the file is missing beside its write-ahead log", restore_or_accept});
    }
    std::sort(found_.live.begin(), found_.live.end(),
              [](const FoundLive& a, const FoundLive& b) { return a.first_seq < b.first_seq; });
    return {};
}

Result<bool> Scan::was_cut_to_nothing(const std::string& name) {
    Result<VfsFile> file = VfsFile::open(place_.files, place_.path(name), SQLITE_OPEN_READONLY);
    if (!file) return tl::unexpected(std::move(file.error()));
    const Result<std::uint64_t> size = file->size();
    if (!size) return tl::unexpected(size.error());
    return *size == 0;
}

Status Scan::read_live_segment(const std::string& name) {
    const Result<bool> blank = LiveSegment::is_blank(place_, name);
    if (!blank) return tl::unexpected(blank.error());
    if (*blank) {
        found_.blank.push_back(name);
        return {};
    }
    const Result<bool> cut = was_cut_to_nothing(name);
    if (!cut) return tl::unexpected(cut.error());
    if (*cut) {
        add(Error{error_journal_damaged, place_.path(name),
                  "the file is empty, its write-ahead log is not", restore_or_accept});
        return {};
    }
    Result<std::shared_ptr<LiveSegment>> segment = LiveSegment::open(place_, name);
    if (!segment) {
        add(std::move(segment.error()));
        return {};
    }
    FoundLive live;
    live.name = name;
    live.segment = std::move(*segment);
    ChainCheck check;
    CommitChunk chunk;
    std::uint64_t next = 1;
    while (true) {
        const Result<bool> read = live.segment->read(next, chunk_bytes, chunk);
        if (!read) {
            add(read.error(), next);
            break;
        }
        if (chunk.empty() || chunk[chunk.size() - 1].last_seq < next) break;
        for (std::size_t i = 0; i < chunk.size(); ++i) {
            const JournalCommit commit = chunk[i];
            if (!check.started()) live.first_seq = commit.first_seq;
            if (!check.started()) live.previous_hash = commit.previous_hash;
            if (std::optional<Error> error = check.next(commit, place_.path(name))) {
                add(std::move(*error), commit.first_seq, commit.last_seq);
            }
            remember(commit);
            ++live.commits;
        }
        next = check.last_seq() + 1;
    }
    live.last_seq = check.last_seq();
    live.hash = check.last_hash();
    live.epoch = check.epoch();
    if (live.commits == 0) {
        live.segment->close();
        found_.blank.push_back(name);
        return {};
    }
    found_.live.push_back(std::move(live));
    return {};
}

bool Scan::held_by_live(std::uint64_t first_seq) const {
    return std::any_of(found_.live.begin(), found_.live.end(),
                       [&](const FoundLive& live) { return live.first_seq == first_seq; });
}

Result<bool> Scan::copying_was_interrupted(const std::string& name, std::uint64_t first_seq) const {
    if (!held_by_live(first_seq)) return false;
    const Result<SealedSegment> segment = SealedSegment::open(place_, name);
    if (!segment) return true;
    const Result<std::string> written = read_digest_file(place_, name);
    if (!written) return tl::unexpected(written.error());
    const Result<std::string> actual = digest_file_text(place_, name);
    if (!actual) return tl::unexpected(actual.error());
    return *written != *actual;
}

Status Scan::follow_sealed() {
    chain_ = ChainCheck(0, first_hash(place_.id));
    std::size_t done = 0;
    for (const std::string& name : sealed_names_) {
        if (Status status = follow_sealed_segment(name); !status) return status;
        if (options_.progress) options_.progress(++done, sealed_names_.size());
    }
    return {};
}

Status Scan::follow_sealed_segment(const std::string& name) {
    const std::uint64_t first_seq = *sealed_first_seq(name);
    const Result<bool> interrupted = copying_was_interrupted(name, first_seq);
    if (!interrupted) return tl::unexpected(interrupted.error());
    if (*interrupted) {
        found_.unfinished.push_back(name);
        add(
            Error{
                error_journal_left_over, place_.path(name),
                "copying this segment was interrupted; what it should hold is still in a live one",
                "nothing: the next start does it again"},
            first_seq, 0, true);
        return {};
    }
    Result<SealedSegment> segment = SealedSegment::open(place_, name);
    if (!segment) {
        // Beside a running process the last one may be in the making.
        const bool in_the_making = !options_.live && name == sealed_names_.back();
        add(std::move(segment.error()), first_seq, 0, in_the_making);
        return {};
    }
    FoundSealed found{name, segment->facts(), 0};
    if (found.facts.first_seq != first_seq) {
        add(Error{error_journal_altered, place_.path(name),
                  "the file says that it begins with seq " + std::to_string(found.facts.first_seq),
                  "give the file the name that it had when it was written"},
            first_seq);
    }
    if (chain_.last_seq() + 1 < first_seq) {
        add(gap_error(place_.path(name), chain_.last_seq() + 1, first_seq - 1),
            chain_.last_seq() + 1, first_seq - 1);
    } else if (first_seq <= chain_.last_seq()) {
        const std::uint64_t last = std::min(found.facts.last_seq, chain_.last_seq());
        add(doubled_error(place_.path(name), first_seq, last), first_seq, last);
    } else if (found.facts.previous_hash != chain_.last_hash()) {
        add(Error{error_journal_chain, place_.path(name),
                  "the segment follows another commit than the one before it",
                  "restore this segment and the one before it from a copy"},
            first_seq, found.facts.last_seq);
    }
    if (options_.deep) {
        read_sealed_rows(*segment, found);
        if (Status status = compare_digest(name); !status) return status;
    }
    const std::uint64_t mark_seq = found_.mark ? found_.mark->mark().seq : 0;
    if (mark_seq >= first_seq && mark_seq <= found.facts.last_seq && !options_.deep) {
        const Status status = segment->read(mark_seq, [&](const JournalCommit& commit) {
            remember(commit);
            return false;
        });
        if (!status) add(status.error(), mark_seq);
    }
    chain_ = ChainCheck(found.facts.last_seq, found.facts.hash, found.facts.epoch);
    found_.commits += found.facts.commits;
    Result<VfsFile> file = VfsFile::open(place_.files, place_.path(name), SQLITE_OPEN_READONLY);
    if (file) found.bytes = file->size().value_or(0);
    found_.sealed.push_back(std::move(found));
    return {};
}

void Scan::read_sealed_rows(SealedSegment& segment, const FoundSealed& found) {
    const std::string path = place_.path(found.name);
    // What lies before the segment was compared by its caller.
    ChainCheck check(found.facts.first_seq - 1, found.facts.previous_hash);
    std::uint64_t commits = 0;
    const Status status = segment.read(1, [&](const JournalCommit& commit) {
        if (std::optional<Error> error = check.next(commit, path)) {
            add(std::move(*error), commit.first_seq, commit.last_seq);
        }
        remember(commit);
        ++commits;
        return true;
    });
    if (!status) add(status.error(), check.last_seq() + 1, found.facts.last_seq);
    if (status && check.last_seq() < found.facts.last_seq) {
        add(gap_error(path, check.last_seq() + 1, found.facts.last_seq), check.last_seq() + 1,
            found.facts.last_seq);
    } else if (status &&
               (check.last_hash() != found.facts.hash || commits != found.facts.commits)) {
        add(Error{error_journal_altered, path,
                  "the segment's commits are not the ones that it was sealed with",
                  "restore the file from a copy"},
            found.facts.first_seq, found.facts.last_seq);
    }
}

Status Scan::compare_digest(const std::string& name) {
    const Result<std::string> written = read_digest_file(place_, name);
    if (!written) return tl::unexpected(written.error());
    const Result<std::string> actual = digest_file_text(place_, name);
    if (!actual) return tl::unexpected(actual.error());
    if (*written == *actual) return {};
    const std::string path = place_.path(digest_name(name));
    if (written->empty()) {
        add(Error{error_journal_digest, path, "the segment's digest is missing",
                  "if nothing else is found, write it again with sha256sum"},
            0, 0, true);
    } else {
        add(Error{error_journal_digest, path, "the segment's bytes differ from its digest",
                  "restore both files from a copy"});
    }
    return {};
}

void Scan::follow_live() {
    std::vector<FoundLive> all = std::exchange(found_.live, {});
    for (FoundLive& live : all) {
        const auto is_copy = [&](const FoundSealed& sealed) {
            return sealed.facts.first_seq == live.first_seq &&
                   sealed.facts.last_seq == live.last_seq && sealed.facts.hash == live.hash;
        };
        if (std::any_of(found_.sealed.begin(), found_.sealed.end(), is_copy)) {
            live.segment->close();
            found_.superseded.push_back(live.name);
        } else {
            follow_live_segment(live);
        }
    }
}

void Scan::follow_live_segment(FoundLive& live) {
    const std::string path = place_.path(live.name);
    if (chain_.last_seq() + 1 < live.first_seq) {
        add(gap_error(path, chain_.last_seq() + 1, live.first_seq - 1), chain_.last_seq() + 1,
            live.first_seq - 1);
    } else if (live.first_seq <= chain_.last_seq()) {
        const std::uint64_t last = std::min(live.last_seq, chain_.last_seq());
        add(doubled_error(path, live.first_seq, last), live.first_seq, last);
    } else if (live.previous_hash != chain_.last_hash()) {
        add(Error{error_journal_chain, path,
                  "the segment follows another commit than the one before it",
                  "restore this segment and the one before it from a copy"},
            live.first_seq, live.last_seq);
    }
    chain_ = ChainCheck(live.last_seq, live.hash, live.epoch);
    found_.commits += live.commits;
    found_.live.push_back(std::move(live));
}

void Scan::remember(const JournalCommit& commit) {
    if (found_.mark && commit.last_seq == found_.mark->mark().seq) hash_at_mark_ = commit.hash;
    const auto wanted = hash_at_snapshot_.find(commit.last_seq);
    if (wanted != hash_at_snapshot_.end()) wanted->second = commit.hash;
}

void Scan::compare_with_mark() {
    if (!found_.mark) return;
    const Mark& mark = found_.mark->mark();
    const std::uint64_t last_seq = chain_.last_seq();
    if (mark.seq > last_seq) {
        add(Error{error_journal_short, options_.mark_path,
                  "the journal ends with seq " + std::to_string(last_seq) +
                      ", the high-water mark says " + std::to_string(mark.seq) + ": " +
                      seqs_text(last_seq + 1, mark.seq) + " missing",
                  restore_or_accept},
            last_seq + 1, mark.seq);
        return;
    }
    if (mark.seq == 0) return;
    if (!hash_at_mark_ || *hash_at_mark_ != mark.hash) {
        add(Error{error_journal_mark_differs, options_.mark_path,
                  "the high-water mark names another commit that ended with seq " +
                      std::to_string(mark.seq) + " than the journal does",
                  "bring the journal and the mark together that belong together"},
            mark.seq, mark.seq);
    }
}

/// Nothing is lost with a snapshot: the journal makes it again.
void Scan::check_snapshots() {
    for (const auto& [seq, found] : hash_at_snapshot_) {
        const auto hash_at = [&hash = found](std::uint64_t) { return hash; };
        std::optional<Error> error = check_snapshot(place_, snapshot_name(seq), hash_at);
        if (error) add(std::move(*error), seq, seq, true);
    }
}

/// Nor with the archive, which follows from the journal as well.
void Scan::note_archive() {
    for (Error& error : check_archive(place_)) add(std::move(error), 0, 0, true);
}

}  // namespace

std::optional<Error> ScanResult::refusal() const {
    std::size_t count = 0;
    std::optional<Error> first;
    for (const JournalFinding& finding : findings) {
        if (finding.harmless) continue;
        if (count++ == 0) first = finding.error;
    }
    if (count > 1) first->reason += " (and " + std::to_string(count - 1) + " more findings)";
    return first;
}

Result<ScanResult> scan_journal(SegmentPlace& place, const ScanOptions& options) {
    return Scan(place, options).run();
}

}  // namespace oms::runtime
