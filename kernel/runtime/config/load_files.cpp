// SPDX-License-Identifier: Apache-2.0
#include "runtime/config/load_files.hpp"

#include "runtime/config/csv.hpp"

#include <algorithm>
#include <optional>

namespace oms::runtime {

namespace {

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

/// Reads the rows of a file of balances.
class BalanceRows {
public:
    BalanceRows(const Csv& csv, const TermReader& terms, yaml::Problems& problems)
        : csv_(csv), terms_(terms), problems_(problems) {}

    bool check_columns() {
        const std::vector<std::string> known{"account", "asset", "amount", "from"};
        const std::size_t before = problems_.count();
        for (const std::string& name : csv_.header) {
            if (std::find(known.begin(), known.end(), name) == known.end())
                problems_.add(yaml::unknown_name(csv_.file + ":1", "column", name, known));
        }
        for (const std::string& name : known) {
            if (csv_.column(name) == csv_.header.size())
                problems_.add(error_csv, csv_.file + ":1", "there is no column \"" + name + "\"",
                              "the columns are account, asset, amount, from");
        }
        return problems_.count() == before;
    }

    std::optional<oms_transfer> read(const CsvRow& row) {
        const auto to = reference(row, "account", OMS_class_account);
        const auto from = reference(row, "from", OMS_class_account);
        const auto asset = reference(row, "asset", OMS_class_product);
        if (!to || !from || !asset) return std::nullopt;
        const std::size_t column = csv_.column("amount");
        const auto amount =
            terms_.number(row.cells[column], *asset, false, csv_.place(row, column));
        if (!amount) {
            problems_.add(amount.error());
            return std::nullopt;
        }
        auto transfer = sdk::make<oms_transfer>();
        transfer.from = *from;
        transfer.to = *to;
        transfer.asset = *asset;
        transfer.amount = *amount;
        return transfer;
    }

private:
    std::optional<std::uint32_t> reference(const CsvRow& row, std::string_view name,
                                           std::uint32_t reference_class) {
        const std::size_t column = csv_.column(name);
        const auto found =
            terms_.reference(reference_class, row.cells[column], csv_.place(row, column));
        if (found) return *found;
        problems_.add(found.error());
        return std::nullopt;
    }

    const Csv& csv_;
    const TermReader& terms_;
    yaml::Problems& problems_;
};

std::optional<Csv> read_or_say(const std::string& path, yaml::Problems& problems) {
    yaml::Checked<Csv> csv = read_csv(path);
    if (csv) return std::move(*csv);
    for (const Error& error : csv.error()) problems.add(error);
    return std::nullopt;
}

}  // namespace

std::vector<oms_write_cell> read_table_file(const std::string& path, const TableSpec& table,
                                            std::uint32_t owner, const TermReader& terms,
                                            yaml::Problems& problems) {
    std::vector<oms_write_cell> cells;
    const std::optional<Csv> csv = read_or_say(path, problems);
    if (!csv) return cells;
    TableRows rows(table, *csv, terms, problems);
    if (!rows.check_columns()) return cells;
    for (const CsvRow& row : csv->rows)
        for (const oms_write_cell& cell : rows.read(row, owner)) cells.push_back(cell);
    return cells;
}

std::vector<oms_transfer> read_balance_file(const std::string& path, const TermReader& terms,
                                            yaml::Problems& problems) {
    std::vector<oms_transfer> transfers;
    const std::optional<Csv> csv = read_or_say(path, problems);
    if (!csv) return transfers;
    BalanceRows rows(*csv, terms, problems);
    if (!rows.check_columns()) return transfers;
    for (const CsvRow& row : csv->rows)
        if (const auto transfer = rows.read(row)) transfers.push_back(*transfer);
    return transfers;
}

void check_contents(const Config& config, yaml::Problems& problems) {
    NameTable names;
    std::uint32_t next = 1;
    for (const ReferenceSpec& spec : config.references) {
        auto defined = sdk::make<oms_reference_defined>();
        defined.reference = next++;
        defined.reference_class = spec.reference_class;
        defined.scale = spec.scale;
        defined.price_scale = spec.price_scale;
        defined.code = sdk::text(spec.code);
        names.apply(defined);
    }
    const TermReader terms(names);
    for (const ReferenceSpec& spec : config.references) {
        const bool is_product = spec.reference_class == OMS_class_product;
        const std::uint32_t self = is_product ? names.find(OMS_class_product, spec.code) : 0;
        for (const TermSpec& term : spec.terms) {
            const Result<oms_term> read = terms.read(term, self);
            if (!read) problems.add(read.error());
        }
    }
    for (const TableFile& file : config.table_files) {
        const Manifest& manifest = config.instance(file.instance)->file.manifest;
        read_table_file(file.path, *manifest.table(file.table), 0, terms, problems);
    }
    for (const std::string& file : config.balance_files) read_balance_file(file, terms, problems);
}

}  // namespace oms::runtime
