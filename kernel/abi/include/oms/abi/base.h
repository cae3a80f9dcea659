/* SPDX-License-Identifier: Apache-2.0 */
/* What every other header of the contract stands on: text, numbers, statuses, batches of records.
 *
 * The contract is C11. Layouts are little-endian and 8-aligned, padding is zero, there are no
 * enums, bools or bit-fields in them. Nothing changes owner: a pointer that is handed over is valid
 * for the call and no longer, unless the function says otherwise. No exception crosses. */
#ifndef OMS_ABI_BASE_H
#define OMS_ABI_BASE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The revision of the contract. While it is 0 the contract is a draft, and host and plugin must
 * have been built from the very same revision. */
#define OMS_ABI_REVISION 0u

/* UTF-8, not terminated. `data` may be null when `size` is 0. */
typedef struct oms_text {
    const char* data;
    uint64_t size;
} oms_text;

/* A signed number of 128 bits: products of price and quantity, balances. */
typedef struct oms_wide {
    uint64_t low;
    int64_t high;
} oms_wide;

/* What a function of the contract answers. Everything but OMS_OK left things as they were. */
typedef int32_t oms_status;
#define OMS_OK 0
#define OMS_AGAIN 1        /* nothing was taken: there is no room now, come back */
#define OMS_NOT_FOUND 2    /* there is no such thing */
#define OMS_INVALID 3      /* the arguments break the contract */
#define OMS_OUT_OF_RANGE 4 /* a number does not fit, or a limit was passed */
#define OMS_HALTED 5       /* the gate is closed: nothing may leave */
#define OMS_STOPPED 6      /* the host is stopping */
#define OMS_UNSUPPORTED 7  /* this side does not offer that */
#define OMS_FAILED 8       /* it went wrong; the text given to `oms_host_log` says how */

/* What every record starts with: `size` in bytes of this record as its writer knew it (a multiple
 * of 8), and its kind as numbered in records.def. A reader skips what it does not know. */
typedef struct oms_record {
    uint32_t size;
    uint32_t kind;
} oms_record;

/* Records one behind the other, each `size` bytes from its predecessor. */
typedef struct oms_batch {
    const oms_record* first; /* null when `count` is 0 */
    uint64_t bytes;          /* the sum of the sizes */
    uint32_t count;
    uint32_t reserved;
} oms_batch;

/* Limits that both sides may rely on. */
#define OMS_MAX_KEY_BYTES 64u       /* a request's key */
#define OMS_MAX_CURSOR_BYTES 256u   /* a channel's cursor */
#define OMS_MAX_TEXT_BYTES 4096u    /* any other text in a record */
#define OMS_MAX_CODE_BYTES 64u      /* the code of a reference entry */
#define OMS_MAX_LINES 1000u         /* lines of one order */
#define OMS_MAX_TERMS 256u          /* terms of one order, its lines' included */
#define OMS_MAX_INPUT_RECORDS 4096u /* records of one input, its head included */
#define OMS_FIRST_REFERENCE 1000u   /* entries count up from here; below are lifecycles' events */
#define OMS_WHOLE_ORDER 0xffffffffu /* the `line` of a term that belongs to no single line */
#define OMS_ROLE_BY_PRODUCT 0xffffffffu /* the `role` of a line: the one that takes its product */

#ifdef __cplusplus
}
#endif
#endif
