// SPDX-License-Identifier: Apache-2.0
#include "runtime/left_out.hpp"

#include <oms/abi/asset_class.h>
#include <oms/abi/check.h>
#include <oms/abi/facts.h>
#include <oms/abi/routing.h>

#include <cstdint>

namespace oms::runtime {

namespace {

oms_status no_line(oms_plugin*, const oms_line_call*, const oms_view*, const oms_sink*) {
    return OMS_FAILED;
}
oms_status no_execution(oms_plugin*, const oms_execution_call*, const oms_view*, const oms_sink*) {
    return OMS_FAILED;
}
oms_status no_check(oms_plugin*, const oms_check_call*, const oms_view*, const oms_sink*) {
    return OMS_FAILED;
}
oms_status no_plan(oms_plugin*, const oms_routing_call*, const oms_view*, const oms_sink*) {
    return OMS_FAILED;
}
oms_status no_fact(oms_plugin*, std::uint32_t, std::uint64_t, const oms_view*, std::int64_t*) {
    return OMS_NOT_FOUND;
}

constexpr oms_asset_class no_asset_class{sizeof(oms_asset_class), 0, no_line, no_line,
                                         no_execution};
constexpr oms_check no_checks{sizeof(oms_check), 0, no_check};
constexpr oms_routing no_routing{sizeof(oms_routing), 0, no_plan};
constexpr oms_facts no_facts{sizeof(oms_facts), 0, nullptr, no_fact};

}  // namespace

const void* left_out_table(std::string_view id) {
    if (id == OMS_CAPABILITY_ASSET_CLASS) return &no_asset_class;
    if (id == OMS_CAPABILITY_CHECK) return &no_checks;
    if (id == OMS_CAPABILITY_ROUTING) return &no_routing;
    if (id == OMS_CAPABILITY_FACTS) return &no_facts;
    return nullptr;
}

}  // namespace oms::runtime
