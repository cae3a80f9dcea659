// SPDX-License-Identifier: Apache-2.0
#include "runtime/control_client.hpp"

#include "model/codec.hpp"
#include "runtime/config/config.hpp"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace oms::runtime {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t call_timeout_ms = 10'000;
constexpr std::int64_t longest_read_ms = 10'000;

Result<fs::path> find_socket(const fs::path& place) {
    std::error_code ignored;
    if (fs::is_socket(place, ignored)) return place;
    if (fs::exists(config_file(place), ignored) &&
        fs::is_regular_file(config_file(place), ignored)) {
        const yaml::Checked<ConfigPlaces> places = read_config_places(place);
        if (!places) return tl::unexpected(yaml::fold(places.error()));
        return places->control;
    }
    if (fs::is_directory(place, ignored)) return place / "control.sock";
    return fail(error_not_running, place.string(), "no oms process listens here",
                "name a configuration such as config/hybrid, and start it with `oms run`");
}

}  // namespace

ControlClient::ControlClient(fs::path path, UnixSocket socket)
    : path_(std::move(path)), socket_(std::move(socket)), receiver_([this] { run(); }) {}

ControlClient::~ControlClient() {
    socket_.shut_down();
    receiver_.join();
}

Result<std::unique_ptr<ControlClient>> ControlClient::connect(const fs::path& place) {
    const Result<fs::path> path = find_socket(place);
    if (!path) return tl::unexpected(path.error());
    Result<UnixSocket> socket = UnixSocket::connect(*path);
    if (!socket) return tl::unexpected(socket.error());
    std::unique_ptr<ControlClient> client(new ControlClient(*path, std::move(*socket)));
    if (Status greeted = client->greet(); !greeted) return tl::unexpected(greeted.error());
    return client;
}

Status ControlClient::greet() {
    std::string body;
    put_number(body, control_version);
    const std::optional<Message> reply = call(Verb::hello, std::move(body), call_timeout_ms);
    if (!reply) return tl::unexpected(stopped_error());
    BodyReader reader(reply->body);
    const std::uint64_t version = reader.number();
    version_ = reader.text();
    if (reply->status == OMS_AGAIN) {
        return fail(error_too_many_clients, path_.string(),
                    "the process has as many clients as it takes",
                    "end some of them, or raise limits.control_clients");
    }
    if (reply->status != OMS_OK) {
        return fail(error_protocol, path_.string(),
                    "the process speaks version " + std::to_string(version) +
                        " of the control protocol, this program version " +
                        std::to_string(control_version),
                    "use the oms of the running process (" + version_ + ")");
    }
    return {};
}

Error ControlClient::stopped_error() const {
    return {error_connection_lost, path_.string(), "the process ended the connection",
            "see its last words; start it again, and ask again with the same key"};
}

void ControlClient::run() {
    Message message;
    while (receive(socket_, message)) deliver(message);
    gone_ = true;
    {
        const std::lock_guard lock(mutex_);
        answered_.notify_all();
    }
    mailbox_.stop();
}

void ControlClient::deliver(const Message& message) {
    if (message.verb != Verb::submit) {
        const std::lock_guard lock(mutex_);
        // One that is turned away is told so without being asked.
        const bool unasked = message.id == 0 && message.verb == Verb::hello && !calls_.empty();
        const auto call = unasked ? calls_.begin() : calls_.find(message.id);
        if (call == calls_.end()) return;
        call->second = message;
        answered_.notify_all();
        return;
    }
    BodyReader reader(message.body);
    Mail mail;
    mail.token = message.id;
    mail.status = message.status;
    mail.seq = reader.number();
    auto rows = std::make_shared<sdk::Batch>();
    Decoder decoder;
    if (decoder.decode(reader.rest()))
        rows->append(decoder.view());
    else
        mail.status = OMS_FAILED;
    mail.rows = std::move(rows);
    mailbox_.put(std::move(mail));
    mailbox_.ring();
}

oms_status ControlClient::send(const Message& message) {
    if (gone_) return OMS_STOPPED;
    const std::string bytes = to_bytes(message);
    const std::lock_guard lock(sending_);
    return socket_.send(bytes) ? OMS_OK : OMS_STOPPED;
}

std::optional<Message> ControlClient::call(Verb verb, std::string body, std::int64_t timeout_ms) {
    std::unique_lock lock(mutex_);
    const std::uint64_t id = next_id_++;
    const std::uint64_t wakes = wakes_;
    calls_[id];
    lock.unlock();
    const oms_status sent = send({verb, OMS_OK, id, std::move(body)});
    lock.lock();
    if (sent == OMS_OK) {
        answered_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] {
            return calls_[id].has_value() || gone_ || (verb == Verb::read && wakes != wakes_);
        });
    }
    std::optional<Message> reply = std::move(calls_[id]);
    calls_.erase(id);
    return reply;
}

oms_status ControlClient::resolve(std::uint32_t reference_class, std::string_view code,
                                  std::uint32_t& reference) {
    std::string body;
    put_number(body, reference_class);
    put_text(body, code);
    const auto reply = call(Verb::resolve, std::move(body), call_timeout_ms);
    if (!reply) return OMS_STOPPED;
    reference = static_cast<std::uint32_t>(BodyReader(reply->body).number());
    return reply->status;
}

oms_status ControlClient::describe(std::uint32_t reference, oms_reference_row& row) {
    std::string body;
    put_number(body, reference);
    const auto reply = call(Verb::describe, std::move(body), call_timeout_ms);
    if (!reply) return OMS_STOPPED;
    if (reply->status != OMS_OK) return reply->status;
    Decoder decoder;
    if (!decoder.decode(reply->body) || decoder.view().count != 1) return OMS_FAILED;
    const auto* found = sdk::as<oms_reference_row>(*decoder.view().first);
    if (found == nullptr) return OMS_FAILED;
    row = *found;
    const std::lock_guard lock(mutex_);
    row.code = sdk::text(codes_.emplace_back(sdk::view(found->code)));
    return OMS_OK;
}

oms_status ControlClient::pass_on(Verb verb, const oms_batch& records, std::uint64_t token) {
    Message message{verb, OMS_OK, token, {}};
    for (const oms_record& record : sdk::Records(records)) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        if (info == nullptr || record.size < info->size) return OMS_INVALID;
        encode(record, message.body);
    }
    if (message.body.size() > control_most_bytes) return OMS_INVALID;
    if (token != 0 && !mailbox_.owe()) return gone_ ? OMS_STOPPED : OMS_AGAIN;
    const oms_status status = send(message);
    if (status != OMS_OK && token != 0) mailbox_.forgive();
    return status;
}

oms_status ControlClient::submit(const oms_batch& input, std::uint64_t token) {
    return pass_on(Verb::submit, input, token);
}

oms_status ControlClient::query(const oms_query& query, std::uint64_t token) {
    const auto* record = reinterpret_cast<const oms_record*>(&query);
    return pass_on(Verb::query, {record, record->size, 1, 0}, token);
}

oms_status ControlClient::observe(std::span<const oms_observation> observations) {
    std::string body;
    for (const oms_observation& value : observations)
        encode(*reinterpret_cast<const oms_record*>(&value), body);
    const auto reply = call(Verb::observe, std::move(body), call_timeout_ms);
    return reply ? reply->status : OMS_STOPPED;
}

oms_status ControlClient::take_answers(std::int64_t timeout_ms, const TakeAnswer& take) {
    return mailbox_.take(timeout_ms, take);
}

oms_status ControlClient::read(std::uint32_t which, std::uint32_t channel, std::uint64_t& seq,
                               std::int64_t timeout_ms, const TakeDecision& take) {
    const std::int64_t timeout = std::clamp<std::int64_t>(timeout_ms, 0, longest_read_ms);
    std::string body;
    put_number(body, which);
    put_number(body, channel);
    put_number(body, seq);
    put_number(body, static_cast<std::uint64_t>(timeout));
    const auto reply = call(Verb::read, std::move(body), timeout + call_timeout_ms);
    if (!reply) return gone_ ? OMS_STOPPED : OMS_AGAIN;
    BodyReader reader(reply->body);
    const std::uint64_t reached = reader.number();
    Decoder decoder;
    bool took = false;
    while (reader.sound() && !reader.rest().empty()) {
        if (!decoder.decode(reader.text()) || decoder.view().count == 0) return OMS_FAILED;
        const auto* header = sdk::as<oms_decision>(*decoder.view().first);
        if (header == nullptr) return OMS_FAILED;
        const oms_status status = take(decoder.view());
        if (status != OMS_OK) return took ? OMS_OK : status;
        seq = header->seq;
        took = true;
    }
    if (!reader.sound()) return OMS_FAILED;
    seq = std::max(seq, reached);
    return took ? OMS_OK : reply->status;
}

oms_status ControlClient::gate(const oms_intent& intent) {
    std::string body;
    encode(*reinterpret_cast<const oms_record*>(&intent), body);
    const auto reply = call(Verb::gate, std::move(body), call_timeout_ms);
    return reply ? reply->status : OMS_HALTED;
}

std::int64_t ControlClient::now() {
    const auto reply = call(Verb::now, {}, call_timeout_ms);
    return reply ? static_cast<std::int64_t>(BodyReader(reply->body).number()) : 0;
}

std::uint64_t ControlClient::durable_seq() {
    const auto reply = call(Verb::durable_seq, {}, call_timeout_ms);
    return reply ? BodyReader(reply->body).number() : 0;
}

void ControlClient::wake() {
    {
        const std::lock_guard lock(mutex_);
        ++wakes_;
        answered_.notify_all();
    }
    mailbox_.wake();
}

Result<ProcessStatus> ControlClient::status() {
    const auto reply = call(Verb::status, {}, call_timeout_ms);
    if (!reply) return tl::unexpected(stopped_error());
    ProcessStatus status;
    BodyReader reader(reply->body);
    if (!take_status(reader, status)) {
        return fail(error_protocol, path_.string(), "the process's answer cannot be read",
                    "use the oms of the running process (" + version_ + ")");
    }
    return status;
}

Status ControlClient::stop() {
    if (call(Verb::stop, {}, call_timeout_ms)) return {};
    return tl::unexpected(stopped_error());
}

}  // namespace oms::runtime
