// SPDX-License-Identifier: Apache-2.0
// What the crash test asks beside the doors that everybody has:
//
//   oms_crash_probe live SOCKET          seq and state hash of a process that runs
//   oms_crash_probe replay JOURNAL [SEQ] the same of a fold over the journal from its beginning, up
//   to
//                                        a decision; and whether the books sum to zero there
//
// Both print one JSON object.
#include "engine/engine.hpp"
#include "model/frame.hpp"
#include "model/world.hpp"
#include "runtime/control_client.hpp"
#include "runtime/journal/sqlite_journal.hpp"

#include <oms/sdk/json.hpp>

#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace oms;

[[noreturn]] void give_up(const Error& error) { throw std::runtime_error(to_text(error)); }

Result<runtime::Reply> ask(runtime::Port& port, std::uint32_t subject, std::uint64_t id) {
    auto query = sdk::make<oms_query>();
    query.subject = subject;
    query.id = id;
    return port.ask(query, 60'000);
}

void print_live(const char* socket) {
    auto client = runtime::ControlClient::connect(socket);
    if (!client) give_up(client.error());
    const Result<runtime::Reply> state = ask(**client, OMS_subject_state, 1);
    if (!state) give_up(state.error());
    const Result<runtime::Reply> channels = ask(**client, OMS_subject_channels, 0);
    if (!channels) give_up(channels.error());
    const runtime::PortNames names(**client);
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object();
    for (const oms_record& record : sdk::Records(state->records.view())) {
        const auto* row = sdk::as<oms_state_row>(record);
        if (row == nullptr) continue;
        json.key("seq").number(row->seq).key("hash").string(sdk::view(row->hash));
        json.key("observed").number(row->observed).key("anomalies").number(row->anomalies);
        json.key("routes_open").number(row->routes_open);
        json.key("routes_unknown").number(row->routes_unknown);
    }
    json.key("channels").begin_object();
    for (const oms_record& record : sdk::Records(channels->records.view())) {
        const auto* row = sdk::as<oms_channel_row>(record);
        sdk::ReferenceName name;
        if (row == nullptr || !names.reference(row->channel, name)) continue;
        json.key(name.code).begin_object().key("in_seq").number(row->in_seq);
        json.key("out_seq").number(row->out_seq).end_object();
    }
    json.end_object().end_object();
    std::puts(out.c_str());
}

/// Folds decisions and looks at what no decision may do.
class Replay {
public:
    explicit Replay(std::uint64_t last) : last_(last), engine_(engine::Bindings{}) {}

    /// False: there is no need to go on.
    bool take(std::string_view frame) {
        reader_.begin(frame);
        while (engine_.seq() < last_) {
            const Result<bool> more = reader_.next();
            if (!more) give_up(more.error());
            if (!*more) break;
            look(reader_.decision());
            if (Status status = engine_.apply(reader_.decision()); !status) give_up(status.error());
        }
        return engine_.seq() < last_;
    }

    void print() const {
        const World& world = engine_.world();
        std::string out;
        sdk::JsonWriter json(out);
        json.begin_object().key("seq").number(engine_.seq());
        json.key("hash").string(engine_.state_hash());
        json.key("unbalanced").begin_array();
        std::map<std::uint32_t, Int128> sums;
        for (const auto& [key, balance] : world.ledger.all()) sums[key.asset] += balance.balance;
        for (const auto& [asset, sum] : sums)
            if (sum != 0) json.string(world.references.find(asset)->code);
        json.end_array().key("faults").begin_array();
        for (const std::string& fault : faults_) json.string(fault);
        json.end_array().key("channels").begin_object();
        for (const auto& [id, channel] : world.channels) {
            json.key(world.references.find(id)->code).begin_object();
            json.key("in_seq").number(channel.in_seq).key("out_seq").number(channel.out_seq);
            json.end_object();
        }
        json.end_object().end_object();
        std::puts(out.c_str());
    }

private:
    void look(const oms_batch& decision) {
        for (const oms_record& record : sdk::Records(decision)) {
            if (const auto* intent = sdk::as<oms_intent>(record)) {
                // A number belongs to one message for ever, and none is left out.
                std::uint64_t& before = out_seqs_[intent->channel];
                if (intent->out_seq <= before) fault("number given twice", intent->out_seq);
                before = intent->out_seq;
                if (intent->action == OMS_action_place && intent->attempt <= 1 &&
                    !placed_.insert(intent->route).second)
                    fault("route placed twice", intent->route);
            } else if (const auto* executed = sdk::as<oms_executed>(record)) {
                if (executed->external_ref.size != 0 &&
                    !executions_
                         .emplace(executed->route, std::string(sdk::view(executed->external_ref)))
                         .second)
                    fault("execution applied twice", executed->execution);
            }
        }
    }

    void fault(const char* what, std::uint64_t number) {
        if (faults_.size() < 100)
            faults_.push_back(std::string(what) + ": " + std::to_string(number));
    }

    const std::uint64_t last_;
    engine::Engine engine_;
    FrameReader reader_;
    std::map<std::uint32_t, std::uint64_t> out_seqs_;
    std::set<std::uint64_t> placed_;
    std::set<std::pair<std::uint64_t, std::string>> executions_;
    std::vector<std::string> faults_;
};

void print_replay(const char* directory, std::uint64_t last) {
    runtime::SqliteJournalOptions options;
    options.directory = directory;
    auto journal = runtime::SqliteJournal::open(options);
    if (!journal) give_up(journal.error());
    Replay replay(last);
    const Status read = (*journal)->read(1, [&](const runtime::JournalCommit& commit) {
        return replay.take(
            {reinterpret_cast<const char*>(commit.frame.data()), commit.frame.size()});
    });
    if (!read) give_up(read.error());
    replay.print();
}

}  // namespace

int main(int count, char** arguments) {
    try {
        const std::string_view verb = count > 2 ? arguments[1] : "";
        if (verb == "live") {
            print_live(arguments[2]);
        } else if (verb == "replay") {
            print_replay(arguments[2], count > 3 ? std::stoull(arguments[3])
                                                 : std::numeric_limits<std::uint64_t>::max());
        } else {
            std::fputs("usage: oms_crash_probe live SOCKET | replay JOURNAL [SEQ]\n", stderr);
            return 64;
        }
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "oms_crash_probe: %s\n", fault.what());
        return 1;
    }
    return 0;
}
