// SPDX-License-Identifier: Apache-2.0
// How a host answers a plugin that looks something up, see view.h.
#pragma once

#include <oms/abi/base.h>
#include <oms/sdk/record_info.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

namespace oms::engine {

/// Copies as much of the row as the caller's struct has room for.
template <class Row>
oms_status fill(oms_record& out, const Row& row) {
    if (out.kind != row.kind || out.size < sizeof(oms_record)) return OMS_INVALID;
    if (out.size == sizeof(Row)) {  // as usual: the plugin knows what we know
        std::memcpy(&out, &row, sizeof(Row));
        return OMS_OK;
    }
    const std::uint32_t size = std::min(out.size, row.size);
    const std::uint32_t room = out.size;
    std::memcpy(&out, &row, size);
    out.size = room;
    return OMS_OK;
}

/// The same of the row that `make_row` makes, which it makes in the caller's place as usual.
template <class Make>
oms_status fill_with(oms_record& out, Make make_row) {
    using Row = decltype(make_row());
    if (out.kind != sdk::kind_of<Row> || out.size != sizeof(Row)) return fill(out, make_row());
    new (&out) Row(make_row());
    return OMS_OK;
}

}  // namespace oms::engine
