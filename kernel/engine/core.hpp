// SPDX-License-Identifier: Apache-2.0
// What lives as long as the engine: the world, the values of the world outside, and the bindings
// with their names resolved. A step works on it.
#pragma once

#include "engine/bindings.hpp"
#include "engine/draft.hpp"
#include "lifecycle/interpret.hpp"
#include "model/world.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace oms::engine {

/// An installed lifecycle, ready to be walked. Its own events wear reference ids in the journal.
struct Program {
    lifecycle::Table table;
    lifecycle::TableIndex index;
    std::vector<std::uint32_t> event_references;  ///< of Table::events, 0 where not yet interned

    /// The event as the journal numbers it.
    std::uint32_t outer(std::uint32_t event) const {
        return event < lifecycle::first_custom_event
                   ? event
                   : event_references[event - lifecycle::first_custom_event];
    }
    /// The event as the table numbers it; 0 when the table does not know it.
    std::uint32_t inner(std::uint32_t event) const;
};

/// A plugin instance with the id under which it is known.
template <class Binding>
struct Active {
    const Binding* binding = nullptr;
    std::uint32_t instance = 0;
    std::vector<std::uint32_t> rules;  ///< of the denial codes, in their order
};

struct ActiveRole {
    const Active<RoutingBinding>* routing = nullptr;
    std::vector<std::uint32_t> destinations;
    bool takes_all = true;             ///< the configuration does not say what it takes
    std::vector<std::uint32_t> takes;  ///< asset classes and products

    bool takes_product(const Reference& product) const;
};

struct ActiveKind {
    const KindBinding* binding = nullptr;
    std::uint32_t lifecycle = 0;  ///< number of an installed table
    std::uint32_t route_lifecycle = 0;
    std::vector<const Active<CheckBinding>*> checks;
    std::array<ActiveRole, lifecycle::role_count> roles;
};

class Core {
public:
    explicit Core(Bindings of);

    World world;
    const Bindings bindings;

    // The world outside: not journaled, applied between decisions.
    std::map<ObservationKey, Observed> observations;
    std::uint64_t observed = 0;
    /// Watches whose decision is due, with the value that hit them. It is not journaled: what hits
    /// a watch on a balance is looked for again after recovery, and observations come anew.
    std::map<std::uint64_t, std::int64_t> watches_hit;

    bool cancel_only = false;

    Draft draft;  ///< of the step that is on

    /// Why no decision after the one before may be committed.
    std::optional<Error> broken;

    /// Brings programs and names up to date after recovery, a new epoch or a definition.
    void refresh();
    void mark_stale() { stale_ = true; }
    void mark_recovered() { stale_ = recovered_ = true; }

    void hit_watches(const oms_observation& observation);
    /// Of those that wait for so much to be available.
    void hit_watches(const BalanceKey& key);

    const Program* program(std::uint32_t number) const {
        return number < programs_.size() ? &programs_[number] : nullptr;
    }
    const ActiveKind* kind(std::uint32_t reference) const;
    const Active<AssetClassBinding>* asset_class(std::uint32_t product) const;
    /// The facts plugin and its index for "instance.fact"; null when none offers it.
    const Active<FactsBinding>* fact(const std::string& name, std::uint32_t& index) const;

private:
    void load_programs();
    void activate_plugins();
    void activate_kinds();

    bool stale_ = true;
    bool recovered_ = false;  ///< and nobody has looked yet at what is available since
    std::deque<Program> programs_;
    std::vector<Active<CheckBinding>> checks_;
    std::vector<Active<AssetClassBinding>> asset_classes_;
    std::vector<Active<RoutingBinding>> routings_;
    std::vector<Active<FactsBinding>> facts_;
    std::map<std::uint32_t, ActiveKind> kinds_;
    std::map<std::uint32_t, const Active<AssetClassBinding>*> class_of_;
};

}  // namespace oms::engine
