/* SPDX-License-Identifier: Apache-2.0 */
/* The contract is C11: no C++ is needed to speak it. */
#include <oms/abi/plugin.h>
#include <oms/abi/records.h>

uint32_t size_of_an_order(void);
uint32_t size_of_an_order(void) { return (uint32_t)sizeof(oms_place_order); }
