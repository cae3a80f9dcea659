/* SPDX-License-Identifier: Apache-2.0 */
/* Capability "oms.connector/1" of outside plugins, and "oms.host.port/1", which the host offers
 * them.
 *
 * A connector owns its threads and its sockets and speaks to the kernel in records. What it is told
 * through `read` is on stable storage, always. What it submits is answered, after it is on stable
 * storage, as a decision in `read` and, for whoever waits, through `take_answers`. */
#ifndef OMS_ABI_CONNECTOR_H
#define OMS_ABI_CONNECTOR_H

#include "oms/abi/plugin.h"
#include "oms/abi/records.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OMS_CAPABILITY_CONNECTOR "oms.connector/1"
#define OMS_CAPABILITY_SUBSCRIBER "oms.subscriber/1"
#define OMS_CAPABILITY_PORT "oms.host.port/1"

/* What a connector can answer when it is asked about routes. */
#define OMS_CAN_ASK_ONE 1u   /* about one route, by our id or the party's */
#define OMS_CAN_ASK_ALL 2u   /* about everything that works there */
#define OMS_CAN_ASK_SINCE 4u /* about what happened since a time */

typedef struct oms_connector {
    uint32_t size;
    uint32_t abilities;
} oms_connector;

/* A subscriber reads decisions and changes nothing. */
typedef struct oms_subscriber {
    uint32_t size;
    uint32_t reserved;
    /* Any thread, does not block: everything up to this decision is shown. */
    uint64_t (*shown_seq)(oms_plugin* plugin);
} oms_subscriber;

/* Hands over decisions: each `oms_decision` is followed by its effects. Not OMS_OK: stop here; the
 * decision that was not taken comes again. */
typedef oms_status (*oms_take)(void* context, const oms_batch* batch);

/* The answer to one input, for whoever waits for it. `records` is the durable decision, or a
 * query's rows, alive for the call. */
typedef struct oms_answer {
    uint32_t size;
    uint32_t status; /* OMS_OK, or why there is none */
    uint64_t token;  /* as it was submitted */
    uint64_t seq;    /* the decision's, or what a query's rows show */
    oms_batch records;
} oms_answer;
typedef void (*oms_take_answer)(void* context, const oms_answer* answer);

#define OMS_READ_ALL 0u
#define OMS_READ_CHANNEL 1u /* only decisions with an effect for this channel */

typedef struct oms_port oms_port;
struct oms_port {
    uint32_t size;
    uint32_t reserved;
    void* context;

    /* All functions: any thread, re-entrant, not from within an inside plugin. */

    /* The reference entry of a class and code, made when the configuration names it or a decision
     * defines it. Does not block. OMS_NOT_FOUND. */
    oms_status (*resolve)(const oms_port* port, uint32_t reference_class, oms_text code,
                          uint32_t* reference);
    /* Fills an oms_reference_row; its texts live as long as the host. Does not block. */
    oms_status (*describe)(const oms_port* port, uint32_t reference, oms_record* row);

    /* One input: a head and its details. Does not block. OMS_OK: it will be decided and, once
     * durable, answered under `token` (0: nobody waits). OMS_AGAIN: nothing was taken. */
    oms_status (*submit)(const oms_port* port, const oms_batch* input, uint64_t token);
    /* Values of the world, the newest last. Does not block; may replace an older value of the same
     * product, source and field that was not applied yet. */
    oms_status (*observe)(const oms_port* port, const oms_observation* first, uint32_t count,
                          uint32_t stride);
    /* A query is answered under its token once all that its answer shows is durable. */
    oms_status (*query)(const oms_port* port, const oms_query* query, uint64_t token);
    /* Answers for tokens of this instance. Blocks up to `timeout_ms` for the first.
     * OMS_AGAIN: none came. */
    oms_status (*take_answers)(const oms_port* port, int64_t timeout_ms, oms_take_answer take,
                               void* context);

    /* Durable decisions with seq > *seq, oldest first; *seq moves to the last one taken. `which` is
     * OMS_READ_ALL, or OMS_READ_CHANNEL with `channel`. Blocks up to `timeout_ms` for the first.
     * OMS_AGAIN: none came (*seq may have moved past decisions that are not for the channel). */
    oms_status (*read)(const oms_port* port, uint32_t which, uint32_t channel, uint64_t* seq,
                       int64_t timeout_ms, oms_take take, void* context);

    /* The last act before an intent's bytes are written out. Does not block. OMS_OK, or OMS_HALTED:
     * do not send, submit a report `refused` (place, amend) or wait (cancel is never halted). */
    oms_status (*gate)(const oms_port* port, const oms_intent* intent);

    /* The kernel's clock, ns since 1970 UTC; virtual in back-tests. Does not block. */
    int64_t (*now)(const oms_port* port);
    /* The last durable seq. Does not block. */
    uint64_t (*durable_seq)(const oms_port* port);
    /* Wakes every blocked `read` and `take_answers` of this instance, which answer OMS_STOPPED when
     * the host stops, OMS_AGAIN otherwise. */
    void (*wake)(const oms_port* port);
};

#ifdef __cplusplus
}
#endif
#endif
