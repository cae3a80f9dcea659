// SPDX-License-Identifier: Apache-2.0
// What the configuration plugs into the engine. None of it is state: replay needs none of it, and
// another epoch may have other bindings.
#pragma once

#include "lifecycle/table.hpp"

#include <oms/abi/asset_class.h>
#include <oms/abi/check.h>
#include <oms/abi/facts.h>
#include <oms/abi/routing.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace oms::engine {

/// A plugin instance that runs on the kernel's thread. Names are codes of class `plugin` entries.
template <class Capability>
struct Bound {
    std::string instance;
    oms_plugin* plugin = nullptr;
    const Capability* capability = nullptr;
};

struct CheckBinding : Bound<oms_check> {
    std::vector<std::string> denial_codes;  ///< of its manifest: "<instance>.<CODE>" is the rule
};
struct AssetClassBinding : Bound<oms_asset_class> {
    std::string asset_class;  ///< the code of the class that its products name as their group
    std::vector<std::string> denial_codes;
};
struct RoutingBinding : Bound<oms_routing> {};
struct FactsBinding : Bound<oms_facts> {};

/// How lines of one role of one kind of order find their way out.
struct RoleBinding {
    std::string routing;                    ///< instance; empty: only by hand
    std::vector<std::string> destinations;  ///< codes, in the order of preference
    std::vector<std::string> takes;         ///< asset classes or products; none: all
};

struct KindBinding {
    std::string kind;                 ///< code of class order_kind
    std::string lifecycle;            ///< name of a table attached to orders
    std::string route_lifecycle;      ///< name of a table attached to routes
    std::vector<std::string> checks;  ///< instances, in order
    std::array<RoleBinding, lifecycle::role_count> roles;
};

/// The runtime makes every call into a plugin through this, so that it can mark on disk which
/// plugin is at work before it is, measure it, and end the process when it does not come back.
class CallGuard {
public:
    virtual ~CallGuard() = default;
    virtual void enter(std::uint32_t instance) = 0;
    virtual void leave(std::uint32_t instance, bool at_fault) = 0;
};

struct Limits {
    /// More than the largest order needs whose lines have routes of their own.
    std::uint32_t events_per_step = 10'000;
    std::uint32_t effects_per_step = 100'000;
    std::int64_t retire_after_ns =
        std::int64_t{3} * 86400 * 1'000'000'000;  ///< after an order's end
    std::int64_t key_window_ns = std::int64_t{7} * 86400 * 1'000'000'000;
};

struct Bindings {
    std::vector<lifecycle::Table> lifecycles;  ///< those that new orders and routes may start on
    std::vector<KindBinding> kinds;
    std::vector<CheckBinding> checks;
    std::vector<AssetClassBinding> asset_classes;
    std::vector<RoutingBinding> routings;
    std::vector<FactsBinding> facts;
    std::vector<std::string> events;  ///< names that connectors report progress by
    CallGuard* guard = nullptr;       ///< may be null
    Limits limits;
};

}  // namespace oms::engine
