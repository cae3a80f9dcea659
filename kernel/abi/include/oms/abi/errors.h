/* SPDX-License-Identifier: Apache-2.0 */
/* Constants OMS_ERROR_<name> of errors.def: the number after "OMS-". */
#ifndef OMS_ABI_ERRORS_H
#define OMS_ABI_ERRORS_H

enum {
#define OMS_ERROR(number, name, reason, remedy) OMS_ERROR_##name = (number),
#include "oms/abi/errors.def"
#undef OMS_ERROR
    OMS_ERROR_codes_end_
};

#endif
