// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include "model/canonical.hpp"
#include "model/codec.hpp"
#include "shown.hpp"

#include <oms/abi/errors.h>
#include <oms/sdk/codes.hpp>

#include <cstdlib>
#include <iostream>
#include <set>

namespace oms::test {

using sdk::make;
using sdk::text;

namespace {

Troupe troupe_of(std::uint64_t seed) {
    const bool mischief = scatter(seed, 77) % 3 == 0;
    const oms_plugin plugin{seed, mischief};
    return {plugin, plugin, plugin, plugin, plugin, plugin, plugin};
}

bool is_request(std::uint32_t kind) {
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

bool talks(const oms_batch& input) {
    static const bool on = std::getenv("OMS_PROPERTY_TALK") != nullptr;
    return on && input.count > 0;
}

/// The effects: the header also numbers the observations that nobody read.
std::string without_header(const oms_batch& decision) {
    std::string bytes;
    for (const oms_record& effect : sdk::Records(decision))
        if (effect.kind != OMS_RECORD_decision) encode(effect, bytes);
    return bytes;
}

}  // namespace

Run::Run(std::uint64_t seed, Tally& tally, std::vector<std::string>* frames)
    : tally_(tally),
      frames_(frames),
      chance_(seed ^ 0x5eed),
      troupe_(troupe_of(seed)),
      live_(bindings_of(troupe_, &guard_)),
      copy_(engine::Bindings{}),
      again_(bindings_of(troupe_, &guard_again_)) {
    names_ = set_stage(live_, [this](const oms_batch& input) { return decide(input); });
    author_ = std::make_unique<Author>(seed, live_, names_);
    // Something to spend and to deliver.
    for (const std::uint32_t account : names_.accounts) {
        for (const std::uint32_t product : names_.products) {
            auto head = make<oms_post>();
            const std::string key = std::to_string(account) + "-" + std::to_string(product);
            head.origin = names_.origins[0];
            head.key = text(key);
            auto leg = make<oms_transfer>();
            leg.from = names_.outside[0];
            leg.to = account;
            leg.asset = product;
            leg.amount = product == names_.money ? 2'000'000 : 5000;
            sdk::Batch batch;
            batch.add(head);
            batch.add(leg);
            decide(batch.view());
        }
    }
}

void Run::step() {
    ++steps_;
    const std::uint32_t dice = chance_.small(100);
    const std::int64_t span = dice < 70   ? chance_.between(0, ns_per_second)
                              : dice < 95 ? chance_.between(0, 30 * ns_per_second)
                              : dice < 98 ? chance_.between(0, 900 * ns_per_second)
                                          : -5 * ns_per_second;
    now_ += span;
    if (chance_.one_in(400)) now_ += 25 * 3600 * ns_per_second;
    live_.set_cancel_only(chance_.one_in(60));
    for (std::uint64_t i = chance_.below(3); i > 0; --i) live_.observe(author_->observation());
    run_due();
    if (!sent_.empty() && chance_.one_in(20)) send_again();
    if (chance_.one_in(10)) ask();
    sdk::Batch batch;
    author_->write(batch, now_);
    decide(batch.view());
    run_due();
    if (steps_ % 4 == 0) compare_hashes();
}

engine::Outcome Run::decide(const oms_batch& input) {
    if (talks(input)) std::cerr << steps_ << "  " << test::shown(input) << "\n";
    const Available before = available_inside(live_.world());
    const std::uint64_t seq = live_.seq();
    const std::int64_t time = live_.time();
    Frame frame;
    const engine::Outcome outcome = live_.decide(input, now_, frame);
    demand(guard_.inside == 0, "a call into a plugin was entered and not left");
    demand(live_.time() >= time, "time went back");
    if (frame.empty()) {
        demand(live_.seq() == seq, "a number was taken without a decision");
        demand(outcome.repeated || (outcome.seq == 0 && outcome.code == OMS_ERROR_malformed_input),
               "an input came to nothing");
        tally_.add("repeated");
        return outcome;
    }
    if (frames_ != nullptr) frames_->emplace_back(frame.bytes());
    demand(outcome.seq == seq + 1 && live_.seq() == seq + 1, "the numbers are not dense");
    FrameReader reader;
    demand(reader.read_all(frame.bytes()).has_value(), "the decision cannot be read");
    const oms_batch decision = reader.decision();
    if (talks(input))
        std::cerr << "   -> " << outcome.code << "\n      " << shown(decision) << "\n";
    check_decision(input, outcome, decision);
    check_available(input, before, decision);
    count(input, outcome, decision);
    remember(input, outcome);
    return outcome;
}

void Run::check_decision(const oms_batch& input, const engine::Outcome& outcome,
                         const oms_batch& decision) {
    const auto* header = sdk::as<oms_decision>(*decision.first);
    demand(header != nullptr && header->seq == outcome.seq && header->time == live_.time() &&
               header->cause == input.first->kind && header->effects + 1 == decision.count,
           "the decision's header says something else");
    check_again(decision);
    const Status folded = copy_.apply(decision);
    demand(folded.has_value(), folded ? "" : "the fold fails: " + folded.error().reason);
    demand(copy_.seq() == live_.seq() && copy_.time() == live_.time(), "the fold counts otherwise");
    std::set<std::uint64_t> orders;
    for (const oms_record& effect : sdk::Records(decision)) {
        demand(sdk::is_effect(effect.kind) || sdk::is_input(effect.kind) ||
                   sdk::is_detail(effect.kind),
               "what is no effect");
        if (author_ != nullptr) author_->note(effect);
        if (const auto* counted = sdk::as<oms_line_counted>(effect)) orders.insert(counted->order);
        if (const auto* hold = sdk::as<oms_hold_set>(effect)) orders.insert(hold->order);
        if (const auto* moved = sdk::as<oms_region_moved>(effect)) orders.insert(moved->order);
        if (const auto* set = sdk::as<oms_source_set>(effect)) orders.insert(set->order);
    }
    for (const std::uint64_t id : orders)
        if (const Order* order = live_.world().orders.find(id)) check_order(live_.world(), *order);
    if (outcome.code != 0) {
        check_refused(decision);
        compare_hashes();
    }
}

/// The same plugins decide the same when they are asked again, with nothing but what was recorded.
void Run::check_again(const oms_batch& decision) {
    Frame frame;
    if (again_.rehearse(decision, frame)) {
        FrameReader reader;
        demand(reader.read_all(frame.bytes()).has_value(), "what would be decided cannot be read");
        const oms_batch would_be = reader.decision();
        demand(without_header(would_be) == without_header(decision),
               "decided again, it comes to something else:\n  " + test::shown(decision) +
                   "\nnow\n  " + test::shown(would_be));
        tally_.add("decided again");
    }
    demand(guard_again_.inside == 0, "a call into a plugin was entered again and not left");
    const Status folded = again_.apply(decision);
    demand(folded.has_value(),
           folded ? "" : "what was decided again cannot be folded: " + folded.error().reason);
}

/// A refusal leaves what was read and said, the answer, and the channel's advance.
void Run::check_refused(const oms_batch& decision) {
    for (const oms_record& effect : sdk::Records(decision)) {
        if (!sdk::is_effect(effect.kind)) continue;  // what was asked
        switch (effect.kind) {
            case OMS_RECORD_decision:
            case OMS_RECORD_answered:
            case OMS_RECORD_observation_read:
            case OMS_RECORD_route_read:
            case OMS_RECORD_anomaly:
            case OMS_RECORD_keys_forgotten:
            case OMS_RECORD_channel_moved: break;
            case OMS_RECORD_verdict: {
                const auto& verdict = *sdk::as<oms_verdict>(effect);
                demand(verdict.order == 0 || verdict.order < live_.world().next.order,
                       "a verdict names an order that was refused");
                break;
            }
            default:
                throw Broken("a refusal left a " +
                             std::string(sdk::record_info(effect.kind)->name));
        }
    }
}

/// No request makes what is available negative; a fact that does opens a task.
void Run::check_available(const oms_batch& input, const Available& before,
                          const oms_batch& decision) {
    const auto& head = *reinterpret_cast<const oms_place_order*>(input.first);
    const bool asked = is_request(input.first->kind) && (head.flags & OMS_ORDER_FACT) == 0;
    bool task = false;
    for (const oms_record& effect : sdk::Records(decision))
        if (const auto* set = sdk::as<oms_task_set>(effect)) task = task || set->open == 1;
    for (const auto& [key, now] : available_inside(live_.world())) {
        if (now >= 0) continue;
        const auto known = before.find(key);
        const Int128 was = known == before.end() ? 0 : known->second;
        demand(!asked || now >= was, "a request took " + digits(was - now) + " that account " +
                                         std::to_string(key.account) + " does not have");
        demand(was < 0 || task, "a fact took what is not there, and nobody is told");
    }
}

void Run::count(const oms_batch& input, const engine::Outcome& outcome, const oms_batch& decision) {
    const std::string what(sdk::record_info(input.first->kind)->name);
    tally_.add(what + (outcome.code == 0 ? " accepted" : " refused"));
    if (outcome.code != 0) tally_.add("OMS-" + std::to_string(outcome.code));
    bool moved = false;
    bool odd = false;
    for (const oms_record& effect : sdk::Records(decision)) {
        switch (effect.kind) {
            case OMS_RECORD_anomaly: odd = true; break;
            case OMS_RECORD_line_counted:
            case OMS_RECORD_route_line_counted:
            case OMS_RECORD_region_moved:
            case OMS_RECORD_executed:
            case OMS_RECORD_execution_changed:
            case OMS_RECORD_offered:
            case OMS_RECORD_intent:
            case OMS_RECORD_progressed: moved = true; break;
            default: break;
        }
        tally_.add(std::string(sdk::record_info(effect.kind)->name));
        if (const auto* shelved = sdk::as<oms_order_shelved>(effect))
            tally_.add(shelved->shelf == OMS_shelf_retired ? "retired" : "recalled");
        if (const auto* opened = sdk::as<oms_route_opened>(effect))
            if ((opened->flags & OMS_ROUTE_ENQUIRY) != 0) tally_.add("enquiry route");
        if (const auto* intent = sdk::as<oms_intent>(effect))
            tally_.add("intent " + std::string(sdk::code_name(sdk::action_names, intent->action)));
    }
    const auto* told = sdk::as<oms_report>(*input.first);
    if (told == nullptr) return;
    const std::string type(sdk::code_name(sdk::report_names, told->type));
    if (moved) tally_.add("report " + type + " did something");
    if (odd) tally_.add("report " + type + " is odd");
}

void Run::remember(const oms_batch& input, const engine::Outcome& outcome) {
    const auto& head = *reinterpret_cast<const oms_place_order*>(input.first);
    if (head.key.size == 0 || head.in_seq != 0 || author_ == nullptr) return;
    Sent& sent = sent_.emplace_back();
    sent.batch.append(input);
    sent.outcome = outcome;
    sent.origin = head.origin;
    sent.key = sdk::view(head.key);
    if (sent_.size() > 60) sent_.pop_front();
}

/// The same request once more: while its key is known, the same answer and nothing new.
void Run::send_again() {
    const Sent& sent = sent_[chance_.below(sent_.size())];
    const KeyEntry* known = live_.world().keys.find(sent.origin, sent.key);
    if (known == nullptr || known->seq != sent.outcome.seq) return;
    const std::string hash = live_.state_hash();
    Frame frame;
    const engine::Outcome again = live_.decide(sent.batch.view(), now_, frame);
    demand(again.repeated && frame.empty() && again.code == sent.outcome.code &&
               again.seq == sent.outcome.seq && live_.state_hash() == hash,
           "a repeated request was answered otherwise");
    sdk::Batch rows;
    demand(live_.answer_of(sent.origin, sent.key, rows), "a known key has no answer");
    tally_.add("sent again");
}

/// Any question; it changes nothing, and the same comes from the folded world.
void Run::ask() {
    auto query = make<oms_query>();
    query.subject = chance_.small(14);
    query.id = chance_.below(live_.world().next.order + 1);
    query.limit = chance_.small(50);
    query.open_only = chance_.small(2);
    if (chance_.one_in(3)) query.reference = chance_.pick(names_.accounts);
    if (query.subject == OMS_subject_observations || query.subject == OMS_subject_state)
        query.id = 0;
    sdk::Batch live;
    sdk::Batch folded;
    const bool found = live_.query(query, live).has_value();
    demand(found == copy_.query(query, folded).has_value(), "the folded world answers otherwise");
    // Values of the world and the configuration are not of the state.
    if (query.subject == OMS_subject_observations || query.subject == OMS_subject_state ||
        query.subject == OMS_subject_kinds)
        return;
    std::string left;
    std::string right;
    for (const oms_record& row : sdk::Records(live.view())) encode(row, left);
    for (const oms_record& row : sdk::Records(folded.view())) encode(row, right);
    demand(left == right, "the folded world shows other rows");
    tally_.add("asked");
}

void Run::run_due() {
    sdk::Batch batch;
    for (int i = 0; live_.due(now_, batch); ++i) {
        demand(i < 5000, "what is due never ends");
        decide(batch.view());
    }
    demand(live_.next_due() > now_, "something is due that does not come");
}

void Run::compare_hashes() {
    demand(live_.state_hash() == copy_.state_hash(), "the folded world has another hash");
    demand(again_.state_hash() == copy_.state_hash(), "deciding again left something behind");
}

void Run::check_all() {
    check_world(live_.world());
    compare_hashes();
    check_same_names(live_.world(), copy_.world());
    archive_.take(live_.world().archive, live_.seq());
    World snapshot;
    std::string bytes;
    write_world(live_.world(), [&](const oms_record& effect) { encode(effect, bytes); });
    Decoder decoder;
    demand(decoder.decode(bytes).has_value(), "the snapshot cannot be decoded");
    for (const oms_record& effect : sdk::Records(decoder.view()))
        demand(snapshot.apply(effect).has_value(), "the snapshot cannot be folded");
    demand(state_hash(snapshot) == live_.state_hash(), "the snapshot has another hash");
    demand(
        live_.world().archive.size() == live_.world().next.order - 1 - live_.world().orders.size(),
        "an order is neither live nor in the archive");
    snapshot.archive.read_from(&archive_, live_.seq());
    check_same_names(live_.world(), snapshot);
    // A kernel that goes on from a snapshot goes on like one that never stopped.
    if (chance_.one_in(3)) live_.restore(std::move(snapshot), steps_);
    if (guard_.faults > 0) tally_.add("plugin at fault");
}

}  // namespace oms::test
