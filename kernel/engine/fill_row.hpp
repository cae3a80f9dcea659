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

/// Answers with the row that `make_row` makes: as much of it as the caller's struct has room for.
template <class Make>
oms_status fill_with(oms_record& out, Make make_row) {
    using Row = decltype(make_row());
    if (out.kind != sdk::kind_of<Row> || out.size < sizeof(oms_record)) return OMS_INVALID;
    if (out.size == sizeof(Row)) {  // as usual: the plugin knows what we know, and it is made there
        new (&out) Row(make_row());
        return OMS_OK;
    }
    const Row row = make_row();
    const std::uint32_t room = out.size;
    std::memcpy(&out, &row, std::min(room, row.size));
    out.size = room;
    return OMS_OK;
}

/// The same of a row that is made already.
template <class Row>
oms_status fill(oms_record& out, const Row& row) {
    return fill_with(out, [&] { return row; });
}

}  // namespace oms::engine
