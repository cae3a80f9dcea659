// SPDX-License-Identifier: Apache-2.0
// Which tables there are and which effects fill them. Columns come from records.def: a table has
// the fields of one kind of row, and an effect writes the fields that it has in common with it.
#pragma once

#include <oms/sdk/record_info.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oms::sql_views {

/// A column that no record has.
struct ExtraColumn {
    std::string_view name;
    std::string_view type;  ///< of SQL
    sdk::Meaning meaning = sdk::Meaning::number;
};

struct Table {
    std::string_view name;
    std::uint32_t row = 0;  ///< the kind of record whose fields are the columns
    std::vector<std::string_view> keys;
    std::vector<std::string_view> skipped = {};
    std::vector<ExtraColumn> extra = {};
    std::vector<std::string_view> indexed = {};
    /// Each effect is a row of its own, under the decision's seq and its position there.
    bool appended = false;
};

/// What an effect does to a table.
struct Rule {
    enum class Does : std::uint8_t {
        upsert,
        append,
        remove_when_zero,  ///< upsert, or remove when the field `zero` is zero
    };
    std::uint32_t effect = 0;
    std::string_view table;
    Does does = Does::upsert;
    std::string_view zero = {};
    /// Only where `route` is set (1) or not set (0).
    int needs_route = -1;
    /// Only columns of rows that are there already.
    bool update_only = false;
    /// The columns that it writes beside the keys; empty: all that effect and table share.
    std::vector<std::string_view> only = {};
};

std::span<const Table> tables();
std::span<const Rule> rules();
const Table& table_of(std::string_view name);

/// A column as SQL names it. Names that SQL has for itself are said otherwise.
std::string_view column_name(std::string_view field);

/// A field's column type.
std::string_view column_type(const sdk::FieldInfo& field);

/// The fields of a table's row that are columns.
std::vector<sdk::FieldInfo> columns_of(const Table& table);

/// The statements that make the tables and indexes, and the views over them.
std::string create_tables();
std::string create_views();

/// Changes whenever the tables or views do: a file of another form is built anew.
inline constexpr std::int64_t form_version = 1;

}  // namespace oms::sql_views
