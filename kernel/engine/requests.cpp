// SPDX-License-Identifier: Apache-2.0
// What an owner, a person or the kernel's own clock asks for.
#include "engine/step.hpp"

#include <oms/abi/errors.h>

#include <algorithm>

namespace oms::engine {

using lifecycle::Event;
using sdk::make;
using sdk::view;

const Order* Step::target_order(std::uint64_t id, oms_text target, Refusal& refusal) const {
    if (id == 0) {
        const KeyEntry* entry = world().keys.find(common_->origin, view(target));
        if (entry != nullptr) id = entry->order;
    }
    const Order* found = order(id);
    if (found == nullptr)
        refusal = world().is_retired(id) ? static_cast<Refusal>(OMS_ERROR_order_retired)
                                         : static_cast<Refusal>(OMS_ERROR_unknown_order);
    return found;
}

Refusal Step::cancel_order() {
    const auto& cancel = head<oms_cancel_order>();
    Refusal refusal = 0;
    const Order* known = target_order(cancel.order, cancel.target, refusal);
    if (known == nullptr) return refusal;
    subject_ = known->id;
    raise({subject_, 0, static_cast<std::uint32_t>(Event::cancel_asked), lifecycle::any_role, 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

Refusal Step::route_order() {
    const auto& request = head<oms_route_order>();
    Refusal refusal = 0;
    const Order* known = target_order(request.order, {}, refusal);
    if (known == nullptr) return refusal;
    subject_ = known->id;
    PlannedRoute plan;
    plan.destination = request.destination;
    plan.flags = OMS_ROUTE_MANUAL | (request.enquiry != 0 ? OMS_ROUTE_ENQUIRY : 0u);
    details<oms_route_line>([&](const oms_route_line& line) { plan.lines.push_back(line); });
    details<oms_term>([&](const oms_term& term) {
        if (refusal == 0) refusal = check_term(term, known->lines.size());
        plan.terms.push_back({term.line, term.field, term.type, term.product, term.number,
                              CompactText(view(term.text))});
    });
    if (refusal != 0) return refusal;
    if (plan.lines.empty()) plan.lines = free_lines(*known, lifecycle::any_role);
    if (plan.lines.empty()) return OMS_ERROR_nothing_to_route;
    raise({subject_, 0, static_cast<std::uint32_t>(Event::route_asked), lifecycle::any_role, 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    if (refusal == 0) refusal = open_route(subject_, plan);
    Refusal later = 0;
    if (refusal == 0) walk(later);
    return refusal;
}

Refusal Step::cancel_route() {
    const auto& request = head<oms_cancel_route>();
    const Route* known = route(request.route);
    if (known == nullptr) return OMS_ERROR_unknown_route;
    subject_ = known->order;
    made_ = known->id;
    touch(subject_);
    if (known->ended()) return OMS_ERROR_route_ended;
    Refusal refusal = 0;
    raise(
        {subject_, known->id, static_cast<std::uint32_t>(Event::cancel_asked), role_of(*known), 0});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

Refusal Step::raise_event() {
    const auto& request = head<oms_raise_event>();
    Refusal refusal = 0;
    std::uint64_t of_order = request.order;
    if (request.route != 0) {
        const Route* at = route(request.route);
        if (at == nullptr) return OMS_ERROR_unknown_route;
        of_order = at->order;
    }
    const Order* known = target_order(of_order, {}, refusal);
    if (known == nullptr) return refusal;
    subject_ = known->id;
    // The words of the language are the kernel's own: only a lifecycle's own events can be asked
    // for.
    if (request.event < lifecycle::first_custom_event) return OMS_ERROR_unknown_event;
    const Instance& instance =
        request.route != 0 ? route(request.route)->instance : known->instance;
    if (program_of(instance).inner(request.event) == 0) return OMS_ERROR_unknown_event;
    auto told = make<oms_progressed>();
    told.order = subject_;
    told.route = request.route;
    told.event = request.event;
    told.line = request.line;
    told.number = request.number;
    told.time = now_;
    told.text = request.text;
    emit(told);
    raise({subject_, request.route, request.event,
           request.route != 0 ? role_of(*route(request.route)) : lifecycle::any_role,
           request.number});
    if (!walk(refusal) && refusal == 0) refusal = OMS_ERROR_not_in_this_state;
    return refusal;
}

namespace {

/// Whether `word` is one of the blank-separated `words`.
bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::size_t blank = std::min(words.find(' '), words.size());
        if (words.substr(0, blank) == word) return true;
        words.remove_prefix(std::min(blank + 1, words.size()));
    }
    return false;
}

}  // namespace

Refusal Step::resolve_task() {
    const auto& request = head<oms_resolve_task>();
    const Task* task = world().tasks.find(request.task);
    if (task == nullptr || task->open == 0) return OMS_ERROR_unknown_task;
    const std::string_view answer = view(request.answer);
    if (answer.empty() || !has_word(task->answers, answer)) {
        say("it offers: " + task->answers);
        return OMS_ERROR_bad_answer;
    }
    subject_ = task->order;
    made_ = task->id;
    const std::uint64_t of_route = task->route;
    const bool approval = task->queue == "approval";
    auto closed = World::as_effect(*task);
    closed.open = 0;
    closed.actor = common_->actor;
    closed.answer = request.answer;
    closed.note = request.note;
    emit(closed);
    const Order* owner = order(subject_);
    if (owner == nullptr) return 0;
    touch(subject_);
    Refusal refusal = 0;
    if (approval && (answer == "approve" || answer == "refuse")) {
        const Event event = answer == "approve" ? Event::approved : Event::disapproved;
        raise({subject_, 0, static_cast<std::uint32_t>(event), lifecycle::any_role, 0});
        walk(refusal);
        return refusal;
    }
    const Route* at = of_route == 0 ? nullptr : route(of_route);
    const Program& program = program_of(at != nullptr ? at->instance : owner->instance);
    for (const lifecycle::Answer& offered : program.table.answers) {
        if (offered.word != answer) continue;
        raise({subject_, at == nullptr ? 0 : of_route, program.outer(offered.event),
               at == nullptr ? lifecycle::any_role : role_of(*at), 0});
        walk(refusal);
        return refusal;
    }
    return 0;
}

Refusal Step::timer_due() {
    const Timer* timer = world().timers.find(head<oms_timer_due>().timer);
    if (timer == nullptr) return 0;  // it was cleared in the meantime
    const Timer due = *timer;
    auto gone = World::as_effect(due);
    gone.due = 0;
    emit(gone);
    subject_ = due.order;
    if (order(due.order) == nullptr || (due.route != 0 && route(due.route) == nullptr)) return 0;
    Refusal ignored = 0;
    raise({due.order, due.route, due.event,
           due.route != 0 ? role_of(*route(due.route)) : lifecycle::any_role, 0});
    walk(ignored);
    return 0;
}

Refusal Step::watch_hit() {
    const auto& hit = head<oms_watch_hit>();
    const Watch* watch = world().watches.find(hit.watch);
    if (watch == nullptr) return 0;
    const Watch found = *watch;
    auto gone = World::as_effect(found);
    gone.comparison = 0;
    emit(gone);
    subject_ = found.order;
    auto read = make<oms_observation_read>();
    read.product = found.product;
    read.source = found.source;
    read.field = found.field;
    read.value = hit.value;
    read.time = now_;
    emit(read);
    Refusal ignored = 0;
    raise({found.order, 0, found.event, lifecycle::any_role, hit.value});
    walk(ignored);
    return 0;
}

}  // namespace oms::engine
