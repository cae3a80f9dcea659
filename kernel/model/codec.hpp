// SPDX-License-Identifier: Apache-2.0
// Records as bytes: how decisions lie in the journal and travel over the control socket.
//
// A record: varint kind, varint mask of the fields that are not zero (bit i: field i of
// records.def, `size` and `kind` not counted), then those fields in order: u32 and u64 as varint,
// i64 as zigzag varint, text as varint length and bytes, wide as 16 bytes little-endian. A field
// that a later version added reads as zero from older bytes; fields beyond those known are an
// error, since the reader is then older than the writer.
//
// A decision: varint length in bytes of what follows, the `decision` record, its effects. A frame:
// decisions one behind the other.
#pragma once

#include "model/result.hpp"

#include <oms/sdk/batch.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace oms {

/// Appends one record to `bytes`. The record's kind must be known.
void encode(const oms_record& record, std::string& bytes);

void append_varint(std::string& bytes, std::uint64_t number);

/// Takes a varint off the front of `bytes`. OMS-5201 when it is cut short or too long.
Result<std::uint64_t> take_varint(std::string_view& bytes);

/// Decodes records into words of its own; texts point into the bytes that were decoded, which must
/// outlive the view. Used again and again without allocating.
class Decoder {
public:
    /// Everything in `bytes` is records. OMS-5201 bytes cut short, OMS-5202 unknown kind or field.
    Status decode(std::string_view bytes);
    oms_batch view() const {
        return {reinterpret_cast<const oms_record*>(words_.data()), words_.size() * 8, count_, 0};
    }

private:
    /// Where the record ends; null when it cannot be read.
    const char* decode_one(const char* at, const char* end);
    std::vector<std::uint64_t> words_;
    std::uint32_t count_ = 0;
};

/// Takes one decision (its records' bytes) off the front of a frame.
Result<std::string_view> take_decision(std::string_view& frame);

}  // namespace oms
