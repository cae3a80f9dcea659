// SPDX-License-Identifier: Apache-2.0
#include "cli/outcome.hpp"

#include "cli/history.hpp"
#include "cli/narrator.hpp"
#include "cli/values.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <set>

namespace oms::cli {

using runtime::Reply;

namespace {

void print_reply_json(Session& session, const Reply& reply, const Asked& asked) {
    std::string out;
    sdk::JsonWriter json(out);
    json.begin_object().key("accepted").boolean(reply.accepted());
    if (!asked.key.empty()) json.key("key").string(asked.key);
    json.key("seq").number(reply.seq);
    if (reply.order != 0) json.key("order").id(reply.order);
    if (reply.id != 0) json.key("id").id(reply.id);
    if (!reply.accepted()) {
        const Error error = refusal(reply);
        json.key("code").string(code_text(error.code)).key("reason").string(error.reason);
        json.key("remedy").string(error.remedy);
    }
    json.key("records");
    sdk::append_json(out, reply.records.view(), session.names());
    json.end_object();
    session.context().console.print_line(out);
}

/// The opinions of a decision that asked for more than a pass.
void say_opinions(Session& session, const Reply& reply, std::string_view said = {}) {
    const Console& console = session.context().console;
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* verdict = sdk::as<oms_verdict>(record);
        if (verdict == nullptr || verdict->outcome == OMS_outcome_pass) continue;
        if (!said.empty() && sdk::view(verdict->text) == said) {
            console.say("  by the rule " +
                        console.paint_talk(Style::bad, code_of(session.names(), verdict->rule)));
            continue;
        }
        const std::string rule =
            verdict->rule == 0 ? "a check" : code_of(session.names(), verdict->rule);
        const bool refuses = verdict->outcome == OMS_outcome_refuse;
        console.say("  " + console.paint_talk(refuses ? Style::bad : Style::warn, rule) + ": " +
                    std::string(sdk::view(verdict->text)));
    }
}

std::string status_of(const Reply& reply) {
    std::string status;
    for (const oms_record& record : sdk::Records(reply.records.view()))
        if (const auto* changed = sdk::as<oms_status_changed>(record);
            changed && changed->route == 0 && changed->order == reply.order)
            status = sdk::view(changed->status);
    return status;
}

}  // namespace

Reply request_known(Session& session, const sdk::Batch& input, const Asked& asked) {
    Result<Reply> reply = session.port().request(input.view(), session.context().timeout_ms());
    if (reply) return std::move(*reply);
    Error error = reply.error();
    if (exit_for(error.code) == Exit::unknown && !asked.key.empty()) {
        error.reason +=
            "; what became of the " + asked.what + " with key " + asked.key + " is not known";
        error.remedy = "look: oms " +
                       std::string(asked.order == 0 ? "order show " + asked.key
                                                    : "order show " + std::to_string(asked.order)) +
                       "; or repeat the command with --key " + asked.key + ", which does it once";
    }
    give_up(std::move(error));
}

Exit tell_reply(Session& session, const Reply& reply, const Asked& asked) {
    const Console& console = session.context().console;
    if (console.json) {
        print_reply_json(session, reply, asked);
        return reply.accepted() ? Exit::ok : Exit::refused;
    }
    if (!reply.accepted()) {
        Error error = refusal(reply);
        if (!asked.key.empty() && error.remedy.find("oms why") != std::string::npos)
            error.remedy = "see all that was looked at: oms why " + asked.key;
        console.complain({error});
        say_opinions(session, reply, error.reason);
        return Exit::refused;
    }
    if (reply.order == 0) {
        console.say(asked.what + " accepted");
        return Exit::ok;
    }
    const std::string status = status_of(reply);
    std::string line = asked.what + " accepted";
    if (asked.what == "order") line = "order " + std::to_string(reply.order) + " accepted";
    if (!status.empty()) line += ", now " + status;
    console.say(console.paint_talk(Style::good, line));
    say_opinions(session, reply);
    // Data for a script; a person has just read it.
    if (!console.out_is_terminal()) console.print_line(std::to_string(reply.order));
    return Exit::ok;
}

std::uint64_t follow_orders(Session& session, const std::vector<std::uint64_t>& orders,
                            std::uint64_t from_seq) {
    const Console& console = session.context().console;
    Narrator narrator(session.names(), Detail::brief);
    std::set<std::uint64_t> open;
    for (const std::uint64_t order : orders) {
        const Reply rows = session.order(std::to_string(order));
        narrator.learn(rows.records.view());
        open.insert(order);
    }
    std::uint64_t told = 0;
    std::uint64_t looked = 0;
    const auto still_open = [&] {
        for (auto at = open.begin(); at != open.end();)
            at = session.is_open(*at) ? std::next(at) : open.erase(at);
        // What is durable once all have ended holds all that there is to tell, and no less does.
        looked = session.port().durable_seq();
        return !open.empty();
    };
    // What is over already is told to its end; what is open is followed.
    bool alive = still_open();
    const auto tell = [&](const oms_batch& decision) {
        const bool ours = std::any_of(orders.begin(), orders.end(), [&](std::uint64_t order) {
            return concerns(decision, order);
        });
        if (ours) {
            narrator.print(console, decision);
            ++told;
        }
        const oms_decision* header = header_of(decision);
        if (ours && alive) alive = still_open();
        return alive || (header != nullptr && header->seq < looked);
    };
    if (!alive) {
        read_history(session, from_seq, looked, tell);
        return told;
    }
    follow(session, from_seq, tell);
    return told;
}

}  // namespace oms::cli
