// SPDX-License-Identifier: Apache-2.0
#include "runtime/recovery.hpp"

#include "model/frame.hpp"
#include "model/world.hpp"
#include "runtime/snapshot/archive_keeping.hpp"

#include <chrono>
#include <string>

namespace oms::runtime {

namespace {

constexpr double seconds_between_reports = 0.5;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class Replay {
public:
    Replay(engine::Engine& engine, Projection& projection)
        : engine_(engine), projection_(projection) {}

    Status take(std::string_view frame) {
        return reader_.each(frame, [this](const oms_batch& decision) { return apply(decision); });
    }

    std::uint64_t decisions = 0;

private:
    Status apply(const oms_batch& decision) {
        if (decision.count == 0) return {};
        const auto* header = sdk::as<oms_decision>(*decision.first);
        if (header != nullptr && header->seq <= engine_.seq()) return {};
        if (Status status = engine_.apply(decision); !status) return status;
        projection_.apply(decision);
        ++decisions;
        return {};
    }

    engine::Engine& engine_;
    Projection& projection_;
    FrameReader reader_;
};

}  // namespace

Result<Recovered> recover(Journal& journal, engine::Engine& engine, Projection& projection,
                          const std::function<void(const Progress&)>& progress,
                          ArchiveFile* archive) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t total = journal.last_seq() - engine.seq();
    Replay replay(engine, projection);
    Recovered recovered;
    Status status;
    double told = 0;
    const auto visit = [&](const JournalCommit& commit) {
        status =
            replay.take({reinterpret_cast<const char*>(commit.frame.data()), commit.frame.size()});
        const bool folded = status.has_value();
        if (folded) status = relieve(archive, engine.world().archive, engine.seq());
        if (!folded && status.error().code != error_archive_damaged) {
            status.error().place = "journal, commit of decisions " +
                                   std::to_string(commit.first_seq) + " to " +
                                   std::to_string(commit.last_seq);
        }
        if (!status) return false;
        ++recovered.commits;
        recovered.bytes += commit.frame.size();
        const double seconds = seconds_since(start);
        if (progress && seconds - told > seconds_between_reports) {
            told = seconds;
            progress({"replaying the journal", replay.decisions, total, seconds});
        }
        return true;
    };
    const Status read = journal.read(engine.seq() + 1, visit);
    if (!status) return tl::unexpected(status.error());
    if (!read) return tl::unexpected(read.error());
    recovered.decisions = replay.decisions;
    recovered.seconds = seconds_since(start);
    if (progress && told > 0)
        progress({"replaying the journal", replay.decisions, total, recovered.seconds});
    return recovered;
}

}  // namespace oms::runtime
