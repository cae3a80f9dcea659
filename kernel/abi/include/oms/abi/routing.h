/* SPDX-License-Identifier: Apache-2.0 */
/* Capability "oms.routing/1": where the unrouted part of an order goes. */
#ifndef OMS_ABI_ROUTING_H
#define OMS_ABI_ROUTING_H

#include "oms/abi/plugin.h"
#include "oms/abi/view.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OMS_CAPABILITY_ROUTING "oms.routing/1"

typedef struct oms_routing_call {
    uint32_t size;
    uint32_t role; /* only lines of this role are to be routed */
    uint64_t order;
    uint32_t destination_count;   /* where this kind of order may go with lines of this role */
    uint32_t attempt;             /* 1 the first time, more after refusals and short answers */
    const uint32_t* destinations; /* references of class destination, in the configured order */
} oms_routing_call;

typedef struct oms_routing {
    uint32_t size;
    uint32_t reserved;
    /* Kernel thread, must not block, keeps no state between calls. Says `route` for each route to
     * open; the kernel refuses a plan that routes more of a line than is unrouted, or to a
     * destination that is not in the call. No route: nothing is routed now. */
    oms_status (*plan)(oms_plugin* plugin, const oms_routing_call* call, const oms_view* view,
                       const oms_sink* sink);
} oms_routing;

#ifdef __cplusplus
}
#endif
#endif
