// SPDX-License-Identifier: Apache-2.0
#include "order_chain.hpp"

#include "limits_settings.hpp"

namespace oms::plugins::limits {

using sdk::Wide;

OpenQuantity open_of(std::uint64_t order, std::uint32_t product, const sdk::View& view) {
    OpenQuantity open;
    for (const oms_line_row& line : view.lines(order)) {
        if (line.product != product) continue;
        const Wide quantity = static_cast<Wide>(line.unrouted) + line.working;
        (line.direction == OMS_direction_receive ? open.receive : open.deliver) += quantity;
    }
    return open;
}

std::uint64_t OrderChain::newest() const {
    return static_cast<std::uint64_t>(
        view_.cell(cells::newest_order, account_, product_).value_or(0));
}

std::uint64_t OrderChain::older_than(std::uint64_t order) const {
    return static_cast<std::uint64_t>(view_.cell(cells::older_order, order, product_).value_or(0));
}

void OrderChain::link(std::uint64_t order) {
    if (view_.cell(cells::older_order, order, product_)) return;  // each order in it has one
    sink_.set_cell(cells::older_order, order, product_, static_cast<std::int64_t>(newest()));
    sink_.set_cell(cells::newest_order, account_, product_, static_cast<std::int64_t>(order));
}

void OrderChain::unlink(std::uint64_t order, std::uint64_t newer, std::uint64_t older) {
    if (newer != 0)
        sink_.set_cell(cells::older_order, newer, product_, static_cast<std::int64_t>(older));
    else if (older != 0)
        sink_.set_cell(cells::newest_order, account_, product_, static_cast<std::int64_t>(older));
    else
        sink_.erase_cell(cells::newest_order, account_, product_);
    sink_.erase_cell(cells::older_order, order, product_);
}

OpenQuantity OrderChain::sum(std::int64_t most, std::int64_t& orders) {
    OpenQuantity total;
    orders = 0;
    std::uint64_t newer = 0;
    std::uint64_t at = newest();
    while (at != 0) {
        const OpenQuantity open = open_of(at, product_, view_);
        const std::uint64_t older = older_than(at);
        if (open.receive != 0 || open.deliver != 0) {
            if (++orders > most) break;
            total.receive += open.receive;
            total.deliver += open.deliver;
            newer = at;
        } else {
            unlink(at, newer, older);
        }
        at = older;
    }
    return total;
}

}  // namespace oms::plugins::limits
