/* SPDX-License-Identifier: Apache-2.0 */
/* Capability "oms.facts/1": numbers that a lifecycle's guards may ask for by name. */
#ifndef OMS_ABI_FACTS_H
#define OMS_ABI_FACTS_H

#include "oms/abi/plugin.h"
#include "oms/abi/view.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OMS_CAPABILITY_FACTS "oms.facts/1"

typedef struct oms_facts {
    uint32_t size;
    uint32_t count;        /* how many facts */
    const oms_text* names; /* alive until destroy; the same at each start */
    /* Kernel thread, must not block, keeps no state between calls. `value` of fact `index` about
     * the order. OMS_NOT_FOUND: not known, every comparison with it is false. */
    oms_status (*evaluate)(oms_plugin* plugin, uint32_t index, uint64_t order, const oms_view* view,
                           int64_t* value);
} oms_facts;

#ifdef __cplusplus
}
#endif
#endif
