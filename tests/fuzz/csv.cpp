// SPDX-License-Identifier: Apache-2.0
// A table has as many cells in each row as it has columns, or says what is wrong with its form.
#include "promise.hpp"

#include "runtime/config/csv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oms;
    const auto table = runtime::parse_csv(as_text(data, size), "fuzzed.csv");
    if (!table) {
        promise(!table.error().empty() && !table.error().front().place.empty(),
                "an error says where");
        return 0;
    }
    for (const runtime::CsvRow& row : table->rows)
        promise(row.cells.size() == table->header.size(), "rows are as wide as the table");
    return 0;
}
