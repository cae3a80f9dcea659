// SPDX-License-Identifier: Apache-2.0
// A line is a message or a fault; a message that was read is written as the line that says the
// same.
#include "promise.hpp"

#include "shared/crc32.hpp"
#include "src/decoder.hpp"

#include <string>

namespace {

void read(std::string_view text) {
    const line::Decoded decoded = line::decode(text);
    promise(decoded.message.has_value() == decoded.fault.empty(), "a message or a fault");
    if (!decoded.message) return;
    promise(decoded.message->number != 0 && !decoded.message->type.empty(), "it is complete");
    const std::string again = line::encode(*decoded.message);
    promise(again.size() <= line::max_line_bytes, "a line has a limit");
    const line::Decoded back = line::decode(std::string_view(again).substr(0, again.size() - 1));
    promise(back.message.has_value(), "what is written can be read");
    promise(*back.message == *decoded.message, "and says the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    line::LineBuffer whole;
    line::LineBuffer slow;
    whole.append(bytes);
    for (const char letter : bytes) slow.append({&letter, 1});
    while (const auto text = whole.next()) {
        promise(slow.next() == text, "lines are the same however they come in");
        read(*text);
    }
    // Nobody guesses a checksum: what stands before the last bar is read under its own.
    const std::size_t bar = bytes.rfind('|');
    if (bar == std::string_view::npos) return 0;
    const std::string body(bytes.substr(0, bar + 1));
    read(body + connectors::crc_text(body));
    return 0;
}
