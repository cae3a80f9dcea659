// SPDX-License-Identifier: Apache-2.0
#include "runtime/projection.hpp"

#include "model/canonical.hpp"

namespace oms::runtime {

void Projection::apply(const oms_batch& decision) {
    for (const oms_record& record : sdk::Records(decision)) take(record);
}

void Projection::take(const oms_record& effect) {
    if (const auto* counted = sdk::as<oms_route_line_counted>(effect)) {
        note_product(counted->order, counted->route, counted->product);
    } else if (const auto* shelved = sdk::as<oms_order_shelved>(effect)) {
        gate.products.forget(shelved->order);
    } else if (const auto* defined = sdk::as<oms_reference_defined>(effect)) {
        names.apply(*defined);
    } else if (const auto* term = sdk::as<oms_reference_term>(effect)) {
        names.apply(*term);
    } else if (const auto* halt = sdk::as<oms_halt_changed>(effect)) {
        gate.set(halt->scope, halt->target, halt->on != 0);
    }
}

/// A route's lines are told one after the other when it opens; most have one.
void Projection::note_product(std::uint64_t order, std::uint64_t route, std::uint32_t product) {
    if (route != told_route_) {
        told_route_ = route;
        first_product_ = product;
    } else if (product != first_product_) {
        gate.products.add(order, route, first_product_);
        gate.products.add(order, route, product);
    }
}

void Projection::restore(const World& world) {
    write_references(world, [this](const oms_record& effect) { take(effect); });
    world.routes.each([&](const Route& route) {
        for (const RouteLine& line : route.lines) note_product(route.order, route.id, line.product);
    });
    for (const auto& [halt, reason] : world.halts) gate.set(halt.scope, halt.target, true);
}

}  // namespace oms::runtime
