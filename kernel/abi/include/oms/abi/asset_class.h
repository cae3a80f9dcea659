/* SPDX-License-Identifier: Apache-2.0 */
/* Capability "oms.asset_class/1": what the products of a class mean in quantities and money. */
#ifndef OMS_ABI_ASSET_CLASS_H
#define OMS_ABI_ASSET_CLASS_H

#include "oms/abi/plugin.h"
#include "oms/abi/view.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OMS_CAPABILITY_ASSET_CLASS "oms.asset_class/1"

typedef struct oms_line_call {
    uint32_t size;
    uint32_t line;
    uint64_t order;
    uint64_t route;       /* reserve: 0 for the order's line, else for the route's line */
    uint32_t destination; /* of that route, otherwise 0 */
    uint32_t reserved;
    int64_t quantity; /* reserve: what is still open of the line */
} oms_line_call;

typedef struct oms_execution_call {
    uint32_t size;
    uint32_t line;
    uint64_t order;
    uint64_t route;
    uint32_t destination; /* 0: handed down by a block */
    uint32_t product;
    uint32_t account;      /* the order's */
    uint32_t counterparty; /* the account on the other side: the destination's or the block's */
    int64_t quantity;
    int64_t price;   /* at the product's price scale */
    int64_t reverse; /* 1: undo what the same numbers posted before */
} oms_execution_call;

/* All functions: kernel thread, must not block, no state between calls. */
typedef struct oms_asset_class {
    uint32_t size;
    uint32_t reserved;
    /* Is the line sound: tick, lot, unit, required terms? Gives opinions on it, one at least. */
    oms_status (*validate)(oms_plugin* plugin, const oms_line_call* call, const oms_view* view,
                           const oms_sink* sink);
    /* What must be held while `quantity` is open. Called once for an order's line and once for each
     * route's line; says `hold` for at most 4 assets, or nothing. The kernel holds exactly that: it
     * raises, releases and commits by calling again with what is left, in the end with 0, when
     * nothing is held whatever it says. */
    oms_status (*reserve)(oms_plugin* plugin, const oms_line_call* call, const oms_view* view,
                          const oms_sink* sink);
    /* Which transfers an execution makes, beside the product's own leg, which the kernel posts
     * between the order's account and the destination's: the price, accrued interest, fees. */
    oms_status (*post)(oms_plugin* plugin, const oms_execution_call* call, const oms_view* view,
                       const oms_sink* sink);
} oms_asset_class;

#ifdef __cplusplus
}
#endif
#endif
