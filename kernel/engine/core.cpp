// SPDX-License-Identifier: Apache-2.0
#include "engine/core.hpp"

#include "lifecycle/codec.hpp"
#include "model/assert.hpp"

#include <algorithm>
#include <utility>

namespace oms::engine {

std::uint32_t Program::inner(std::uint32_t event) const {
    if (event < lifecycle::first_custom_event) return event;
    const auto found = std::find(event_references.begin(), event_references.end(), event);
    return found == event_references.end()
               ? 0
               : lifecycle::first_custom_event +
                     static_cast<std::uint32_t>(found - event_references.begin());
}

Core::Core(Bindings of) : bindings(std::move(of)) {}

void Core::refresh() {
    if (!stale_) return;
    load_programs();
    activate_plugins();
    activate_kinds();
    stale_ = false;
    if (!std::exchange(recovered_, false)) return;
    const auto& all = world.watches_by_balance;
    for (auto at = all.begin(); at != all.end();) {
        const auto [product, account, threshold, watch] = *at;
        hit_watches(BalanceKey{product, 0, account});
        at = all.upper_bound({product, account, INT64_MAX, UINT64_MAX});
    }
}

void Core::hit_watches(const oms_observation& observation) {
    const auto& all = world.watches_by_value;
    const auto hit = [&](std::uint32_t comparison, auto at) {
        for (; at != all.end(); ++at) {
            const auto& [product, field, compared, threshold, id] = *at;
            if (product != observation.product || field != observation.field ||
                compared != comparison)
                return;
            const Watch& watch = *world.watches.find(id);
            if (!watch.hit_by(observation.value)) return;
            if (watch.source == 0 || watch.source == observation.source)
                watches_hit.emplace(id, observation.value);
        }
    };
    const auto first = [&](std::uint32_t comparison, std::int64_t threshold) {
        return all.lower_bound({observation.product, observation.field, comparison, threshold, 0});
    };
    hit(OMS_comparison_at_least, first(OMS_comparison_at_least, INT64_MIN));
    hit(OMS_comparison_at_most, first(OMS_comparison_at_most, observation.value));
}

void Core::hit_watches(const BalanceKey& key) {
    if (key.bucket != 0) return;
    const std::int64_t value = saturate(world.ledger.get(key).available());
    const auto& all = world.watches_by_balance;
    for (auto at = all.lower_bound({key.asset, key.account, INT64_MIN, 0}); at != all.end(); ++at) {
        const auto& [product, account, threshold, id] = *at;
        if (product != key.asset || account != key.account || threshold > value) return;
        watches_hit.emplace(id, value);
    }
}

void Core::load_programs() {
    for (std::size_t i = programs_.size(); i < world.lifecycles.size(); ++i) {
        auto table = lifecycle::decode(world.lifecycles[i].tables);
        OMS_ASSERT(table.has_value());  // it was encoded by us and hashed by the journal
        Program& program = programs_.emplace_back();
        program.table = std::move(*table);
        program.index = lifecycle::TableIndex(program.table);
    }
    for (Program& program : programs_) {
        program.event_references.clear();
        for (const std::string& name : program.table.events)
            program.event_references.push_back(world.references.id_of(OMS_class_event, name));
    }
}

namespace {

template <class Binding>
std::vector<Active<Binding>> activate(const World& world, const std::vector<Binding>& bindings) {
    std::vector<Active<Binding>> active;
    active.reserve(bindings.size());
    for (const Binding& binding : bindings) {
        Active<Binding> entry{
            &binding, world.references.id_of(OMS_class_plugin, binding.instance), {}};
        if constexpr (requires { binding.denial_codes; }) {
            for (const std::string& code : binding.denial_codes)
                entry.rules.push_back(
                    world.references.id_of(OMS_class_rule, binding.instance + "." + code));
        }
        active.push_back(std::move(entry));
    }
    return active;
}

template <class Binding>
const Active<Binding>* named(const std::vector<Active<Binding>>& all, const std::string& instance) {
    for (const Active<Binding>& entry : all)
        if (entry.binding->instance == instance) return &entry;
    return nullptr;
}

/// The newest installed table of this name; `none` when there is none.
std::uint32_t newest(const World& world, const std::string& name) {
    for (std::size_t i = world.lifecycles.size(); i-- > 0;)
        if (world.lifecycles[i].name == name) return static_cast<std::uint32_t>(i);
    return 0xffffffffu;
}

}  // namespace

void Core::activate_plugins() {
    checks_ = activate(world, bindings.checks);
    asset_classes_ = activate(world, bindings.asset_classes);
    routings_ = activate(world, bindings.routings);
    facts_ = activate(world, bindings.facts);
    class_of_.clear();
    for (const auto& entry : asset_classes_) {
        const std::uint32_t id =
            world.references.id_of(OMS_class_asset_class, entry.binding->asset_class);
        if (id != 0) class_of_[id] = &entry;
    }
}

bool ActiveRole::takes_product(const Reference& product) const {
    return takes_all || std::any_of(takes.begin(), takes.end(), [&](std::uint32_t taken) {
               return taken == product.id || taken == product.group;
           });
}

void Core::activate_kinds() {
    kinds_.clear();
    for (const KindBinding& binding : bindings.kinds) {
        const std::uint32_t id = world.references.id_of(OMS_class_order_kind, binding.kind);
        if (id == 0) continue;
        ActiveKind& kind = kinds_[id];
        kind.binding = &binding;
        kind.lifecycle = newest(world, binding.lifecycle);
        kind.route_lifecycle = newest(world, binding.route_lifecycle);
        for (const std::string& check : binding.checks)
            if (const auto* active = named(checks_, check)) kind.checks.push_back(active);
        for (std::size_t role = 0; role < kind.roles.size(); ++role) {
            kind.roles[role].routing = named(routings_, binding.roles[role].routing);
            for (const std::string& code : binding.roles[role].destinations)
                if (const auto to = world.references.id_of(OMS_class_destination, code); to != 0)
                    kind.roles[role].destinations.push_back(to);
            kind.roles[role].takes_all = binding.roles[role].takes.empty();
            for (const std::string& code : binding.roles[role].takes)
                for (const std::uint32_t of : {OMS_class_asset_class, OMS_class_product})
                    if (const auto taken = world.references.id_of(of, code); taken != 0)
                        kind.roles[role].takes.push_back(taken);
        }
    }
}

const ActiveKind* Core::kind(std::uint32_t reference) const {
    const auto found = kinds_.find(reference);
    return found == kinds_.end() ? nullptr : &found->second;
}

const Active<AssetClassBinding>* Core::asset_class(std::uint32_t product) const {
    const Reference* entry = world.references.find(product);
    if (entry == nullptr) return nullptr;
    const auto found = class_of_.find(entry->group);
    return found == class_of_.end() ? nullptr : found->second;
}

const Active<FactsBinding>* Core::fact(const std::string& name, std::uint32_t& index) const {
    const std::size_t dot = name.find('.');
    if (dot == std::string::npos) return nullptr;
    const auto* active = named(facts_, name.substr(0, dot));
    if (active == nullptr) return nullptr;
    const oms_facts& facts = *active->binding->capability;
    for (index = 0; index < facts.count; ++index)
        if (sdk::view(facts.names[index]) == std::string_view(name).substr(dot + 1)) return active;
    return nullptr;
}

}  // namespace oms::engine
