// SPDX-License-Identifier: Apache-2.0
#include "model/canonical.hpp"

#include "model/codec.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>

namespace oms {

using sdk::make;
using sdk::text;

namespace {

template <class Record>
void put(const EffectSink& sink, const Record& record) {
    sink(*reinterpret_cast<const oms_record*>(&record));
}

void write_term(const Term& term, std::uint64_t order, std::uint64_t route,
                const EffectSink& sink) {
    auto effect = make<oms_term_set>();
    effect.order = order;
    effect.route = route;
    effect.line = term.line;
    effect.field = term.field;
    effect.type = term.type;
    effect.product = term.product;
    effect.number = term.number;
    effect.text = text(term.text);
    put(sink, effect);
}

void write_instance(const Instance& instance, std::uint64_t order, std::uint64_t route,
                    const EffectSink& sink) {
    for (std::uint32_t region = 0; region < instance.states.size(); ++region) {
        if (instance.states[region] == 0) continue;
        auto effect = make<oms_region_moved>();
        effect.order = order;
        effect.route = route;
        effect.region = region;
        effect.state = instance.states[region];
        put(sink, effect);
    }
    const auto slot = [&](std::uint32_t index, std::int64_t value) {
        if (value == 0) return;
        auto effect = make<oms_slot_set>();
        effect.order = order;
        effect.route = route;
        effect.slot = index;
        effect.value = value;
        put(sink, effect);
    };
    for (std::uint32_t i = 0; i < instance.slots().size(); ++i) slot(i, instance.slot(i));
    for (std::uint32_t role = 0; role < instance.attempts.size(); ++role)
        slot(World::attempts_slot + role, instance.attempts[role]);
    for (std::uint32_t role = 0; role < 4; ++role)
        slot(World::signalled_slot + role, instance.signalled(role));
    slot(World::undo_slot, static_cast<std::int64_t>(instance.undo_mask()));
}

void write_status(std::uint64_t order, std::uint64_t route, std::string_view status,
                  const EffectSink& sink) {
    if (status.empty()) return;
    auto effect = make<oms_status_changed>();
    effect.order = order;
    effect.route = route;
    effect.status = text(status);
    put(sink, effect);
}

void write_line(const Order& order, std::uint32_t index, const EffectSink& sink) {
    const Line& line = order.lines[index];
    auto opened = make<oms_line_opened>();
    opened.order = order.id;
    opened.line = index;
    opened.product = line.product;
    opened.direction = line.direction;
    opened.role = line.role;
    opened.parent_line = line.parent_line;
    opened.ratio = line.ratio;
    opened.ordered = line.counts.ordered;
    opened.product_revision = line.product_revision;
    put(sink, opened);
    auto counted = make<oms_line_counted>();
    counted.order = order.id;
    counted.line = index;
    counted.product = line.product;
    counted.ordered = line.counts.ordered;
    counted.working = line.counts.working;
    counted.done = line.counts.done;
    counted.cancelled = line.counts.cancelled;
    counted.over = line.counts.over;
    counted.value = to_wide(order.value(index));
    put(sink, counted);
}

void write_route(const World& world, const Route& route, const EffectSink& sink) {
    auto opened = make<oms_route_opened>();
    opened.route = route.id;
    opened.order = route.order;
    opened.destination = route.destination;
    opened.lifecycle = route.instance.lifecycle;
    opened.channel = route.channel;
    opened.flags = route.flags;
    put(sink, opened);
    for (const RouteLine& line : route.lines) {
        auto counted = make<oms_route_line_counted>();
        counted.route = route.id;
        counted.order = route.order;
        counted.line = line.line;
        counted.product = line.product;
        counted.ordered = line.counts.ordered;
        counted.working = line.counts.working;
        counted.done = line.counts.done;
        counted.cancelled = line.counts.cancelled;
        counted.over = line.counts.over;
        counted.amending = line.amending;
        put(sink, counted);
    }
    if (!route.external_ref.empty()) {
        auto changed = make<oms_route_changed>();
        changed.route = route.id;
        changed.order = route.order;
        changed.flags = route.flags;
        changed.external_ref = text(route.external_ref);
        put(sink, changed);
    }
    for (const Term& term : route.terms()) write_term(term, route.order, route.id, sink);
    write_instance(route.instance, route.order, route.id, sink);
    auto counters = make<oms_slot_set>();
    counters.order = route.order;
    counters.route = route.id;
    counters.slot = World::intents_slot;
    counters.value =
        static_cast<std::int64_t>(std::uint64_t{route.place_attempts} << 32 | route.signals);
    put(sink, counters);
    write_status(route.order, route.id, world.status_words.at(route.status), sink);
}

void write_executions(const Order& order, const EffectSink& sink) {
    for (const Execution& execution : order.extras().executions) {
        auto effect = make<oms_executed>();
        effect.execution = execution.id;
        effect.route = execution.route;
        effect.order = order.id;
        effect.line = execution.line;
        effect.product = execution.product;
        effect.quantity = execution.quantity;
        effect.price = execution.price;
        effect.time = execution.time;
        effect.refers_to = execution.refers_to;
        effect.external_ref = text(execution.external_ref);
        put(sink, effect);
        if (execution.state == OMS_execution_state_live) continue;
        auto changed = make<oms_execution_changed>();
        changed.execution = execution.id;
        changed.order = order.id;
        changed.state = execution.state;
        put(sink, changed);
    }
    for (const SpentRef& spent : order.extras().spent_refs) {
        auto effect = make<oms_ref_spent>();
        effect.order = order.id;
        effect.route = spent.route;
        effect.external_ref = text(spent.external_ref);
        put(sink, effect);
    }
    for (const Apportionment& part : order.extras().apportionments) {
        auto effect = make<oms_apportioned>();
        effect.execution = part.execution;
        effect.order = order.id;
        effect.source_order = part.source_order;
        effect.line = part.line;
        effect.source_line = part.source_line;
        effect.quantity = part.quantity;
        effect.source_execution = part.source_execution;
        put(sink, effect);
    }
    for (const Posting& posting : order.extras().postings) {
        auto effect = make<oms_posting_restored>();
        effect.order = order.id;
        effect.execution = posting.execution;
        effect.from = posting.from;
        effect.to = posting.to;
        effect.from_bucket = posting.from_bucket;
        effect.to_bucket = posting.to_bucket;
        effect.asset = posting.asset;
        effect.amount = posting.amount;
        put(sink, effect);
    }
    for (const Offer& offer : order.extras().offers) {
        auto effect = make<oms_offered>();
        effect.route = offer.route;
        effect.order = order.id;
        effect.line = offer.line;
        effect.product = offer.product;
        effect.quantity = offer.quantity;
        effect.price = offer.price;
        effect.until = offer.until;
        effect.external_ref = text(offer.external_ref);
        put(sink, effect);
    }
}

void write_key(const KeyEntry& entry, bool loose, const EffectSink& sink) {
    auto effect = make<oms_key_restored>();
    effect.order = entry.order;
    effect.fingerprint = entry.fingerprint;
    effect.seq = entry.seq;
    effect.id = entry.id();
    effect.time = entry.time;
    effect.origin = entry.origin;
    effect.code = entry.code;
    effect.loose = loose ? 1 : 0;
    effect.key = text(entry.key);
    effect.text = text(entry.text());
    put(sink, effect);
}

void write_open(const World& world, const Order& order, const EffectSink& sink) {
    for (const KeyPlace place : order.keys) write_key(world.keys.at(place), false, sink);
    order.each_hold([&](std::uint64_t id) { put(sink, World::as_effect(*world.holds.find(id))); });
    for (const std::uint64_t id : order.timers) put(sink, World::as_effect(*world.timers.find(id)));
    for (const std::uint64_t id : order.extras().watches)
        put(sink, World::as_effect(*world.watches.find(id)));
}

void write_sources(const Order& order, const EffectSink& sink) {
    for (const Source& source : order.extras().sources) {
        auto effect = make<oms_source_set>();
        effect.order = order.id;
        effect.source_order = source.order;
        effect.line = source.line;
        effect.source_line = source.source_line;
        effect.quantity = source.quantity;
        effect.done = source.done;
        effect.returned = source.returned;
        put(sink, effect);
    }
}

}  // namespace

void write_references(const World& world, const EffectSink& sink) {
    for (const Reference& entry : world.references.all()) {
        auto effect = make<oms_reference_defined>();
        effect.reference = entry.id;
        effect.reference_class = entry.reference_class;
        effect.scale = entry.scale;
        effect.price_scale = entry.price_scale;
        effect.group = entry.group;
        effect.route_via = entry.route_via;
        effect.flags = entry.flags;
        effect.revision = entry.revision;
        effect.code = text(entry.code);
        put(sink, effect);
        for (const Term& term : entry.terms) {
            auto set = make<oms_reference_term>();
            set.reference = entry.id;
            set.field = term.field;
            set.type = term.type;
            set.product = term.product;
            set.number = term.number;
            set.text = text(term.text);
            put(sink, set);
        }
    }
    for (std::uint32_t i = 0; i < world.lifecycles.size(); ++i) {
        auto effect = make<oms_lifecycle_installed>();
        effect.lifecycle = i;
        effect.revision = world.lifecycles[i].revision;
        effect.name = text(world.lifecycles[i].name);
        effect.tables = text(world.lifecycles[i].tables);
        put(sink, effect);
    }
}

namespace {

void write_books(const World& world, const EffectSink& sink) {
    for (const auto& [key, balance] : world.ledger.all()) {
        if (balance.balance == 0) continue;
        auto effect = make<oms_balance_restored>();
        effect.account = key.account;
        effect.asset = key.asset;
        effect.bucket = key.bucket;
        effect.balance = to_wide(balance.balance);
        put(sink, effect);
    }
    for (const auto& [key, value] : world.cells.all()) {
        auto effect = make<oms_cell_set>();
        effect.owner = key.owner;
        effect.cell = key.cell;
        effect.key_a = key.key_a;
        effect.key_b = key.key_b;
        effect.value = value;
        effect.present = 1;
        put(sink, effect);
    }
    for (const auto& [halt, reason] : world.halts) {
        auto effect = make<oms_halt_changed>();
        effect.scope = halt.scope;
        effect.target = halt.target;
        effect.on = 1;
        effect.reason = text(reason);
        put(sink, effect);
    }
    for (const auto& [id, channel] : world.channels) {
        auto effect = make<oms_channel_moved>();
        effect.channel = id;
        effect.in_seq = channel.in_seq;
        effect.out_seq = channel.out_seq;
        effect.cursor = text(channel.cursor);
        put(sink, effect);
    }
}

}  // namespace

void write_order(const World& world, const Order& order, bool with_open, const EffectSink& sink) {
    auto opened = make<oms_order_opened>();
    opened.order = order.id;
    opened.parent = order.parent();
    opened.order_kind = order.kind;
    opened.account = order.account;
    opened.lifecycle = order.instance.lifecycle;
    opened.flags = order.flags;
    opened.origin = order.origin;
    opened.channel = order.channel;
    opened.key = text(order.key);
    put(sink, opened);
    for (std::uint32_t i = 0; i < order.lines.size(); ++i) write_line(order, i, sink);
    for (const Term& term : order.terms) write_term(term, order.id, 0, sink);
    for (const Link& link : order.extras().links) {
        auto effect = make<oms_linked>();
        effect.order = order.id;
        effect.other = link.other;
        effect.link = link.link;
        put(sink, effect);
    }
    write_sources(order, sink);
    for (const std::uint64_t id : order.routes) write_route(world, *world.routes.find(id), sink);
    write_executions(order, sink);
    write_instance(order.instance, order.id, 0, sink);
    write_status(order.id, 0, world.status_words.at(order.status), sink);
    if (with_open) write_open(world, order, sink);
    auto restored = make<oms_order_restored>();
    restored.order = order.id;
    restored.opened = order.opened;
    restored.changed_seq = order.changed_seq;
    put(sink, restored);
}

void write_world(const World& world, const EffectSink& sink) {
    write_references(world, sink);
    world.orders.each([&](const Order& order) { write_order(world, order, true, sink); });
    world.tasks.each([&](const Task& task) { put(sink, World::as_effect(task)); });
    auto archive = make<oms_archive_restored>();
    archive.orders = world.archive.size();
    archive.digest_low = world.archive.digest().low;
    archive.digest_high = world.archive.digest().high;
    put(sink, archive);
    write_books(world, sink);
    for (const auto& [seq, place] : world.loose_keys) write_key(world.keys.at(place), true, sink);
    auto counters = make<oms_counters_restored>();
    counters.seq = world.seq;
    counters.time = world.time;
    counters.epoch = world.epoch;
    counters.anomalies = world.anomalies;
    counters.next_order = world.next.order;
    counters.next_route = world.next.route;
    counters.next_execution = world.next.execution;
    counters.next_hold = world.next.hold;
    counters.next_task = world.next.task;
    counters.next_timer = world.next.timer;
    counters.next_watch = world.next.watch;
    put(sink, counters);
}

std::string state_hash(const World& world) {
    XXH3_state_t* state = XXH3_createState();
    XXH3_128bits_reset_withSeed(state, canonical_version);
    std::string bytes;
    write_world(world, [&](const oms_record& effect) {
        bytes.clear();
        encode(effect, bytes);
        XXH3_128bits_update(state, bytes.data(), bytes.size());
    });
    const XXH128_hash_t hash = XXH3_128bits_digest(state);
    XXH3_freeState(state);
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                  static_cast<unsigned long long>(hash.low64));
    return text;
}

}  // namespace oms
