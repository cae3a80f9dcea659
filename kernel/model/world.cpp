// SPDX-License-Identifier: Apache-2.0
// The fold: dispatch, and the effects about orders and about what names them.
#include "model/world.hpp"

#include "model/canonical.hpp"
#include "model/codec.hpp"

#include <algorithm>
#include <iterator>

namespace oms {

using sdk::view;

namespace {

constexpr ErrorCode decision_missing = 5203;
constexpr ErrorCode foreign_effect = 5204;

bool before(const Term& term, std::uint32_t line, std::uint32_t field) {
    return term.line != line ? term.line < line : term.field < field;
}

}  // namespace

Status missing(const char* what, std::uint64_t id) {
    return fail(
        foreign_effect, {},
        "a decision names " + std::string(what) + " " + std::to_string(id) + ", which is not there",
        "verify the journal with `oms journal verify`");
}

Status World::apply(const oms_record& effect) {
    switch (effect.kind) {
#define OMS_FOLDED(name)    \
    case OMS_RECORD_##name: \
        return on(*reinterpret_cast<const oms_##name*>(&effect));
#include "model/folded.def"
#undef OMS_FOLDED
        default: return {};
    }
}

void World::expect(std::size_t count) {
    // What every order has, or nearly every one. More grows, by a quarter each time.
    keys.reserve(count);
    routes_by_ref_.reserve(count);
}

void World::look_ahead(const oms_record& effect) const {
    if (const auto* restored = sdk::as<oms_key_restored>(effect))
        keys.prefetch(restored->origin, view(restored->key));
}

void World::begin_decision(const oms_decision& header) {
    seq = header.seq;
    time = header.time;
    origin_ = header.origin;
    key_.assign(view(header.key));
}

Result<const oms_decision*> World::fold(const oms_batch& decision) {
    const oms_decision* header = nullptr;
    for (const oms_record& record : sdk::Records(decision)) {
        if (header != nullptr) {
            if (Status status = apply(record); !status)
                return tl::unexpected(std::move(status.error()));
            continue;
        }
        header = sdk::as<oms_decision>(record);
        if (header == nullptr || header->seq != seq + 1) break;
        begin_decision(*header);
    }
    if (header == nullptr || header->seq != seq) {
        return fail(decision_missing, {}, "decision " + std::to_string(seq + 1) + " is missing",
                    "verify the journal with `oms journal verify`");
    }
    return header;
}

// ---- keys ---------------------------------------------------------------------------------------

void World::remember_key(KeyEntry entry, bool loose) {
    Order* order = loose ? nullptr : orders.find(entry.order);
    const std::uint64_t first_seq = entry.seq;
    const KeyPlace place = keys.put(std::move(entry));
    if (order != nullptr)
        order->keys.push_back(place);
    else
        loose_keys.emplace(first_seq, place);
}

/// The order retires, and its keys stay known as long as others. They do not come back with it.
void World::loosen_keys(const Order& order) {
    for (const KeyPlace place : order.keys) loose_keys.emplace(keys.at(place).seq, place);
}

namespace {

/// Of the record that gives them, whatever its type.
template <class Effect>
KeyEntry key_entry(const Effect& effect, std::uint32_t origin, std::string_view key,
                   std::uint64_t seq, std::int64_t time) {
    KeyEntry entry;
    entry.fingerprint = effect.fingerprint;
    entry.seq = seq;
    entry.time = time;
    entry.order = effect.order;
    entry.code = effect.code;
    entry.origin = origin;
    entry.key = key;
    entry.set_answer(effect.id, view(effect.text));
    return entry;
}

}  // namespace

Status World::on(const oms_answered& effect) {
    if (!key_.empty()) remember_key(key_entry(effect, origin_, key_, seq, time), false);
    return {};
}

Status World::on(const oms_keys_forgotten& effect) {
    while (!loose_keys.empty() && loose_keys.begin()->first <= effect.through_seq) {
        keys.erase(loose_keys.begin()->second);
        loose_keys.erase(loose_keys.begin());
    }
    return {};
}

Status World::on(const oms_key_restored& effect) {
    remember_key(key_entry(effect, effect.origin, view(effect.key), effect.seq, effect.time),
                 effect.loose != 0);
    return {};
}

// ---- references
// -----------------------------------------------------------------------------------

Status World::on(const oms_reference_defined& effect) {
    Reference entry;
    entry.id = effect.reference;
    entry.reference_class = effect.reference_class;
    entry.scale = effect.scale;
    entry.price_scale = effect.price_scale;
    entry.group = effect.group;
    entry.route_via = effect.route_via;
    entry.flags = effect.flags;
    entry.revision = effect.revision;
    entry.code = view(effect.code);
    if (Reference* known = references.change(effect.reference)) {
        struct Old {
            std::uint32_t id, group, route_via, flags, revision;
        } old{known->id, known->group, known->route_via, known->flags, known->revision};
        undo.push([old](World& world) {
            Reference& back = *world.references.change(old.id);
            back.group = old.group;
            back.route_via = old.route_via;
            back.flags = old.flags;
            back.revision = old.revision;
        });
        entry.terms = std::move(known->terms);
        *known = std::move(entry);
        return {};
    }
    if (effect.reference != references.next_id()) return missing("reference", effect.reference);
    references.add(std::move(entry));
    undo.push([](World& world) { world.references.drop_last(); });
    return {};
}

namespace {

/// Puts a term in its place, instead of one that stands there.
template <class Terms>
void place_term(Terms& terms, Term term) {
    const auto at = std::find_if(terms.begin(), terms.end(), [&](const Term& other) {
        return !before(other, term.line, term.field);
    });
    if (at != terms.end() && at->line == term.line && at->field == term.field)
        *at = std::move(term);
    else
        terms.insert(at, std::move(term));
}

template <class Terms>
void erase_term(Terms& terms, std::uint32_t line, std::uint32_t field) {
    const auto at = std::find_if(terms.begin(), terms.end(), [&](const Term& term) {
        return term.line == line && term.field == field;
    });
    if (at != terms.end()) terms.erase(at);
}

/// How a term is put back, or taken away where there was none.
struct OldTerm {
    std::uint32_t line, field, type, product;
    std::int64_t number;
    bool existed;
    const std::string* text;

    template <class Terms>
    OldTerm(const Terms& terms, std::uint32_t of_line, std::uint32_t of_field, UndoLog& undo)
        : line(of_line),
          field(of_field),
          type(0),
          product(0),
          number(0),
          existed(false),
          text(nullptr) {
        for (const Term& term : terms) {
            if (term.line != line || term.field != field) continue;
            type = term.type;
            product = term.product;
            number = term.number;
            existed = true;
            text = undo.keep(term.text);
        }
    }
    template <class Terms>
    void put_back(Terms& terms) const {
        if (existed)
            place_term(terms, {line, field, type, product, number, CompactText(*text)});
        else
            erase_term(terms, line, field);
    }
};

}  // namespace

Status World::on(const oms_reference_term& effect) {
    Reference* entry = references.change(effect.reference);
    if (entry == nullptr) return missing("reference", effect.reference);
    const OldTerm old(entry->terms, OMS_WHOLE_ORDER, effect.field, undo);
    undo.push([id = effect.reference, old](World& world) {
        old.put_back(world.references.change(id)->terms);
    });
    place_term(entry->terms, {OMS_WHOLE_ORDER, effect.field, effect.type, effect.product,
                              effect.number, CompactText(view(effect.text))});
    return {};
}

Status World::on(const oms_lifecycle_installed& effect) {
    if (effect.lifecycle != lifecycles.size()) return missing("lifecycle", effect.lifecycle);
    lifecycles.push_back(
        {std::string(view(effect.name)), effect.revision, std::string(view(effect.tables))});
    undo.push([](World& world) { world.lifecycles.pop_back(); });
    return {};
}

// ---- orders
// ---------------------------------------------------------------------------------------

Status World::on(const oms_order_opened& effect) {
    if (effect.order == 0 || orders.find(effect.order) != nullptr)
        return missing("a new order", effect.order);
    Order order;
    order.id = effect.order;
    order.set_parent(effect.parent);
    order.kind = effect.order_kind;
    order.account = effect.account;
    order.flags = effect.flags;
    order.origin = effect.origin;
    order.channel = effect.channel;
    order.opened = time;
    order.changed_seq = seq;
    order.instance.lifecycle = effect.lifecycle;
    order.key = view(effect.key);
    orders.insert(std::move(order));
    undo.push([id = effect.order, next_order = next.order](World& world) {
        world.remove_order(id);
        world.next.order = next_order;
    });
    next.order = std::max(next.order, effect.order + 1);
    return {};
}

void World::remove_order(std::uint64_t id) {
    for (const Source& source : orders.find(id)->extras().sources)
        if (Order* other = orders.find(source.order)) other->add_extras().gathered_by.erase(id);
    orders.erase(id);
}

Status World::on(const oms_line_opened& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    if (effect.line != order->lines.size()) return missing("line", effect.line);
    Line line;
    line.product = effect.product;
    line.product_revision = static_cast<std::uint32_t>(effect.product_revision);
    line.parent_line = effect.parent_line;
    line.ratio = effect.ratio;
    line.direction = static_cast<std::uint8_t>(effect.direction);
    line.role = static_cast<std::uint8_t>(effect.role);
    line.counts.ordered = effect.ordered;
    if (line.parent_line < order->lines.size()) order->lines[line.parent_line].has_parts = true;
    order->lines.push_back(line);
    undo.push([id = effect.order](World& world) { world.orders.find(id)->lines.pop_back(); });
    return {};
}

Status World::on(const oms_line_counted& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr || effect.line >= order->lines.size())
        return missing("a line of order", effect.order);
    Line& line = order->lines[effect.line];
    undo.push([id = effect.order, index = effect.line, counts = line.counts,
               value = to_wide(order->value(effect.line)),
               changed = order->changed_seq](World& world) {
        Order& back = *world.orders.find(id);
        back.lines[index].counts = counts;
        back.set_value(index, from_wide(value));
        back.changed_seq = changed;
    });
    line.counts = {effect.ordered, effect.working, effect.done, effect.cancelled, effect.over};
    order->set_value(effect.line, from_wide(effect.value));
    order->changed_seq = seq;
    return {};
}

Status World::on(const oms_term_set& effect) {
    const auto set = [&](auto& terms) {
        const OldTerm old(terms, effect.line, effect.field, undo);
        undo.push([order = effect.order, route = effect.route, old](World& world) {
            if (route != 0)
                old.put_back(world.routes.find(route)->add_terms());
            else
                old.put_back(world.orders.find(order)->terms);
        });
        if (effect.type == 0)
            erase_term(terms, effect.line, effect.field);
        else
            place_term(terms, {effect.line, effect.field, effect.type, effect.product,
                               effect.number, CompactText(view(effect.text))});
    };
    if (effect.route != 0) {
        Route* route = routes.find(effect.route);
        if (route == nullptr) return missing("route", effect.route);
        set(route->add_terms());
    } else {
        Order* order = orders.find(effect.order);
        if (order == nullptr) return missing("order", effect.order);
        set(order->terms);
    }
    return {};
}

Status World::on(const oms_linked& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->add_extras().links.push_back({effect.other, effect.link});
    undo.push([id = effect.order](World& world) {
        world.orders.find(id)->add_extras().links.pop_back();
    });
    return {};
}

Status World::on(const oms_source_set& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    const Source next_source{effect.source_order, effect.line, effect.source_line,
                             effect.quantity,     effect.done, effect.returned};
    for (std::uint32_t i = 0; i < order->extras().sources.size(); ++i) {
        Source& source = order->add_extras().sources[i];
        if (source.order != effect.source_order || source.line != effect.line ||
            source.source_line != effect.source_line)
            continue;
        undo.push([id = effect.order, i, old = source](World& world) {
            world.orders.find(id)->add_extras().sources[i] = old;
        });
        source = next_source;
        return {};
    }
    order->add_extras().sources.push_back(next_source);
    // Sorted, so that a block that comes back from the archive stands where it stood.
    Order* gathered = orders.find(effect.source_order);
    bool first = false;
    if (gathered != nullptr) {
        IdList& blocks = gathered->add_extras().gathered_by;
        first = std::find(blocks.begin(), blocks.end(), effect.order) == blocks.end();
        if (first) blocks.insert(effect.order);
    }
    undo.push([id = effect.order, from = effect.source_order, first](World& world) {
        world.orders.find(id)->add_extras().sources.pop_back();
        if (first) world.orders.find(from)->add_extras().gathered_by.erase(id);
    });
    return {};
}

// ---- instances
// ------------------------------------------------------------------------------------

namespace {

Instance* find_instance(World& world, std::uint64_t order, std::uint64_t route) {
    if (route != 0) {
        Route* found = world.routes.find(route);
        return found == nullptr ? nullptr : &found->instance;
    }
    Order* found = world.orders.find(order);
    return found == nullptr ? nullptr : &found->instance;
}

}  // namespace

Status World::on(const oms_region_moved& effect) {
    Instance* instance = find_instance(*this, effect.order, effect.route);
    if (instance == nullptr || effect.region >= instance->states.size())
        return missing("order", effect.order);
    undo.push([order = effect.order, route = effect.route, region = effect.region,
               old = instance->states[effect.region]](World& world) {
        find_instance(world, order, route)->states[region] = old;
    });
    instance->states[effect.region] = static_cast<std::uint8_t>(effect.state);
    return {};
}

Status World::on(const oms_slot_set& effect) {
    Instance* instance = find_instance(*this, effect.order, effect.route);
    if (instance == nullptr) return missing("order", effect.order);
    const auto order = effect.order;
    const auto route = effect.route;
    if (effect.slot == undo_slot) {
        undo.push([order, route, old = instance->undo_mask()](World& world) {
            find_instance(world, order, route)->set_undo_mask(old);
        });
        instance->set_undo_mask(static_cast<std::uint64_t>(effect.value));
    } else if (effect.slot == intents_slot) {
        Route& owner = *routes.find(route);  // only snapshots and the archive set it
        owner.place_attempts =
            static_cast<std::uint32_t>(static_cast<std::uint64_t>(effect.value) >> 32);
        owner.signals = static_cast<std::uint32_t>(effect.value);
    } else if (effect.slot >= signalled_slot) {
        const std::uint32_t role = (effect.slot - signalled_slot) % 4;
        undo.push([order, route, role, old = instance->signalled(role)](World& world) {
            find_instance(world, order, route)->set_signalled(role, old);
        });
        instance->set_signalled(role, effect.value);
    } else if (effect.slot >= attempts_slot) {
        const std::uint32_t role = (effect.slot - attempts_slot) % 4;
        undo.push([order, route, role, old = instance->attempts[role]](World& world) {
            find_instance(world, order, route)->attempts[role] = old;
        });
        instance->attempts[role] = static_cast<std::uint8_t>(effect.value);
    } else {
        undo.push([order, route, slot = effect.slot, old = instance->slot(effect.slot)](
                      World& world) { find_instance(world, order, route)->set_slot(slot, old); });
        instance->set_slot(effect.slot, effect.value);
    }
    return {};
}

Status World::on(const oms_status_changed& effect) {
    std::uint32_t* status = nullptr;
    if (effect.route != 0) {
        if (Route* route = routes.find(effect.route)) status = &route->status;
    } else if (Order* order = orders.find(effect.order)) {
        status = &order->status;
    }
    if (status == nullptr) return missing("order", effect.order);
    undo.push([order = effect.order, route = effect.route, old = *status](World& world) {
        (route != 0 ? world.routes.find(route)->status : world.orders.find(order)->status) = old;
    });
    *status = status_words.number_of(view(effect.status));
    return {};
}

// ---- the archive
// ----------------------------------------------------------------------------------

Status World::on(const oms_order_shelved& effect) {
    if (effect.shelf == OMS_shelf_retired) {
        const Order* order = orders.find(effect.order);
        if (order == nullptr) return missing("order", effect.order);
        std::string bytes;
        write_order(*this, *order, false, [&](const oms_record& record) { encode(record, bytes); });
        const IdList timers_left = order->timers;
        for (const std::uint64_t timer : timers_left) remove_timer(timer);
        for (const std::uint64_t task : order->extras().tasks) tasks.erase(task);
        const IdList routes_left = order->routes;
        for (const std::uint64_t id : routes_left) {
            unindex_route(*routes.find(id));
            routes.erase(id);
        }
        forget_executions(*order);
        loosen_keys(*order);
        remove_order(effect.order);
        archive.retire(seq, effect.order, std::move(bytes));
        return {};
    }
    const Result<const std::string*> shelved = archive.find(effect.order);
    if (!shelved) return tl::unexpected(shelved.error());
    if (*shelved == nullptr) return tl::unexpected(archived_order_gone(effect.order));
    const std::string bytes = **shelved;
    Decoder decoder;
    if (Status status = decoder.decode(bytes); !status) return status;
    archive.recall(seq, effect.order);
    // Taken back last, when the undoing of what follows has taken the order away.
    undo.push([](World& world) { world.archive.take_back_recall(); });
    for (const oms_record& record : sdk::Records(decoder.view()))
        if (Status status = apply(record); !status) return status;
    return {};
}

bool World::is_retired(std::uint64_t order) const {
    return order != 0 && order < next.order && orders.find(order) == nullptr;
}

Status World::on(const oms_archive_restored& effect) {
    archive.restore(effect.orders, {effect.digest_low, effect.digest_high});
    return {};
}

Status World::on(const oms_order_restored& effect) {
    Order* order = orders.find(effect.order);
    if (order == nullptr) return missing("order", effect.order);
    order->opened = effect.opened;
    order->changed_seq = effect.changed_seq;
    return {};
}

Status World::on(const oms_counters_restored& effect) {
    seq = effect.seq;
    time = effect.time;
    epoch = effect.epoch;
    anomalies = effect.anomalies;
    next = {effect.next_order, effect.next_route, effect.next_execution, effect.next_hold,
            effect.next_task,  effect.next_timer, effect.next_watch};
    return {};
}

Status World::on(const oms_epoch_begun& effect) {
    undo.push([old = epoch](World& world) { world.epoch = old; });
    epoch = effect.epoch;
    return {};
}

Status World::on(const oms_anomaly&) {
    undo.push([old = anomalies](World& world) { world.anomalies = old; });
    ++anomalies;
    return {};
}

}  // namespace oms
