// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/journal_verify.hpp"

#include "runtime/journal/journal_reader.hpp"

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
    ScanOptions scan;
    scan.deep = true;
    scan.progress = progress;
    Result<LookedAt> looked = look_at_journal(options, std::move(scan));
    if (!looked) return tl::unexpected(std::move(looked.error()));
    JournalReport report;
    if (looked->held) {
        report.live_seen = false;
        Error error = std::move(*looked->held);
        error.reason += "; only sealed segments were looked at";
        error.remedy = "end that process and verify again to see the rest";
        report.findings.push_back({true, 0, 0, std::move(error)});
    }
    ScanResult& found = looked->found;
    report.id = to_hex(looked->place.id);
    report.last_seq = found.last_seq;
    report.commits = found.commits;
    report.segments = found.sealed.size() + found.live.size();
    report.last_hash = found.last_hash;
    std::move(found.findings.begin(), found.findings.end(), std::back_inserter(report.findings));
    return report;
}

}  // namespace oms::runtime
