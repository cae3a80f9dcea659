/* SPDX-License-Identifier: Apache-2.0 */
/* The structs oms_<name> and the constants OMS_RECORD_<name> of records.def. */
#ifndef OMS_ABI_RECORDS_H
#define OMS_ABI_RECORDS_H

#include "oms/abi/base.h"

#define OMS_TYPE_u32 uint32_t
#define OMS_TYPE_u64 uint64_t
#define OMS_TYPE_i64 int64_t
#define OMS_TYPE_text oms_text
#define OMS_TYPE_wide oms_wide

#define OMS_RECORD(name, number) \
    typedef struct oms_##name {  \
        uint32_t size;           \
        uint32_t kind;
#define OMS_FIELD(record, name, type, meaning) OMS_TYPE_##type name;
#define OMS_RECORD_END(name) \
    }                        \
    oms_##name;
#include "oms/abi/records.def"
#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END

enum {
#define OMS_RECORD(name, number) OMS_RECORD_##name = (number),
#define OMS_FIELD(record, name, type, meaning)
#define OMS_RECORD_END(name)
#include "oms/abi/records.def"
#undef OMS_RECORD
#undef OMS_FIELD
#undef OMS_RECORD_END
    OMS_RECORD_codes_end_
};

#undef OMS_TYPE_u32
#undef OMS_TYPE_u64
#undef OMS_TYPE_i64
#undef OMS_TYPE_text
#undef OMS_TYPE_wide

#endif
