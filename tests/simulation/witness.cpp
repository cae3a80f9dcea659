// SPDX-License-Identifier: Apache-2.0
#include "witness.hpp"

#include <utility>

namespace oms::simulation {

namespace {

class WitnessedJournal final : public runtime::Journal {
public:
    WitnessedJournal(std::unique_ptr<runtime::SqliteJournal> journal, Witness& witness)
        : journal_(std::move(journal)), witness_(witness) {}

    Status append(const runtime::JournalBatch& batch) override {
        witness_.commits.push_back({batch.first_seq, batch.last_seq,
                                    digest_of(batch.frame.data(), batch.frame.size()), false});
        Status status = journal_->append(batch);
        if (status) {
            witness_.commits.back().acknowledged = true;
            witness_.appended_bytes += batch.frame.size();
        }
        return status;
    }
    Status read(std::uint64_t from_seq, const runtime::JournalVisitor& visit) override {
        return journal_->read(from_seq, visit);
    }
    std::uint64_t last_seq() const noexcept override { return journal_->last_seq(); }
    std::uint64_t epoch() const noexcept override { return journal_->epoch(); }
    bool space_low() const noexcept override { return journal_->space_low(); }
    Result<runtime::JournalInfo> info() const override { return journal_->info(); }
    const runtime::SegmentPlace* place() const noexcept override { return journal_->place(); }
    Status close() override { return journal_->close(); }

private:
    std::unique_ptr<runtime::SqliteJournal> journal_;
    Witness& witness_;
};

std::string seqs(const Commit& commit) {
    return "the commit of seqs " + std::to_string(commit.first_seq) + " to " +
           std::to_string(commit.last_seq);
}

}  // namespace

std::uint64_t digest_of(const void* bytes, std::size_t size, std::uint64_t start) {
    std::uint64_t digest = start;
    for (const auto* at = static_cast<const unsigned char*>(bytes); size > 0; ++at, --size) {
        digest ^= *at;
        digest *= 0x100000001b3U;
    }
    return digest;
}

std::uint64_t Witness::acknowledged_seq() const {
    for (auto commit = commits.rbegin(); commit != commits.rend(); ++commit)
        if (commit->acknowledged) return commit->last_seq;
    return 0;
}

std::uint64_t Witness::digest() const {
    std::uint64_t digest = digest_of(nullptr, 0);
    for (const Commit& commit : commits)
        digest = digest_of(&commit.digest, sizeof commit.digest, digest);
    return digest;
}

std::string Witness::compare(runtime::Journal& journal) {
    std::size_t at = 0;
    std::string wrong;
    const Status read = journal.read(1, [&](const runtime::JournalCommit& found) {
        if (at == commits.size()) {
            wrong = "the journal holds a commit that nobody wrote";
            return false;
        }
        const Commit& written = commits[at++];
        const bool same = written.first_seq == found.first_seq &&
                          written.last_seq == found.last_seq &&
                          written.digest == digest_of(found.frame.data(), found.frame.size());
        if (!same) wrong = seqs(written) + " is another one than was written";
        return same;
    });
    if (!wrong.empty()) return wrong;
    if (!read) return "the journal cannot be read: " + to_text(read.error());
    for (std::size_t lost = at; lost < commits.size(); ++lost)
        if (commits[lost].acknowledged)
            return seqs(commits[lost]) + " was acknowledged and is gone";
    commits.resize(at);
    // What is found is durable from here on.
    for (Commit& commit : commits) commit.acknowledged = true;
    return {};
}

std::unique_ptr<runtime::Journal> witnessed(std::unique_ptr<runtime::SqliteJournal> journal,
                                            Witness& witness) {
    return std::make_unique<WitnessedJournal>(std::move(journal), witness);
}

}  // namespace oms::simulation
