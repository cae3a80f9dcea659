// SPDX-License-Identifier: Apache-2.0
// The way of one input: parse, sequence and dedupe, decide, keep or roll back, write the decision.
#include "engine/step.hpp"

#include "model/codec.hpp"

#include <oms/abi/errors.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>
#include <vector>

namespace oms::engine {

using sdk::make;
using sdk::text;
using sdk::view;

namespace {

constexpr std::int64_t ns_per_day = std::int64_t{86400} * 1'000'000'000;

/// Which inputs are requests of an owner, and so need a key.
bool needs_key(std::uint32_t kind) {
    switch (kind) {
        case OMS_RECORD_place_order:
        case OMS_RECORD_amend_order:
        case OMS_RECORD_cancel_order:
        case OMS_RECORD_route_order:
        case OMS_RECORD_cancel_route:
        case OMS_RECORD_amend_route:
        case OMS_RECORD_raise_event:
        case OMS_RECORD_resolve_task:
        case OMS_RECORD_post: return true;
        default: return false;
    }
}

/// What is still taken when the journal has no room for more: facts, cancels, halts, and what the
/// kernel owes already.
bool taken_when_cancel_only(std::uint32_t kind) {
    if (kind == OMS_RECORD_cancel_order || kind == OMS_RECORD_cancel_route) return true;
    return !needs_key(kind) && kind != OMS_RECORD_define && kind != OMS_RECORD_write_cell;
}

/// Where checks, asset classes, routing or facts may be asked.
bool plugins_have_a_say(std::uint32_t kind) {
    switch (kind) {
        case OMS_RECORD_report:
        case OMS_RECORD_adopt_order:
        case OMS_RECORD_timer_due:
        case OMS_RECORD_watch_hit: return true;
        default: return needs_key(kind) && kind != OMS_RECORD_post;
    }
}

bool texts_fit(const oms_record& record, const sdk::RecordInfo& info) {
    for (const sdk::FieldInfo& field : info.fields) {
        if (field.type != sdk::FieldType::text) continue;
        oms_text text{};
        std::memcpy(&text, reinterpret_cast<const char*>(&record) + field.offset, sizeof text);
        if (!is_sound(text)) return false;
    }
    return true;
}

/// The day that a key begins with, as "20261122-...", in days since 1970; -1: it names none.
std::int64_t day_of_key(std::string_view key) {
    if (key.size() < 9 || key[8] != '-') return -1;
    std::int64_t digits = 0;
    for (const char c : key.substr(0, 8)) {
        if (c < '0' || c > '9') return -1;
        digits = digits * 10 + (c - '0');
    }
    std::int64_t year = digits / 10000;
    const std::int64_t month = digits / 100 % 100;
    const std::int64_t day = digits % 100;
    if (month < 1 || month > 12 || day < 1 || day > 31) return -1;
    // Days from the civil calendar, with years that begin in March (H. Hinnant, chrono algorithms).
    year -= month <= 2 ? 1 : 0;
    const std::int64_t era = year / 400;
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const std::int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

}  // namespace

Step::Step(Core& core, std::int64_t now)
    : core_(core), draft_(core.draft), now_(std::max(now, core.world.time)) {
    draft_.clear();
}

const Program& Step::program_of(const Instance& instance) const {
    return *core_.program(instance.lifecycle);
}

Outcome Step::run(const oms_batch& input, Frame& frame) {
    core_.refresh();
    Outcome outcome;
    outcome.code = parse(input);
    if (outcome.code != 0) return outcome;  // it is no input: nothing can be said of it for ever
    if (repeated(outcome)) return outcome;

    auto header = make<oms_decision>();
    header.seq = world().seq + 1;
    header.time = now_;
    header.origin = common_->origin;
    header.key = key_;
    core_.world.begin_decision(header);
    core_.world.undo.begin();

    Refusal refusal = outcome.code;
    if (refusal == 0) {
        keep_input();
        refusal = dispatch();
    }
    if (refusal != 0) roll_back();
    // A party works it all the same: that must not be lost with what could not be opened for it.
    if (refusal != 0 && head_->kind == OMS_RECORD_adopt_order)
        anomaly(0, 0, "a party works an order that cannot be adopted");
    mind_balances();
    advance_channel();
    update_statuses();
    answer(refusal);
    forget_old_keys();
    write(frame);
    if (rehearsing_) core_.world.undo.roll_back(core_.world, 0);
    core_.world.undo.commit();
    outcome.seq = world().seq;
    outcome.code = refusal;
    return outcome;
}

void Step::rehearse(const oms_batch& input, Frame& frame) {
    rehearsing_ = true;
    World& world = core_.world;
    const auto before = std::pair(world.seq, world.time);
    run(input, frame);
    std::tie(world.seq, world.time) = before;
}

Refusal Step::parse(const oms_batch& input) {
    input_ = input;
    std::uint32_t count = 0;
    for (const oms_record& record : sdk::Records(input)) {
        const sdk::RecordInfo* info = sdk::record_info(record.kind);
        if (info == nullptr || record.size < info->size || !texts_fit(record, *info))
            return OMS_ERROR_malformed_input;
        if (count == 0 ? !sdk::is_input(record.kind) : !sdk::is_detail(record.kind))
            return OMS_ERROR_malformed_input;
        if (count++ == 0) head_ = &record;
    }
    if (count == 0 || count != input.count || count > OMS_MAX_INPUT_RECORDS)
        return OMS_ERROR_malformed_input;
    common_ = reinterpret_cast<const oms_place_order*>(head_);
    return 0;
}

/// Of the request without the way that it came by this time: again, it is the same.
std::uint64_t Step::fingerprint() {
    if (fingerprint_) return *fingerprint_;
    std::string& bytes = draft_.input;
    bytes.clear();
    draft_.words.assign(reinterpret_cast<const std::uint64_t*>(head_),
                        reinterpret_cast<const std::uint64_t*>(head_) + head_->size / 8);
    auto& head = *reinterpret_cast<oms_place_order*>(draft_.words.data());
    head.channel = 0;
    head.in_seq = 0;
    head.flags &= ~OMS_POSSIBLE_DUPLICATE;
    encode(*reinterpret_cast<const oms_record*>(&head), bytes);
    for (const oms_record& record : sdk::Records(input_))
        if (&record != head_ && record.kind != OMS_RECORD_cursor) encode(record, bytes);
    fingerprint_ = XXH3_64bits(bytes.data(), bytes.size());
    return *fingerprint_;
}

bool Step::repeated(Outcome& outcome) {
    const World& known = world();
    if (common_->in_seq != 0) {
        const auto channel = known.channels.find(common_->channel);
        if (channel != known.channels.end() && channel->second.in_seq >= common_->in_seq) {
            outcome.repeated = true;
            outcome.seq = known.seq;
            return true;
        }
    }
    if (head_->kind == OMS_RECORD_report) return false;  // a fact: it is known by its own ids
    const std::string_view key = view(common_->key);
    if (key.empty() || key.size() > OMS_MAX_KEY_BYTES) {
        if (!key.empty() || needs_key(head_->kind)) outcome.code = OMS_ERROR_key_missing;
        return false;
    }
    known_ = known.keys.find(common_->origin, key);
    if (known_ == nullptr) {
        const std::int64_t day = day_of_key(key);
        const std::int64_t window_days = core_.bindings.limits.key_window_ns / ns_per_day;
        if (day >= 0 && now_ / ns_per_day - day > window_days + 1)
            outcome.code = OMS_ERROR_key_expired;
        else
            key_ = common_->key;
        return false;
    }
    if (known_->fingerprint != fingerprint()) {
        outcome.code = OMS_ERROR_key_reused;
        return false;
    }
    // On a numbered channel the repetition still takes its number, in a decision of its own.
    if (common_->in_seq != 0) return false;
    outcome.repeated = true;
    outcome.seq = known_->seq;
    outcome.code = known_->code;
    return true;
}

Refusal Step::dispatch() {
    const std::uint32_t kind = head_->kind;
    if (known_ != nullptr) {
        subject_ = known_->order;
        made_ = known_->id();
        say(known_->text());
        return known_->code;
    }
    if (core_.cancel_only && !taken_when_cancel_only(kind)) return OMS_ERROR_cancel_only;
    switch (kind) {
        case OMS_RECORD_place_order: return place_order();
        case OMS_RECORD_amend_order: return amend_order();
        case OMS_RECORD_cancel_order: return cancel_order();
        case OMS_RECORD_route_order: return route_order();
        case OMS_RECORD_cancel_route: return cancel_route();
        case OMS_RECORD_amend_route: return amend_route();
        case OMS_RECORD_raise_event: return raise_event();
        case OMS_RECORD_define: return define();
        case OMS_RECORD_post: return post();
        case OMS_RECORD_write_cell: return write_cell();
        case OMS_RECORD_resolve_task: return resolve_task();
        case OMS_RECORD_set_halt: return set_halt();
        case OMS_RECORD_advance_channel: return advance_numbers();
        case OMS_RECORD_report: return report();
        case OMS_RECORD_adopt_order: return adopt_order();
        case OMS_RECORD_timer_due: return timer_due();
        case OMS_RECORD_watch_hit: return watch_hit();
        case OMS_RECORD_retire_order: return retire_order();
        case OMS_RECORD_begin_epoch: return begin_epoch();
        default: return OMS_ERROR_malformed_input;
    }
}

/// What was asked stands before what was decided, so that it can be decided again. What is known
/// already was asked before.
void Step::keep_input() {
    if (known_ != nullptr || !plugins_have_a_say(head_->kind)) return;
    for (const oms_record& record : sdk::Records(input_)) draft_.kept.copy(draft_.add(record));
}

void Step::roll_back() {
    core_.world.undo.roll_back(core_.world, 0);
    draft_.effects.clear();
    draft_.effects.append(draft_.kept, {});
    draft_.events.clear();
    draft_.touched.clear();
    draft_.available_before.clear();
    if (order(subject_) == nullptr) subject_ = 0;
    made_ = 0;
}

UndoMark Step::mark_effects() const {
    return {core_.world.undo.mark(), draft_.events.size(), draft_.effects.mark(),
            draft_.kept.mark(), made_};
}

/// Folds back to the mark; what plugins read and said since then stays written.
void Step::take_back_to(const UndoMark& mark) {
    core_.world.undo.roll_back(core_.world, mark.undo);
    draft_.events.shorten(mark.events);
    made_ = mark.made;
    draft_.effects.cut(mark.effects);
    draft_.effects.append(draft_.kept, mark.kept);
}

void Step::advance_channel() {
    std::string_view cursor;
    bool moved = common_->in_seq != 0;
    details<oms_cursor>([&](const oms_cursor& detail) {
        cursor = view(detail.cursor).substr(0, OMS_MAX_CURSOR_BYTES);
        moved = true;
    });
    if (!moved || common_->channel == 0) return;
    const auto known = world().channels.find(common_->channel);
    auto effect = make<oms_channel_moved>();
    effect.channel = common_->channel;
    effect.in_seq = common_->in_seq;
    if (known != world().channels.end()) {
        effect.in_seq = std::max(effect.in_seq, known->second.in_seq);
        effect.out_seq = known->second.out_seq;
        if (cursor.empty()) cursor = known->second.cursor;
    }
    const std::string kept(cursor);
    effect.cursor = text(kept);
    emit(effect);
}

void Step::answer(Refusal refusal) {
    if (view(common_->key).empty() && !needs_key(head_->kind) && head_->kind != OMS_RECORD_define &&
        head_->kind != OMS_RECORD_write_cell && head_->kind != OMS_RECORD_set_halt &&
        head_->kind != OMS_RECORD_advance_channel && head_->kind != OMS_RECORD_adopt_order &&
        refusal == 0)
        return;  // a fact or a clock's tick: nobody waits for an answer
    auto effect = make<oms_answered>();
    effect.code = refusal;
    effect.channel = common_->channel;
    effect.order = subject_;
    effect.id = made_;
    effect.fingerprint = key_.size == 0 ? 0 : fingerprint();
    effect.text = text(draft_.answer_text);
    emit_for_good(effect);
}

/// A few at a time, so that no decision carries the weight of all.
void Step::forget_old_keys() {
    constexpr std::size_t most_at_once = 16;
    auto effect = make<oms_keys_forgotten>();
    std::size_t count = 0;
    for (const auto& [seq, place] : world().loose_keys) {
        if (++count > most_at_once ||
            now_ - world().keys.at(place).time <= core_.bindings.limits.key_window_ns)
            break;
        effect.through_seq = seq;
    }
    if (effect.through_seq != 0) emit_for_good(effect);
}

void Step::touch(std::uint64_t id) {
    if (id != 0 &&
        std::find(draft_.touched.begin(), draft_.touched.end(), id) == draft_.touched.end())
        draft_.touched.push_back(id);
}

void Step::write(Frame& frame) {
    auto header = make<oms_decision>();
    header.seq = world().seq;
    header.time = now_;
    header.cause = head_->kind;
    header.effects = draft_.effects.count();
    header.order = subject_;
    header.actor = common_->actor;
    header.origin = common_->origin;
    header.observed = core_.observed;
    header.epoch = world().epoch;
    header.key = key_;
    frame.add(header, draft_.effects.view());
}

}  // namespace oms::engine
