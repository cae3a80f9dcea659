// SPDX-License-Identifier: Apache-2.0
// A head is read in the same way however its bytes come in, and a chunked body, too.
#include "promise.hpp"

#include "http_message.hpp"

namespace {

using namespace oms::rest;

struct Read {
    Parsed parsed = Parsed::incomplete;
    std::string body;
    std::size_t eaten = 0;
};

Read read_chunks(std::string_view bytes, std::size_t step) {
    constexpr std::size_t most_bytes = 4096;
    ChunkedReader reader(most_bytes);
    Read read;
    HttpFault fault;
    std::string pending;
    for (std::size_t at = 0; at < bytes.size() && read.parsed == Parsed::incomplete; at += step) {
        pending += bytes.substr(at, step);
        std::string_view rest = pending;
        read.parsed = reader.feed(rest, fault);
        read.eaten += pending.size() - rest.size();
        pending.erase(0, pending.size() - rest.size());
    }
    read.body = reader.body();
    promise(read.body.size() <= most_bytes, "a body has a limit");
    return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = as_text(data, size);
    RequestHead head;
    HttpFault fault;
    const Parsed parsed = parse_head(bytes, head, fault);
    if (parsed == Parsed::bad)
        promise(fault.status >= 400 && !fault.reason.empty(), "a fault says what it is");
    if (parsed != Parsed::complete) return 0;
    promise(head.bytes <= size && head.bytes <= max_head_bytes, "a head ends within its bytes");
    promise(head.path.starts_with('/'), "a path begins with a slash");
    promise(!(head.chunked && head.has_length), "a body has one length");
    std::string decoded;
    percent_decode(head.path, false, decoded);
    percent_decode(head.query, true, decoded);
    RequestHead cut;
    promise(parse_head(bytes.substr(0, head.bytes - 1), cut, fault) == Parsed::incomplete,
            "a head is whole when its last byte is there, and not before");
    const std::string_view behind = bytes.substr(head.bytes);
    if (!head.chunked || behind.empty()) return 0;
    const Read whole = read_chunks(behind, behind.size());
    const Read slow = read_chunks(behind, 1);
    promise(whole.parsed == slow.parsed, "chunks are taken alike, slowly and at once");
    if (whole.parsed == Parsed::complete)
        promise(whole.body == slow.body, "and give the same body");
    return 0;
}
