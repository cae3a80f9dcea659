/* SPDX-License-Identifier: Apache-2.0 */
/* Constants OMS_<set>_<name> of codes.def, in the order and with the numbers given there. */
#ifndef OMS_ABI_CODES_H
#define OMS_ABI_CODES_H

#define OMS_CODES(set) enum {
#define OMS_CODE(set, name, number) OMS_##set##_##name = (number),
#define OMS_CODES_END(set) \
    OMS_##set##_codes_end_ \
    }                      \
    ;
#include "oms/abi/codes.def"
#undef OMS_CODES
#undef OMS_CODE
#undef OMS_CODES_END

/* Flags of an order (place_order.flags, order.flags). */
#define OMS_ORDER_FACT 1u         /* it already exists outside: never refused */
#define OMS_ORDER_ADOPTED 2u      /* a party knew it and we did not */
#define OMS_POSSIBLE_DUPLICATE 4u /* the sender may have sent it before */

/* Flags of a reference entry. */
#define OMS_REFERENCE_EXTERNAL 1u /* an account outside: its balance may be negative */
#define OMS_REFERENCE_DISABLED 2u /* requests may not name it any more */

/* Flags of a route. */
#define OMS_ROUTE_ENQUIRY 1u /* asks for offers and has no quantities */
#define OMS_ROUTE_ENDED 2u   /* nothing works there any more */
#define OMS_ROUTE_UNKNOWN 4u /* what the party did is not known */
#define OMS_ROUTE_MANUAL 8u  /* a person chose the destination */

#endif
