// SPDX-License-Identifier: Apache-2.0
// Calls into checks, asset classes and facts. A plugin that does not answer soundly fails closed.
#include "engine/plugin_call.hpp"

#include <oms/abi/errors.h>

namespace oms::engine {

using sdk::make;
using sdk::text;

Refusal Step::validate_lines(const Order& of) {
    const std::uint64_t id = of.id;
    for (std::uint32_t i = 0; i < order(id)->lines.size(); ++i) {
        const Line& line = order(id)->lines[i];
        const auto* active = core_.asset_class(line.product);
        if (active == nullptr) continue;  // counted in whole units of its scale, and no more
        PluginCall call(*this, Call::validate, active->instance, id);
        call.rules = &active->rules;
        oms_line_call about{};
        about.size = sizeof about;
        about.line = i;
        about.order = id;
        about.quantity = line.counts.open();
        const auto& binding = *active->binding;
        const bool sound = call.run([&](const oms_view* view, const oms_sink* sink) {
            return binding.capability->validate(binding.plugin, &about, view, sink);
        });
        if (!sound || call.opinions == 0) {
            say("the asset class " + binding.instance + " gave no valid answer");
            return OMS_ERROR_plugin_failed;
        }
        if (call.worst == OMS_outcome_refuse) return OMS_ERROR_asset_class_refused;
        if (call.worst == OMS_outcome_ask) approval_needed_ = true;
    }
    return 0;
}

Refusal Step::run_checks(std::uint64_t id, std::uint64_t of_route, std::uint32_t stage) {
    const ActiveKind* kind = core_.kind(order(id)->kind);
    if (kind == nullptr) return 0;
    for (const Active<CheckBinding>* active : kind->checks) {
        PluginCall call(*this, Call::check, active->instance, id);
        call.rules = &active->rules;
        oms_check_call about{};
        about.size = sizeof about;
        about.stage = stage;
        about.order = id;
        about.route = of_route;
        const CheckBinding& binding = *active->binding;
        const bool sound = call.run([&](const oms_view* view, const oms_sink* sink) {
            return binding.capability->evaluate(binding.plugin, &about, view, sink);
        });
        if (!sound || call.opinions == 0) {
            say("the check " + binding.instance + " gave no valid answer");
            auto failed = make<oms_verdict>();
            failed.order = id;
            failed.outcome = OMS_outcome_refuse;
            failed.text = text(draft_.answer_text);
            keep(failed);
            return OMS_ERROR_check_failed;
        }
        if (call.worst == OMS_outcome_refuse) return OMS_ERROR_check_refused;
        if (call.worst == OMS_outcome_ask) approval_needed_ = true;
    }
    return 0;
}

Refusal Step::reserve(const Order& of, std::uint32_t index, std::uint64_t of_route,
                      std::int64_t quantity, Reservations& wanted) {
    const Line& line = of.lines[index];
    const auto* active = core_.asset_class(line.product);
    if (active == nullptr || line.has_parts) return 0;
    PluginCall call(*this, Call::reserve, active->instance, of.id);
    oms_line_call about{};
    about.size = sizeof about;
    about.line = index;
    about.order = of.id;
    about.route = of_route;
    if (of_route != 0) about.destination = route(of_route)->destination;
    about.quantity = quantity;
    const auto& binding = *active->binding;
    const bool sound = call.run([&](const oms_view* view, const oms_sink* sink) {
        return binding.capability->reserve(binding.plugin, &about, view, sink);
    });
    if (!sound) {
        say("the asset class " + binding.instance + " could not say what to hold");
        return OMS_ERROR_plugin_failed;
    }
    // With nothing open it was only told, so that it can forget what it wrote down for the line.
    if (quantity > 0) wanted = std::move(call.reservations);
    return 0;
}

/// The product's own leg, unless the asset class says another, and what the asset class adds.
void Step::post_execution(const Order& of, const Execution& done, std::uint32_t destination,
                          std::uint32_t counterparty) {
    if (counterparty == 0) return;  // a party without an account keeps no books with us
    const std::uint64_t id = of.id;
    const std::uint64_t execution = done.id;
    const Line line = of.lines[done.line];
    Transfers legs;
    bool own_leg = false;
    if (const auto* active = core_.asset_class(line.product)) {
        PluginCall call(*this, Call::post, active->instance, id);
        oms_execution_call about{};
        about.size = sizeof about;
        about.line = done.line;
        about.order = id;
        about.route = done.route;
        about.destination = destination;
        about.product = done.product;
        about.account = of.account;
        about.counterparty = counterparty;
        about.quantity = done.quantity;
        about.price = done.price;
        const auto& binding = *active->binding;
        const bool sound = call.run([&](const oms_view* view, const oms_sink* sink) {
            return binding.capability->post(binding.plugin, &about, view, sink);
        });
        if (sound) {
            legs = std::move(call.transfers);
        } else {
            anomaly(id, done.route, "the asset class could not say what an execution posts");
            open_task(id, done.route, "operations", "An execution was posted without its price",
                      "noted");
        }
        for (const oms_transfer& leg : legs) own_leg = own_leg || leg.asset == line.product;
    }
    if (!own_leg && counterparty != of.account) {
        auto leg = make<oms_transfer>();
        const bool receives = line.direction == OMS_direction_receive;
        leg.from = receives ? counterparty : of.account;
        leg.to = receives ? of.account : counterparty;
        leg.asset = line.product;
        leg.amount = done.quantity;
        transfer(leg, id, execution);
    }
    for (const oms_transfer& leg : legs) transfer(leg, id, execution);
}

bool Step::read_fact(const Program& program, std::uint64_t id, std::uint16_t index,
                     std::int64_t& value) {
    std::uint32_t number = 0;
    const auto* active = core_.fact(program.table.plugin_facts[index], number);
    if (active == nullptr) return false;
    PluginCall call(*this, Call::fact, active->instance, id);
    const FactsBinding& binding = *active->binding;
    bool known = true;
    const bool sound = call.run([&](const oms_view* view, const oms_sink*) {
        const oms_status status =
            binding.capability->evaluate(binding.plugin, number, id, view, &value);
        known = status == OMS_OK;
        return status == OMS_NOT_FOUND ? OMS_OK : status;
    });
    return sound && known;
}

}  // namespace oms::engine
