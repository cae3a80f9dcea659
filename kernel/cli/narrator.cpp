// SPDX-License-Identifier: Apache-2.0
#include "cli/narrator.hpp"

#include "cli/values.hpp"
#include "lifecycle/words.hpp"

#include <oms/abi/codes.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/codes.hpp>
#include <oms/sdk/json.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>

namespace oms::cli {

using sdk::as;
using sdk::view;

namespace {

constexpr std::uint32_t report_event_base = 30;  // words.def: 30 + the code of the report

struct ReportWords {
    std::uint32_t report;
    std::string_view words;
};
constexpr ReportWords report_sentences[] = {
    {OMS_report_acked, "took it"},
    {OMS_report_refused, "refused it"},
    {OMS_report_executed, "executed"},
    {OMS_report_cancelled, "cancelled it"},
    {OMS_report_replaced, "changed it as asked"},
    {OMS_report_expired, "let it expire"},
    {OMS_report_reversed, "took back what it said was done"},
    {OMS_report_corrected, "corrected what it said was done"},
    {OMS_report_restated, "changed it by itself"},
    {OMS_report_offered, "made an offer"},
    {OMS_report_progress, "told how far it is"},
    {OMS_report_answered, "answered what it was asked"},
    {OMS_report_unknown, "does not answer: what became of it is not known"},
    {OMS_report_cancel_refused, "would not cancel it"},
    {OMS_report_replace_refused, "would not change it"},
    {OMS_report_not_found, "says that it never had it"},
};

struct CauseWords {
    std::uint32_t cause;
    std::string_view words;
};
constexpr CauseWords cause_sentences[] = {
    {OMS_RECORD_place_order, "placed"},
    {OMS_RECORD_amend_order, "a change is asked for"},
    {OMS_RECORD_cancel_order, "a cancel is asked for"},
    {OMS_RECORD_route_order, "routed by hand"},
    {OMS_RECORD_cancel_route, "a cancel of one route is asked for"},
    {OMS_RECORD_amend_route, "a change of one route is asked for"},
    {OMS_RECORD_raise_event, "an event was raised"},
    {OMS_RECORD_define, "a name was defined"},
    {OMS_RECORD_post, "the books were posted"},
    {OMS_RECORD_write_cell, "a value was set"},
    {OMS_RECORD_resolve_task, "a person decided"},
    {OMS_RECORD_set_halt, "halt or resume"},
    {OMS_RECORD_advance_channel, "a channel moved on"},
    {OMS_RECORD_adopt_order, "taken over: a party works it and we did not know it"},
    {OMS_RECORD_timer_due, "a timer fell due"},
    {OMS_RECORD_watch_hit, "a watched value was reached"},
    {OMS_RECORD_retire_order, "went to the archive"},
    {OMS_RECORD_begin_epoch, "the process started"},
};

std::string order_words(std::uint64_t order) { return "order " + std::to_string(order); }

std::string line_words(std::uint32_t line) {
    return line == OMS_WHOLE_ORDER ? std::string("the order") : "line " + std::to_string(line);
}

}  // namespace

void Narrator::add(Told& told, std::string text, Style style) const {
    told.details.push_back({std::move(text), style});
}

std::string Narrator::party(std::uint64_t route) const {
    const auto found = destinations_.find(route);
    return found == destinations_.end() ? "route " + std::to_string(route)
                                        : code_of(names_, found->second);
}

std::string Narrator::route_words(std::uint64_t route) const {
    const auto found = destinations_.find(route);
    std::string text = "route " + std::to_string(route);
    if (found != destinations_.end()) text += " (" + code_of(names_, found->second) + ")";
    return text;
}

std::string Narrator::event_name(std::uint32_t event) const {
    const std::string_view word = lifecycle::name_of(lifecycle::event_words(), event);
    return word.empty() ? code_of(names_, event) : std::string(word);
}

std::string Narrator::move_words(const oms_region_moved& moved) const {
    if (lifecycles_ != nullptr) return lifecycles_->move_text(moved);
    return "region " + std::to_string(moved.region) + " goes to state " +
           std::to_string(moved.state);
}

void Narrator::learn(const oms_batch& rows) {
    if (lifecycles_ != nullptr) lifecycles_->learn(rows);
    for (const oms_record& record : sdk::Records(rows)) {
        if (const auto* row = as<oms_route_row>(record))
            destinations_[row->route] = row->destination;
        if (const auto* opened = as<oms_route_opened>(record))
            destinations_[opened->route] = opened->destination;
    }
}

Told Narrator::tell(const oms_batch& decision) {
    Told told;
    learn(decision);
    passed_.clear();
    parts_.clear();
    last_counts_.clear();
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* counted = as<oms_line_counted>(record))
            last_counts_[{counted->order, counted->line}] = counted;
        const auto* part = as<oms_route_line_counted>(record);
        if (part == nullptr) continue;
        std::string& words = parts_[part->route];
        words += (words.empty() ? "" : ", ") + thing_text(names_, part->product, part->ordered);
    }
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* header = as<oms_decision>(record)) {
            told.seq = header->seq;
            told.time = header->time;
            told.order = header->order;
            headline(*header, decision, told);
            // That all is well after the fact, too, is nothing to tell each time.
            reported_ = header->cause == OMS_RECORD_report;
            continue;
        }
        tell_order(record, told);
        tell_route(record, told);
        tell_books(record, told);
        tell_waiting(record, told);
        tell_opinion(record, told);
        tell_admin(record, told);
    }
    if (!passed_.empty() && !reported_)
        told.details.insert(told.details.begin(),
                            {"nothing against it from " + sdk::name_list(passed_, 6), Style::good});
    return told;
}

void Narrator::headline(const oms_decision& header, const oms_batch& decision, Told& told) {
    std::string words;
    for (const CauseWords& known : cause_sentences)
        if (known.cause == header.cause) words = known.words;
    if (header.cause == OMS_RECORD_report) words = report_words(decision);
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* opened = as<oms_order_opened>(record); opened && words == "placed")
            words = "placed for " + code_of(names_, opened->account) + ": " +
                    code_of(names_, opened->order_kind) +
                    (opened->key.size == 0 ? "" : ", key " + std::string(view(opened->key)));
        const auto* answered = as<oms_answered>(record);
        if (answered == nullptr || answered->code == 0) continue;
        const Error error = sdk::make_error(answered->code, {}, view(answered->text));
        words += words.empty() ? "refused: " : ", and refused: ";
        words += code_text(answered->code) + " " + error.reason;
        told.what.style = Style::bad;
    }
    if (words.empty()) {
        const sdk::RecordInfo* info = sdk::record_info(header.cause);
        words = info == nullptr ? "something happened" : std::string(info->name);
    }
    // What a party said stands behind a colon; what was done to the order is said of it.
    const std::string between = header.cause == OMS_RECORD_report ? ": " : " ";
    told.what.text = header.order == 0 ? words : order_words(header.order) + between + words;
    if (told.what.style == Style::plain) told.what.style = Style::strong;
}

/// What the destination said is told by the event that its route's lifecycle took.
std::string Narrator::report_words(const oms_batch& decision) {
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* told = as<oms_progressed>(record))
            return party(told->route) + " tells: " + event_name(told->event);
        const auto* moved = as<oms_region_moved>(record);
        if (moved == nullptr || moved->route == 0) continue;
        for (const ReportWords& known : report_sentences)
            if (moved->event == report_event_base + known.report)
                return party(moved->route) + " " + std::string(known.words);
    }
    for (const oms_record& record : sdk::Records(decision)) {
        if (const auto* done = as<oms_executed>(record)) return party(done->route) + " executed";
        if (const auto* changed = as<oms_route_changed>(record))
            return party(changed->route) + " reported";
    }
    return "a report came in";
}

void Narrator::tell_order(const oms_record& record, Told& told) {
    if (const auto* opened = as<oms_line_opened>(record)) {
        const bool receives = opened->direction == OMS_direction_receive;
        add(told, std::string(receives ? "receives " : "delivers ") +
                      thing_text(names_, opened->product, opened->ordered));
    } else if (const auto* term = as<oms_term_set>(record)) {
        if (full())
            add(told,
                field_name(names_, term->field) + " of " + line_words(term->line) + ": " +
                    term_text(names_, term->field, term->type, term->product, term->number,
                              view(term->text)),
                Style::dim);
    } else if (const auto* counted = as<oms_line_counted>(record)) {
        // Of several counts of one line only the one that results matters to who watches.
        if (!full() && last_counts_[{counted->order, counted->line}] != counted) return;
        std::string text = line_words(counted->line) + ": " +
                           quantity_text(names_, counted->product, counted->done) + " of " +
                           thing_text(names_, counted->product, counted->ordered) + " done";
        if (counted->working != 0)
            text += ", " + quantity_text(names_, counted->product, counted->working) + " working";
        if (counted->cancelled != 0)
            text +=
                ", " + quantity_text(names_, counted->product, counted->cancelled) + " cancelled";
        if (counted->over != 0)
            text += ", " + quantity_text(names_, counted->product, counted->over) +
                    " more than ordered";
        add(told, std::move(text), counted->over != 0 ? Style::warn : Style::dim);
    } else if (const auto* status = as<oms_status_changed>(record)) {
        const std::string who =
            status->route == 0 ? order_words(status->order) : route_words(status->route);
        if (status->route == 0 || full())
            add(told, who + " is now " + std::string(view(status->status)),
                status->route == 0 ? Style::accent : Style::dim);
    } else if (const auto* moved = as<oms_region_moved>(record); moved && full()) {
        add(told,
            (moved->route == 0 ? order_words(moved->order) : route_words(moved->route)) + ": " +
                move_words(*moved) + " by " + event_name(moved->event),
            Style::dim);
    } else if (const auto* linked = as<oms_linked>(record)) {
        add(told, "linked with " + order_words(linked->other) + ": " +
                      std::string(sdk::code_name(sdk::link_names, linked->link)));
    }
}

void Narrator::tell_route(const oms_record& record, Told& told) {
    if (const auto* read = as<oms_route_read>(record)) {
        add(told,
            std::string(read->chosen != 0 ? "chose " : "passed over ") +
                code_of(names_, read->destination) +
                (read->text.size == 0 ? "" : ": " + std::string(view(read->text))),
            read->chosen != 0 ? Style::plain : Style::dim);
    } else if (const auto* intent = as<oms_intent>(record)) {
        std::string text = "tells " + code_of(names_, intent->destination) + " to " +
                           std::string(sdk::code_name(sdk::action_names, intent->action)) +
                           " route " + std::to_string(intent->route);
        if (intent->event != 0) text += ", " + event_name(intent->event);
        // A route of several lines is told by what each of them carries.
        const auto parts = parts_.find(intent->route);
        if (intent->action == OMS_action_place && parts != parts_.end())
            text += ": " + parts->second;
        else if (intent->quantity != 0 && intent->product != 0)
            text += ": " + thing_text(names_, intent->product, intent->quantity);
        add(told, std::move(text));
    } else if (const auto* done = as<oms_executed>(record)) {
        std::string text = thing_text(names_, done->product, done->quantity) + " done";
        if (done->price != 0) text += " at " + price_text(names_, done->product, done->price);
        if (const auto known = destinations_.find(done->route); known != destinations_.end())
            text += " by " + code_of(names_, known->second);
        add(told, std::move(text), Style::good);
    } else if (const auto* changed = as<oms_execution_changed>(record)) {
        add(told,
            "execution " + std::to_string(changed->execution) + " is " +
                std::string(sdk::code_name(sdk::execution_state_names, changed->state)),
            Style::warn);
    } else if (const auto* route = as<oms_route_changed>(record)) {
        if ((route->flags & OMS_ROUTE_UNKNOWN) != 0)
            add(told, "what became of " + route_words(route->route) + " is not known", Style::bad);
    } else if (const auto* counted = as<oms_route_line_counted>(record); counted && full()) {
        add(told,
            route_words(counted->route) + ", " + line_words(counted->line) + ": " +
                quantity_text(names_, counted->product, counted->done) + " of " +
                thing_text(names_, counted->product, counted->ordered) + " done",
            Style::dim);
    } else if (const auto* offer = as<oms_offered>(record)) {
        add(told, party(offer->route) + " offers " +
                      thing_text(names_, offer->product, offer->quantity) + " at " +
                      price_text(names_, offer->product, offer->price) +
                      (offer->until == 0 ? "" : ", until " + time_text(offer->until)));
    } else if (const auto* progress = as<oms_progressed>(record)) {
        if (progress->text.size != 0)
            add(told, party(progress->route) + ": " + std::string(view(progress->text)));
    } else if (const auto* anomaly = as<oms_anomaly>(record)) {
        add(told, "unexpected: " + std::string(view(anomaly->text)), Style::bad);
    }
}

void Narrator::tell_books(const oms_record& record, Told& told) {
    if (const auto* moved = as<oms_transferred>(record)) {
        add(told, amount_text(names_, moved->asset, moved->amount) + " " +
                      code_of(names_, moved->asset) + " from " + code_of(names_, moved->from) +
                      " to " + code_of(names_, moved->to));
    } else if (const auto* hold = as<oms_hold_set>(record)) {
        const std::string where =
            code_of(names_, hold->asset) + " on " + code_of(names_, hold->account);
        if (hold->amount != 0)
            add(told, "holds " + amount_text(names_, hold->asset, hold->amount) + " " + where);
        else
            add(told, "holds no " + where + " any more", Style::dim);
    }
}

void Narrator::tell_waiting(const oms_record& record, Told& told) {
    if (const auto* task = as<oms_task_set>(record)) {
        if (task->open != 0)
            add(told,
                "task " + std::to_string(task->task) + " for " + std::string(view(task->queue)) +
                    ": " + std::string(view(task->title)) + " (" +
                    std::string(view(task->answers)) + ")",
                Style::warn);
        else
            add(told, "task " + std::to_string(task->task) + " is answered" +
                          (task->answer.size == 0 ? "" : ": " + std::string(view(task->answer))));
    } else if (const auto* timer = as<oms_timer_set>(record); timer && full()) {
        add(told,
            timer->due == 0 ? "timer " + std::to_string(timer->timer) + " is gone"
                            : "timer " + std::to_string(timer->timer) + " for " +
                                  event_name(timer->event) + " at " + time_text(timer->due),
            Style::dim);
    } else if (const auto* watch = as<oms_watch_set>(record)) {
        if (watch->comparison == 0) return;
        const sdk::FieldName field = names_.observation_field(watch->field);
        add(told, "waits until " + std::string(field.name) + " of " +
                      code_of(names_, watch->product) + " is " +
                      std::string(sdk::code_name(sdk::comparison_names, watch->comparison)) + " " +
                      price_text(names_, watch->product, watch->threshold));
    }
}

void Narrator::tell_opinion(const oms_record& record, Told& told) {
    if (const auto* verdict = as<oms_verdict>(record)) {
        const std::string rule = verdict->rule == 0 ? "a check" : code_of(names_, verdict->rule);
        if (verdict->outcome == OMS_outcome_pass && !full()) {
            // A rule is called by what it refuses for, which would read as a fault here.
            const std::string instance = rule.substr(0, rule.find('.'));
            if (std::find(passed_.begin(), passed_.end(), instance) == passed_.end())
                passed_.push_back(instance);
            return;
        }
        const std::string outcome(sdk::code_name(sdk::outcome_names, verdict->outcome));
        std::string text = rule + ": " + outcome;
        if (verdict->text.size != 0) text += ", " + std::string(view(verdict->text));
        const bool pass = verdict->outcome == OMS_outcome_pass;
        const bool refuse = verdict->outcome == OMS_outcome_refuse;
        add(told, std::move(text), pass ? Style::good : refuse ? Style::bad : Style::warn);
    } else if (const auto* read = as<oms_observation_read>(record); read && full()) {
        const sdk::FieldName field = names_.observation_field(read->field);
        const std::string value = field.meaning == sdk::FieldMeaning::quantity
                                      ? quantity_text(names_, read->product, read->value)
                                      : price_text(names_, read->product, read->value);
        add(told,
            "saw " + std::string(field.name) + " of " + code_of(names_, read->product) + " at " +
                code_of(names_, read->source) + ": " + value,
            Style::dim);
    }
}

void Narrator::tell_admin(const oms_record& record, Told& told) {
    if (const auto* halt = as<oms_halt_changed>(record)) {
        std::string scope(sdk::code_name(sdk::halt_scope_names, halt->scope));
        if (halt->target != 0) scope += " " + code_of(names_, halt->target);
        add(told,
            scope + (halt->on != 0 ? " is halted" : " is resumed") +
                (halt->reason.size == 0 ? "" : ": " + std::string(view(halt->reason))),
            halt->on != 0 ? Style::bad : Style::good);
    }
    if (!full()) return;
    if (const auto* defined = as<oms_reference_defined>(record)) {
        add(told, std::string(sdk::code_name(sdk::class_names, defined->reference_class)) + " " +
                      std::string(view(defined->code)) + " has number " +
                      std::to_string(defined->reference));
    } else if (const auto* epoch = as<oms_epoch_begun>(record)) {
        add(told, "epoch " + std::to_string(epoch->epoch) + ", version " +
                      std::string(view(epoch->version)));
    } else if (const auto* plugin = as<oms_plugin_present>(record)) {
        add(told, code_of(names_, plugin->plugin) + " is " + std::string(view(plugin->id)) + " " +
                      std::string(view(plugin->version)));
    } else if (const auto* lifecycle = as<oms_lifecycle_installed>(record)) {
        add(told, "lifecycle " + std::string(view(lifecycle->name)) + ", revision " +
                      std::to_string(lifecycle->revision));
    } else if (const auto* moved = as<oms_channel_moved>(record)) {
        add(told,
            "channel " + code_of(names_, moved->channel) + ": in " + std::to_string(moved->in_seq) +
                ", out " + std::to_string(moved->out_seq),
            Style::dim);
    } else if (const auto* cell = as<oms_cell_set>(record)) {
        add(told,
            "cell " + std::to_string(cell->cell) + " of " + code_of(names_, cell->owner) +
                (cell->present != 0 ? " is " + std::to_string(cell->value) : " is gone"),
            Style::dim);
    }
}

std::string Narrator::lines(const Console& console, const Told& told) const {
    std::string out = console.paint(Style::dim, clock_text(told.time)) + "  " +
                      console.paint(told.what.style, told.what.text);
    if (full()) out += console.paint(Style::dim, "  #" + std::to_string(told.seq));
    out += '\n';
    for (const Sentence& sentence : told.details)
        out += std::string(16, ' ') + console.paint(sentence.style, sentence.text) + "\n";
    return out;
}

void Narrator::print(const Console& console, const oms_batch& decision) {
    if (!console.json) return console.print(lines(console, tell(decision)));
    std::string line;
    sdk::append_json_decision(line, decision, names_);
    console.print_line(line);
}

}  // namespace oms::cli
