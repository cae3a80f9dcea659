// SPDX-License-Identifier: Apache-2.0
// What inside plugins read. Values of the world outside are recorded once in each decision that
// reads them, so that the decision can be explained, and decided again, without them.
#include "engine/fill_row.hpp"
#include "engine/plugin_call.hpp"
#include "engine/rows.hpp"

#include <algorithm>
#include <cstring>
#include <span>

namespace oms::engine {

namespace {

template <class List, class Fill>
oms_status nth(const List& list, oms_walk& walk, Fill fill_row) {
    if (walk.position >= list.size()) return OMS_NOT_FOUND;
    return fill_row(list[walk.position++]);
}

}  // namespace

PluginCall::PluginCall(Step& of, Call kind, std::uint32_t id, std::uint64_t about)
    : step(of), call(kind), instance(id), order(about) {
    view.size = sizeof(oms_view);
    view.now = of.now_;
    view.call = this;
    view.get = [](const oms_view* self, const oms_key* key, oms_record* row) {
        return static_cast<const View*>(self)->call->get(*key, *row);
    };
    view.next = [](const oms_view* self, oms_walk* walk, oms_record* row) {
        return static_cast<const View*>(self)->call->next(*walk, *row);
    };
    sink.size = sizeof(oms_sink);
    sink.call = this;
    sink.opinion = [](const oms_sink* self, const oms_opinion* opinion) {
        return static_cast<const Sink*>(self)->call->say_opinion(*opinion);
    };
    sink.cell = [](const oms_sink* self, std::uint32_t cell, std::uint64_t key_a,
                   std::uint64_t key_b, std::int64_t value, std::uint32_t present) {
        return static_cast<const Sink*>(self)->call->set_cell(cell, key_a, key_b, value,
                                                              present != 0);
    };
    sink.hold = [](const oms_sink* self, std::uint32_t account, std::uint32_t asset,
                   std::uint32_t bucket, std::int64_t amount) {
        return static_cast<const Sink*>(self)->call->add_hold({account, asset, bucket, amount});
    };
    sink.transfer = [](const oms_sink* self, const oms_transfer* transfer) {
        return static_cast<const Sink*>(self)->call->add_transfer(*transfer);
    };
    sink.route = [](const oms_sink* self, std::uint32_t destination, const oms_batch* details,
                    std::int64_t score, oms_text why) {
        return static_cast<const Sink*>(self)->call->add_route(destination, *details, score, why);
    };
    sink.passed_over = [](const oms_sink* self, std::uint32_t destination, std::int64_t score,
                          oms_text why) {
        return static_cast<const Sink*>(self)->call->pass_over(destination, score, why);
    };
}

bool PluginCall::emit_read(const ObservationKey& key, const Observed& value) {
    if (std::find(step.draft_.reads.begin(), step.draft_.reads.end(), key) !=
        step.draft_.reads.end())
        return true;
    step.draft_.reads.push_back(key);
    auto effect = sdk::make<oms_observation_read>();
    std::tie(effect.product, effect.field, effect.source) = key;
    effect.value = value.value;
    effect.time = value.time;
    step.keep(effect);
    return true;
}

oms_status PluginCall::read_observation(const oms_key& key, oms_record& row) {
    const auto& all = step.core_.observations;
    auto found = all.end();
    if (key.other != 0) {
        found = all.find({key.reference, key.field, key.other});
    } else {
        for (auto at = all.lower_bound({key.reference, key.field, 0});
             at != all.end() && std::get<0>(at->first) == key.reference &&
             std::get<1>(at->first) == key.field;
             ++at)
            if (found == all.end() || at->second.time > found->second.time) found = at;
    }
    if (found == all.end()) return OMS_NOT_FOUND;
    emit_read(found->first, found->second);
    auto value = sdk::make<oms_observation>();
    std::tie(value.product, value.field, value.source) = found->first;
    value.value = found->second.value;
    value.time = found->second.time;
    return fill(row, value);
}

oms_status PluginCall::get(const oms_key& key, oms_record& row) {
    const World& world = step.core_.world;
    switch (key.kind) {
        case OMS_RECORD_order_row: {
            const Order* of = world.orders.find(key.id);
            return of == nullptr
                       ? OMS_NOT_FOUND
                       : fill_with(row, [&] { return row_of(world, *of, OMS_shelf_live); });
        }
        case OMS_RECORD_line_row: {
            const Order* of = world.orders.find(key.id);
            if (of == nullptr || key.part >= of->lines.size()) return OMS_NOT_FOUND;
            return fill_with(row, [&] { return line_row_of(*of, key.part); });
        }
        case OMS_RECORD_term_row: {
            const Order* of = world.orders.find(key.id);
            const Reference* entry = of == nullptr ? world.references.find(key.reference) : nullptr;
            std::span<const Term> terms;
            if (of != nullptr)
                terms = of->terms;
            else if (entry != nullptr)
                terms = entry->terms;
            const std::uint32_t line = of != nullptr ? key.part : OMS_WHOLE_ORDER;
            for (const Term& term : terms)
                if (term.field == key.field && term.line == line)
                    return fill_with(row, [&] { return row_of(term, key.id, 0, key.reference); });
            return OMS_NOT_FOUND;
        }
        case OMS_RECORD_route_row: {
            const Route* route = world.routes.find(key.id);
            return route == nullptr ? OMS_NOT_FOUND
                                    : fill_with(row, [&] { return row_of(world, *route); });
        }
        case OMS_RECORD_balance_row: {
            const BalanceKey balance{key.other, key.field, key.reference};
            return fill_with(row, [&] { return row_of(balance, world.ledger.get(balance)); });
        }
        case OMS_RECORD_reference_row: {
            const Reference* entry = world.references.find(key.reference);
            return entry == nullptr ? OMS_NOT_FOUND
                                    : fill_with(row, [&] { return row_of(*entry); });
        }
        case OMS_RECORD_observation: return read_observation(key, row);
        case OMS_RECORD_cell_row: {
            const CellKey cell{instance, key.field, key.id, key.other_id};
            const std::int64_t* value = world.cells.find(cell);
            return value == nullptr ? OMS_NOT_FOUND
                                    : fill_with(row, [&] { return row_of(cell, *value); });
        }
        case OMS_RECORD_execution_row: {
            const Order* about = world.orders.find(order);
            if (about == nullptr) return OMS_NOT_FOUND;
            for (const Execution& execution : about->extras().executions)
                if (execution.id == key.id)
                    return fill_with(row, [&] { return row_of(world, *about, execution); });
            return OMS_NOT_FOUND;
        }
        default: return OMS_INVALID;
    }
}

oms_status PluginCall::next(oms_walk& walk, oms_record& row) {
    const World& world = step.core_.world;
    const Order* of = world.orders.find(walk.id);
    switch (walk.kind) {
        case OMS_RECORD_line_row:
            if (of == nullptr || walk.position >= of->lines.size()) return OMS_NOT_FOUND;
            return fill_with(
                row, [&] { return line_row_of(*of, static_cast<std::uint32_t>(walk.position++)); });
        case OMS_RECORD_term_row:
            if (of == nullptr) return OMS_NOT_FOUND;
            return nth(of->terms, walk, [&](const Term& term) {
                return fill_with(row, [&] { return row_of(term, of->id, 0, 0); });
            });
        case OMS_RECORD_route_row:
            if (of == nullptr) return OMS_NOT_FOUND;
            return nth(of->routes, walk, [&](std::uint64_t id) {
                return fill_with(row, [&] { return row_of(world, *world.routes.find(id)); });
            });
        case OMS_RECORD_route_line_row: {
            const Route* route = world.routes.find(walk.id);
            if (route == nullptr) return OMS_NOT_FOUND;
            return nth(route->lines, walk, [&](const RouteLine& line) {
                return fill_with(row, [&] { return row_of(*route, line); });
            });
        }
        case OMS_RECORD_execution_row:
            if (of == nullptr) return OMS_NOT_FOUND;
            return nth(of->extras().executions, walk, [&](const Execution& execution) {
                return fill_with(row, [&] { return row_of(world, *of, execution); });
            });
        case OMS_RECORD_offer_row:
            if (of == nullptr) return OMS_NOT_FOUND;
            return nth(of->extras().offers, walk, [&](const Offer& offer) {
                return fill_with(row, [&] { return row_of(*of, offer); });
            });
        case OMS_RECORD_balance_row: {
            const auto* found = world.ledger.after(walk.other, walk.field,
                                                   static_cast<std::uint32_t>(walk.position));
            if (found == nullptr) return OMS_NOT_FOUND;
            walk.position = found->first.account;
            return fill_with(row, [&] { return row_of(found->first, found->second); });
        }
        case OMS_RECORD_reference_row: {
            const auto& all = world.references.all();
            while (walk.position < all.size()) {
                const Reference& entry = all[walk.position++];
                if (entry.reference_class == walk.other)
                    return fill_with(row, [&] { return row_of(entry); });
            }
            return OMS_NOT_FOUND;
        }
        case OMS_RECORD_observation: {
            const auto& all = step.core_.observations;
            const auto found = all.upper_bound(
                {walk.reference, walk.field, static_cast<std::uint32_t>(walk.position)});
            if (found == all.end() || std::get<0>(found->first) != walk.reference ||
                std::get<1>(found->first) != walk.field)
                return OMS_NOT_FOUND;
            walk.position = std::get<2>(found->first);
            oms_key key{};
            key.reference = walk.reference;
            key.field = walk.field;
            key.other = static_cast<std::uint32_t>(walk.position);
            return read_observation(key, row);
        }
        default: return OMS_INVALID;
    }
}

}  // namespace oms::engine
