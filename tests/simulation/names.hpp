// SPDX-License-Identifier: Apache-2.0
// The numbers of the names in product/oms.yaml: the same in every life.
#pragma once

#include "runtime/port.hpp"

#include <cstdint>
#include <vector>

namespace oms::simulation {

struct Names {
    std::uint32_t trade = 0, care_order = 0, online_order = 0, refund = 0, enquiry = 0;
    std::uint32_t firm = 0, desk = 0, shop = 0, stock_berlin = 0, stock_munich = 0;
    std::uint32_t street = 0, customers = 0, adjustments = 0;
    std::uint32_t usd = 0, eur = 0, acme = 0, globex = 0, shoe = 0, lace = 0, last = 0;
    std::uint32_t alpha = 0, beta = 0, berlin = 0, munich = 0, acquirer = 0;
    std::uint32_t origin_desk = 0, origin_web = 0, clerk = 0;
    std::uint32_t source_alpha = 0, source_beta = 0;
    std::uint32_t return_requested = 0, return_received = 0, new_payment = 0, take_offer = 0;

    static Names read(runtime::Port& port);
    bool is_inside(std::uint32_t account) const {
        return account != street && account != customers && account != adjustments;
    }
};

}  // namespace oms::simulation
