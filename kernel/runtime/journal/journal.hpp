// SPDX-License-Identifier: Apache-2.0
// The journal: a chain of group commits, each an opaque frame of decision records.
//
// It depends on bytes alone. `append` returns when the frame is on stable storage; whoever answers
// a client or writes to a destination does so after that. Any error of `append` means that memory
// is ahead of the disk: the caller ends the process with the error as its last word, and the next
// start reads what is there.
//
// Threads: `append` and `close` are called by one thread at a time, whichever it is. Everything
// else may be called from any thread at any time until `close`; `read` takes turns with `append` in
// short steps, and its visitor runs without any lock.
#pragma once

#include "model/result.hpp"
#include "runtime/journal/journal_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace oms::runtime {

/// The decisions that become durable together. `frame` is borrowed for the call.
struct JournalBatch {
    std::uint64_t first_seq = 0;  ///< one more than the journal's last_seq()
    std::uint64_t last_seq = 0;   ///< at least first_seq
    std::uint64_t epoch = 0;      ///< as epoch() said; an older one is fenced off
    std::span<const std::byte> frame;
    /// SHA-256 of `frame`, if the caller has it (digest_of); saves the journal's thread the work.
    const JournalHash* frame_digest = nullptr;
};

/// One group commit, as it is read back. `frame` is valid during the visit alone.
struct JournalCommit {
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t epoch = 0;  ///< under which it was written
    std::span<const std::byte> frame;
    JournalHash previous_hash{};
    JournalHash hash{};  ///< covers everything above; a snapshot names the journal's place by it
};

/// Says whether to go on.
using JournalVisitor = std::function<bool(const JournalCommit&)>;

struct JournalSegmentInfo {
    std::string name;             ///< of the file; "memory" for one without
    std::uint64_t first_seq = 0;  ///< 0 while it is empty
    std::uint64_t last_seq = 0;
    std::uint64_t bytes = 0;  ///< of frames and what surrounds them, without what is held ready
    bool sealed = false;
};

struct SegmentPlace;

struct JournalInfo {
    std::string place;  ///< the directory; "memory" for one without
    std::string id;     ///< 32 hexadecimal digits, the same in every segment
    std::uint64_t last_seq = 0;
    std::uint64_t epoch = 0;
    JournalHash last_hash{};
    std::vector<JournalSegmentInfo> segments;  ///< in order of their seqs
    std::uint64_t bytes = 0;                   ///< of all segments
    std::uint64_t free_bytes = 0;              ///< left on the disk
    bool space_low = false;
};

class Journal {
public:
    Journal() = default;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;
    virtual ~Journal() = default;

    /// Returns when the batch is on stable storage. After an error every further call returns it.
    virtual Status append(const JournalBatch& batch) = 0;

    /// Visits every commit from the one that holds `from_seq` to the last that was durable when
    /// the call began, and checks the chain on its way. A `from_seq` beyond it visits nothing.
    virtual Status read(std::uint64_t from_seq, const JournalVisitor& visit) = 0;

    /// The last durable seq; 0 when there is none.
    virtual std::uint64_t last_seq() const noexcept = 0;

    /// Grows with each opening: what was opened earlier cannot append any more.
    virtual std::uint64_t epoch() const noexcept = 0;

    /// True while room for the next segments cannot be had. What was already decided still fits;
    /// the kernel takes no new obligations (cancel-only) until it is false again.
    virtual bool space_low() const noexcept = 0;

    virtual Result<JournalInfo> info() const = 0;

    /// Where its files lie, and where snapshots of what it came to may lie beside them; null when
    /// it has none. Lives as long as the journal.
    virtual const SegmentPlace* place() const noexcept { return nullptr; }

    /// Ends the journal's own work and gives its files back. The destructor does it as well, but
    /// cannot say what went wrong.
    virtual Status close() = 0;
};

}  // namespace oms::runtime
