// SPDX-License-Identifier: Apache-2.0
#include "plugins.hpp"

#include "chance.hpp"

#include <oms/sdk/batch.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/sink.hpp>
#include <oms/sdk/view.hpp>

#include <exception>
#include <optional>

namespace oms::test {

namespace {

using sdk::make;
using sdk::text;
using sdk::Wide;

template <class Work>
oms_status guarded(Work work) noexcept {
    try {
        return work();
    } catch (const sdk::CallError& error) {
        return error.status();
    } catch (const std::exception&) {
        return OMS_FAILED;
    }
}

bool strikes(const oms_plugin* plugin, std::uint64_t a, std::uint64_t b) {
    return plugin->mischief && scatter(plugin->seed, a, b) % 41 == 0;
}

oms_status say(const oms_sink* sink, std::uint32_t outcome, std::uint32_t rule, const char* words) {
    oms_opinion opinion{};
    opinion.size = sizeof opinion;
    opinion.outcome = outcome;
    opinion.rule = rule;
    opinion.line = OMS_WHOLE_ORDER;
    opinion.text = text(words);
    return sink->opinion(sink, &opinion);
}

/// The product of two numbers, if it can be counted.
std::optional<std::int64_t> times(std::int64_t left, std::int64_t right) {
    return sdk::narrow(Wide{left} * right);
}

// ---- asset classes ------------------------------------------------------------------------------

oms_status validate(oms_plugin* plugin, const oms_line_call* call, const oms_view* raw,
                    const oms_sink* sink) {
    return guarded([&] {
        const sdk::View view(raw);
        const oms_line_row line = view.line(call->order, call->line);
        if (strikes(plugin, call->order, 1)) return OMS_OK;  // without an opinion
        if (strikes(plugin, call->order, 2)) return say(sink, OMS_outcome_refuse, 77, "no rule");
        switch (static_cast<std::uint64_t>(line.ordered) % 29) {
            case 3: return say(sink, OMS_outcome_refuse, 0, "an odd quantity");
            case 5: return say(sink, OMS_outcome_ask, 1, "a quantity to be asked about");
            case 7: return say(sink, OMS_outcome_warn, 1, "a strange quantity");
            default: return say(sink, OMS_outcome_pass, 0, "");
        }
    });
}

std::int64_t price_of(const oms_line_call& call, const sdk::View& view) {
    if (const auto limit = view.number(call.order, call.line, sdk::field::limit_price))
        return *limit;
    return view.cell(hold_price_cell, call.order, call.line).value_or(10);
}

oms_status hold_money(const oms_line_call& call, const sdk::View& view, const oms_sink* sink,
                      const oms_order_row& order, std::uint32_t product) {
    const std::int64_t price = price_of(call, view);
    const auto amount = times(call.quantity, price);
    if (!amount) return OMS_OUT_OF_RANGE;
    const bool kept = view.cell(hold_price_cell, call.order, call.line).has_value();
    if (kept != (*amount > 0))  // it remembers the price of what it holds, and of nothing else
        sink->cell(sink, hold_price_cell, call.order, call.line, price, *amount > 0 ? 1 : 0);
    if (*amount <= 0) return OMS_OK;
    const auto currency = view.reference_number(product, sdk::field::currency).value_or(0);
    return sink->hold(sink, order.account, static_cast<std::uint32_t>(currency), OMS_bucket_on_hand,
                      *amount);
}

oms_status reserve_priced(oms_plugin* plugin, const oms_line_call* call, const oms_view* raw,
                          const oms_sink* sink) {
    return guarded([&]() -> oms_status {
        const sdk::View view(raw);
        if (call->quantity == 0) {
            if (call->route == 0 && view.cell(hold_price_cell, call->order, call->line))
                sink->cell(sink, hold_price_cell, call->order, call->line, 0, 0);
            // Whatever it wants to hold now is not listened to.
            sink->hold(sink, view.order(call->order).account,
                       view.line(call->order, call->line).product, OMS_bucket_on_hand, 1);
            return OMS_OK;
        }
        if (call->quantity < 0) std::abort();  // the engine never asks that
        if (strikes(plugin, call->order + 3, static_cast<std::uint64_t>(call->quantity)))
            return OMS_FAILED;
        const oms_order_row order = view.order(call->order);
        const oms_line_row line = view.line(call->order, call->line);
        if (strikes(plugin, call->order + 4, static_cast<std::uint64_t>(call->quantity)))
            sink->hold(sink, order.account, line.product, OMS_bucket_on_hand, -1);
        if (call->route != 0) {
            const auto token = view.reference_number(line.product, sdk::field::unit);
            if (!token) return OMS_OK;
            return sink->hold(sink, order.account, static_cast<std::uint32_t>(*token),
                              OMS_bucket_on_hand, call->quantity / 10 + 1);
        }
        if (line.direction == OMS_direction_receive)
            return hold_money(*call, view, sink, order, line.product);
        return sink->hold(sink, order.account, line.product, OMS_bucket_on_hand, call->quantity);
    });
}

oms_status post_priced(oms_plugin* plugin, const oms_execution_call* call, const oms_view* raw,
                       const oms_sink* sink) {
    return guarded([&]() -> oms_status {
        const sdk::View view(raw);
        const oms_line_row line = view.line(call->order, call->line);
        if (strikes(plugin, call->order + 5, static_cast<std::uint64_t>(call->quantity)))
            return OMS_FAILED;
        auto leg = make<oms_transfer>();
        leg.from = call->account;
        leg.to = call->counterparty;
        leg.asset = static_cast<std::uint32_t>(
            view.reference_number(call->product, sdk::field::currency).value_or(0));
        if (strikes(plugin, call->order + 6, static_cast<std::uint64_t>(call->quantity))) {
            leg.to = leg.from;
            leg.amount = 1;
            return sink->transfer(sink, &leg);
        }
        const auto amount = times(call->quantity, call->price);
        if (!amount || *amount == std::numeric_limits<std::int64_t>::min()) return OMS_OUT_OF_RANGE;
        if (*amount == 0 || call->account == call->counterparty) return OMS_OK;
        leg.amount = *amount;
        if ((line.direction == OMS_direction_receive) != (*amount > 0)) std::swap(leg.from, leg.to);
        if (leg.amount < 0) leg.amount = -leg.amount;
        return sink->transfer(sink, &leg);
    });
}

oms_status reserve_plain(oms_plugin*, const oms_line_call* call, const oms_view* raw,
                         const oms_sink* sink) {
    return guarded([&]() -> oms_status {
        const sdk::View view(raw);
        const oms_line_row line = view.line(call->order, call->line);
        if (call->quantity == 0 || call->route != 0 || line.direction == OMS_direction_receive)
            return OMS_OK;
        const std::uint32_t account = view.order(call->order).account;
        const std::int64_t half = call->quantity / 2;
        if (half > 0) sink->hold(sink, account, line.product, OMS_bucket_on_hand, half);
        return sink->hold(sink, account, line.product, OMS_bucket_on_hand, call->quantity - half);
    });
}

oms_status post_nothing(oms_plugin*, const oms_execution_call*, const oms_view*, const oms_sink*) {
    return OMS_OK;
}

// ---- checks, routing, facts ---------------------------------------------------------------------

oms_status check(oms_plugin* plugin, const oms_check_call* call, const oms_view* raw,
                 const oms_sink* sink) {
    return guarded([&] {
        const sdk::View view(raw);
        const oms_order_row order = view.order(call->order);
        const std::int64_t asked = view.cell(asked_cell, order.account).value_or(0);
        sink->cell(sink, asked_cell, order.account, 0, (asked + 1) % 1000, 1);
        if (strikes(plugin, call->order + 7, call->stage)) return OMS_OK;
        std::uint64_t sum = call->stage;
        for (const oms_line_row& line : view.lines(call->order)) {
            sum += static_cast<std::uint64_t>(line.ordered);
            static_cast<void>(view.observation(line.product, sdk::observed::last));
        }
        say(sink, OMS_outcome_pass, 0, "");
        switch (sum % 37) {
            case 3: return say(sink, OMS_outcome_refuse, 0, "a quantity that is not liked");
            case 5: return say(sink, OMS_outcome_ask, 1, "a quantity for a person");
            case 7: return say(sink, OMS_outcome_warn, 1, "a quantity to be warned of");
            default: return OMS_OK;
        }
    });
}

oms_status plan_split(oms_plugin* plugin, const oms_routing_call* call, const oms_view* raw,
                      const oms_sink* sink) {
    return guarded([&]() -> oms_status {
        const sdk::View view(raw);
        const std::uint64_t dice = scatter(plugin->seed, call->order, call->attempt);
        if (call->attempt > 4 || call->destination_count == 0) return OMS_OK;
        const std::uint32_t parts = 1 + static_cast<std::uint32_t>(dice % call->destination_count);
        std::vector<sdk::Batch> plans(parts);
        for (const oms_line_row& line : view.lines(call->order)) {
            const bool wrong_role = strikes(plugin, call->order + 8, call->attempt);
            if ((line.role != call->role && !wrong_role) || line.unrouted <= 0) continue;
            std::int64_t left = line.unrouted;
            for (std::uint32_t part = 0; part < parts && left > 0; ++part) {
                auto detail = make<oms_route_line>();
                detail.line = line.line;
                detail.product = line.product;
                detail.quantity = part + 1 == parts ? left : std::max<std::int64_t>(left / 2, 1);
                left -= detail.quantity;
                if (strikes(plugin, call->order + 9, part)) ++detail.quantity;
                plans[part].add(detail);
            }
        }
        for (std::uint32_t part = 0; part < parts; ++part) {
            if (plans[part].empty()) continue;
            if (dice % 5 == 0) {
                auto term = make<oms_term>();
                term.line = OMS_WHOLE_ORDER;
                term.field = sdk::field::time_in_force;
                term.type = OMS_term_type_number;
                plans[part].add(term);
            }
            const oms_batch details = plans[part].view();
            sink->route(sink, call->destinations[part], &details, 1, text("it has room"));
        }
        for (std::uint32_t at = parts; at < call->destination_count; ++at)
            sink->passed_over(sink, call->destinations[at], 0, text("it was not its turn"));
        return OMS_OK;
    });
}

oms_status plan_nothing(oms_plugin*, const oms_routing_call*, const oms_view*, const oms_sink*) {
    return OMS_OK;
}

oms_status lead_days(oms_plugin* plugin, std::uint32_t index, std::uint64_t order, const oms_view*,
                     std::int64_t* value) {
    if (index != 0 || strikes(plugin, order, 10)) return OMS_NOT_FOUND;
    *value = static_cast<std::int64_t>(scatter(plugin->seed, order) % 28);
    return OMS_OK;
}

oms_status final_sale(oms_plugin* plugin, std::uint32_t, std::uint64_t order, const oms_view*,
                      std::int64_t* value) {
    *value = static_cast<std::int64_t>(scatter(plugin->seed, order, 1) % 2);
    return strikes(plugin, order, 11) ? OMS_FAILED : OMS_OK;
}

constexpr oms_text supplier_names[] = {{"lead_days", 9}, {"silent", 6}};
constexpr oms_text product_names[] = {{"final_sale", 10}};

}  // namespace

const oms_asset_class priced_class{sizeof(oms_asset_class), 0, validate, reserve_priced,
                                   post_priced};
const oms_asset_class plain_class{sizeof(oms_asset_class), 0, validate, reserve_plain,
                                  post_nothing};
const oms_check opinionated_check{sizeof(oms_check), 0, check};
const oms_routing splitting_routing{sizeof(oms_routing), 0, plan_split};
const oms_routing manual_routing{sizeof(oms_routing), 0, plan_nothing};
const oms_facts supplier_facts{sizeof(oms_facts), 2, supplier_names, lead_days};
const oms_facts product_facts{sizeof(oms_facts), 1, product_names, final_sale};

}  // namespace oms::test
