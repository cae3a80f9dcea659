// SPDX-License-Identifier: Apache-2.0
// What a party does with what it is asked, and by itself.
#include "clock.hpp"
#include "parties/party.hpp"

#include <oms/abi/codes.h>

#include <algorithm>
#include <utility>

namespace oms::simulation {

// ---- requests -----------------------------------------------------------------------------------

void Party::place(const Request& request, Moment& moment) {
    if (works_.contains(request.route)) {
        ++second_places_;
        return;
    }
    Work& work = works_[request.route];
    work.route = request.route;
    work.order = request.order;
    work.refund_of = request.refund_of;
    work.placed_by = request.number;
    work.enquiry = request.enquiry;
    work.ref = name_ + "-" + std::to_string(request.route);
    for (const Part& part : request.parts) work.lines.push_back({part, 0, 0});
    if (moment.strikes(Fault::refuse, 6))
        return end(work, OMS_report_refused, request.number, moment);
    open_.push_back(work.route);
    say(work, OMS_report_acked, request.number, moment);
    if (work.enquiry) {
        Said offer;
        offer.type = OMS_report_offered;
        offer.route = work.route;
        offer.ref = work.ref;
        offer.execution = work.ref + "-offer";
        offer.quantity = 10;
        offer.price = 1000;
        say(std::move(offer), moment);
        return;
    }
    const bool pays_back = character_ == Character::provider && !work.lines.front().part.receives;
    if (pays_back) {
        std::vector<Part> parts{work.lines.front().part};
        return execute(work, std::move(parts), next_ref(), 0, moment);
    }
    if (character_ == Character::venue && moment.chance.one_in(3)) do_part(work, moment);
}

void Party::cancel(const Request& request, Moment& moment) {
    Work* work = find(request.route);
    if (work != nullptr && !work->ended && !work->enquiry && character_ != Character::provider &&
        moment.strikes(Fault::fill_on_cancel, 2))
        do_part(*work, moment);
    const bool packed = character_ == Character::warehouse && moment.chance.one_in(3);
    if (work == nullptr || work->ended || packed || (work->open() == 0 && !work->enquiry)) {
        Said said;
        said.type = OMS_report_cancel_refused;
        said.route = request.route;
        said.answers = request.number;
        said.is_answer = true;
        if (work != nullptr) said.ref = work->ref;
        say(std::move(said), moment);
        return;
    }
    std::vector<Part> left;
    for (const Work::Line& line : work->lines) {
        left.push_back(line.part);
        left.back().quantity = line.open();
    }
    end(*work, OMS_report_cancelled, request.number, moment);
    if (character_ == Character::venue && !work->enquiry &&
        moment.strikes(Fault::fill_after_cancel, 3)) {
        work->went_over = true;
        Part late = left.front();
        late.quantity = std::max<std::int64_t>(late.quantity / 2, 1);
        execute(*work, {late}, next_ref(), 0, moment);
    }
}

void Party::amend(const Request& request, Moment& moment) {
    Work* work = find(request.route);
    Said said;
    said.route = request.route;
    said.answers = request.number;
    said.is_answer = true;
    if (work == nullptr || work->ended || work->open() == 0 || moment.strikes(Fault::refuse, 4)) {
        said.type = OMS_report_replace_refused;
        say(std::move(said), moment);
        return;
    }
    for (const Part& wanted : request.parts) {
        Work::Line* line = work->line(wanted.line);
        if (line == nullptr) continue;
        if (wanted.quantity > 0)
            line->part.quantity = std::max(wanted.quantity, line->done + line->cancelled);
        if (wanted.price > 0) line->part.price = wanted.price;
    }
    said.type = OMS_report_replaced;
    said.ref = work->ref;
    said.remaining = work->open();
    say(std::move(said), moment);
}

/// A capture: the same message takes money once.
void Party::signal(const Request& request, Moment& moment) {
    Work* work = find(request.route);
    const std::int64_t open = work == nullptr ? 0 : work->open();
    const std::int64_t amount = request.quantity > 0 ? request.quantity : open;
    if (work == nullptr || amount <= 0 || amount > open) {
        Said said;
        said.type = OMS_report_progress;
        said.route = request.route;
        said.answers = request.number;
        said.is_answer = true;
        say(std::move(said), moment);
        return;
    }
    Part part = work->lines.front().part;
    part.quantity = amount;
    execute(*work, {part}, name_ + "-c" + std::to_string(request.number), 0, moment);
    say(*work, OMS_report_progress, request.number, moment);
}

// ---- by itself ----------------------------------------------------------------------------------

Work* Party::any_open(Moment& moment) {
    while (!open_.empty()) {
        const std::size_t at = moment.chance.below(open_.size());
        Work& work = works_.at(open_[at]);
        if (!work.ended && !work.forgotten) return &work;
        open_[at] = open_.back();
        open_.pop_back();
    }
    return nullptr;
}

void Party::do_something(Moment& moment) {
    if (moment.strikes(Fault::unknown_ids, 40)) speak_nonsense(moment);
    Work* work = any_open(moment);
    if (work == nullptr) return;
    if (moment.strikes(Fault::bust, 12)) return bust(*work, moment);
    if (moment.strikes(Fault::correct, 12)) return correct(*work, moment);
    if (moment.strikes(Fault::forget, 60)) {
        work->forgotten = true;
        untold_.erase(work->route);
        return;
    }
    if (moment.strikes(Fault::end_unasked, 14)) return give_back(*work, moment);
    if (work->enquiry || character_ == Character::provider) return;
    if (moment.chance.one_in(2)) do_part(*work, moment);
}

void Party::do_part(Work& work, Moment& moment) {
    if (work.enquiry || work.open() == 0) return;
    if (character_ == Character::warehouse) return ship(work, moment);
    Work::Line& line = work.lines[moment.chance.below(work.lines.size())];
    const std::int64_t open = line.open();
    if (open == 0) return;
    Part part = line.part;
    part.quantity = moment.chance.one_in(3) ? open : moment.chance.between(1, open);
    if (part.price == 0) part.price = 1000;
    if (moment.strikes(Fault::over_fill, 20)) {
        part.quantity = open + moment.chance.between(1, 20);
        work.went_over = true;
    }
    execute(work, {part}, next_ref(), 0, moment);
}

/// A parcel carries what is left of several lines, or of one.
void Party::ship(Work& work, Moment& moment) {
    std::vector<Part> parcel;
    const bool all = moment.chance.one_in(2);
    for (const Work::Line& line : work.lines) {
        if (line.open() == 0 || (!all && !parcel.empty())) continue;
        parcel.push_back(line.part);
        parcel.back().quantity = line.open();
        parcel.back().price = 0;
    }
    execute(work, std::move(parcel), next_ref(), 0, moment);
}

/// A short pick, a lapse: some of it, or all, is given back unasked.
void Party::give_back(Work& work, Moment& moment) {
    Work::Line& line = work.lines[moment.chance.below(work.lines.size())];
    const std::int64_t open = line.open();
    if (character_ != Character::warehouse || open <= 1 || work.enquiry)
        return end(work, moment.chance.one_in(2) ? OMS_report_expired : OMS_report_cancelled, 0,
                   moment);
    const std::int64_t part = moment.chance.between(1, open - 1);
    line.cancelled += part;
    for (const Work::Deed& deed : work.deeds) work.is_unclear |= !deed.live;
    Said said;
    said.type = OMS_report_cancelled;
    said.route = work.route;
    said.ref = work.ref;
    said.execution = next_ref();
    said.quantity = part;
    said.parts = {line.part};
    said.parts.front().quantity = part;
    say(std::move(said), moment);
}

void Party::execute(Work& work, std::vector<Part> parts, const std::string& ref,
                    std::uint64_t cause, Moment& moment) {
    for (const Part& part : parts)
        if (Work::Line* line = work.line(part.line)) line->done += part.quantity;
    work.deeds.push_back({ref, parts, true, false});
    Said said;
    said.type = OMS_report_executed;
    said.route = work.route;
    said.answers = cause;
    said.is_answer = cause != 0;
    said.ref = work.ref;
    said.execution = ref;
    said.price = parts.front().price;
    said.remaining = work.open();
    said.parts = std::move(parts);
    say(std::move(said), moment);
}

void Party::bust(Work& work, Moment& moment) {
    if (work.deeds.empty()) return;
    Work::Deed& deed = work.deeds[moment.chance.below(work.deeds.size())];
    if (!std::exchange(deed.live, false)) return;
    for (const Work::Line& line : work.lines) work.is_unclear |= line.cancelled > 0;
    for (const Part& part : deed.parts) {
        Work::Line& line = *work.line(part.line);
        const std::int64_t over =
            std::max<std::int64_t>(line.done + line.cancelled - line.part.quantity, 0);
        line.done -= part.quantity;
        if (line.cancelled > 0) line.cancelled += std::max<std::int64_t>(part.quantity - over, 0);
    }
    Said said;
    said.type = OMS_report_reversed;
    said.route = work.route;
    said.ref = work.ref;
    said.execution = next_ref();
    said.refers_to = deed.ref;
    say(std::move(said), moment);
}

void Party::correct(Work& work, Moment& moment) {
    if (work.deeds.empty()) return;
    Work::Deed& deed = work.deeds[moment.chance.below(work.deeds.size())];
    if (!deed.live || deed.parts.size() != 1) return;
    Part part = deed.parts.front();
    Work::Line& line = *work.line(part.line);
    deed.live = false;
    for (const Work::Line& other : work.lines) work.is_unclear |= other.cancelled > 0;
    const std::int64_t over =
        std::max<std::int64_t>(line.done + line.cancelled - line.part.quantity, 0);
    line.done -= part.quantity;
    // Who gave a part back does not work again what he takes back of the rest.
    if (line.cancelled > 0) line.cancelled += std::max<std::int64_t>(part.quantity - over, 0);
    part.quantity = moment.chance.between(1, part.quantity);
    part.price = std::max<std::int64_t>(part.price + moment.chance.between(-3, 3), 0);
    line.done += part.quantity;
    line.cancelled -= std::clamp<std::int64_t>(line.done + line.cancelled - line.part.quantity, 0,
                                               line.cancelled);
    Said said;
    said.type = OMS_report_corrected;
    said.route = work.route;
    said.ref = work.ref;
    said.execution = next_ref();
    said.refers_to = deed.ref;
    said.price = part.price;
    said.parts = {part};
    work.deeds.push_back({said.execution, {part}, true, true});
    say(std::move(said), moment);
}

/// Of routes that are not, and of executions that were not.
void Party::speak_nonsense(Moment& moment) {
    Said said;
    said.type = moment.chance.one_in(2) ? OMS_report_executed : OMS_report_reversed;
    said.route = moment.chance.one_in(2) ? 1'000'000 + moment.chance.below(1000) : 0;
    said.ref = name_ + "-nobody";
    said.execution = next_ref();
    said.refers_to = "never-was";
    said.quantity = 5;
    say(std::move(said), moment);
}

void Party::end(Work& work, std::uint32_t how, std::uint64_t cause, Moment& moment) {
    for (Work::Line& line : work.lines) line.cancelled += line.open();
    work.ended = true;
    work.end = how;
    say(work, how, cause, moment);
}

}  // namespace oms::simulation
