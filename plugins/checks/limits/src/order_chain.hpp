// SPDX-License-Identifier: Apache-2.0
// Which open orders an account has in a product: a chain of cells, the newest order first.
//
// A check cannot list orders, and a counter of its own would drift from what the orders really have
// open. So each order is linked in when it is first held against a position limit, what is open is
// read from the orders themselves each time, and those with nothing open any more are taken out on
// the way.
#pragma once

#include <oms/sdk/decimal.hpp>
#include <oms/sdk/sink.hpp>
#include <oms/sdk/view.hpp>

#include <cstdint>

namespace oms::plugins::limits {

/// Open on all lines of the product, unrouted or working; at the product's scale.
struct OpenQuantity {
    sdk::Wide receive = 0;
    sdk::Wide deliver = 0;
};

/// Of one order; nothing for an order that is in the archive.
OpenQuantity open_of(std::uint64_t order, std::uint32_t product, const sdk::View& view);

class OrderChain {
public:
    OrderChain(std::uint32_t account, std::uint32_t product, const sdk::View& view,
               const sdk::Sink& sink)
        : account_(account), product_(product), view_(view), sink_(sink) {}

    /// Puts the order at the head, unless it is in the chain already.
    void link(std::uint64_t order);

    /// What is open on all orders of the chain, and how many they are. Orders with nothing open are
    /// taken out; it stops at the first order beyond `most`.
    OpenQuantity sum(std::int64_t most, std::int64_t& orders);

private:
    std::uint64_t newest() const;
    std::uint64_t older_than(std::uint64_t order) const;
    void unlink(std::uint64_t order, std::uint64_t newer, std::uint64_t older);

    const std::uint32_t account_;
    const std::uint32_t product_;
    const sdk::View& view_;
    const sdk::Sink& sink_;
};

}  // namespace oms::plugins::limits
