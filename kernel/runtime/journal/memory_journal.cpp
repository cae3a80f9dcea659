// SPDX-License-Identifier: Apache-2.0
#include "runtime/journal/memory_journal.hpp"

#include "runtime/journal/journal_errors.hpp"
#include "runtime/journal/segment.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>

namespace oms::runtime {
namespace {

/// All memory journals are one journal: nothing of them is ever compared with a file.
constexpr JournalId memory_id{};

class MemoryJournal final : public Journal {
public:
    explicit MemoryJournal(bool keep_frames) : keep_frames_(keep_frames) {}

    Status append(const JournalBatch& batch) override;
    Status read(std::uint64_t from_seq, const JournalVisitor& visit) override;
    std::uint64_t last_seq() const noexcept override {
        return last_seq_.load(std::memory_order_acquire);
    }
    std::uint64_t epoch() const noexcept override { return 1; }
    bool space_low() const noexcept override { return false; }
    Result<JournalInfo> info() const override;
    Status close() override {
        closed_ = true;
        return {};
    }

private:
    /// Shared with readers, who visit without the lock.
    struct Stored {
        JournalCommit commit;
        std::vector<std::byte> frame;
    };

    std::shared_ptr<const Stored> find(std::uint64_t seq) const;

    const bool keep_frames_;
    bool closed_ = false;
    std::atomic<std::uint64_t> last_seq_{0};
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<const Stored>> commits_;
    std::uint64_t bytes_ = 0;
    JournalHash last_hash_ = first_hash(memory_id);
};

Status MemoryJournal::append(const JournalBatch& batch) {
    if (closed_) return fail(error_journal_closed, "memory", "the journal is closed");
    if (batch.epoch != epoch()) {
        return fail(error_journal_fenced, "epoch",
                    "a batch of epoch " + std::to_string(batch.epoch) +
                        " came to a journal of epoch " + std::to_string(epoch()));
    }
    if (batch.first_seq != last_seq() + 1 || batch.last_seq < batch.first_seq) {
        return fail(error_journal_bad_batch, "batch",
                    "a batch of " + seqs_text(batch.first_seq, batch.last_seq) +
                        " came where seq " + std::to_string(last_seq() + 1) + " is next",
                    "this is a fault of the program: report it");
    }
    const std::lock_guard lock(mutex_);
    if (keep_frames_) {
        auto stored = std::make_shared<Stored>();
        stored->frame.assign(batch.frame.begin(), batch.frame.end());
        stored->commit = {batch.first_seq,
                          batch.last_seq,
                          batch.epoch,
                          stored->frame,
                          last_hash_,
                          chain_hash(last_hash_, batch.first_seq, batch.last_seq, batch.epoch,
                                     batch.frame_digest == nullptr ? digest_of(batch.frame)
                                                                   : *batch.frame_digest)};
        last_hash_ = stored->commit.hash;
        commits_.push_back(std::move(stored));
        bytes_ += batch.frame.size();
    }
    last_seq_.store(batch.last_seq, std::memory_order_release);
    return {};
}

std::shared_ptr<const MemoryJournal::Stored> MemoryJournal::find(std::uint64_t seq) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::partition_point(
        commits_.begin(), commits_.end(),
        [&](const std::shared_ptr<const Stored>& one) { return one->commit.last_seq < seq; });
    return found == commits_.end() ? nullptr : *found;
}

Status MemoryJournal::read(std::uint64_t from_seq, const JournalVisitor& visit) {
    const std::uint64_t to_seq = last_seq();
    while (from_seq <= to_seq) {
        const std::shared_ptr<const Stored> stored = find(from_seq);
        if (stored == nullptr || !visit(stored->commit)) return {};
        from_seq = stored->commit.last_seq + 1;
    }
    return {};
}

Result<JournalInfo> MemoryJournal::info() const {
    const std::lock_guard lock(mutex_);
    JournalInfo info;
    info.place = "memory";
    info.id = to_hex(memory_id);
    info.last_seq = last_seq();
    info.epoch = epoch();
    info.last_hash = last_hash_;
    info.bytes = bytes_;
    if (info.last_seq > 0) info.segments.push_back({"memory", 1, info.last_seq, bytes_, false});
    return info;
}

}  // namespace

std::unique_ptr<Journal> make_memory_journal(bool keep_frames) {
    return std::make_unique<MemoryJournal>(keep_frames);
}

}  // namespace oms::runtime
