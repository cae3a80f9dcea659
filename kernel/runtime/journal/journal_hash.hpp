// SPDX-License-Identifier: Apache-2.0
// The hash chain: each commit names the one before it, so nothing can be cut out, doubled or moved.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace oms::runtime {

/// A SHA-256.
using JournalHash = std::array<std::uint8_t, 32>;

/// Which journal a file belongs to: drawn when the journal is made.
using JournalId = std::array<std::uint8_t, 16>;

/// SHA-256 of some bytes. Any thread.
JournalHash digest_of(std::span<const std::byte> bytes);

/// What the first commit of a journal names as its predecessor.
JournalHash first_hash(const JournalId& id);

/// The hash of a commit: SHA-256 over the previous hash, first seq, last seq and epoch (64 bits
/// each, little-endian) and the SHA-256 of the frame. The frame's digest stands for the frame, so
/// that it can be taken where the frame is made, beside the disk's work on the one before.
JournalHash chain_hash(const JournalHash& previous, std::uint64_t first_seq, std::uint64_t last_seq,
                       std::uint64_t epoch, const JournalHash& frame_digest);

/// Digests what comes in pieces.
class Digest {
public:
    Digest();
    ~Digest();
    Digest(const Digest&) = delete;
    Digest& operator=(const Digest&) = delete;
    void add(std::span<const std::byte> bytes);
    JournalHash finish();

private:
    void* context_;
};

/// Lower-case hexadecimal digits.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// The reverse; false unless `text` has exactly the digits that `bytes` needs.
bool from_hex(const std::string& text, std::span<std::uint8_t> bytes);

}  // namespace oms::runtime
