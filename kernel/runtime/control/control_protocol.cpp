// SPDX-License-Identifier: Apache-2.0
#include "runtime/control/control_protocol.hpp"

#include "model/codec.hpp"

#include <cstring>

namespace oms::runtime {

namespace {

struct Head {
    std::uint32_t size = 0;
    std::uint16_t verb = 0;
    std::uint16_t status = 0;
    std::uint64_t id = 0;
};
static_assert(sizeof(Head) == 16);

constexpr std::uint64_t most_entries = 100'000;

}  // namespace

std::string to_bytes(const Message& message) {
    const Head head{static_cast<std::uint32_t>(message.body.size()),
                    static_cast<std::uint16_t>(message.verb),
                    static_cast<std::uint16_t>(message.status), message.id};
    std::string bytes(reinterpret_cast<const char*>(&head), sizeof head);
    bytes += message.body;
    return bytes;
}

bool receive(UnixSocket& socket, Message& message) {
    Head head;
    if (!socket.receive(reinterpret_cast<char*>(&head), sizeof head)) return false;
    if (head.size > control_most_bytes) return false;
    message.verb = static_cast<Verb>(head.verb);
    message.status = head.status;
    message.id = head.id;
    message.body.resize(head.size);
    return socket.receive(message.body.data(), head.size);
}

void put_number(std::string& body, std::uint64_t number) { append_varint(body, number); }

void put_text(std::string& body, std::string_view text) {
    append_varint(body, text.size());
    body += text;
}

void put_records(std::string& body, const oms_batch& records) {
    for (const oms_record& record : sdk::Records(records)) encode(record, body);
}

std::uint64_t BodyReader::number() {
    const Result<std::uint64_t> number = take_varint(rest_);
    if (number) return *number;
    sound_ = false;
    rest_ = {};
    return 0;
}

std::string_view BodyReader::text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
        sound_ = false;
        rest_ = {};
        return {};
    }
    const std::string_view text = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(static_cast<std::size_t>(size));
    return text;
}

void put_status(std::string& body, const ProcessStatus& status) {
    put_text(body, status.version);
    put_text(body, status.config);
    put_text(body, status.data);
    put_number(body, status.process);
    put_number(body, static_cast<std::uint64_t>(status.started));
    put_number(body, status.epoch);
    put_number(body, status.durable_seq);
    put_number(body, status.cancel_only ? 1 : 0);
    put_number(body, status.instances.size());
    for (const InstanceStatus& instance : status.instances) {
        for (const std::string* text : {&instance.instance, &instance.plugin, &instance.version,
                                        &instance.kind, &instance.file, &instance.state})
            put_text(body, *text);
        put_number(body, instance.calls);
        put_number(body, instance.faults);
        put_number(body, instance.shown_seq);
    }
    put_number(body, status.counters.size());
    for (const auto& [name, value] : status.counters) {
        put_text(body, name);
        put_number(body, value);
    }
}

bool take_status(BodyReader& reader, ProcessStatus& status) {
    status.version = reader.text();
    status.config = reader.text();
    status.data = reader.text();
    status.process = reader.number();
    status.started = static_cast<std::int64_t>(reader.number());
    status.epoch = reader.number();
    status.durable_seq = reader.number();
    status.cancel_only = reader.number() != 0;
    const std::uint64_t instances = reader.number();
    if (instances > most_entries) return false;
    for (std::uint64_t i = 0; i < instances && reader.sound(); ++i) {
        InstanceStatus& instance = status.instances.emplace_back();
        for (std::string* text : {&instance.instance, &instance.plugin, &instance.version,
                                  &instance.kind, &instance.file, &instance.state})
            *text = reader.text();
        instance.calls = reader.number();
        instance.faults = reader.number();
        instance.shown_seq = reader.number();
    }
    const std::uint64_t counters = reader.number();
    if (counters > most_entries) return false;
    for (std::uint64_t i = 0; i < counters && reader.sound(); ++i) {
        const std::string name(reader.text());
        status.counters.emplace_back(name, reader.number());
    }
    return reader.sound();
}

}  // namespace oms::runtime
