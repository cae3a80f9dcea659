// SPDX-License-Identifier: Apache-2.0
// Records as bytes, each standing alone: how they lie in snapshots and in the archive and travel
// over the control socket. Decisions in the journal are shorter, see frame.hpp.
//
// A record: varint kind, varint mask of the fields that are not zero (bit i: field i of
// records.def, `size` and `kind` not counted), then those fields in order: u32 and u64 as varint,
// i64 as zigzag varint, text as varint length and bytes, wide as 16 bytes little-endian. A field
// that a later version added reads as zero from older bytes; fields beyond those known are an
// error, since the reader is then older than the writer.
#pragma once

#include "model/record_list.hpp"
#include "model/result.hpp"

#include <oms/sdk/batch.hpp>

#include <string>
#include <string_view>

namespace oms {

/// Appends one record to `bytes`. The record's kind must be known.
void encode(const oms_record& record, std::string& bytes);

void append_varint(std::string& bytes, std::uint64_t number);

/// Takes a varint off the front of `bytes`. OMS-5201 when it is cut short or too long.
Result<std::uint64_t> take_varint(std::string_view& bytes);

/// Appends what `bytes` holds, which is records and nothing else; texts point into the bytes.
/// OMS-5201 bytes cut short, OMS-5202 unknown kind or field.
Status decode(std::string_view bytes, RecordList& records);

/// Decodes into records of its own; texts point into the bytes that were decoded, which must
/// outlive the view. Used again and again without allocating.
class Decoder {
public:
    Status decode(std::string_view bytes) {
        records_.clear();
        return oms::decode(bytes, records_);
    }
    oms_batch view() const { return records_.view(); }

private:
    RecordList records_;
};

}  // namespace oms
