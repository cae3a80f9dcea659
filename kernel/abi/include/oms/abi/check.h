/* SPDX-License-Identifier: Apache-2.0 */
/* Capability "oms.check/1": an opinion on an order before it goes on. */
#ifndef OMS_ABI_CHECK_H
#define OMS_ABI_CHECK_H

#include "oms/abi/plugin.h"
#include "oms/abi/view.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OMS_CAPABILITY_CHECK "oms.check/1"

#define OMS_STAGE_place 1u  /* a new order; the view shows it as if accepted */
#define OMS_STAGE_amend 2u  /* an amended order; the view shows it as if amended */
#define OMS_STAGE_route 3u  /* a route is about to be sent */
#define OMS_STAGE_report 4u /* after the fact: a refusal opens a task instead */

typedef struct oms_check_call {
    uint32_t size;
    uint32_t stage;
    uint64_t order;
    uint64_t route; /* stage route, otherwise 0 */
} oms_check_call;

typedef struct oms_check {
    uint32_t size;
    uint32_t reserved;
    /* Kernel thread, must not block, keeps no state between calls. Gives at least one opinion.
     * Anything but OMS_OK, no opinion, or a call that breaks the contract counts as a refusal. */
    oms_status (*evaluate)(oms_plugin* plugin, const oms_check_call* call, const oms_view* view,
                           const oms_sink* sink);
} oms_check;

#ifdef __cplusplus
}
#endif
#endif
