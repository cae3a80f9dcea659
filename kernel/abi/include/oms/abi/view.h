/* SPDX-License-Identifier: Apache-2.0 */
/* What an inside plugin (asset class, check, routing, facts) sees and says.
 *
 * All functions here: kernel thread, during the call that handed them over, never block, may be
 * called again from within the same call, never after it. An inside plugin keeps no state between
 * calls: what it must remember it writes as cells, and what it read the kernel records. */
#ifndef OMS_ABI_VIEW_H
#define OMS_ABI_VIEW_H

#include "oms/abi/base.h"
#include "oms/abi/records.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names one entity. Which members count depends on `kind` (the entity's record kind):
 *   order_row          id = order
 *   line_row           id = order, part = line
 *   term_row           id = order, part = line (OMS_WHOLE_ORDER), field      an order's term
 *                      reference, field                                      an entry's term
 *   route_row          id = route
 *   execution_row      id = execution
 *   balance_row        reference = account, other = asset, field = bucket
 *   reference_row      reference
 *   observation        reference = product, other = source (0: the newest of any), field
 *   cell_row           field = cell, id = key_a, other_id = key_b; always of the caller's own cells
 */
typedef struct oms_key {
    uint32_t kind;
    uint32_t reference;
    uint32_t other;
    uint32_t part;
    uint32_t field;
    uint32_t reserved;
    uint64_t id;
    uint64_t other_id;
} oms_key;

/* Walks entities in a fixed order. Set `kind` and what limits it, zero the rest, call `next` until
 * it answers OMS_NOT_FOUND. line_row           id = order                   by line term_row id =
 * order                   by line, field route_row          id = order                   by route
 *   route_line_row     id = route                   by line
 *   execution_row      id = order                   by execution
 *   offer_row          id = order                   by route, then as they came
 *   balance_row        other = asset, field = bucket by account
 *   reference_row      other = class                by reference
 *   observation        reference = product, field   by source
 */
typedef struct oms_walk {
    uint32_t kind;
    uint32_t reference;
    uint32_t other;
    uint32_t field;
    uint64_t id;
    uint64_t position; /* the host's; 0 at the start */
} oms_walk;

typedef struct oms_view oms_view;
struct oms_view {
    uint32_t size;
    uint32_t reserved;
    int64_t now; /* the kernel's time of this input, ns since 1970 UTC */

    /* Fills `row`, whose `size` and `kind` the caller has set. Texts in it live for the call.
     * OMS_NOT_FOUND, or OMS_INVALID for a key that names nothing of that kind. */
    oms_status (*get)(const oms_view* view, const oms_key* key, oms_record* row);
    oms_status (*next)(const oms_view* view, oms_walk* walk, oms_record* row);
};

/* A check's or an asset class's opinion. `rule` is the index of a denial code in the manifest. */
typedef struct oms_opinion {
    uint32_t size;
    uint32_t outcome; /* OMS_outcome_... */
    uint32_t rule;
    uint32_t line; /* OMS_WHOLE_ORDER: of no single line */
    int64_t limit;
    int64_t observed;
    oms_text text;    /* a sentence for a person; empty when it passes */
    uint32_t product; /* whose scale limit and observed have; 0: they are plain numbers */
    uint32_t unit;    /* OMS_unit_...; 0: plain numbers */
} oms_opinion;

/* Where an inside plugin says things. Each function answers OMS_INVALID or OMS_OUT_OF_RANGE when
 * what it was given breaks the contract; the decision then fails closed, whatever the plugin
 * answers. */
typedef struct oms_sink oms_sink;
struct oms_sink {
    uint32_t size;
    uint32_t reserved;
    oms_status (*opinion)(const oms_sink* sink, const oms_opinion* opinion);
    /* A cell of the caller's own, as its manifest declares it. `present` 0 erases it. */
    oms_status (*cell)(const oms_sink* sink, uint32_t cell, uint64_t key_a, uint64_t key_b,
                       int64_t value, uint32_t present);
    /* Asset class, reserve: hold so much of an asset for the line. */
    oms_status (*hold)(const oms_sink* sink, uint32_t account, uint32_t asset, uint32_t bucket,
                       int64_t amount);
    /* Asset class, post: a leg beside the product itself. */
    oms_status (*transfer)(const oms_sink* sink, const oms_transfer* transfer);
    /* Routing: open a route with these route lines and terms; `why` is kept for `oms why`. */
    oms_status (*route)(const oms_sink* sink, uint32_t destination, const oms_batch* details,
                        int64_t score, oms_text why);
    /* Routing: a destination that was weighed and not chosen. */
    oms_status (*passed_over)(const oms_sink* sink, uint32_t destination, int64_t score,
                              oms_text why);
};

#ifdef __cplusplus
}
#endif
#endif
