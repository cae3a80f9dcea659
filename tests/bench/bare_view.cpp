// SPDX-License-Identifier: Apache-2.0
#include "bare_view.hpp"

#include "bare_loop.hpp"
#include "engine/fill_row.hpp"

#include <oms/sdk/record_info.hpp>

namespace oms::bench {

using engine::fill;
using sdk::make;
using sdk::text;

BareCall::BareCall(BareLoop& of_loop, const BareCheck& of_check, std::uint64_t of_order)
    : loop(of_loop), check(of_check), order(of_order) {
    view.size = sizeof(oms_view);
    view.now = loop.now();
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
        return static_cast<const Sink*>(self)->call->say(*opinion);
    };
    sink.cell = [](const oms_sink*, std::uint32_t, std::uint64_t, std::uint64_t, std::int64_t,
                   std::uint32_t) { return oms_status{OMS_INVALID}; };
}

bool BareCall::run(std::uint32_t stage, std::uint64_t route) {
    oms_check_call about{};
    about.size = sizeof about;
    about.stage = stage;
    about.order = order;
    about.route = route;
    const oms_status status = check.capability->evaluate(check.plugin, &about, &view, &sink);
    return status == OMS_OK && opinions > 0 && !refused;
}

oms_status BareCall::get(const oms_key& key, oms_record& row) {
    BareTables& tables = loop.tables();
    switch (key.kind) {
        case OMS_RECORD_order_row: {
            if (key.id >= tables.orders.size()) return OMS_NOT_FOUND;
            const BareOrder& of = tables.orders[key.id];
            auto found = make<oms_order_row>();
            found.order = key.id;
            found.order_kind = of.kind;
            found.account = of.account;
            found.origin = of.origin;
            found.lines = of.lines;
            found.opened = of.opened;
            found.changed_seq = of.changed_seq;
            found.key = text(of.key);
            return fill(row, found);
        }
        case OMS_RECORD_line_row: return line_row(key.id, key.part, row);
        case OMS_RECORD_term_row: return term_row(key, row);
        case OMS_RECORD_balance_row: {
            const BareBalance& of = tables.balance(key.reference, key.other);
            auto found = make<oms_balance_row>();
            found.account = key.reference;
            found.asset = key.other;
            found.balance = to_wide(of.balance);
            found.held = to_wide(of.held);
            found.available = to_wide(of.balance - of.held);
            return fill(row, found);
        }
        case OMS_RECORD_reference_row: {
            const BareReference& of = tables.reference(key.reference);
            auto found = make<oms_reference_row>();
            found.reference = key.reference;
            found.reference_class = of.reference_class;
            found.scale = of.scale;
            found.price_scale = of.price_scale;
            found.group = of.group;
            found.revision = of.revision;
            found.code = text(of.code);
            return fill(row, found);
        }
        case OMS_RECORD_observation: {
            const oms_observation* found = loop.read(key.reference, key.field, key.other);
            return found == nullptr ? OMS_NOT_FOUND : fill(row, *found);
        }
        case OMS_RECORD_cell_row: {
            const BareCell* of = loop.cell(check.instance, key.field, key.id, key.other_id);
            if (of == nullptr) return OMS_NOT_FOUND;
            auto found = make<oms_cell_row>();
            found.owner = of->owner;
            found.cell = of->cell;
            found.key_a = of->key_a;
            found.key_b = of->key_b;
            found.value = of->value;
            return fill(row, found);
        }
        default: return OMS_INVALID;
    }
}

oms_status BareCall::line_row(std::uint64_t of, std::uint32_t index, oms_record& row) {
    BareTables& tables = loop.tables();
    if (of >= tables.orders.size() || index >= tables.orders[of].lines) return OMS_NOT_FOUND;
    const BareLine& line = tables.line(tables.orders[of], index);
    auto found = make<oms_line_row>();
    found.order = of;
    found.line = index;
    found.product = line.product;
    found.direction = line.direction;
    found.role = line.role;
    found.parent_line = OMS_WHOLE_ORDER;
    found.ordered = line.counts.ordered;
    found.working = line.counts.working;
    found.done = line.counts.done;
    found.cancelled = line.counts.cancelled;
    found.unrouted = line.counts.unrouted();
    if (line.counts.done > 0)
        found.average_price = static_cast<std::int64_t>(line.value / line.counts.done);
    found.value = to_wide(line.value);
    return fill(row, found);
}

oms_status BareCall::term_row(const oms_key& key, oms_record& row) {
    BareTables& tables = loop.tables();
    auto found = make<oms_term_row>();
    found.type = OMS_term_type_number;
    found.line = key.part;
    found.field = key.field;
    if (key.id != 0) {
        if (key.id >= tables.orders.size()) return OMS_NOT_FOUND;
        const BareOrder& of = tables.orders[key.id];
        for (std::uint32_t index = 0; index < of.terms; ++index) {
            const BareTerm& term = tables.terms[of.first_term + index];
            if (term.field != key.field || term.line != key.part) continue;
            found.order = key.id;
            found.product = term.product;
            found.number = term.number;
            return fill(row, found);
        }
        return OMS_NOT_FOUND;
    }
    for (const Term& term : tables.reference(key.reference).terms) {
        if (term.field != key.field) continue;
        found.line = OMS_WHOLE_ORDER;
        found.reference = key.reference;
        found.type = term.type;
        found.product = term.product;
        found.number = term.number;
        found.text = text(term.text);
        return fill(row, found);
    }
    return OMS_NOT_FOUND;
}

oms_status BareCall::next(oms_walk& walk, oms_record& row) {
    if (walk.kind != OMS_RECORD_line_row) return OMS_INVALID;
    return line_row(walk.id, static_cast<std::uint32_t>(walk.position++), row);
}

oms_status BareCall::say(const oms_opinion& opinion) {
    const bool known = opinion.rule < check.rules.size();
    if (!known && opinion.outcome != OMS_outcome_pass) return OMS_OUT_OF_RANGE;
    ++opinions;
    refused = refused || opinion.outcome == OMS_outcome_refuse;
    auto effect = make<oms_verdict>();
    effect.order = order;
    effect.rule = known ? check.rules[opinion.rule] : 0;
    effect.outcome = opinion.outcome;
    effect.limit = opinion.limit;
    effect.observed = opinion.observed;
    if (opinion.outcome != OMS_outcome_pass) effect.text = opinion.text;
    effect.product = opinion.product;
    effect.unit = opinion.unit;
    loop.emit(effect);
    return OMS_OK;
}

}  // namespace oms::bench
