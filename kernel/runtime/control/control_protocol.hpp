// SPDX-License-Identifier: Apache-2.0
// What travels over the control socket. A message is a head of 16 bytes, little-endian,
//
//     u32 size of the body · u16 verb · u16 status · u64 id
//
// and a body of numbers (varint), texts (varint length, bytes) and records (model/codec.hpp). Each
// question is answered under its id, in any order; the first on a connection is `hello`. An answer
// to `submit` or `query` comes when it is durable, under the token.
#pragma once

#include "runtime/control/unix_socket.hpp"
#include "runtime/status.hpp"

#include <oms/sdk/batch.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace oms::runtime {

inline constexpr std::uint64_t control_version = 1;
/// A longer body is an error of the other side.
inline constexpr std::uint32_t control_most_bytes = std::uint32_t{16} << 20;

enum class Verb : std::uint16_t {
    hello = 1,    ///< version -> version, version of oms
    resolve,      ///< class, code -> reference
    describe,     ///< reference -> reference_row
    submit,       ///< input -> seq, decision
    observe,      ///< observations ->
    query,        ///< query -> seq, rows
    read,         ///< which, channel, seq, timeout_ms, bytes -> seq, decisions
    gate,         ///< intent ->
    now,          ///< -> ns
    durable_seq,  ///< -> seq
    status,       ///< -> the process, see below
    stop,         ///< ->
};

struct Message {
    Verb verb = Verb::hello;
    oms_status status = OMS_OK;
    std::uint64_t id = 0;
    std::string body;
};

/// Head and body as bytes.
std::string to_bytes(const Message& message);
/// The next message; false: the other side is gone, or talks nonsense.
bool receive(UnixSocket& socket, Message& message);

// Bodies.
void put_number(std::string& body, std::uint64_t number);
void put_text(std::string& body, std::string_view text);
void put_records(std::string& body, const oms_batch& records);  ///< to the end of the body
void put_status(std::string& body, const ProcessStatus& status);

/// Takes a body apart; once something is missing, everything that follows is zero and `sound`
/// false.
class BodyReader {
public:
    explicit BodyReader(std::string_view body) : rest_(body) {}
    std::uint64_t number();
    std::string_view text();
    std::string_view rest() const { return rest_; }
    bool sound() const { return sound_; }

private:
    std::string_view rest_;
    bool sound_ = true;
};
bool take_status(BodyReader& reader, ProcessStatus& status);

}  // namespace oms::runtime
