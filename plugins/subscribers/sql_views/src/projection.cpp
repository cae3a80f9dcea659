// SPDX-License-Identifier: Apache-2.0
#include "projection.hpp"

#include <oms/sdk/json.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>

namespace oms::sql_views {

using sdk::FieldInfo;
using sdk::FieldType;

namespace {

constexpr std::string_view settings_sql =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4000;";

template <class Value>
Value load_value(const oms_record& record, const FieldInfo& field) {
    Value value{};
    // What an older writer did not know reads as zero.
    if (field.offset + sizeof value <= record.size)
        std::memcpy(&value, reinterpret_cast<const char*>(&record) + field.offset, sizeof value);
    return value;
}

std::int64_t load_integer(const oms_record& record, const FieldInfo& field) {
    if (field.type == FieldType::u32) return load_value<std::uint32_t>(record, field);
    return load_value<std::int64_t>(record, field);
}

std::optional<FieldInfo> field_of(std::uint32_t kind, std::string_view name) {
    for (const FieldInfo& field : sdk::record_info(kind)->fields)
        if (field.name == name) return field;
    return std::nullopt;
}

/// The field by which a kind of record names its order, and the one whose scales it has.
struct KnownFields {
    std::optional<FieldInfo> order;
    std::optional<FieldInfo> product;
};

/// Looked up once: effects are many.
const KnownFields& known_fields(std::uint32_t kind) {
    static const std::vector<KnownFields> list = [] {
        std::vector<KnownFields> all;
        for (const sdk::RecordInfo& info : sdk::records()) {
            if (all.size() <= info.kind) all.resize(info.kind + 1);
            all[info.kind].order = field_of(info.kind, "order");
            all[info.kind].product = field_of(info.kind, "product");
            if (!all[info.kind].product) all[info.kind].product = field_of(info.kind, "asset");
        }
        return all;
    }();
    return list[kind];
}

bool contains(const std::vector<std::string_view>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

/// Columns that an effect fills although it has no field of that name; see bind_extras.
std::vector<std::string> extra_columns(std::uint32_t effect) {
    switch (effect) {
        case OMS_RECORD_order_opened: return {"opened", "changed_seq"};
        case OMS_RECORD_line_opened: return {"unrouted", "value"};
        case OMS_RECORD_line_counted: return {"unrouted", "average_price"};
        case OMS_RECORD_route_opened: return {"opened_seq"};
        case OMS_RECORD_executed: return {"seq", "state"};
        default: return {};
    }
}

sdk::Wide units_of(const std::string& decimal) {
    sdk::Wide units = 0;
    for (const char letter : decimal)
        if (letter >= '0' && letter <= '9') units = units * 10 + (letter - '0');
    return decimal.starts_with('-') ? -units : units;
}

}  // namespace

/// Names as the decisions so far have defined them: events tell them as they were then.
class Projection::Names final : public sdk::Names {
public:
    explicit Names(const Projection& projection) : projection_(projection) {}
    bool reference(std::uint32_t reference, sdk::ReferenceName& name) const override {
        const auto code = projection_.codes_.find(reference);
        if (code == projection_.codes_.end()) return false;
        const Scales& scales = projection_.scales_.at(reference);
        name = {code->second, scales.quantity, scales.price};
        return true;
    }

private:
    const Projection& projection_;
};

// ---- opening
// ----------------------------------------------------------------------------------------

Database Projection::open(const std::string& path) {
    const auto form_of = [](Database& database) -> std::int64_t {
        Statement statement(database, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'");
        statement.next();
        const bool made = statement.number(0) > 0;
        statement.reset();
        if (!made) return 0;
        Statement form(database, "SELECT value FROM meta WHERE name = 'form'");
        return form.next() ? form.number(0) : -1;
    };
    {
        Database database(path);
        database.run(std::string(settings_sql));
        const std::int64_t form = form_of(database);
        if (form == form_version) return database;
        if (form == 0) {
            database.run("BEGIN; " + create_tables() + create_views() +
                         "INSERT INTO meta VALUES('form', " + std::to_string(form_version) +
                         "), ('shown_seq', 0), ('shown_time', 0); COMMIT;");
            return database;
        }
    }
    drop(path);
    return open(path);
}

void Projection::drop(const std::string& path) {
    for (const std::string_view suffix : {"", "-wal", "-shm"})
        std::filesystem::remove(path + std::string(suffix));
}

Projection::Projection(const std::string& path, bool keep_events)
    : keep_events_(keep_events), database_(open(path)) {
    compile();
    load();
}

void Projection::compile() {
    for (const Rule& rule : rules()) compiled_.emplace(rule.effect, compile(rule));
    insert_decision_ = Statement(
        database_,
        "INSERT INTO data_decisions(seq, time, cause, order_id, actor, origin, observed, epoch, "
        "key, code, answer) VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    insert_event_ = Statement(database_, "INSERT INTO data_events VALUES(?,?,?,?,?)");
    touch_order_ =
        Statement(database_, "UPDATE data_orders SET changed_seq = ? WHERE order_id = ?");
    write_balance_ =
        Statement(database_,
                  "INSERT INTO data_balances(account, asset, bucket, balance, held, available) "
                  "VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET balance = excluded.balance, "
                  "held = excluded.held, available = excluded.available");
    write_meta_ = Statement(database_, "UPDATE meta SET value = ? WHERE name = ?");
}

Projection::Compiled Projection::compile(const Rule& rule) {
    const Table& table = table_of(rule.table);
    Compiled compiled;
    compiled.rule = &rule;
    if (!rule.zero.empty()) compiled.zero = field_of(rule.effect, rule.zero);
    compiled.route = field_of(rule.effect, "route");
    const std::vector<FieldInfo> wanted = columns_of(table);
    std::vector<std::string> columns;
    if (rule.does == Rule::Does::append) columns = {"seq", "position"};
    for (const FieldInfo& field : sdk::record_info(rule.effect)->fields) {
        const bool known = std::any_of(wanted.begin(), wanted.end(), [&](const FieldInfo& column) {
            return column.name == field.name;
        });
        const bool key = contains(table.keys, field.name);
        if (!known || (!key && !rule.only.empty() && !contains(rule.only, field.name))) continue;
        if (key) compiled.keys.push_back(field);
        compiled.fields.push_back(field);
        columns.emplace_back(column_name(field.name));
    }
    for (const std::string& extra : extra_columns(rule.effect)) columns.push_back(extra);
    compiled.write = Statement(database_, write_statement(rule, columns));
    if (compiled.zero) {
        std::string sql = "DELETE FROM data_" + std::string(table.name) + " WHERE ";
        for (std::size_t at = 0; at < compiled.keys.size(); ++at)
            sql += (at == 0 ? "" : " AND ") + std::string(column_name(compiled.keys[at].name)) +
                   " = ?";
        compiled.remove = Statement(database_, sql);
    }
    return compiled;
}

std::string Projection::write_statement(const Rule& rule,
                                        const std::vector<std::string>& columns) const {
    const Table& table = table_of(rule.table);
    const auto is_key = [&table](const std::string& column) {
        return std::any_of(table.keys.begin(), table.keys.end(),
                           [&](std::string_view key) { return column_name(key) == column; });
    };
    std::string names;
    std::string values;
    std::string sets;
    std::string where;
    for (std::size_t at = 0; at < columns.size(); ++at) {
        const std::string& column = columns[at];
        const std::string parameter = "?" + std::to_string(at + 1);
        names += (names.empty() ? "" : ", ") + column;
        values += (values.empty() ? "" : ", ") + parameter;
        std::string& list = is_key(column) ? where : sets;
        list += (list.empty() ? "" : is_key(column) ? " AND " : ", ") + column + " = " + parameter;
    }
    const std::string data = "data_" + std::string(table.name);
    if (rule.update_only) return "UPDATE " + data + " SET " + sets + " WHERE " + where;
    const std::string insert = "INSERT INTO " + data + "(" + names + ") VALUES(" + values + ")";
    if (rule.does == Rule::Does::append) return insert;
    return insert +
           (sets.empty() ? " ON CONFLICT DO NOTHING" : " ON CONFLICT DO UPDATE SET " + sets);
}

/// What the fold must know of the rows that are there.
void Projection::load() {
    scales_.clear();
    codes_.clear();
    balances_.clear();
    holds_.clear();
    changed_.clear();
    Statement meta(database_, "SELECT name, value FROM meta");
    while (meta.next()) {
        if (meta.text(0) == "shown_seq") shown_seq_ = static_cast<std::uint64_t>(meta.number(1));
        if (meta.text(0) == "shown_time") shown_time_ = meta.number(1);
    }
    applied_seq_ = shown_seq_;
    applied_time_ = shown_time_;
    const auto small = [](const Statement& row, int column) {
        return static_cast<std::uint32_t>(row.number(column));
    };
    Statement names(database_, "SELECT reference, code, scale, price_scale FROM data_names");
    while (names.next()) {
        codes_[small(names, 0)] = names.text(1);
        scales_[small(names, 0)] = {small(names, 2), small(names, 3)};
    }
    Statement balances(database_,
                       "SELECT account, asset, bucket, balance, held FROM data_balances");
    while (balances.next())
        balances_[{small(balances, 0), small(balances, 1), small(balances, 2)}] = {
            units_of(balances.text(3)), units_of(balances.text(4)), false};
    Statement holds(database_, "SELECT hold, account, asset, bucket, amount FROM data_holds");
    while (holds.next())
        holds_[static_cast<std::uint64_t>(holds.number(0))] = {
            {small(holds, 1), small(holds, 2), small(holds, 3)}, holds.number(4)};
}

// ---- folding
// ----------------------------------------------------------------------------------------

void Projection::apply(const oms_batch& decision) {
    const auto* header = decision.count == 0 ? nullptr : sdk::as<oms_decision>(*decision.first);
    if (header == nullptr) return;
    if (!in_transaction_) {
        database_.run("BEGIN");
        in_transaction_ = true;
    }
    Context context{header->seq, header->time, 0};
    apply_header(decision, context);
    for (const oms_record& record : sdk::Records(decision))
        if (record.kind != OMS_RECORD_decision) apply_effect(record, context);
    if (header->order != 0)
        touch_order_.bind(1, static_cast<std::int64_t>(header->seq))
            .bind(2, static_cast<std::int64_t>(header->order))
            .run();
    applied_seq_ = header->seq;
    applied_time_ = header->time;
}

void Projection::apply_header(const oms_batch& decision, const Context& context) {
    const auto& header = *sdk::as<oms_decision>(*decision.first);
    const oms_answered* answered = nullptr;
    for (const oms_record& record : sdk::Records(decision))
        if (const auto* row = sdk::as<oms_answered>(record)) answered = row;
    insert_decision_.bind(1, static_cast<std::int64_t>(context.seq)).bind(2, context.time);
    insert_decision_.bind(3, std::int64_t{header.cause});
    const std::uint64_t order =
        header.order != 0 || answered == nullptr ? header.order : answered->order;
    insert_decision_.bind(4, static_cast<std::int64_t>(order));
    insert_decision_.bind(5, std::int64_t{header.actor}).bind(6, std::int64_t{header.origin});
    insert_decision_.bind(7, static_cast<std::int64_t>(header.observed));
    insert_decision_.bind(8, static_cast<std::int64_t>(header.epoch));
    insert_decision_.bind(9, sdk::view(header.key));
    insert_decision_.bind(10, answered == nullptr ? std::int64_t{0} : std::int64_t{answered->code});
    insert_decision_.bind(11, answered == nullptr ? std::string_view() : sdk::view(answered->text));
    insert_decision_.run();
}

void Projection::apply_effect(const oms_record& record, Context& context) {
    ++context.position;
    if (const auto* defined = sdk::as<oms_reference_defined>(record)) learn_name(*defined);
    if (const auto* transferred = sdk::as<oms_transferred>(record)) move_balance(*transferred);
    if (const auto* hold = sdk::as<oms_hold_set>(record)) move_hold(*hold);
    const auto [first, last] = compiled_.equal_range(record.kind);
    for (auto at = first; at != last; ++at) apply_rule(at->second, record, context);
    if (keep_events_ && record.kind != OMS_RECORD_lifecycle_installed) write_event(record, context);
}

void Projection::apply_rule(Compiled& compiled, const oms_record& record, const Context& context) {
    const Rule& rule = *compiled.rule;
    if (rule.needs_route >= 0) {
        const bool has_route = load_integer(record, *compiled.route) != 0;
        if (has_route != (rule.needs_route == 1)) return;
    }
    if (compiled.zero && load_integer(record, *compiled.zero) == 0) {
        int position = 0;
        for (const FieldInfo& key : compiled.keys)
            compiled.remove.bind(++position, load_integer(record, key));
        compiled.remove.run();
        return;
    }
    int position = 0;
    if (rule.does == Rule::Does::append) {
        compiled.write.bind(++position, static_cast<std::int64_t>(context.seq));
        compiled.write.bind(++position, context.position);
    }
    for (const FieldInfo& field : compiled.fields)
        bind_field(compiled.write, ++position, field, record);
    bind_extras(compiled.write, position, record, context);
    compiled.write.run();
}

Projection::Scales Projection::scales_of(const oms_record& record) const {
    const auto& product = known_fields(record.kind).product;
    if (!product) return {};
    const auto found = scales_.find(load_value<std::uint32_t>(record, *product));
    return found == scales_.end() ? Scales{} : found->second;
}

void Projection::bind_field(Statement& statement, int position, const FieldInfo& field,
                            const oms_record& record) {
    if (field.type == FieldType::text) {
        statement.bind(position, sdk::view(load_value<oms_text>(record, field)));
    } else if (field.type == FieldType::wide) {
        const Scales scales = scales_of(record);
        const unsigned scale = field.meaning == sdk::Meaning::amount
                                   ? scales.quantity
                                   : scales.quantity + scales.price;
        text_ = sdk::DecimalText(sdk::to_int128(load_value<oms_wide>(record, field)), scale).view();
        statement.bind(position, text_);
    } else {
        statement.bind(position, load_integer(record, field));
    }
}

/// The columns of extra_columns, in its order.
void Projection::bind_extras(Statement& statement, int position, const oms_record& record,
                             const Context& context) const {
    const auto seq = static_cast<std::int64_t>(context.seq);
    if (record.kind == OMS_RECORD_order_opened) {
        statement.bind(position + 1, context.time).bind(position + 2, seq);
    } else if (const auto* opened = sdk::as<oms_line_opened>(record)) {
        statement.bind(position + 1, opened->ordered).bind(position + 2, std::string_view("0"));
    } else if (const auto* counted = sdk::as<oms_line_counted>(record)) {
        statement.bind(position + 1, counted->ordered + counted->over - counted->working -
                                         counted->done - counted->cancelled);
        const auto average =
            sdk::divide(sdk::to_int128(counted->value), counted->done, sdk::Rounding::half_even);
        const auto fits = average ? sdk::narrow(*average) : std::nullopt;
        statement.bind(position + 2, fits.value_or(0));
    } else if (record.kind == OMS_RECORD_route_opened) {
        statement.bind(position + 1, seq);
    } else if (record.kind == OMS_RECORD_executed) {
        statement.bind(position + 1, seq);
        statement.bind(position + 2, std::int64_t{OMS_execution_state_live});
    }
}

void Projection::learn_name(const oms_reference_defined& defined) {
    codes_[defined.reference] = std::string(sdk::view(defined.code));
    scales_[defined.reference] = {defined.scale, defined.price_scale};
}

void Projection::move_balance(const oms_transferred& transferred) {
    const auto add = [this](const BalanceKey& key, sdk::Wide amount) {
        Balance& balance = balances_[key];
        balance.balance += amount;
        if (!balance.changed) changed_.push_back(key);
        balance.changed = true;
    };
    add({transferred.from, transferred.asset, transferred.from_bucket},
        -sdk::Wide{transferred.amount});
    add({transferred.to, transferred.asset, transferred.to_bucket}, transferred.amount);
}

void Projection::move_hold(const oms_hold_set& hold) {
    const BalanceKey key{hold.account, hold.asset, hold.bucket};
    const auto known = holds_.find(hold.hold);
    const auto add = [this](const BalanceKey& of, sdk::Wide amount) {
        Balance& balance = balances_[of];
        balance.held += amount;
        if (!balance.changed) changed_.push_back(of);
        balance.changed = true;
    };
    if (known != holds_.end()) {
        add(known->second.key, -sdk::Wide{known->second.amount});
        holds_.erase(known);
    }
    if (hold.amount == 0) return;
    add(key, hold.amount);
    holds_[hold.hold] = {key, hold.amount};
}

void Projection::write_event(const oms_record& record, const Context& context) {
    const sdk::RecordInfo* info = sdk::record_info(record.kind);
    if (info == nullptr) return;
    const auto& field = known_fields(record.kind).order;
    json_.clear();
    sdk::append_json(json_, record, Names(*this));
    insert_event_.bind(1, static_cast<std::int64_t>(context.seq)).bind(2, context.position);
    insert_event_.bind(3, info->name);
    insert_event_.bind(4, field ? load_integer(record, *field) : std::int64_t{0});
    insert_event_.bind(5, json_);
    insert_event_.run();
}

// ---- transactions
// -----------------------------------------------------------------------------------

void Projection::write_balances() {
    for (const BalanceKey& key : changed_) {
        Balance& balance = balances_[key];
        balance.changed = false;
        const auto [account, asset, bucket] = key;
        const auto scales = scales_.find(asset);
        const unsigned scale = scales == scales_.end() ? 0 : scales->second.quantity;
        const std::string whole(sdk::DecimalText(balance.balance, scale).view());
        const std::string held(sdk::DecimalText(balance.held, scale).view());
        const std::string available(sdk::DecimalText(balance.balance - balance.held, scale).view());
        write_balance_.bind(1, std::int64_t{account}).bind(2, std::int64_t{asset});
        write_balance_.bind(3, std::int64_t{bucket}).bind(4, whole).bind(5, held);
        write_balance_.bind(6, available).run();
    }
    changed_.clear();
}

void Projection::commit() {
    if (!in_transaction_) return;
    write_balances();
    write_meta_.bind(1, static_cast<std::int64_t>(applied_seq_))
        .bind(2, std::string_view("shown_seq"));
    write_meta_.run();
    write_meta_.bind(1, applied_time_).bind(2, std::string_view("shown_time")).run();
    database_.run("COMMIT");
    in_transaction_ = false;
    shown_seq_ = applied_seq_;
    shown_time_ = applied_time_;
}

void Projection::roll_back() {
    if (!in_transaction_) return;
    in_transaction_ = false;
    // SQLite may have rolled back by itself, such as when the disk is full.
    if (database_.in_transaction()) database_.run("ROLLBACK");
    load();
}

}  // namespace oms::sql_views
