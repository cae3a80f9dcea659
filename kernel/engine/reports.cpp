// SPDX-License-Identifier: Apache-2.0
// What destinations say. A report is a fact: it is never refused and never dropped, and what no
// rule takes is written down as an anomaly.
#include "engine/step.hpp"

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;
using sdk::text;
using sdk::view;

namespace {

/// The event by which a route's lifecycle learns of a report.
std::uint32_t event_of(std::uint32_t report) {
    return static_cast<std::uint32_t>(Event::opened) + report;
}

}  // namespace

Refusal Step::report() {
    const auto& told = head<oms_report>();
    const std::uint64_t id = reported_route();
    if (id == 0) {
        anomaly(0, 0, "it names a route that is not known");
        return 0;
    }
    const Route& at = *route(id);
    subject_ = at.order;
    made_ = id;
    touch(subject_);
    if (told.external_ref.size != 0 && view(told.external_ref) != at.external_ref) {
        auto named = make<oms_route_changed>();
        named.route = id;
        named.order = at.order;
        named.flags = at.flags;
        named.external_ref = told.external_ref;
        emit(named);
    }
    std::uint32_t event = event_of(told.type);
    switch (told.type) {
        case OMS_report_executed:
            if (!report_execution(id)) return 0;
            break;
        case OMS_report_reversed:
        case OMS_report_corrected:
            if (!report_reversal(id)) return 0;
            break;
        case OMS_report_refused:
        case OMS_report_cancelled:
        case OMS_report_expired: report_ended(id); break;
        case OMS_report_offered: report_offer(id); break;
        case OMS_report_progress: event = report_progress(id); break;
        case OMS_report_answered: report_answer(id); break;
        case OMS_report_restated: report_restated(id); break;
        case OMS_report_acked:
        case OMS_report_replaced:
        case OMS_report_unknown:
        case OMS_report_cancel_refused:
        case OMS_report_replace_refused:
        case OMS_report_not_found: break;
        default: anomaly(subject_, id, "it is of a type that is not known"); return 0;
    }
    Refusal ignored = 0;
    raise({subject_, id, event, role_of(*route(id)), told.quantity});
    if (!walk(ignored)) anomaly(subject_, id, "no rule of the lifecycle takes it in this state");
    if (ignored != 0) anomaly(subject_, id, "the lifecycle did not come to an end with it");
    if (told.type == OMS_report_executed || told.type == OMS_report_corrected)
        judge_after_the_fact(id);
    return 0;
}

/// It has happened, so nothing can refuse it; what a check says against it is a person's to look
/// at.
void Step::judge_after_the_fact(std::uint64_t id) {
    if (run_checks(subject_, id, OMS_STAGE_report) == 0) return;
    constexpr std::string_view title = "What was executed breaks a rule";
    const std::vector<std::uint64_t>& tasks = order(subject_)->tasks;
    const bool asked = std::any_of(tasks.begin(), tasks.end(), [&](std::uint64_t task) {
        const Task& known = *world().tasks.find(task);
        return known.open != 0 && known.title == title;
    });
    if (!asked) open_task(subject_, id, "operations", title, "noted");
}

std::uint64_t Step::reported_route() {
    const auto& told = head<oms_report>();
    const auto find = [&] {
        if (told.route != 0) return route(told.route) != nullptr ? told.route : 0;
        return world().find_route(told.destination, view(told.external_ref));
    };
    if (const std::uint64_t known = find(); known != 0) return known;
    const std::uint64_t archived =
        told.route != 0 ? world().find_archived(told.route)
                        : world().find_archived(told.destination, view(told.external_ref));
    if (archived == 0 || world().archive.count(archived) == 0) return 0;
    auto recall = make<oms_order_shelved>();
    recall.order = archived;
    recall.shelf = OMS_shelf_live;
    emit(recall);
    auto retire = make<oms_timer_set>();
    retire.timer = world().next.timer;
    retire.order = archived;
    retire.due = now_ + core_.bindings.limits.retire_after_ns;
    emit(retire);
    return find();
}

void Step::anomaly(std::uint64_t of_order, std::uint64_t of_route, std::string_view what) {
    auto effect = make<oms_anomaly>();
    effect.order = of_order;
    effect.route = of_route;
    if (const auto* told = sdk::as<oms_report>(*head_)) {
        effect.cause = told->type;
        effect.destination = told->destination;
        effect.product = told->product;
        effect.quantity = told->quantity;
        effect.external_ref =
            told->execution_ref.size != 0 ? told->execution_ref : told->external_ref;
    }
    effect.text = text(what);
    emit(effect);
}

void Step::open_task(std::uint64_t of_order, std::uint64_t of_route, std::string_view queue,
                     std::string_view title, std::string_view answers) {
    auto effect = make<oms_task_set>();
    effect.task = world().next.task;
    effect.order = of_order;
    effect.route = of_route;
    effect.open = 1;
    effect.queue = text(queue);
    effect.title = text(title);
    effect.answers = text(answers);
    emit(effect);
}

/// The lines that the report speaks of, with its quantities; empty when it names one that the route
/// does not have, or none where there are several.
std::vector<oms_route_line> Step::reported_lines(const Route& at) const {
    const auto& told = head<oms_report>();
    std::vector<oms_route_line> lines;
    details<oms_route_line>([&](const oms_route_line& line) { lines.push_back(line); });
    if (lines.empty()) {
        auto line = make<oms_route_line>();
        line.line = at.lines.size() == 1 ? at.lines.front().line : told.line;
        line.quantity = told.quantity;
        lines.push_back(line);
    }
    for (const oms_route_line& line : lines) {
        const bool known = std::any_of(at.lines.begin(), at.lines.end(),
                                       [&](const RouteLine& own) { return own.line == line.line; });
        if (!known) return {};
    }
    return lines;
}

bool Step::report_execution(std::uint64_t id) {
    const auto& told = head<oms_report>();
    if (world().find_execution(id, view(told.execution_ref)) != nullptr) return false;
    const std::vector<oms_route_line> lines = reported_lines(*route(id));
    if (lines.empty()) {
        anomaly(subject_, id, "it names a line that the route does not have");
        return false;
    }
    for (const oms_route_line& line : lines) {
        if (line.quantity <= 0) {
            anomaly(subject_, id, "its quantity is not above zero");
            return false;
        }
    }
    for (const oms_route_line& line : lines) execute(id, line.line, line.quantity, told.price, 0);
    return true;
}

bool Step::report_reversal(std::uint64_t id) {
    const auto& told = head<oms_report>();
    const Execution* known = world().find_execution(id, view(told.refers_to));
    if (known == nullptr) {
        anomaly(subject_, id, "it refers to an execution that is not known");
        return false;
    }
    const bool correction = told.type == OMS_report_corrected;
    if (known->state != OMS_execution_state_live ||
        (correction && world().find_execution(id, view(told.execution_ref)) != nullptr))
        return false;  // it was told before
    if (correction && told.quantity <= 0) {
        anomaly(subject_, id, "its quantity is not above zero");
        return false;
    }
    const std::uint64_t execution = known->id;
    const std::uint32_t line = known->line;
    reverse(subject_, execution,
            correction ? static_cast<std::uint32_t>(OMS_execution_state_corrected)
                       : static_cast<std::uint32_t>(OMS_execution_state_reversed));
    if (correction) execute(id, line, told.quantity, told.price, execution);
    return true;
}

/// What worked there works no more, or so much of it as the report says.
void Step::report_ended(std::uint64_t id) {
    const std::vector<oms_route_line> named = reported_lines(*route(id));
    for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
        const RouteLine at = route(id)->lines[i];
        std::int64_t gone = at.counts.working;
        for (const oms_route_line& line : named)
            if (line.line == at.line && line.quantity > 0) gone = std::min(gone, line.quantity);
        if (gone == 0) continue;
        Counts counts = at.counts;
        counts.working -= gone;
        counts.cancelled += gone;
        count(*route(id), at.line, counts, at.amending);
        const Line line = order(subject_)->lines[at.line];
        Counts of_order = line.counts;
        of_order.working -= gone;
        count(*order(subject_), at.line, of_order, line.value);
        count_parents(subject_, at.line);
        static_cast<void>(hold_route_line(id, at.line, HoldMode::fact));
    }
}

void Step::report_offer(std::uint64_t id) {
    const auto& told = head<oms_report>();
    const std::vector<Offer>& known = order(subject_)->offers;
    if (std::any_of(known.begin(), known.end(), [&](const Offer& offer) {
            return offer.route == id && offer.external_ref == view(told.execution_ref);
        }))
        return;
    auto effect = make<oms_offered>();
    effect.route = id;
    effect.order = subject_;
    effect.line = told.line == OMS_WHOLE_ORDER ? 0 : told.line;
    effect.product = told.product;
    effect.quantity = told.quantity;
    effect.price = told.price;
    effect.until = told.until;
    effect.external_ref = told.execution_ref;
    emit(effect);
}

std::uint32_t Step::report_progress(std::uint64_t id) {
    const auto& told = head<oms_report>();
    auto effect = make<oms_progressed>();
    effect.order = subject_;
    effect.route = id;
    effect.event = told.event;
    effect.line = told.line;
    effect.number = told.quantity;
    effect.time = told.time;
    effect.text = told.text;
    emit(effect);
    const bool named = told.event >= lifecycle::first_custom_event &&
                       (program_of(route(id)->instance).inner(told.event) != 0 ||
                        program_of(order(subject_)->instance).inner(told.event) != 0);
    return named ? told.event : static_cast<std::uint32_t>(Event::progress);
}

/// The party's own count of what works there stands beside ours; a difference is never guessed
/// away.
void Step::report_answer(std::uint64_t id) {
    const auto& told = head<oms_report>();
    Int128 working = 0;
    for (const RouteLine& line : route(id)->lines) working += line.counts.working;
    if (working == told.remaining) return;
    anomaly(subject_, id, "the party works another quantity than we know of");
    open_task(subject_, id, "operations", "The party works another quantity than we know of",
              "noted");
}

/// The party changed the quantity by itself.
void Step::report_restated(std::uint64_t id) {
    const auto& told = head<oms_report>();
    for (const oms_route_line& named : reported_lines(*route(id))) {
        for (std::size_t i = 0; i < route(id)->lines.size(); ++i) {
            const RouteLine at = route(id)->lines[i];
            if (at.line != named.line || named.quantity <= 0 || told.quantity == 0) continue;
            const Line line = order(subject_)->lines[at.line];
            Counts counts = at.counts;
            counts.ordered = std::max(named.quantity, counts.done + counts.cancelled);
            counts.working = counts.ordered + counts.over - counts.done - counts.cancelled;
            count(*route(id), at.line, counts, 0);
            Counts of_order = line.counts;
            of_order.working += counts.working - at.counts.working;
            of_order.ordered += counts.ordered - at.counts.ordered;
            count(*order(subject_), at.line, of_order, line.value);
            count_parents(subject_, at.line);
            static_cast<void>(hold_line(subject_, at.line, HoldMode::fact));
        }
    }
}

}  // namespace oms::engine
