// SPDX-License-Identifier: Apache-2.0
// What destinations say. A report is a fact: it is never refused and never dropped, and what no
// rule takes is written down as an anomaly.
#include "engine/step.hpp"

#include "model/codec.hpp"

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
    if (told.destination != 0 && told.destination != at.destination) {
        anomaly(at.order, id, "it comes from another party than the route went to");
        return 0;
    }
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
            event = report_reversal(id);
            if (event == 0) return 0;
            break;
        case OMS_report_refused:
        case OMS_report_cancelled:
        case OMS_report_expired:
            if (!report_ended(id)) return 0;
            break;
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
    tell_once(id, "What was executed breaks a rule");
}

std::uint64_t Step::reported_route() {
    const auto& told = head<oms_report>();
    const auto find = [&] {
        if (told.route != 0) return route(told.route) != nullptr ? told.route : 0;
        return world().find_route(told.destination, view(told.external_ref));
    };
    if (const std::uint64_t known = find(); known != 0) return known;
    const Archive& archive = world().archive;
    const std::uint64_t archived = found_in_archive(
        told.route != 0 ? archive.find_route(told.route)
                        : archive.find_ref(told.destination, view(told.external_ref)));
    if (archived == 0 || !recall(archived)) return 0;
    return find();
}

/// What cannot be read is not guessed: the decision that is being made will not be committed.
std::uint64_t Step::found_in_archive(const Result<std::uint64_t>& found) {
    if (!found) core_.broken = found.error();
    return found.value_or(0);
}

const std::string* Step::archived(std::uint64_t id) {
    const Result<const std::string*> found = world().archive.find(id);
    if (found && *found != nullptr) return *found;
    core_.broken = found ? archived_order_gone(id) : found.error();
    return nullptr;
}

/// A block's sources come back before it, so that what it hands back finds them.
bool Step::recall(std::uint64_t retired) {
    const std::string* effects = archived(retired);
    Decoder decoder;
    if (effects == nullptr || !decoder.decode(*effects)) return false;
    for (const oms_record& record : sdk::Records(decoder.view())) {
        const auto* source = sdk::as<oms_source_set>(record);
        if (source == nullptr || !world().is_retired(source->source_order)) continue;
        if (!recall(source->source_order)) return false;
    }
    if (archived(retired) == nullptr) return false;
    auto effect = make<oms_order_shelved>();
    effect.order = retired;
    effect.shelf = OMS_shelf_live;
    emit(effect);
    touch(retired);
    retire_later(retired);
    return true;
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

/// Tells operations of what may be found again and again; nobody is told twice before he has noted
/// it.
void Step::tell_once(std::uint64_t of_route, std::string_view title) {
    const IdList& tasks = order(subject_)->extras().tasks;
    const bool told = std::any_of(tasks.begin(), tasks.end(), [&](std::uint64_t task) {
        const Task& known = *world().tasks.find(task);
        return known.open != 0 && known.route == of_route && known.title == title;
    });
    if (!told) open_task(subject_, of_route, "operations", title, "noted");
}

/// The lines that the report speaks of, with its quantities: those that it names, or the one that
/// the route has, or, without a quantity, all. Nothing when that does not tell which.
Few<oms_route_line> Step::reported_lines(const Route& at) const {
    const auto& told = head<oms_report>();
    Few<oms_route_line> lines;
    details<oms_route_line>([&](const oms_route_line& line) { lines.push_back(line); });
    if (lines.empty()) {
        for (const RouteLine& own : at.lines) {
            if (at.lines.size() > 1 && told.quantity != 0 && own.line != told.line) continue;
            auto line = make<oms_route_line>();
            line.line = own.line;
            line.quantity = told.quantity;
            lines.push_back(line);
        }
    }
    const bool known = std::all_of(lines.begin(), lines.end(), [&](const oms_route_line& line) {
        return at.find_line(line.line) != nullptr;
    });
    if (!known) lines.clear();
    return lines;
}

/// What cannot be booked is a person's to look at: it has happened all the same.
bool Step::cannot_book(std::uint64_t id, std::string_view why) {
    anomaly(subject_, id, why);
    open_task(subject_, id, "operations", "A report could not be booked", "noted");
    return false;
}

/// Whether so much more can be done there without going beyond what can be counted.
bool Step::can_count(const Route& at, const Few<Booked>& bookings) const {
    for (const RouteLine& own : at.lines) {
        Int128 more = 0;
        for (const Booked& booked : bookings)
            if (booked.line == own.line) more += Int128{booked.quantity} - booked.instead_of;
        if (own.counts.done + more > max_quantity ||
            order(at.order)->lines[own.line].counts.done + more > max_quantity)
            return false;
    }
    return true;
}

bool Step::report_execution(std::uint64_t id) {
    const auto& told = head<oms_report>();
    if (world().knows_ref(id, view(told.execution_ref))) return false;  // it was told before
    const auto lines = reported_lines(*route(id));
    if (lines.empty()) return cannot_book(id, "it does not name a line that the route has");
    Few<Booked> bookings;
    for (const oms_route_line& line : lines) {
        if (line.quantity <= 0) return cannot_book(id, "its quantity is not above zero");
        bookings.push_back({line.line, line.quantity, 0, 0});
    }
    if (!can_count(*route(id), bookings))
        return cannot_book(id, "its quantity is more than can be counted");
    for (const Booked& booked : bookings) execute(id, booked.line, booked.quantity, told.price, 0);
    return true;
}

void Step::spend(std::uint64_t id, oms_text external_ref) {
    auto effect = make<oms_ref_spent>();
    effect.order = subject_;
    effect.route = id;
    effect.external_ref = external_ref;
    emit(effect);
}

/// One report may have executed several lines under one id: they are reversed together. The event
/// by which the lifecycles learn of it; 0: nothing changed.
std::uint32_t Step::report_reversal(std::uint64_t id) {
    const auto& told = head<oms_report>();
    const std::string_view undone = view(told.refers_to);
    const std::string_view own = view(told.execution_ref);
    const std::vector<Execution> live = world().live_executions(id, undone);
    if (undone.empty()) {
        anomaly(subject_, id, "it does not say which execution it undoes");
        return 0;
    }
    if (live.empty() && world().knows_ref(id, undone)) return 0;  // it was told before
    bool corrects = told.type == OMS_report_corrected;
    if (corrects && own != undone) {
        if (world().find_execution(id, own) != nullptr) return 0;  // it was told before
        corrects = !world().is_spent(id, own);  // or it was itself undone before it was told
    }
    if (live.empty()) return report_reversal_ahead(id, corrects);
    Few<Booked> bookings;
    for (const Execution& execution : live) {
        Booked booked{execution.line, live.size() == 1 ? told.quantity : 0, execution.quantity,
                      execution.id};
        details<oms_route_line>([&](const oms_route_line& line) {
            if (line.line == execution.line) booked.quantity = line.quantity;
        });
        if (corrects && booked.quantity <= 0) {
            cannot_book(id, "it does not say a quantity above zero for each line");
            return 0;
        }
        bookings.push_back(booked);
    }
    if (corrects && !can_count(*route(id), bookings)) {
        cannot_book(id, "its quantity is more than can be counted");
        return 0;
    }
    const std::uint32_t state = told.type == OMS_report_corrected ? OMS_execution_state_corrected
                                                                  : OMS_execution_state_reversed;
    for (const Booked& booked : bookings) {
        reverse(subject_, booked.refers_to, state);
        if (corrects) execute(id, booked.line, booked.quantity, told.price, booked.refers_to);
    }
    return event_of(told.type);
}

/// What is undone was not told yet, and must not count when it is; what takes its place does.
std::uint32_t Step::report_reversal_ahead(std::uint64_t id, bool corrects) {
    const auto& told = head<oms_report>();
    anomaly(subject_, id, "it undoes an execution that was not told yet");
    if (corrects && !report_execution(id)) return 0;
    if (!world().knows_ref(id, view(told.refers_to))) spend(id, told.refers_to);
    return corrects ? event_of(OMS_report_executed) : 0;
}

/// What worked there works no more, or so much of it as the report says. False: it was told before.
bool Step::report_ended(std::uint64_t id) {
    const auto& told = head<oms_report>();
    const oms_text ref = told.execution_ref;
    if (world().is_spent(id, view(ref))) return false;
    const auto lines = reported_lines(*route(id));
    if (lines.empty()) {
        anomaly(subject_, id, "it does not name a line that the route has");
        return true;
    }
    // What is said of a part would take it twice; what is said of all changes nothing again.
    if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return line.quantity > 0; }))
        spend(id, ref);
    for (const oms_route_line& line : lines) {
        const RouteLine at = *route(id)->find_line(line.line);
        const std::int64_t gone =
            line.quantity > 0 ? std::min(at.counts.working, line.quantity) : at.counts.working;
        if (gone != 0) give_back(id, at, gone, at.amending);
    }
    return true;
}

void Step::report_offer(std::uint64_t id) {
    const auto& told = head<oms_report>();
    const std::vector<Offer>& known = order(subject_)->extras().offers;
    if (told.execution_ref.size != 0 &&
        std::any_of(known.begin(), known.end(), [&](const Offer& offer) {
            return offer.route == id && offer.external_ref == view(told.execution_ref);
        }))
        return;  // it was told before
    const RouteLine* line =
        told.line == OMS_WHOLE_ORDER ? &route(id)->lines.front() : route(id)->find_line(told.line);
    if (line == nullptr)
        return anomaly(subject_, id, "it names a line that the route does not have");
    auto effect = make<oms_offered>();
    effect.route = id;
    effect.order = subject_;
    effect.line = line->line;
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
    tell_once(id, "The party works another quantity than we know of");
}

/// The party changed the quantity by itself, or, without one, only terms.
void Step::report_restated(std::uint64_t id) {
    const auto lines = reported_lines(*route(id));
    if (lines.empty()) return anomaly(subject_, id, "it does not name a line that the route has");
    for (const oms_route_line& named : lines) {
        if (named.quantity == 0) continue;
        const RouteLine at = *route(id)->find_line(named.line);
        const Line& line = order(subject_)->lines[named.line];
        const Int128 grown = Int128{line.counts.ordered} + named.quantity - at.counts.ordered;
        if (route(id)->enquiry() || named.quantity < 0 || named.quantity > max_quantity ||
            grown > max_quantity)
            cannot_book(id, "it cannot work such a quantity");
        else
            resize(id, at, named.quantity);
        static_cast<void>(hold_line(subject_, named.line, HoldMode::fact));
    }
}

}  // namespace oms::engine
