// SPDX-License-Identifier: Apache-2.0
#include "names.hpp"

#include <oms/abi/codes.h>

#include <stdexcept>
#include <string>

namespace oms::simulation {

Names Names::read(runtime::Port& port) {
    const auto of = [&](std::uint32_t reference_class, const char* code) {
        const Result<std::uint32_t> found = port.reference(reference_class, code);
        if (!found) throw std::runtime_error(to_text(found.error()));
        return *found;
    };
    Names names;
    names.trade = of(OMS_class_order_kind, "trade");
    names.care_order = of(OMS_class_order_kind, "care_order");
    names.online_order = of(OMS_class_order_kind, "online_order");
    names.refund = of(OMS_class_order_kind, "refund");
    names.enquiry = of(OMS_class_order_kind, "enquiry");
    names.firm = of(OMS_class_account, "firm");
    names.desk = of(OMS_class_account, "desk");
    names.shop = of(OMS_class_account, "shop");
    names.stock_berlin = of(OMS_class_account, "stock_berlin");
    names.stock_munich = of(OMS_class_account, "stock_munich");
    names.street = of(OMS_class_account, "street");
    names.customers = of(OMS_class_account, "customers");
    names.adjustments = of(OMS_class_account, "adjustments");
    names.usd = of(OMS_class_product, "USD");
    names.eur = of(OMS_class_product, "EUR");
    names.acme = of(OMS_class_product, "ACME");
    names.globex = of(OMS_class_product, "GLOBEX");
    names.shoe = of(OMS_class_product, "SHOE");
    names.lace = of(OMS_class_product, "LACE");
    names.last = of(OMS_class_product, "LAST");
    names.alpha = of(OMS_class_destination, "alpha");
    names.beta = of(OMS_class_destination, "beta");
    names.berlin = of(OMS_class_destination, "berlin");
    names.munich = of(OMS_class_destination, "munich");
    names.acquirer = of(OMS_class_destination, "acquirer");
    names.origin_desk = of(OMS_class_origin, "desk");
    names.origin_web = of(OMS_class_origin, "web");
    names.clerk = of(OMS_class_actor, "clerk");
    names.source_alpha = of(OMS_class_source, "alpha");
    names.source_beta = of(OMS_class_source, "beta");
    names.return_requested = of(OMS_class_event, "return_requested");
    names.return_received = of(OMS_class_event, "return_received");
    names.new_payment = of(OMS_class_event, "new_payment");
    names.take_offer = of(OMS_class_event, "take_offer");
    return names;
}

}  // namespace oms::simulation
