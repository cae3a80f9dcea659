// SPDX-License-Identifier: Apache-2.0
// Bodies of the control socket: numbers, texts and records, each taken or found wanting. Records
// that were read are written as bytes that say the same.
#include "promise.hpp"

#include "model/codec.hpp"
#include "runtime/control/control_protocol.hpp"
#include "runtime/flat_batch.hpp"

#include <string>
#include <vector>

namespace {

void read_records(std::string_view bytes) {
    using namespace oms;
    Decoder decoder;
    if (!decoder.decode(bytes)) return;
    std::string again;
    for (const oms_record& record : sdk::Records(decoder.view())) encode(record, again);
    Decoder back;
    promise(back.decode(again).has_value(), "what was read can be written and read again");
    std::string twice;
    for (const oms_record& record : sdk::Records(back.view())) encode(record, twice);
    promise(again == twice, "and says the same");
    const std::size_t words = runtime::flat_words(decoder.view());
    if (words == 0) return;
    std::vector<std::uint64_t> room(words);
    const oms_batch copy = runtime::copy_flat(decoder.view(), room.data());
    promise(copy.count == decoder.view().count, "a copy has every record");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms;
    const std::string_view bytes = as_text(data, size);
    runtime::BodyReader status(bytes);
    runtime::ProcessStatus taken;
    static_cast<void>(runtime::take_status(status, taken));
    runtime::BodyReader reader(bytes);
    static_cast<void>(reader.number());
    static_cast<void>(reader.text());
    promise(reader.rest().size() <= size, "a body ends where its bytes do");
    if (reader.sound()) read_records(reader.rest());
    read_records(bytes);
    return 0;
}
