// SPDX-License-Identifier: Apache-2.0
#include "tables.hpp"

#include <algorithm>
#include <stdexcept>

namespace oms::sql_views {

using sdk::Meaning;

namespace {

const std::vector<Table>& order_tables() {
    static const std::vector<Table> list = {
        {.name = "decisions",
         .row = OMS_RECORD_decision,
         .keys = {"seq"},
         .skipped = {"effects"},
         .extra = {{"code", "INTEGER", Meaning::error}, {"answer", "TEXT", Meaning::text}},
         .indexed = {"order", "key"}},
        {.name = "names",
         .row = OMS_RECORD_reference_row,
         .keys = {"reference"},
         .indexed = {"code"}},
        {.name = "orders",
         .row = OMS_RECORD_order_row,
         .keys = {"order"},
         .skipped = {"lines", "routes", "regions"},
         .indexed = {"account", "status", "key", "parent"}},
        {.name = "lines",
         .row = OMS_RECORD_line_row,
         .keys = {"order", "line"},
         .indexed = {"product"}},
        {.name = "terms",
         .row = OMS_RECORD_term_row,
         .keys = {"order", "route", "line", "field"},
         .skipped = {"reference"}},
        {.name = "name_terms", .row = OMS_RECORD_reference_term, .keys = {"reference", "field"}},
        {.name = "links", .row = OMS_RECORD_link_row, .keys = {"order", "other", "link"}},
        {.name = "sources",
         .row = OMS_RECORD_source_row,
         .keys = {"order", "line", "source_order", "source_line"},
         .indexed = {"source_order"}},
        {.name = "routes",
         .row = OMS_RECORD_route_row,
         .keys = {"route"},
         .skipped = {"regions"},
         .extra = {{"opened_seq", "INTEGER"}},
         .indexed = {"order", "destination", "external_ref"}},
        {.name = "route_lines", .row = OMS_RECORD_route_line_row, .keys = {"route", "line"}},
        {.name = "executions",
         .row = OMS_RECORD_execution_row,
         .keys = {"execution"},
         .extra = {{"seq", "INTEGER"}},
         .indexed = {"order", "route", "product", "external_ref"}},
    };
    return list;
}

const std::vector<Table>& other_tables() {
    static const std::vector<Table> list = {
        {.name = "apportionments",
         .row = OMS_RECORD_apportioned,
         .keys = {},
         .indexed = {"execution", "source_order"},
         .appended = true},
        {.name = "offers",
         .row = OMS_RECORD_offer_row,
         .keys = {},
         .indexed = {"order"},
         .appended = true},
        {.name = "postings",
         .row = OMS_RECORD_transferred,
         .keys = {},
         .indexed = {"order", "from", "to"},
         .appended = true},
        {.name = "balances", .row = OMS_RECORD_balance_row, .keys = {"account", "asset", "bucket"}},
        {.name = "holds", .row = OMS_RECORD_hold_row, .keys = {"hold"}, .indexed = {"order"}},
        {.name = "verdicts",
         .row = OMS_RECORD_verdict,
         .keys = {},
         .indexed = {"order"},
         .appended = true},
        {.name = "readings", .row = OMS_RECORD_observation_read, .keys = {}, .appended = true},
        {.name = "route_reasons",
         .row = OMS_RECORD_route_read,
         .keys = {},
         .indexed = {"order"},
         .appended = true},
        {.name = "progress",
         .row = OMS_RECORD_progressed,
         .keys = {},
         .indexed = {"order"},
         .appended = true},
        {.name = "tasks",
         .row = OMS_RECORD_task_set,
         .keys = {"task"},
         .indexed = {"order", "open"}},
        {.name = "anomalies",
         .row = OMS_RECORD_anomaly,
         .keys = {},
         .indexed = {"order"},
         .appended = true},
        {.name = "regions",
         .row = OMS_RECORD_region_moved,
         .keys = {"order", "route", "region"},
         .skipped = {"event"}},
        {.name = "timers", .row = OMS_RECORD_timer_set, .keys = {"timer"}, .indexed = {"order"}},
        {.name = "watches", .row = OMS_RECORD_watch_set, .keys = {"watch"}, .indexed = {"order"}},
        {.name = "channels", .row = OMS_RECORD_channel_row, .keys = {"channel"}},
        {.name = "halts", .row = OMS_RECORD_halt_row, .keys = {"scope", "target"}},
        {.name = "cells", .row = OMS_RECORD_cell_row, .keys = {"owner", "cell", "key_a", "key_b"}},
    };
    return list;
}

}  // namespace

std::span<const Table> tables() {
    static const std::vector<Table> list = [] {
        std::vector<Table> all = order_tables();
        all.insert(all.end(), other_tables().begin(), other_tables().end());
        return all;
    }();
    return list;
}

std::span<const Rule> rules() {
    using enum Rule::Does;
    static const std::vector<Rule> list = {
        {.effect = OMS_RECORD_reference_defined, .table = "names"},
        {.effect = OMS_RECORD_reference_term, .table = "name_terms"},
        {.effect = OMS_RECORD_order_opened, .table = "orders"},
        {.effect = OMS_RECORD_order_shelved, .table = "orders", .update_only = true},
        {.effect = OMS_RECORD_line_opened, .table = "lines"},
        {.effect = OMS_RECORD_line_counted, .table = "lines", .update_only = true},
        {.effect = OMS_RECORD_term_set, .table = "terms"},
        {.effect = OMS_RECORD_linked, .table = "links"},
        {.effect = OMS_RECORD_source_set, .table = "sources"},
        {.effect = OMS_RECORD_region_moved, .table = "regions"},
        {.effect = OMS_RECORD_route_opened, .table = "routes"},
        {.effect = OMS_RECORD_route_changed, .table = "routes", .update_only = true},
        {.effect = OMS_RECORD_route_line_counted, .table = "route_lines"},
        {.effect = OMS_RECORD_executed, .table = "executions"},
        {.effect = OMS_RECORD_execution_changed,
         .table = "executions",
         .update_only = true,
         .only = {"state"}},
        {.effect = OMS_RECORD_apportioned, .table = "apportionments", .does = append},
        {.effect = OMS_RECORD_offered, .table = "offers", .does = append},
        {.effect = OMS_RECORD_transferred, .table = "postings", .does = append},
        {.effect = OMS_RECORD_hold_set,
         .table = "holds",
         .does = remove_when_zero,
         .zero = "amount"},
        {.effect = OMS_RECORD_verdict, .table = "verdicts", .does = append},
        {.effect = OMS_RECORD_observation_read, .table = "readings", .does = append},
        {.effect = OMS_RECORD_route_read, .table = "route_reasons", .does = append},
        {.effect = OMS_RECORD_progressed, .table = "progress", .does = append},
        {.effect = OMS_RECORD_task_set, .table = "tasks"},
        {.effect = OMS_RECORD_anomaly, .table = "anomalies", .does = append},
        {.effect = OMS_RECORD_timer_set,
         .table = "timers",
         .does = remove_when_zero,
         .zero = "due"},
        {.effect = OMS_RECORD_watch_set,
         .table = "watches",
         .does = remove_when_zero,
         .zero = "comparison"},
        {.effect = OMS_RECORD_channel_moved, .table = "channels"},
        {.effect = OMS_RECORD_halt_changed,
         .table = "halts",
         .does = remove_when_zero,
         .zero = "on"},
        {.effect = OMS_RECORD_cell_set,
         .table = "cells",
         .does = remove_when_zero,
         .zero = "present"},
        {.effect = OMS_RECORD_status_changed,
         .table = "orders",
         .needs_route = 0,
         .update_only = true,
         .only = {"status"}},
        {.effect = OMS_RECORD_status_changed,
         .table = "routes",
         .needs_route = 1,
         .update_only = true,
         .only = {"status"}},
    };
    return list;
}

const Table& table_of(std::string_view name) {
    for (const Table& table : tables())
        if (table.name == name) return table;
    throw std::logic_error("a rule names a table that is not there");
}

std::string_view column_name(std::string_view field) {
    constexpr std::pair<std::string_view, std::string_view> renamed[] = {
        {"order", "order_id"},   {"from", "from_account"}, {"to", "to_account"},
        {"group", "belongs_to"}, {"limit", "limit_value"}, {"reference_class", "class"},
        {"on", "is_on"}};
    for (const auto& [from, to] : renamed)
        if (from == field) return to;
    return field;
}

std::string_view column_type(const sdk::FieldInfo& field) {
    return field.type == sdk::FieldType::text || field.type == sdk::FieldType::wide ? "TEXT"
                                                                                    : "INTEGER";
}

std::vector<sdk::FieldInfo> columns_of(const Table& table) {
    std::vector<sdk::FieldInfo> columns;
    for (const sdk::FieldInfo& field : sdk::record_info(table.row)->fields) {
        const bool skipped = std::find(table.skipped.begin(), table.skipped.end(), field.name) !=
                             table.skipped.end();
        if (!skipped && field.name != "reserved") columns.push_back(field);
    }
    return columns;
}

std::string create_tables() {
    std::string sql =
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;\n"
        "CREATE TABLE data_events(seq INTEGER NOT NULL, position INTEGER NOT NULL, "
        "kind TEXT NOT NULL, order_id INTEGER NOT NULL, record TEXT NOT NULL, "
        "PRIMARY KEY(seq, position)) WITHOUT ROWID;\n"
        "CREATE INDEX data_events_order_id ON data_events(order_id);\n";
    for (const Table& table : tables()) {
        sql += "CREATE TABLE data_" + std::string(table.name) + "(";
        std::string keys;
        if (table.appended) {
            sql += "seq INTEGER NOT NULL, position INTEGER NOT NULL, ";
            keys = "seq, position";
        }
        for (const sdk::FieldInfo& field : columns_of(table)) {
            const bool text = column_type(field) == "TEXT";
            sql += std::string(column_name(field.name)) + " " + std::string(column_type(field)) +
                   " NOT NULL DEFAULT " + (text ? "''" : "0") + ", ";
        }
        for (const ExtraColumn& column : table.extra)
            sql += std::string(column.name) + " " + std::string(column.type) +
                   " NOT NULL DEFAULT " + (column.type == "TEXT" ? "''" : "0") + ", ";
        for (const std::string_view key : table.keys)
            keys += (keys.empty() ? "" : ", ") + std::string(column_name(key));
        const bool one_number = table.keys.size() == 1 && !table.appended;
        // A table whose key is one number is ordered by it already.
        sql += "PRIMARY KEY(" + keys + "))" + (one_number ? "" : " WITHOUT ROWID") + ";\n";
        for (const std::string_view indexed : table.indexed) {
            const std::string column(column_name(indexed));
            sql += "CREATE INDEX data_" + std::string(table.name) + "_" + column + " ON data_" +
                   std::string(table.name) + "(" + column + ");\n";
        }
    }
    return sql;
}

}  // namespace oms::sql_views
