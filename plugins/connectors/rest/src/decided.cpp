// SPDX-License-Identifier: Apache-2.0
#include "decided.hpp"

namespace oms::rest {

namespace {

Decision take_apart(const oms_batch& records, std::uint64_t seq) {
    Decision decision;
    decision.records = records;
    decision.seq = seq;
    for (const oms_record& record : sdk::Records(records)) {
        if (const auto* header = sdk::as<oms_decision>(record)) decision.header = header;
        if (const auto* answered = sdk::as<oms_answered>(record)) decision.answered = answered;
    }
    return decision;
}

/// All records of one type as a list of their members; nothing when there is none.
template <class Record, class Wanted>
void append_list(std::string& out, std::string_view name, const Decision& decision,
                 const sdk::Names& names, Wanted wanted) {
    sdk::JsonWriter json(out);
    bool any = false;
    for (const oms_record& record : sdk::Records(decision.records)) {
        const auto* row = sdk::as<Record>(record);
        if (row == nullptr || !wanted(*row)) continue;
        if (!any) json.key(name).begin_array();
        any = true;
        json.begin_object();
        sdk::append_json_members(out, record, names, {"order"});
        json.end_object();
    }
    if (any) json.end_array();
}

void append_verdicts(std::string& out, const Decision& decision, const sdk::Names& names) {
    append_list<oms_verdict>(out, "verdicts", decision, names, [](const oms_verdict& verdict) {
        return verdict.outcome != OMS_outcome_pass;
    });
}

}  // namespace

Decision whole_decision(const oms_port* port, const oms_answer& answer, sdk::Batch& kept) {
    const Decision given = take_apart(answer.records, answer.seq);
    if (given.header != nullptr || answer.seq == 0) return given;
    if (given.code() == OMS_ERROR_key_reused || given.code() == OMS_ERROR_key_expired) return given;
    std::uint64_t seq = answer.seq - 1;
    port->read(
        port, OMS_READ_ALL, 0, &seq, 0,
        [](void* context, const oms_batch* batch) -> oms_status {
            auto& decision = *static_cast<sdk::Batch*>(context);
            if (!decision.empty()) return OMS_AGAIN;
            decision.append(*batch);
            return OMS_OK;
        },
        &kept);
    const Decision read = take_apart(kept.view(), answer.seq);
    const bool same =
        read.header != nullptr && read.header->seq == answer.seq && read.code() == given.code();
    return same ? read : given;
}

void append_decided(std::string& out, const Decision& decision, Made made,
                    const sdk::Names& names) {
    sdk::JsonWriter json(out);
    json.begin_object();
    if (decision.order() != 0) json.key("order").id(decision.order());
    json.key("seq").number(decision.seq);
    if (decision.header != nullptr) json.key("time").time(decision.header->time);
    if (made == Made::halt) json.key("in_force").boolean(true).key("durable").boolean(true);
    if (made == Made::route && decision.answered != nullptr && decision.answered->id != 0)
        json.key("route").id(decision.answered->id);
    if (made == Made::entry && decision.answered != nullptr)
        json.key("reference").number(decision.answered->id);
    std::string_view status;
    for (const oms_record& record : sdk::Records(decision.records)) {
        const auto* changed = sdk::as<oms_status_changed>(record);
        if (changed != nullptr && changed->route == 0 && changed->order == decision.order())
            status = sdk::view(changed->status);
    }
    if (!status.empty()) json.key("status").string(status);
    append_list<oms_line_opened>(out, "lines", decision, names, [](const auto&) { return true; });
    append_list<oms_route_opened>(out, "routes", decision, names, [](const auto&) { return true; });
    append_verdicts(out, decision, names);
    append_list<oms_task_set>(out, "tasks", decision, names, [](const auto&) { return true; });
    json.end_object();
}

Problem refusal_of(const Decision& decision, const sdk::Names& names) {
    Problem problem = make_problem(decision.code());
    if (decision.answered != nullptr) problem.detail = sdk::view(decision.answered->text);
    sdk::JsonWriter json(problem.extra);
    // The first member's comma is written by whoever puts these members behind others.
    if (decision.header != nullptr) json.key("seq").number(decision.seq);
    if (decision.order() != 0) json.key("order").id(decision.order());
    append_verdicts(problem.extra, decision, names);
    return problem;
}

}  // namespace oms::rest
