// SPDX-License-Identifier: Apache-2.0
// Tables in text files (RFC 4180): a line of names, then a row a line. Cells stay text.
#pragma once

#include "runtime/config/config_errors.hpp"
#include "yaml/document.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oms::runtime {

struct CsvLimits {
    std::size_t bytes = std::size_t{256} << 20;
    std::size_t rows = 2'000'000;
    std::size_t columns = 64;
};

struct CsvRow {
    std::uint32_t line = 0;
    std::vector<std::string> cells;  ///< as many as there are columns
};

struct Csv {
    std::string file;
    std::vector<std::string> header;
    std::vector<CsvRow> rows;

    /// `products.csv:3: column "tick"`
    std::string place(const CsvRow& row, std::size_t column) const;
    /// The position of a column, or the number of columns.
    std::size_t column(std::string_view name) const;
};

/// Reads a table, or says everything that is wrong with its form.
yaml::Checked<Csv> read_csv(const std::string& path, const CsvLimits& limits = {});
yaml::Checked<Csv> parse_csv(std::string_view text, std::string name, const CsvLimits& limits = {});

}  // namespace oms::runtime
