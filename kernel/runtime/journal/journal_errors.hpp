// SPDX-License-Identifier: Apache-2.0
// What the journal refuses. Codes 5000 to 5199 are its own.
#pragma once

#include <oms/sdk/error.hpp>

namespace oms::runtime {

// The caller, or the place, is at fault.
inline constexpr ErrorCode error_journal_locked = 5000;       ///< another process has it open
inline constexpr ErrorCode error_journal_io = 5001;           ///< the operating system said no
inline constexpr ErrorCode error_journal_full = 5002;         ///< no space left on the disk
inline constexpr ErrorCode error_journal_fenced = 5003;       ///< the epoch is not the newest
inline constexpr ErrorCode error_journal_bad_batch = 5004;    ///< the seqs do not follow on
inline constexpr ErrorCode error_journal_closed = 5005;       ///< used after close
inline constexpr ErrorCode error_journal_setting = 5006;      ///< an option cannot be met
inline constexpr ErrorCode error_journal_interrupted = 5007;  ///< long work was told to end

// What is in the directory is not what was written.
inline constexpr ErrorCode error_journal_short = 5100;    ///< it ends before the mark
inline constexpr ErrorCode error_journal_gap = 5101;      ///< seqs are missing
inline constexpr ErrorCode error_journal_doubled = 5102;  ///< seqs are there twice
inline constexpr ErrorCode error_journal_chain = 5103;    ///< a commit names another one before it
inline constexpr ErrorCode error_journal_altered = 5104;  ///< a commit differs from its hash
inline constexpr ErrorCode error_journal_damaged = 5105;  ///< SQLite cannot read the file
inline constexpr ErrorCode error_journal_foreign = 5106;  ///< a file of another journal, or none
inline constexpr ErrorCode error_journal_version = 5107;  ///< written by a newer version
inline constexpr ErrorCode error_journal_mark_missing = 5108;  ///< there are segments, but no mark
inline constexpr ErrorCode error_journal_mark_damaged = 5109;  ///< the mark cannot be read
inline constexpr ErrorCode error_journal_mark_differs = 5110;  ///< it names another commit
inline constexpr ErrorCode error_journal_digest = 5111;  ///< a sealed file differs from its digest
inline constexpr ErrorCode error_journal_left_over = 5112;  ///< harmless; the next start clears it

// A snapshot cannot be used; the journal is all the same.
inline constexpr ErrorCode error_snapshot_damaged = 5113;  ///< it is not what was written
inline constexpr ErrorCode error_snapshot_foreign = 5114;  ///< of another journal, or another end
inline constexpr ErrorCode error_snapshot_version = 5115;  ///< written by a newer version

// 5116: the archive of retired orders is not what was written (model/archive_reader.hpp).
inline constexpr ErrorCode error_archive_other = 5117;  ///< it does not belong to the snapshot

}  // namespace oms::runtime
