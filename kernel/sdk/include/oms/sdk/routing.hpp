// SPDX-License-Identifier: Apache-2.0
// Capability "oms.routing/1": where the unrouted part of an order goes.
#pragma once

#include <oms/abi/codes.h>
#include <oms/abi/routing.h>
#include <oms/sdk/batch.hpp>
#include <oms/sdk/fields.hpp>
#include <oms/sdk/plugin.hpp>
#include <oms/sdk/sink.hpp>
#include <oms/sdk/view.hpp>

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace oms::sdk {

struct RoutingCall {
    std::uint64_t order;
    std::uint32_t role;     ///< only lines of this role are to be routed
    std::uint32_t attempt;  ///< 1 the first time, more after refusals and short answers
    std::span<const std::uint32_t> destinations;  ///< in the configured order
};

/// One route that is to be opened: its lines, and terms of its own.
class RoutePlan {
public:
    explicit RoutePlan(std::uint32_t destination,
                       std::pmr::memory_resource* memory = std::pmr::get_default_resource())
        : destination_(destination), details_(memory) {}

    void add_line(std::uint32_t line, std::uint32_t product, std::int64_t quantity) {
        oms_route_line& record = details_.add(make<oms_route_line>());
        record.line = line;
        record.product = product;
        record.quantity = quantity;
    }
    /// `product` is the one whose scale the number has; 0: none.
    void add_term(std::uint32_t line, std::uint32_t field, std::int64_t number,
                  std::uint32_t product = 0) {
        oms_term& record = details_.add(make<oms_term>());
        record.line = line;
        record.field = field;
        record.type = OMS_term_type_number;
        record.product = product;
        record.number = number;
    }

    std::uint32_t destination() const { return destination_; }
    bool empty() const { return details_.empty(); }
    oms_batch details() const { return details_.view(); }

private:
    std::uint32_t destination_;
    Batch details_;
};

/// Where a routing policy says its plan. `score` is the policy's own measure, kept with its words
/// for `oms why`.
class Routes : public Sink {
public:
    using Sink::Sink;

    void open(const RoutePlan& plan, std::int64_t score, std::string_view why) const {
        const oms_batch details = plan.details();
        expect(raw()->route(raw(), plan.destination(), &details, score, {why.data(), why.size()}),
               "a route");
    }
    /// A destination that was weighed and not chosen.
    void passed_over(std::uint32_t destination, std::int64_t score, std::string_view why) const {
        expect(raw()->passed_over(raw(), destination, score, {why.data(), why.size()}),
               "a destination that was passed over");
    }
};

/// The lines that a plan is about: of the role, with something unrouted, and no parts of their own
/// (a kit is routed by its components). By line.
inline std::pmr::vector<oms_line_row> lines_to_route(
    const RoutingCall& call, const View& view,
    std::pmr::memory_resource* memory = std::pmr::get_default_resource()) {
    std::pmr::vector<oms_line_row> wanted(memory);
    std::pmr::vector<std::uint32_t> parents(memory);
    for (const oms_line_row& line : view.lines(call.order)) {
        if (line.parent_line != whole_order) parents.push_back(line.parent_line);
        if (line.role == call.role && line.unrouted > 0) wanted.push_back(line);
    }
    std::sort(parents.begin(), parents.end());
    std::erase_if(wanted, [&](const oms_line_row& line) {
        return std::binary_search(parents.begin(), parents.end(), line.line);
    });
    return wanted;
}

/// Whether a route of the order ended there without doing all that it carried. On a later attempt a
/// policy leaves such a destination out: what it could not do it can hardly do now, whatever its
/// quotes and balances still say.
inline bool fell_short(const View& view, std::uint64_t order, std::uint32_t destination) {
    for (const oms_route_row& route : view.routes(order)) {
        if (route.destination != destination || (route.flags & OMS_ROUTE_ENDED) == 0) continue;
        for (const oms_route_line_row& line : view.route_lines(route.route))
            if (line.done < line.ordered) return true;
    }
    return false;
}

/// The last value of a product as a destination itself shows it: from the source that its entry
/// names (`quote_source`), or from the one that has its code.
inline std::optional<oms_observation> shown_by(const oms_reference_row& destination,
                                               std::uint32_t product, std::uint32_t field,
                                               const View& view) {
    if (const auto source = view.reference_number(destination.reference, field::quote_source))
        return view.observation(product, field, static_cast<std::uint32_t>(*source));
    for (const oms_observation& value : view.observations(product, field))
        if (sdk::view(view.reference(value.source).code) == sdk::view(destination.code))
            return value;
    return std::nullopt;
}

class Routing : public virtual Plugin {
public:
    /// Kernel thread, must not block, keeps no state between calls. Opens no more of a line than is
    /// unrouted, and only at destinations of the call. No route: nothing is routed now.
    virtual void plan(const RoutingCall& call, const View& view, const Routes& say) = 0;
};

template <class Class>
struct RoutingTable {
    static constexpr std::string_view id = OMS_CAPABILITY_ROUTING;

    static oms_status plan(oms_plugin* plugin, const oms_routing_call* call, const oms_view* view,
                           const oms_sink* sink) noexcept {
        return Instance<Class>::guarded(plugin, "plan", [&](Routing& routing) {
            routing.plan({call->order, call->role, call->attempt,
                          std::span(call->destinations, call->destination_count)},
                         View(view), Routes(sink));
        });
    }

    static constexpr oms_routing table{sizeof(oms_routing), 0, &plan};
};

}  // namespace oms::sdk
