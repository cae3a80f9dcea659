// SPDX-License-Identifier: Apache-2.0
// Files of rows that are taken in once: balances as facts of the books, and plugins' tables.
#include "runtime/config/csv.hpp"
#include "runtime/journal/journal_hash.hpp"
#include "runtime/opening.hpp"

#include <oms/sdk/fields.hpp>
#include <oms/sdk/suggest.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

namespace oms::runtime {

namespace {

/// So many transfers go into one input.
constexpr std::size_t transfers_at_once = OMS_MAX_INPUT_RECORDS - 1;

std::string read_all(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string digest_text(std::string_view text) {
    const JournalHash hash = digest_of(std::as_bytes(std::span(text.data(), text.size())));
    return to_hex(hash);
}

std::uint32_t class_of(KeyKind kind) {
    switch (kind) {
        case KeyKind::account: return OMS_class_account;
        case KeyKind::product: return OMS_class_product;
        case KeyKind::destination: return OMS_class_destination;
        case KeyKind::order_kind: return OMS_class_order_kind;
        case KeyKind::origin: return OMS_class_origin;
        case KeyKind::channel: return OMS_class_channel;
        case KeyKind::actor: return OMS_class_actor;
        case KeyKind::event: return OMS_class_event;
        case KeyKind::source: return OMS_class_source;
        case KeyKind::asset_class: return OMS_class_asset_class;
        default: return 0;
    }
}

/// Reads the rows of a plugin's table.
class TableRows {
public:
    TableRows(const TableSpec& table, const Csv& csv, const TermReader& terms,
              yaml::Problems& problems)
        : table_(table), csv_(csv), terms_(terms), problems_(problems) {}

    /// Whether the columns are those of the table.
    bool check_columns() {
        std::vector<std::string> known;
        for (const KeyColumn& key : table_.key) known.push_back(key.name);
        for (const CellSpec& value : table_.values) known.push_back(value.name);
        const std::size_t before = problems_.count();
        for (const std::string& name : csv_.header) {
            if (std::find(known.begin(), known.end(), name) == known.end())
                problems_.add(yaml::unknown_name(csv_.file + ":1", "column", name, known));
        }
        for (const KeyColumn& key : table_.key) {
            if (csv_.column(key.name) == csv_.header.size())
                problems_.add(error_csv, csv_.file + ":1",
                              "there is no column \"" + key.name + "\"",
                              "it is a part of the table's key");
        }
        return problems_.count() == before;
    }

    /// The cells that a row writes; an empty cell of the file writes none.
    std::vector<oms_write_cell> read(const CsvRow& row, std::uint32_t owner) {
        std::uint64_t keys[manifest_max_key_columns] = {};
        std::uint32_t product = 0;
        for (std::size_t i = 0; i < table_.key.size(); ++i) {
            const auto key = read_key(row, table_.key[i]);
            if (!key) {
                problems_.add(key.error());
                return {};
            }
            keys[i] = *key;
            if (table_.key[i].kind == KeyKind::product) product = static_cast<std::uint32_t>(*key);
        }
        std::vector<oms_write_cell> cells;
        for (const CellSpec& value : table_.values) {
            const std::size_t column = csv_.column(value.name);
            if (column == csv_.header.size() || row.cells[column].empty()) continue;
            const auto number =
                read_value(row.cells[column], value, product, csv_.place(row, column));
            if (!number) {
                problems_.add(number.error());
                continue;
            }
            auto cell = sdk::make<oms_write_cell>();
            cell.owner = owner;
            cell.cell = value.number;
            cell.key_a = keys[0];
            cell.key_b = keys[1];
            cell.value = *number;
            cells.push_back(cell);
        }
        return cells;
    }

private:
    Result<std::uint64_t> read_key(const CsvRow& row, const KeyColumn& key) const {
        const std::size_t column = csv_.column(key.name);
        const std::string place = csv_.place(row, column);
        if (const std::uint32_t reference_class = class_of(key.kind); reference_class != 0) {
            const auto found = terms_.reference(reference_class, row.cells[column], place);
            if (!found) return tl::unexpected(found.error());
            return *found;
        }
        const auto number = read_decimal(row.cells[column], 0, place);
        if (!number) return tl::unexpected(number.error());
        return static_cast<std::uint64_t>(*number);
    }

    Result<std::int64_t> read_value(const std::string& text, const CellSpec& value,
                                    std::uint32_t product, const std::string& place) const {
        switch (value.type) {
            case ValueType::quantity: return terms_.number(text, product, false, place);
            case ValueType::price: return terms_.number(text, product, true, place);
            case ValueType::decimal: return read_decimal(text, value.scale, place);
            case ValueType::boolean:
                if (text == "true" || text == "false") return text == "true" ? 1 : 0;
                return fail(error_csv_value, place,
                            "expected true or false, found \"" + text + "\"",
                            "write one of the two");
            default: return read_decimal(text, 0, place);
        }
    }

    const TableSpec& table_;
    const Csv& csv_;
    const TermReader& terms_;
    yaml::Problems& problems_;
};

}  // namespace

/// That a file was loaded is known by an entry with its name, which never goes away, unlike a key.
Opening::Loaded Opening::look_up(const std::string& path, std::string_view text) const {
    Loaded loaded;
    loaded.code = "load:" + std::filesystem::path(path).filename().string();
    loaded.code.resize(std::min<std::size_t>(loaded.code.size(), OMS_MAX_CODE_BYTES));
    std::replace(loaded.code.begin(), loaded.code.end(), ' ', '_');
    loaded.digest = digest_text(text);
    const std::uint32_t mark = find(OMS_class_origin, loaded.code);
    if (mark == 0) return loaded;
    loaded.before = true;
    loaded.changed = true;
    for (const oms_term& term : names_.terms(mark))
        if (term.field == sdk::field::text && sdk::view(term.text) == loaded.digest)
            loaded.changed = false;
    return loaded;
}

void Opening::mark_loaded(const Loaded& loaded) {
    sdk::Batch input;
    auto define = sdk::make<oms_define>();
    define.reference_class = OMS_class_origin;
    define.code = sdk::text(loaded.code);
    input.add(define);
    auto term = sdk::make<oms_term>();
    term.line = OMS_WHOLE_ORDER;
    term.field = sdk::field::text;
    term.type = OMS_term_type_text;
    term.text = sdk::text(loaded.digest);
    input.add(term);
    decide(input, loaded.code);
}

void Opening::load_tables() {
    for (const TableFile& file : config_.table_files) load_table(file);
}

void Opening::load_table(const TableFile& file) {
    const std::string text = read_all(file.path);
    const Loaded loaded = look_up(file.path, text);
    if (loaded.before && !loaded.changed) return;
    const yaml::Checked<Csv> csv = read_csv(file.path);
    if (!csv) {
        for (const Error& error : csv.error()) problems_.add(error);
        return;
    }
    const TableSpec& table = *config_.instance(file.instance)->file.manifest.table(file.table);
    TableRows rows(table, *csv, terms_, problems_);
    if (!rows.check_columns()) return;
    const std::uint32_t owner = find(OMS_class_plugin, file.instance);
    const std::size_t before = problems_.count();
    std::vector<oms_write_cell> cells;
    for (const CsvRow& row : csv->rows)
        for (const oms_write_cell& cell : rows.read(row, owner)) cells.push_back(cell);
    if (problems_.count() > before) return;
    for (const oms_write_cell& cell : cells) {
        sdk::Batch input;
        input.add(cell);
        decide(input, file.path);
    }
    mark_loaded(loaded);
    kernel_.commit_now();
    log_.info("oms", file.path + ": " + std::to_string(cells.size()) + " values of table " +
                         file.table + (loaded.before ? " taken in again" : " taken in"));
}

void Opening::load_balances() {
    for (const std::string& file : config_.balance_files) load_balance_file(file);
}

void Opening::load_balance_file(const std::string& path) {
    const Loaded loaded = look_up(path, read_all(path));
    if (loaded.before) {
        if (loaded.changed)
            log_.warning("oms", path +
                                    " has changed since it was posted; balances are posted once, "
                                    "later changes are postings of their own");
        return;
    }
    const yaml::Checked<Csv> csv = read_csv(path);
    if (!csv) {
        for (const Error& error : csv.error()) problems_.add(error);
        return;
    }
    const std::vector<std::string> columns{"account", "asset", "amount", "from"};
    for (const std::string& name : columns) {
        if (csv->column(name) == csv->header.size())
            return problems_.add(error_csv, path + ":1", "there is no column \"" + name + "\"",
                                 "the columns are account, asset, amount, from");
    }
    const std::size_t before = problems_.count();
    std::vector<oms_transfer> transfers;
    for (const CsvRow& row : csv->rows) {
        const auto cell = [&](std::string_view name) -> const std::string& {
            return row.cells[csv->column(name)];
        };
        const auto place = [&](std::string_view name) {
            return csv->place(row, csv->column(name));
        };
        const auto to = terms_.reference(OMS_class_account, cell("account"), place("account"));
        const auto from = terms_.reference(OMS_class_account, cell("from"), place("from"));
        const auto asset = terms_.reference(OMS_class_product, cell("asset"), place("asset"));
        if (!to) problems_.add(to.error());
        if (!from) problems_.add(from.error());
        if (!asset) problems_.add(asset.error());
        if (!to || !from || !asset) continue;
        const auto amount = terms_.number(cell("amount"), *asset, false, place("amount"));
        if (!amount) {
            problems_.add(amount.error());
            continue;
        }
        auto transfer = sdk::make<oms_transfer>();
        transfer.from = *from;
        transfer.to = *to;
        transfer.asset = *asset;
        transfer.amount = *amount;
        transfers.push_back(transfer);
    }
    if (problems_.count() > before) return;
    // The note and the postings lie in one commit: a crash leaves both or neither.
    kernel_.commit_now();
    mark_loaded(loaded);
    for (std::size_t at = 0; at < transfers.size(); at += transfers_at_once) {
        sdk::Batch input;
        auto post = sdk::make<oms_post>();
        post.origin = find(OMS_class_origin, loaded.code);
        const std::string key = "part-" + std::to_string(at / transfers_at_once);
        post.key = sdk::text(key);
        post.reason = sdk::text(loaded.code);
        input.add(post);
        const std::size_t end = std::min(transfers.size(), at + transfers_at_once);
        for (std::size_t i = at; i < end; ++i) input.add(transfers[i]);
        decide(input, path);
    }
    kernel_.commit_now();
    log_.info("oms", path + ": " + std::to_string(transfers.size()) + " balances posted");
}

}  // namespace oms::runtime
