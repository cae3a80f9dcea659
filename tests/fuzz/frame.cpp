// SPDX-License-Identifier: Apache-2.0
// Frames of the journal, of either form: each is read or found wanting, and decisions that were
// read are written as a frame that says the same.
#include "promise.hpp"

#include "model/codec.hpp"
#include "model/frame.hpp"

#include <string>

namespace {

using namespace oms;

std::string plain(const oms_batch& records) {
    std::string bytes;
    for (const oms_record& record : sdk::Records(records)) encode(record, bytes);
    return bytes;
}

/// Whether its header says how many records follow; one of the first form may say anything.
bool counts_right(const oms_batch& decision) {
    const auto* header = decision.count == 0 ? nullptr : sdk::as<oms_decision>(*decision.first);
    return header != nullptr && header->effects + std::uint64_t{1} == decision.count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FrameReader reader;
    reader.begin(as_text(data, size));
    Frame frame;
    std::string said;
    for (Result<bool> more = reader.next(); more && *more; more = reader.next()) {
        const oms_batch decision = reader.decision();
        if (!counts_right(decision)) break;
        const auto* effects = reinterpret_cast<const oms_record*>(
            reinterpret_cast<const char*>(decision.first) + decision.first->size);
        bool framed = true;
        for (const oms_record& record : sdk::Records(decision))
            framed = framed && !sdk::is_query(record.kind) && !sdk::is_row(record.kind);
        if (!framed) break;
        frame.add(*sdk::as<oms_decision>(*decision.first),
                  {effects, decision.bytes - decision.first->size, decision.count - 1, 0});
        said += plain(decision);
    }
    FrameReader back;
    promise(back.read_all(frame.bytes()).has_value(), "what was read can be written and read");
    promise(plain(back.decision()) == said, "and says the same");
    return 0;
}
