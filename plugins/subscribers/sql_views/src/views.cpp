// SPDX-License-Identifier: Apache-2.0
// The views: the same rows with codes instead of ids, words instead of numbers, decimals and times
// as text. All of it is plain SQL, so that any program that opens SQLite files sees it.
#include "tables.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/json.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>

namespace oms::sql_views {

using sdk::FieldMeaning;
using sdk::Meaning;

namespace {

std::string code_of(const std::string& column) {
    return "(SELECT code FROM data_names WHERE reference = " + column + ")";
}

/// The decimals of a product, as one of its columns says.
std::string scale_of(const std::string& product, std::string_view which) {
    return "coalesce((SELECT " + std::string(which) +
           " FROM data_names WHERE reference = " + product + "), 0)";
}

/// A whole number at a scale as a decimal: digits before the point, digits behind it.
std::string decimal(const std::string& number, const std::string& scale) {
    return "CASE " + scale + " WHEN 0 THEN CAST(" + number +
           " AS TEXT) ELSE printf('%s%d.%0*d', "
           "CASE WHEN " +
           number +
           " < 0 THEN '-' ELSE '' END, "
           "abs(" +
           number + ") / CAST('1' || substr('000000000000000000', 1, " + scale + ") AS INTEGER), " +
           scale + ", abs(" + number + ") % CAST('1' || substr('000000000000000000', 1, " + scale +
           ") AS INTEGER)) END";
}

std::string time_text(const std::string& ns) {
    return "CASE " + ns + " WHEN 0 THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%S', (" + ns + " - ((" +
           ns +
           " % 1000000000) + 1000000000) % 1000000000) / 1000000000, 'unixepoch') "
           "|| printf('.%09dZ', ((" +
           ns + " % 1000000000) + 1000000000) % 1000000000) END";
}

std::string words(const std::string& column, std::span<const sdk::CodeName> set) {
    std::string sql = "CASE " + column;
    for (const sdk::CodeName& code : set)
        sql += " WHEN " + std::to_string(code.number) + " THEN '" + std::string(code.name) + "'";
    return sql + " END";
}

std::string kind_names(const std::string& column) {
    std::string sql = "CASE " + column;
    for (const sdk::RecordInfo& info : sdk::records())
        sql += " WHEN " + std::to_string(info.kind) + " THEN '" + std::string(info.name) + "'";
    return sql + " END";
}

template <class Infos>
std::string field_names(const std::string& column, const Infos& infos) {
    std::string sql = "CASE " + column;
    for (const auto& info : infos)
        sql += " WHEN " + std::to_string(info.number) + " THEN '" + std::string(info.name) + "'";
    return sql + " ELSE CAST(" + column + " AS TEXT) END";
}

std::string flag_list(const std::string& column, std::uint32_t kind) {
    std::string sql = "trim(''";
    for (const sdk::FlagWord& word : sdk::flag_words(kind, "flags"))
        sql += " || CASE WHEN " + column + " & " + std::to_string(word.bit) + " THEN '" +
               std::string(word.word) + " ' ELSE '' END";
    return sql + ")";
}

/// The fields of one meaning, as a list for IN.
template <class Infos>
std::string fields_meaning(const Infos& infos, std::initializer_list<FieldMeaning> meanings) {
    std::string list;
    for (const auto& info : infos)
        if (std::find(meanings.begin(), meanings.end(), info.meaning) != meanings.end())
            list += (list.empty() ? "" : ",") + std::to_string(info.number);
    return "(" + list + ")";
}

/// The value of a term, as its field is read.
std::string term_value() {
    const auto in = [](std::initializer_list<FieldMeaning> meanings) {
        return "WHEN field IN " + fields_meaning(sdk::term_infos, meanings) + " THEN ";
    };
    std::string sql = "CASE WHEN type = " + std::to_string(OMS_term_type_text) + " THEN text ";
    sql += in({FieldMeaning::price}) + decimal("number", scale_of("product", "price_scale")) + " ";
    sql += in({FieldMeaning::quantity, FieldMeaning::money}) +
           decimal("number", scale_of("product", "scale")) + " ";
    sql += in({FieldMeaning::microdegrees}) + decimal("number", "6") + " ";
    sql += in({FieldMeaning::time}) + time_text("number") + " ";
    sql += in({FieldMeaning::product, FieldMeaning::account, FieldMeaning::destination}) +
           code_of("number") + " ";
    for (const sdk::TermInfo& term : sdk::term_infos) {
        if (term.meaning != FieldMeaning::choice) continue;
        sql += "WHEN field = " + std::to_string(term.number) + " THEN CASE number";
        for (const sdk::ChoiceInfo& choice : sdk::choices(term.name))
            sql += " WHEN " + std::to_string(choice.number) + " THEN '" + std::string(choice.name) +
                   "'";
        sql += " ELSE CAST(number AS TEXT) END ";
    }
    return sql + "ELSE CAST(number AS TEXT) END";
}

/// Writes one view's columns.
class ViewWriter {
public:
    explicit ViewWriter(const Table& table) : table_(table) {
        for (const sdk::FieldInfo& field : columns_of(table)) {
            if (field.name == "product" || field.name == "asset") product_ = field.name;
            if (field.meaning == Meaning::observation_field) observes_ = true;
        }
    }

    std::string write() {
        if (table_.appended) {
            add("seq", "seq");
            add("position", "position");
        }
        const bool term = table_.name == "terms" || table_.name == "name_terms";
        for (const sdk::FieldInfo& field : columns_of(table_)) {
            if (term && (field.name == "number" || field.name == "text" || field.name == "type"))
                continue;
            const std::string column(column_name(field.name));
            add(expression(field, column), view_name(field, column));
        }
        for (const ExtraColumn& extra : table_.extra) {
            const sdk::FieldInfo field{extra.name, sdk::FieldType::i64, extra.meaning, 0};
            add(expression(field, std::string(extra.name)), extra.name);
        }
        if (term) add(term_value(), "value");
        return "CREATE VIEW " + std::string(table_.name) + " AS SELECT " + columns_ +
               "\nFROM data_" + std::string(table_.name) + ";\n";
    }

private:
    void add(const std::string& expression, std::string_view name) {
        columns_ += (columns_.empty() ? "\n  " : ",\n  ") + expression;
        if (expression != name) columns_ += " AS " + std::string(name);
    }

    /// An entry of names shows its own number, and is called so.
    std::string view_name(const sdk::FieldInfo& field, const std::string& column) const {
        if (table_.name == "names" && field.name == "reference") return "id";
        return column;
    }

    std::string expression(const sdk::FieldInfo& field, const std::string& column) const {
        if (field.type == sdk::FieldType::text || field.type == sdk::FieldType::wide) return column;
        if (const auto set = sdk::code_set(field.meaning); !set.empty()) return words(column, set);
        switch (field.meaning) {
            case Meaning::time: return time_text(column);
            case Meaning::quantity:
            case Meaning::amount: return decimal(column, scale_of(product_, "scale"));
            case Meaning::price: return price(column);
            case Meaning::flags: return flag_list(column, table_.row);
            case Meaning::record: return kind_names(column);
            case Meaning::error:
                return "CASE " + column + " WHEN 0 THEN NULL ELSE printf('OMS-%04d', " + column +
                       ") END";
            case Meaning::term_field: return field_names(column, sdk::term_infos);
            case Meaning::observation_field: return field_names(column, sdk::observation_infos);
            case Meaning::line:
                return "nullif(" + column + ", " + std::to_string(OMS_WHOLE_ORDER) + ")";
            default: break;
        }
        const bool is_id = field.type != sdk::FieldType::u32;
        if (is_id || field.meaning == Meaning::number || field.meaning == Meaning::lifecycle)
            return column;
        if (table_.name == "names" && field.name == "reference") return column;
        if (table_.name == "executions" && field.name == "destination")
            return code_of(
                "(SELECT r.destination FROM data_routes r WHERE r.route = data_executions.route)");
        return code_of(column);
    }

    std::string price(const std::string& column) const {
        const std::string as_price = decimal(column, scale_of(product_, "price_scale"));
        if (!observes_) return as_price;
        return "CASE WHEN field IN " +
               fields_meaning(sdk::observation_infos, {FieldMeaning::quantity}) + " THEN " +
               decimal(column, scale_of(product_, "scale")) + " ELSE " + as_price + " END";
    }

    const Table& table_;
    std::string product_ = "0";
    bool observes_ = false;
    std::string columns_;
};

}  // namespace

std::string create_views() {
    std::string sql;
    for (const Table& table : tables()) sql += ViewWriter(table).write();
    sql +=
        "CREATE VIEW events AS SELECT e.seq, e.position, d.time, e.kind, e.order_id, e.record\n"
        "FROM data_events e JOIN decisions d ON d.seq = e.seq;\n"
        "CREATE VIEW shown AS SELECT (SELECT value FROM meta WHERE name = 'shown_seq') AS seq,\n "
        " " +
        time_text("(SELECT value FROM meta WHERE name = 'shown_time')") + " AS time;\n";
    return sql;
}

}  // namespace oms::sql_views
