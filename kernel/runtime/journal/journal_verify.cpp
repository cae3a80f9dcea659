// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_verify.hpp"

#include "runtime/journal/journal_errors.hpp"

#include <algorithm>
#include <utility>

namespace oms::runtime {

bool JournalReport::whole() const {
    return std::all_of(findings.begin(), findings.end(),
                       [](const JournalFinding& finding) { return finding.harmless; });
}

Result<JournalReport> verify_journal(
    const SqliteJournalOptions& options,
    const std::function<void(std::size_t, std::size_t)>& progress) {
    std::shared_ptr<JournalDirectory> directory = options.directory_access;
    if (directory == nullptr) directory = make_posix_directory(options.directory);
    SegmentPlace place;
    place.directory = directory.get();
    place.files = sqlite3_vfs_find(options.vfs.empty() ? nullptr : options.vfs.c_str());
    if (place.files == nullptr) {
        return fail(error_journal_setting, "vfs", "SQLite has no VFS named \"" + options.vfs + "\"",
                    "register it before, or leave the option out");
    }
    place.database_vfs = place.files->zName;
    if (const Result<std::vector<std::string>> names = directory->list(); !names) {
        return tl::unexpected(names.error());
    }
    ScanOptions scan;
    scan.deep = true;
    scan.mark_path = options.mark.empty() ? place.path(mark_name) : options.mark;
    scan.progress = progress;
    JournalReport report;
    const Result<std::unique_ptr<DirectoryLock>> lock = directory->lock();
    if (!lock) {
        if (lock.error().code != error_journal_locked) return tl::unexpected(lock.error());
        scan.live = false;
        report.live_seen = false;
        Error error = lock.error();
        error.reason += "; only sealed segments were looked at";
        error.remedy = "end that process and verify again to see the rest";
        report.findings.push_back({true, 0, 0, std::move(error)});
    }
    Result<ScanResult> found = scan_journal(place, scan);
    if (!found) return tl::unexpected(std::move(found.error()));
    report.id = to_hex(place.id);
    report.last_seq = found->last_seq;
    report.commits = found->commits;
    report.segments = found->sealed.size() + found->live.size();
    report.last_hash = found->last_hash;
    std::move(found->findings.begin(), found->findings.end(), std::back_inserter(report.findings));
    return report;
}

}  // namespace oms::runtime
