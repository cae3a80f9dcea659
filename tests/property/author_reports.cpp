// SPDX-License-Identifier: Apache-2.0
// What destinations say: mostly what they would say next, often late, twice, or about nothing.
#include "author.hpp"

namespace oms::test {

using sdk::make;
using sdk::text;

namespace {

const std::vector<std::uint32_t>& usual_reports() {
    static const std::vector<std::uint32_t> types = {
        OMS_report_acked,          OMS_report_acked,     OMS_report_acked,
        OMS_report_executed,       OMS_report_executed,  OMS_report_executed,
        OMS_report_executed,       OMS_report_executed,  OMS_report_executed,
        OMS_report_executed,       OMS_report_refused,   OMS_report_cancelled,
        OMS_report_cancelled,      OMS_report_replaced,  OMS_report_replaced,
        OMS_report_expired,        OMS_report_reversed,  OMS_report_reversed,
        OMS_report_reversed,       OMS_report_corrected, OMS_report_corrected,
        OMS_report_corrected,      OMS_report_restated,  OMS_report_offered,
        OMS_report_progress,       OMS_report_answered,  OMS_report_unknown,
        OMS_report_cancel_refused, OMS_report_not_found, OMS_report_replace_refused};
    return types;
}

}  // namespace

void Author::report(sdk::Batch& batch) {
    auto told = make<oms_report>();
    if (chance_.one_in(6)) {
        told.channel = chance_.pick(names_.channels);
        const auto known = world().channels.find(told.channel);
        told.in_seq = (known == world().channels.end() ? 0 : known->second.in_seq) + 1;
    }
    if (garbage_ && chance_.one_in(80)) told.key = text(keep(std::string(chance_.below(90), 'r')));
    told.type = chance_.pick(usual_reports());
    if (garbage_ && chance_.one_in(60)) told.type = chance_.small(40);
    const std::uint64_t id = name_route(told);
    const Route* route = world().routes.find(id);
    write_refs(told, id);
    write_numbers(told, route);
    told.text = text("so it was told");
    batch.add(told);
    write_lines(batch, route);
}

std::uint64_t Author::name_route(oms_report& told) {
    // A correction or a bust is about an execution that there was.
    const bool about_execution =
        told.type == OMS_report_reversed || told.type == OMS_report_corrected;
    if (about_execution && !executions_.empty() && !chance_.one_in(10)) {
        const std::size_t last = executions_.size() - 1;
        const Told& of =
            chance_.one_in(2)
                ? chance_.pick(executions_)
                : executions_[last - chance_.below(std::min<std::size_t>(last + 1, 10))];
        told.route = of.route;
        told.refers_to = text(keep(of.ref));
        return of.route;
    }
    const std::uint64_t id = any_route();
    const Route* known = world().routes.find(id);
    if (known != nullptr && !known->external_ref.empty() && chance_.one_in(3)) {
        told.destination = known->destination;
        told.external_ref = text(keep(std::string(known->external_ref)));
        return id;
    }
    told.route = id;
    if (known != nullptr && chance_.one_in(3)) told.destination = known->destination;
    if (garbage_ && chance_.one_in(50)) told.destination = chance_.pick(names_.destinations);
    return id;
}

void Author::write_refs(oms_report& told, std::uint64_t route) {
    if (told.external_ref.size == 0 && chance_.one_in(4))
        told.external_ref = text(
            keep("theirs-" + std::to_string(chance_.one_in(3) ? chance_.below(60) : 1000 + route)));
    if (told.refers_to.size == 0 && chance_.one_in(6)) told.refers_to = text("nobody-knows");
    if (chance_.one_in(20)) return;  // without an id of its own
    std::string ref = "e" + std::to_string(++refs_);
    if (chance_.one_in(12) && !executions_.empty()) ref = chance_.pick(executions_).ref;
    told.execution_ref = text(keep(std::move(ref)));
}

void Author::write_numbers(oms_report& told, const Route* route) {
    told.line = chance_.one_in(6) ? chance_.small(4) : OMS_WHOLE_ORDER;
    told.price = price();
    told.time = chance_.one_in(4) ? 0 : now_;
    told.event = reference(names_.events);
    told.until = now_ + ns_per_second;
    told.quantity = quantity();
    if (route == nullptr || route->lines.empty()) return;
    std::int64_t working = 0;
    for (const RouteLine& line : route->lines) working = line.counts.working;
    told.product = route->lines.front().product;
    told.remaining = chance_.one_in(3) ? quantity() : working;
    const bool ends = told.type == OMS_report_cancelled || told.type == OMS_report_refused ||
                      told.type == OMS_report_expired;
    if (ends && !chance_.one_in(4)) told.quantity = 0;
    if (told.type != OMS_report_executed) return;
    if (chance_.one_in(8)) return;  // whatever it is, it may be too much
    told.quantity = chance_.one_in(2) ? working : (working + 1) / 2;
}

void Author::write_lines(sdk::Batch& batch, const Route* route) {
    const bool several = route != nullptr && route->lines.size() > 1;
    if (!several ? !chance_.one_in(12) : chance_.one_in(5)) return;
    const std::uint32_t count =
        route == nullptr ? 1 : static_cast<std::uint32_t>(route->lines.size());
    for (std::uint32_t i = 0; i < count; ++i) {
        auto line = make<oms_route_line>();
        line.line = route == nullptr ? i : route->lines[i].line;
        line.product = route == nullptr ? 0 : route->lines[i].product;
        const std::int64_t working = route == nullptr ? 0 : route->lines[i].counts.working;
        line.quantity = chance_.one_in(10) ? quantity() : (working + 1) / 2;
        if (garbage_ && chance_.one_in(30)) line.line = 7;
        if (chance_.one_in(6)) continue;
        batch.add(line);
    }
}

}  // namespace oms::test
