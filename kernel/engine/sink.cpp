// SPDX-License-Identifier: Apache-2.0
// What inside plugins say, checked as it is said.
#include "engine/plugin_call.hpp"

#include <algorithm>

namespace oms::engine {

using sdk::make;

namespace {
// What a plugin may say in one call. Where it speaks of each line, the largest order must have
// room.
constexpr std::size_t max_routes = 4 * OMS_MAX_LINES;
constexpr std::uint32_t max_opinions = 256;
constexpr std::uint32_t max_cells = 256;
constexpr std::uint32_t max_passed_over = 16 * OMS_MAX_LINES;
constexpr std::size_t max_route_details = 1024;
}  // namespace

oms_status PluginCall::say_opinion(const oms_opinion& opinion) {
    if (call != Call::check && call != Call::validate) return break_contract(OMS_INVALID);
    if (opinion.outcome < OMS_outcome_pass || opinion.outcome > OMS_outcome_ask ||
        !is_sound(opinion.text) || ++opinions > max_opinions || opinion.unit > OMS_unit_price ||
        (opinion.unit == 0) != (opinion.product == 0) ||
        (opinion.product != 0 &&
         step.core_.world.references.find(OMS_class_product, opinion.product) == nullptr) ||
        (opinion.outcome != OMS_outcome_pass && opinion.rule >= rules->size()))
        return break_contract(OMS_OUT_OF_RANGE);
    // Refuse weighs more than ask, ask more than warn, warn more than pass.
    const auto weight = [](std::uint32_t outcome) {
        return outcome == OMS_outcome_refuse ? 3u : outcome == OMS_outcome_ask ? 2u : outcome - 1;
    };
    if (weight(opinion.outcome) > weight(worst)) {
        worst = opinion.outcome;
        if (worst != OMS_outcome_pass) step.say(sdk::view(opinion.text));
    }
    auto effect = make<oms_verdict>();
    effect.order = order;
    effect.rule = opinion.rule < rules->size() ? (*rules)[opinion.rule] : 0;
    effect.outcome = opinion.outcome;
    effect.limit = opinion.limit;
    effect.observed = opinion.observed;
    if (opinion.outcome != OMS_outcome_pass) effect.text = opinion.text;
    effect.product = opinion.product;
    effect.unit = opinion.unit;
    step.keep(effect);
    return OMS_OK;
}

oms_status PluginCall::set_cell(std::uint32_t cell, std::uint64_t key_a, std::uint64_t key_b,
                                std::int64_t value, bool present) {
    if (call == Call::fact) return break_contract(OMS_INVALID);
    if (++cells > max_cells) return break_contract(OMS_OUT_OF_RANGE);
    auto effect = make<oms_cell_set>();
    effect.owner = instance;
    effect.cell = cell;
    effect.key_a = key_a;
    effect.key_b = key_b;
    effect.value = value;
    effect.present = present ? 1 : 0;
    if (step.trying_)
        step.draft_.tried_cells.push_back(effect);
    else
        step.emit(effect);
    return OMS_OK;
}

oms_status PluginCall::add_hold(const Reservation& reservation) {
    const References& names = step.core_.world.references;
    if (call != Call::reserve) return break_contract(OMS_INVALID);
    if (reservation.amount <= 0 || reservations.size() == max_reservations ||
        names.find(OMS_class_account, reservation.account) == nullptr ||
        names.find(OMS_class_product, reservation.asset) == nullptr)
        return break_contract(OMS_OUT_OF_RANGE);
    reservations.push_back(reservation);
    return OMS_OK;
}

oms_status PluginCall::add_transfer(const oms_transfer& transfer) {
    const References& names = step.core_.world.references;
    if (call != Call::post) return break_contract(OMS_INVALID);
    if (transfer.amount <= 0 || transfers.size() == max_transfers ||
        (transfer.from == transfer.to && transfer.from_bucket == transfer.to_bucket) ||
        names.find(OMS_class_account, transfer.from) == nullptr ||
        names.find(OMS_class_account, transfer.to) == nullptr ||
        names.find(OMS_class_product, transfer.asset) == nullptr)
        return break_contract(OMS_OUT_OF_RANGE);
    transfers.push_back(transfer);
    return OMS_OK;
}

void PluginCall::explain(std::uint32_t destination, bool chosen, std::int64_t score, oms_text why) {
    auto effect = make<oms_route_read>();
    effect.order = order;
    effect.destination = destination;
    effect.chosen = chosen ? 1 : 0;
    effect.score = score;
    effect.text = why;
    step.keep(effect);
}

oms_status PluginCall::add_route(std::uint32_t destination, const oms_batch& details,
                                 std::int64_t score, oms_text why) {
    if (call != Call::plan) return break_contract(OMS_INVALID);
    if (routes.size() == max_routes || !is_sound(why) || details.count > max_route_details ||
        std::find(destinations->begin(), destinations->end(), destination) == destinations->end())
        return break_contract(OMS_OUT_OF_RANGE);
    PlannedRoute plan;
    plan.destination = destination;
    for (const oms_record& record : sdk::Records(details)) {
        if (const auto* line = sdk::as<oms_route_line>(record)) {
            if (line->quantity <= 0) return break_contract(OMS_OUT_OF_RANGE);
            plan.lines.push_back(*line);
        } else if (const auto* term = sdk::as<oms_term>(record)) {
            if (!is_sound(term->text)) return break_contract(OMS_OUT_OF_RANGE);
            plan.terms.push_back({term->line, term->field, term->type, term->product, term->number,
                                  CompactText(sdk::view(term->text))});
        } else {
            return break_contract(OMS_INVALID);
        }
    }
    if (plan.lines.empty()) return break_contract(OMS_INVALID);
    routes.push_back(std::move(plan));
    explain(destination, true, score, why);
    return OMS_OK;
}

oms_status PluginCall::pass_over(std::uint32_t destination, std::int64_t score, oms_text why) {
    if (call != Call::plan) return break_contract(OMS_INVALID);
    if (!is_sound(why) || ++passed_over > max_passed_over ||
        step.core_.world.references.find(OMS_class_destination, destination) == nullptr)
        return break_contract(OMS_OUT_OF_RANGE);
    explain(destination, false, score, why);
    return OMS_OK;
}

}  // namespace oms::engine
