// SPDX-License-Identifier: Apache-2.0
#include "runtime/control/control_socket.hpp"

#include "model/codec.hpp"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace oms::runtime {

namespace {

/// A client that does not read what it asked for loses its connection.
constexpr std::int64_t send_timeout_s = 10;
constexpr std::int64_t longest_read_ms = 10'000;
constexpr std::int64_t answer_wait_ms = 500;
constexpr std::size_t most_read_bytes = std::size_t{4} << 20;

}  // namespace

/// One connection: a thread reads questions and answers them, another sends what becomes durable.
class ControlSocket::Client {
public:
    Client(UnixSocket socket, Backbone& backbone, const Wiring& wiring)
        : socket_(std::move(socket)), wiring_(wiring), port_(backbone, "control") {
        socket_.set_send_timeout(send_timeout_s);
        reader_ = std::thread([this] { read(); });
        writer_ = std::thread([this] { write_answers(); });
    }
    ~Client() {
        end();
        reader_.join();
        writer_.join();
    }

    bool gone() const { return gone_; }

private:
    void end() {
        gone_ = true;
        socket_.shut_down();
        port_.wake();
    }

    void send(const Message& message) {
        const std::string bytes = to_bytes(message);
        const std::lock_guard lock(sending_);
        if (!socket_.send(bytes)) socket_.shut_down();
    }

    void read() {
        Message question;
        bool greeted = false;
        while (!gone_ && receive(socket_, question)) {
            if (!greeted && question.verb != Verb::hello) break;
            greeted = true;
            if (question.verb == Verb::submit || question.verb == Verb::query)
                pass_on(question);
            else
                answer(question);
        }
        end();
    }

    void write_answers() {
        while (!gone_) {
            const oms_status status =
                port_.take_answers(answer_wait_ms, [this](const oms_answer& answer) {
                    Message message{
                        Verb::submit, static_cast<oms_status>(answer.status), answer.token, {}};
                    put_number(message.body, answer.seq);
                    put_records(message.body, answer.records);
                    send(message);
                });
            if (status == OMS_STOPPED) return;
        }
    }

    /// What waits for the journal: only a refusal is answered here.
    void pass_on(const Message& question) {
        oms_status status = OMS_INVALID;
        if (decoder_.decode(question.body)) {
            const oms_batch records = decoder_.view();
            if (question.verb == Verb::submit) {
                status = port_.submit(records, question.id);
            } else if (records.count == 1 && records.first->kind == OMS_RECORD_query) {
                status =
                    port_.query(*reinterpret_cast<const oms_query*>(records.first), question.id);
            }
        }
        if (status == OMS_OK || question.id == 0) return;
        Message message{Verb::submit, status, question.id, {}};
        put_number(message.body, 0);
        send(message);
    }

    void answer(const Message& question) {
        Message reply{question.verb, OMS_OK, question.id, {}};
        BodyReader body(question.body);
        switch (question.verb) {
            case Verb::hello: hello(body, reply); break;
            case Verb::resolve: resolve(body, reply); break;
            case Verb::describe: describe(body, reply); break;
            case Verb::observe: observe(body, reply); break;
            case Verb::read: read_decisions(body, reply); break;
            case Verb::gate: gate(body, reply); break;
            case Verb::now: put_number(reply.body, static_cast<std::uint64_t>(port_.now())); break;
            case Verb::durable_seq: put_number(reply.body, port_.durable_seq()); break;
            case Verb::status: put_status(reply.body, wiring_.status()); break;
            case Verb::stop: wiring_.stop(); break;
            default: reply.status = OMS_UNSUPPORTED; break;
        }
        send(reply);
    }

    void hello(BodyReader& body, Message& reply) {
        if (body.number() != control_version) reply.status = OMS_UNSUPPORTED;
        put_number(reply.body, control_version);
        put_text(reply.body, wiring_.version);
    }

    void resolve(BodyReader& body, Message& reply) {
        const auto reference_class = static_cast<std::uint32_t>(body.number());
        std::uint32_t reference = 0;
        reply.status = port_.resolve(reference_class, body.text(), reference);
        put_number(reply.body, reference);
    }

    void describe(BodyReader& body, Message& reply) {
        auto row = sdk::make<oms_reference_row>();
        reply.status = port_.describe(static_cast<std::uint32_t>(body.number()), row);
        if (reply.status == OMS_OK) encode(*reinterpret_cast<const oms_record*>(&row), reply.body);
    }

    void observe(BodyReader& body, Message& reply) {
        reply.status = OMS_INVALID;
        if (!decoder_.decode(body.rest())) return;
        std::vector<oms_observation> values;
        for (const oms_record& record : sdk::Records(decoder_.view()))
            if (const auto* value = sdk::as<oms_observation>(record)) values.push_back(*value);
        reply.status = port_.observe(values);
    }

    void gate(BodyReader& body, Message& reply) {
        reply.status = OMS_INVALID;
        if (!decoder_.decode(body.rest()) || decoder_.view().count != 1) return;
        if (const auto* intent = sdk::as<oms_intent>(*decoder_.view().first))
            reply.status = port_.gate(*intent);
    }

    void read_decisions(BodyReader& body, Message& reply) {
        const auto which = static_cast<std::uint32_t>(body.number());
        const auto channel = static_cast<std::uint32_t>(body.number());
        std::uint64_t seq = body.number();
        const auto timeout = std::min(static_cast<std::int64_t>(body.number()), longest_read_ms);
        std::string decisions;
        std::string one;
        reply.status = port_.read(which, channel, seq, timeout, [&](const oms_batch& decision) {
            if (decisions.size() >= most_read_bytes) return OMS_AGAIN;
            one.clear();
            put_records(one, decision);
            put_text(decisions, one);
            return OMS_OK;
        });
        put_number(reply.body, seq);
        reply.body += decisions;
    }

    UnixSocket socket_;
    const Wiring& wiring_;
    KernelPort port_;
    Decoder decoder_;  // of the reading thread
    std::mutex sending_;
    std::atomic<bool> gone_{false};
    std::thread reader_;
    std::thread writer_;
};

ControlSocket::ControlSocket(Backbone& backbone, Log& log, Stats& stats, Wiring wiring)
    : backbone_(backbone), log_(log), stats_(stats), wiring_(std::move(wiring)) {}

ControlSocket::~ControlSocket() { stop(); }

Status ControlSocket::start() {
    Result<UnixSocket> socket = UnixSocket::listen(wiring_.path);
    if (!socket) return tl::unexpected(socket.error());
    socket_ = std::move(*socket);
    acceptor_ = std::thread([this] { accept(); });
    return {};
}

void ControlSocket::accept() {
    while (!stopping_) {
        UnixSocket client = socket_.accept();
        if (!client.valid()) return;
        sweep();
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
        if (clients_.size() >= wiring_.most_clients) {
            log_.warning("control", "a client was turned away: there are " +
                                        std::to_string(clients_.size()) + " of them");
            Message full{Verb::hello, OMS_AGAIN, 0, {}};
            put_number(full.body, control_version);
            put_text(full.body, wiring_.version);
            client.send(to_bytes(full));
            continue;
        }
        clients_.push_back(std::make_unique<Client>(std::move(client), backbone_, wiring_));
        stats_.control_clients.set(clients_.size());
    }
}

void ControlSocket::sweep() {
    std::list<std::unique_ptr<Client>> gone;
    const std::lock_guard lock(mutex_);
    for (auto client = clients_.begin(); client != clients_.end();) {
        const auto next = std::next(client);
        if ((*client)->gone()) gone.splice(gone.end(), clients_, client);
        client = next;
    }
    stats_.control_clients.set(clients_.size());
}

void ControlSocket::stop() {
    if (!acceptor_.joinable()) return;
    stopping_ = true;
    socket_.shut_down();
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        clients_.clear();
    }
    std::error_code ignored;
    std::filesystem::remove(wiring_.path, ignored);
}

}  // namespace oms::runtime
