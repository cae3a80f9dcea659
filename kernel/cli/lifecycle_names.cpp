// SPDX-License-Identifier: Apache-2.0
#include "cli/lifecycle_names.hpp"

#include "lifecycle/codec.hpp"

#include <oms/abi/codes.h>
#include <oms/sdk/batch.hpp>

namespace oms::cli {

using sdk::as;

void LifecycleNames::learn(const oms_batch& records) {
    for (const oms_record& record : sdk::Records(records)) {
        if (const auto* opened = as<oms_order_opened>(record))
            orders_[opened->order] = opened->lifecycle;
        else if (const auto* order = as<oms_order_row>(record))
            orders_[order->order] = order->lifecycle;
        else if (const auto* at = as<oms_route_opened>(record))
            routes_[at->route] = at->lifecycle;
        else if (const auto* route = as<oms_route_row>(record))
            routes_[route->route] = route->lifecycle;
    }
}

void LifecycleNames::load_tables() {
    auto query = sdk::make<oms_query>();
    query.subject = OMS_subject_lifecycles;
    const runtime::Reply reply = session_.ask(query);
    for (const oms_record& record : sdk::Records(reply.records.view())) {
        const auto* row = as<oms_lifecycle_row>(record);
        if (row == nullptr) continue;
        if (auto decoded = lifecycle::decode(sdk::view(row->tables)))
            tables_[row->lifecycle] = std::move(*decoded);
    }
}

const lifecycle::Table* LifecycleNames::table(std::uint32_t lifecycle) {
    auto found = tables_.find(lifecycle);
    if (found == tables_.end()) {
        load_tables();
        found = tables_.find(lifecycle);
    }
    return found == tables_.end() ? nullptr : &found->second;
}

const lifecycle::Table* LifecycleNames::table_of(const oms_region_moved& moved) {
    const auto& known = moved.route == 0 ? orders_ : routes_;
    const std::uint64_t id = moved.route == 0 ? moved.order : moved.route;
    if (!known.contains(id)) {
        auto query = sdk::make<oms_query>();
        query.subject = OMS_subject_order;
        query.id = moved.order;
        const auto reply = session_.port().ask(query, session_.context().timeout_ms());
        if (reply && reply->accepted()) learn(reply->records.view());
    }
    const auto found = known.find(id);
    return found == known.end() ? nullptr : table(found->second);
}

std::string LifecycleNames::move_text(const oms_region_moved& moved) {
    const lifecycle::Table* of = table_of(moved);
    if (of == nullptr || moved.region >= of->regions.size() ||
        moved.state >= of->regions[moved.region].states.size())
        return "region " + std::to_string(moved.region) + " goes to state " +
               std::to_string(moved.state);
    const lifecycle::Region& region = of->regions[moved.region];
    return region.name + " goes to " + region.states[moved.state];
}

}  // namespace oms::cli
